"""What came and belongs to no key that was asked for; pure."""

from collections import Counter

from kisq.check.observation import Others
from kisq.wire.messages import Key

_MOST_FOREIGN = 100  # keys that were not asked for; a server may invent more
NO_TR = ""  # of a message that does not name one


class Unclaimed:
    """Counts messages that name no key, and those of keys that were not asked for.

    ``refusal`` is KIS's code and text of the last refusal that concerns no key asked for.
    """

    def __init__(self) -> None:
        self._nameless: Counter[str] = Counter()  # by TR
        self._reasons: dict[str, str] = {}
        self._foreign: Counter[Key] = Counter()
        self.refusal = ""

    def see_nameless(self, tr_id: str, reason: str) -> None:
        """Count a message of ``tr_id`` that names no key and cannot be decoded for ``reason``."""
        self._nameless[tr_id] += 1
        self._reasons.setdefault(tr_id, reason)

    def see_foreign(self, key: Key) -> None:
        """Count a message of a key that was not asked for."""
        if key in self._foreign or len(self._foreign) < _MOST_FOREIGN:
            self._foreign[key] += 1

    def others(self, tr_id: str, decoded: int, ticking: tuple[Key, ...]) -> Others:
        """The facts for a key of ``tr_id``, of which ``decoded`` records came for any key."""
        return Others(
            self._nameless[tr_id] + self._nameless[NO_TR],
            self._reasons.get(tr_id) or self._reasons.get(NO_TR, ""),
            decoded,
            dict(self._foreign),
            self.refusal,
            ticking,
        )
