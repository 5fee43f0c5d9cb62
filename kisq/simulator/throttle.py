"""The refusal of handshakes after a storm of connects (protocol.md section 2)."""

from collections import deque

_MOST_CONNECTS = 10
_WITHIN_SECONDS = 10.0
_BLOCKED_SECONDS = 60.0


class Throttle:
    """Says which connects are refused: all for a minute, once eleven came within ten seconds.

    KIS refuses for minutes; after how many connects is unknown. All times are monotonic seconds.
    """

    def __init__(self) -> None:
        self._connects: deque[float] = deque(maxlen=_MOST_CONNECTS)
        self._blocked_until = float("-inf")

    def refuses(self, now: float) -> bool:
        """Whether the connect of this moment is refused."""
        if now < self._blocked_until:
            return True
        if len(self._connects) == _MOST_CONNECTS and now - self._connects[0] < _WITHIN_SECONDS:
            self._blocked_until = now + _BLOCKED_SECONDS
            self._connects.clear()
            return True
        self._connects.append(now)
        return False
