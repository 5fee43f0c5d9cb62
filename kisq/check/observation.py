"""What a check knows of one key when it stops listening, and what counts it until then; pure."""

from collections import Counter
from dataclasses import dataclass

from kisq.check.measure import Measure
from kisq.errors import KisqError, SubscriptionRefused
from kisq.wire.frames import IN, PINGPONG, Frame
from kisq.wire.messages import Key


@dataclass(frozen=True, slots=True)
class Keepalive:
    """The PINGPONGs of a session; times are monotonic seconds.

    ``answered`` is None if a recording does not hold what the client sent; ``quiet`` is the longest
    time without any message of the server.
    """

    first_at: float | None
    received: int
    answered: int | None
    quiet: float


@dataclass(frozen=True, slots=True)
class Others:
    """What came and does not belong to this key.

    ``nameless`` counts messages of its TR that cannot be decoded and name no key; ``reason`` is
    that of the first. ``decoded`` counts the records of the TR that were decoded for any key,
    ``foreign`` the messages of keys that were not asked for. ``refusal`` is KIS's code and text of
    a refusal that concerns no key that was asked for, or empty. ``ticking`` are the keys asked for
    of which records came.
    """

    nameless: int
    reason: str
    decoded: int
    foreign: dict[Key, int]
    refusal: str
    ticking: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class Observation:
    """One key; times are monotonic seconds.

    ``sent_at`` is when its subscribe was sent, None if it was not; ``accepted`` is KIS's code and
    text; ``unsubscribed_at`` is when KIS answered that it was unsubscribed. Nothing was due after
    ``ended_at``, and ``session_ended_at`` is when the whole session ended. ``refusal`` tells how
    the subscription was refused, ``lost`` how the connection was lost. ``recorded`` marks a
    recording; if it holds no request for the key, ``asked`` is false.
    """

    measure: Measure
    started_at: float
    sent_at: float | None
    accepted_at: float | None
    accepted: str
    unsubscribed_at: float | None
    ended_at: float
    session_ended_at: float
    keepalive: Keepalive
    others: Others
    refusal: SubscriptionRefused | None
    lost: KisqError | None
    recorded: bool = False
    asked: bool = True

    @property
    def since(self) -> float:
        """When the waiting began: with the subscribe, or with a recording that has none."""
        if self.sent_at is None:
            return self.started_at
        return self.sent_at

    @property
    def listened(self) -> float:
        """Seconds for which data were due."""
        return self.ended_at - self.since

    @property
    def undecodable(self) -> float:
        """The share of the key's records, or of its TR's messages, that cannot be decoded."""
        own = self.measure.malformed / max(1, self.measure.records + self.measure.malformed)
        nameless = self.others.nameless / max(1, self.others.decoded + self.others.nameless)
        return max(own, nameless)


class Heartbeats:
    """Counts the PINGPONGs of a session that began at ``started`` (monotonic seconds)."""

    def __init__(self, started: float) -> None:
        self._heard_at = started
        self._quiet = 0.0
        self._first_at: float | None = None
        self._received = 0
        self.answered = 0

    def see(self, frame: Frame) -> None:
        """Take in any frame of the session."""
        if frame.dir is IN:
            self._quiet = max(self._quiet, frame.tick - self._heard_at)
            self._heard_at = frame.tick
        if frame.kind is not PINGPONG:
            return
        if frame.dir is IN:
            self._received += 1
        else:
            self.answered += 1
        if self._first_at is None:
            self._first_at = frame.tick

    def until(self, ended: float, *, is_answer_known: bool) -> Keepalive:
        """The facts at the moment ``ended``; the answers may be unknown in a recording."""
        answered = None
        if is_answer_known:
            answered = self.answered
        quiet = max(self._quiet, ended - self._heard_at)
        return Keepalive(self._first_at, self._received, answered, quiet)


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
