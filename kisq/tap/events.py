"""What a tap sees, as the thread that passes on hands it to the one that shows."""

from typing import NamedTuple

from kisq.locale.sentence import Sentence
from kisq.wire.frames import Direction, FrameKind


class Seen(NamedTuple):
    """A message, or the opening or end of a session, as it was on the wire, with its secrets.

    ``at`` is when it came (seconds since the epoch, UTC), ``tick`` the same moment in monotonic
    seconds. ``opcode`` is that of a WebSocket frame; ``kind`` is given if it is not a frame.
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
    """A sentence for people about something that is not a message."""

    sentence: Sentence


Event = Seen | Attempt | Remark
