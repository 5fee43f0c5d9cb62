"""A tap as a source of frames: what passes through it, both ways, without secrets."""

import struct
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from kisq.locale.sentence import Sentence
from kisq.signals import SIGNALS, SLICE, TimedQueue
from kisq.simulator.keepalive import answers_pingpong
from kisq.tap import websocket_frames as opcodes
from kisq.tap.events import Attempt, Event, Remark, Seen
from kisq.tap.masking import Mask
from kisq.tap.server import TapServer
from kisq.wire.frames import (
    BINARY,
    CLOSE,
    CONTROL,
    DATA,
    IN,
    OPEN,
    OUT,
    PING,
    PINGPONG,
    PONG,
    Frame,
    FrameKind,
)
from kisq.wire.messages import PingPong, parse

if TYPE_CHECKING:
    from kisq.errors import SubscriptionRefused

MOST_WEIGHT = 256 * 1024 * 1024  # bytes that may wait to be shown, with this overhead per event:
_EVENT_WEIGHT = 400
_LEAVE_SECONDS = 2.0
# What a close frame of KIS is shown as.
_CLOSED_BY_KIS = "the server closed the connection ({code})"
_CLOSED_WITH_REASON = "the server closed the connection ({code} {reason})"
_CLOSED_WITHOUT_CODE = "the server closed the connection"


class EventQueue:
    """Events from the thread that passes on to the one that shows; what overflows is lost.

    ``put`` never waits. ``lost`` counts the data messages that were lost, ``most`` is in bytes.
    Other messages have as much room again, because they tell what a program does.
    """

    def __init__(self, most: int = MOST_WEIGHT) -> None:
        self._most = most
        self._queue: TimedQueue[list[Event] | None] = TimedQueue()
        self._weight_in = 0  # written by one thread only, as is the next one
        self._weight_out = 0
        self.lost = 0

    def put(self, event: Event) -> None:
        weight = _weight(event)
        is_data = isinstance(event, Seen) and _is_data(event)
        most = self._most if is_data else 2 * self._most
        if self._weight_in - self._weight_out + weight > most:
            if is_data:
                self.lost += 1
            return
        self._weight_in += weight
        self._queue.put([event])

    def get(self, wait: float) -> list[Event]:
        """The events that are there; none if none comes in ``wait`` seconds, or a signal comes."""
        events = SIGNALS.take(self._queue, wait) or []
        while not self._queue.empty:
            events += self._queue.get(0.0) or []
        self._weight_out += sum(map(_weight, events))
        return events


class TapSource:
    """A source: what goes through ``server``, which puts it into ``events``.

    ``tell`` is called with sentences, ``attempt`` with the time (monotonic seconds) of each
    handshake, and ``request`` with each text of the program, secrets and all. ``leave_seconds`` is
    how long a program may take to end its session when the tap ends.
    """

    recorded = False

    def __init__(
        self,
        server: TapServer,
        events: EventQueue,
        mask: Mask,
        tell: Callable[[Sentence], None],
        attempt: Callable[[float], None],
        request: Callable[[bytes], None],
        leave_seconds: float = _LEAVE_SECONDS,
    ) -> None:
        self._server = server
        self._events = events
        self._mask = mask
        self._tell = tell
        self._attempt = attempt
        self._request = request
        self._leave_seconds = leave_seconds
        self._into: deque[Frame] = deque()
        self.refusals: list[SubscriptionRefused] = []

    @property
    def lost(self) -> int:
        """How many data messages were lost because the queue was full."""
        return self._events.lost

    def now(self) -> float:
        """The time in monotonic seconds, as the ticks of the frames."""
        return time.monotonic()

    def receive(self, wait: float, into: deque[Frame]) -> Iterator[None]:
        """Append to ``into`` what passes, a step at least every ``wait`` seconds."""
        self._into = into
        while True:
            self._take(wait)
            yield

    def close(self) -> None:
        """Ask the program to end its session, and wait a little for that. Raises Interrupted."""
        if self._server.has_session:
            self._server.leave()
        until = time.monotonic() + self._leave_seconds
        while self._server.has_session and time.monotonic() < until:
            self._take(SLICE)
            SIGNALS.check()
        self.abort()

    def abort(self) -> None:
        """End the session at once."""
        self._server.stop()
        self._take(0.0)

    def _take(self, wait: float) -> None:
        for event in self._events.get(wait):
            if isinstance(event, Remark):
                self._tell(event.sentence)
            elif isinstance(event, Attempt):
                self._attempt(event.tick)
            else:
                self._into.append(self._frame(event))

    def _frame(self, seen: Seen) -> Frame:
        kind = seen.kind or _kind(seen)
        return Frame(seen.at, seen.dir, kind, self._shown(seen, kind), seen.tick)

    def _shown(self, seen: Seen, kind: FrameKind) -> bytes:
        """The bytes of an event without secrets."""
        if kind is DATA:
            return self._mask.data(seen.data)
        if kind is OPEN:
            return self._mask.url(seen.data)
        if kind is CLOSE and seen.kind is None:
            return self._mask.data(_close_text(seen))
        if kind is CLOSE:
            return self._mask.data(seen.data)
        if kind is CONTROL and seen.dir is OUT:
            masked = self._mask.request(seen.data)  # first, as it learns what to hide
            self._request(seen.data)
            return masked
        return self._mask.control(seen.data)


def _is_data(seen: Seen) -> bool:
    """Whether it is a data message: a PONG of KIS may hold any bytes."""
    return seen.dir is IN and seen.opcode == opcodes.TEXT and seen.data[1:2] == b"|"


def _weight(event: Event) -> int:
    if isinstance(event, Seen):
        return _EVENT_WEIGHT + len(event.data)
    return _EVENT_WEIGHT


_KINDS = {opcodes.BINARY: BINARY, opcodes.CLOSE: CLOSE, opcodes.PING: PING}


def _kind(seen: Seen) -> FrameKind:
    """The kind of a WebSocket message; PINGPONG is answered in both forms that KIS accepts."""
    if seen.opcode in _KINDS:
        return _KINDS[seen.opcode]
    if _is_data(seen):
        return DATA
    text = seen.data.decode("utf-8", "replace")
    if _is_pingpong(seen, text):
        return PINGPONG
    if seen.opcode == opcodes.PONG:
        return PONG
    return CONTROL


def _is_pingpong(seen: Seen, text: str) -> bool:
    """Whether it is a PINGPONG of KIS or an answer to one."""
    if seen.dir is OUT or seen.opcode == opcodes.PONG:
        return answers_pingpong(text)
    return "PINGPONG" in text and isinstance(parse(text), PingPong)


def _close_text(seen: Seen) -> bytes:
    """A close frame as text: of KIS as a sentence, of the program its code and its reason."""
    if len(seen.data) < 2:
        return b"1005" if seen.dir is OUT else _CLOSED_WITHOUT_CODE.encode()
    code = struct.unpack("!H", seen.data[:2])[0]
    reason = seen.data[2:].decode("utf-8", "replace")
    if seen.dir is OUT:
        return f"{code} {reason}".rstrip().encode()
    template = _CLOSED_WITH_REASON if reason else _CLOSED_BY_KIS
    return template.format(code=code, reason=reason).encode()
