"""What a source yields: one thing that happened on the wire, stamped when it did."""

from functools import lru_cache
from time import gmtime, strftime
from typing import NamedTuple

IN, OUT = "in", "out"
DATA, CONTROL, PINGPONG, BINARY, OPEN, CLOSE = (
    "data",
    "control",
    "pingpong",
    "binary",
    "open",
    "close",
)
_KST_OFFSET = 9 * 3600


class Frame(NamedTuple):
    """One message, or the connection's opening or end.

    ``at`` is when it was received or sent (seconds since the epoch, UTC), NaN where a capture
    does not say; ``dir`` is IN or OUT, ``kind`` one of the kinds above, ``data`` its bytes as they
    were on the wire, but for secrets. ``tick`` is the same moment on the clock of the source, which
    never goes back, for intervals.
    """

    at: float
    dir: str
    kind: str
    data: bytes
    tick: float = 0.0

    @property
    def text(self) -> str:
        """The bytes as text; broken bytes become U+FFFD (protocol.md section 3)."""
        return self.data.decode("utf-8", "replace")


def is_known(at: float) -> bool:
    """Whether the moment ``at`` is known: it is not NaN."""
    return at == at


def moment(seconds: int, micros: int) -> float:
    """Epoch seconds of a whole number of microseconds, which ``received_at`` gives back exactly.

    It is the middle of that microsecond, as the number nearest to its beginning may lie before it.
    """
    return seconds + (micros + 0.5) / 1_000_000


def received_at(at: float) -> str:
    """The moment ``at`` (epoch seconds, known) in KST with microseconds, ISO 8601."""
    second = int(at)
    return f"{_second(second)}.{int((at - second) * 1_000_000):06d}+09:00"


@lru_cache(maxsize=4)
def _second(epoch: int) -> str:
    return strftime("%Y-%m-%dT%H:%M:%S", gmtime(epoch + _KST_OFFSET))
