"""What a tap sees happen, as it hands it from the thread that passes on to the one that shows."""

from typing import NamedTuple

from kisq.wire.frames import Direction, FrameKind


class Seen(NamedTuple):
    """A message, or the opening or end of a session, as it was on the wire, with its secrets.

    ``at`` is when it came (seconds since the epoch, UTC), ``tick`` the same moment in monotonic
    seconds. ``opcode`` is that of a WebSocket frame; ``kind`` is given where it is none.
    """

    at: float
    tick: float
    dir: Direction
    opcode: int
    data: bytes
    kind: FrameKind | None = None


class Attempt(NamedTuple):
    """A handshake of the program at ``tick`` (monotonic seconds), for which one at KIS begins."""

    tick: float


class Remark(NamedTuple):
    """A sentence for people about something that is no message."""

    sentence: str


Event = Seen | Attempt | Remark
