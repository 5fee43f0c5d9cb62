"""A frame: one thing that happened on the wire, with its time."""

from collections import deque
from enum import StrEnum
from functools import lru_cache
from time import gmtime, strftime
from typing import NamedTuple

from kisq.wire.messages import Answer, Data, Malformed, PingPong, parse


class Direction(StrEnum):
    """Whether a frame was received or sent."""

    IN = "in"
    OUT = "out"


class FrameKind(StrEnum):
    """What a frame is: a message of one of four kinds, or the opening or end of the connection.

    ``ping`` and ``pong`` are those of WebSocket itself, which only a tap shows.
    """

    DATA = "data"
    CONTROL = "control"
    PINGPONG = "pingpong"
    BINARY = "binary"
    OPEN = "open"
    CLOSE = "close"
    PING = "ping"
    PONG = "pong"


# Short names, because every package tells frames apart.
IN = Direction.IN
OUT = Direction.OUT
DATA = FrameKind.DATA
CONTROL = FrameKind.CONTROL
PINGPONG = FrameKind.PINGPONG
BINARY = FrameKind.BINARY
OPEN = FrameKind.OPEN
CLOSE = FrameKind.CLOSE
PING = FrameKind.PING
PONG = FrameKind.PONG
_KST_OFFSET = 9 * 3600


class Frame(NamedTuple):
    """One message, or the connection's opening or end.

    ``at`` is when it was received or sent (seconds since the epoch, UTC), NaN if a capture does not
    say; ``data`` are its bytes as on the wire, except for secrets. ``tick`` is the same moment on
    the clock of the source, which never goes back, for intervals.
    """

    at: float
    dir: Direction
    kind: FrameKind
    data: bytes
    tick: float = 0.0

    @property
    def text(self) -> str:
        """The bytes as text; broken bytes become U+FFFD (protocol.md section 3)."""
        return self.data.decode("utf-8", "replace")

    @property
    def answer(self) -> Answer | None:
        """KIS's answer to a request, parsed once; None if the frame is anything else."""
        if self.kind is not CONTROL or self.dir is not IN:
            return None
        message = self.control
        if isinstance(message, Answer):
            return message
        return None

    @property
    def control(self) -> Data | PingPong | Answer | Malformed:
        """The control message in the frame, parsed once however often it is needed."""
        return _parsed(self.data)


@lru_cache(maxsize=64)  # more than are being processed at any time
def _parsed(data: bytes) -> Data | PingPong | Answer | Malformed:
    return parse(data.decode("utf-8", "replace"))


def leave_out_data(frames: deque[Frame]) -> None:
    """Drop the data messages from ``frames``."""
    rest = [frame for frame in frames if frame.kind is not DATA]
    frames.clear()
    frames.extend(rest)


def is_known(at: float) -> bool:
    """Whether the moment ``at`` is known: it is not NaN."""
    return at == at


def moment(seconds: int, micros: int) -> float:
    """Epoch seconds of a whole number of microseconds, which ``received_at`` reproduces exactly.

    It is the middle of that microsecond: the float nearest to its beginning may lie before it.
    """
    return seconds + (micros + 0.5) / 1_000_000


@lru_cache(maxsize=4)  # the messages of one chunk have the same time
def received_at(at: float) -> str:
    """The moment ``at`` (epoch seconds, known) in KST with microseconds, ISO 8601."""
    second = int(at)
    return f"{_second(second)}.{int((at - second) * 1_000_000):06d}+09:00"


@lru_cache(maxsize=4)
def _second(epoch: int) -> str:
    return strftime("%Y-%m-%dT%H:%M:%S", gmtime(epoch + _KST_OFFSET))
