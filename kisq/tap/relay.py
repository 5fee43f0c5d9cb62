"""Two TCP connections as one: bytes of either go to the other as they are, and are looked at.

Nothing is answered, added or left out: frames, masks and fragments stay as they came. Where one
side ends, the other is ended; where one side does not read, the other is not read either.
"""

import asyncio
import time
from collections.abc import Callable
from typing import cast

from kisq.tap.events import Event, Remark, Seen
from kisq.tap.websocket_frames import CLOSE, FrameReader, NotWebSocket, close_frame
from kisq.wire.frames import CLOSE as CLOSED
from kisq.wire.frames import IN, OUT, Direction, FrameKind

_FLUSH_SECONDS = 5.0  # that the rest of one side may take to be sent when the other has ended
_GOING_AWAY = 1001  # RFC 6455 section 7.4.1
_ENDS = "kisq tap ends"
# What ended a session where no close frame did; by the direction in which it was missed.
_CUT = {IN: b"the server cut the connection without a close frame", OUT: b"1006"}
_GARBAGE = (
    "the program sent {fault}, which is no message for KIS: its connection was ended, and nothing "
    "of that was passed on; find what else writes to this address"
)
_UNREAD = (
    "KIS sent {fault}: what it sends from here on is passed on, but kisq cannot show it any more; "
    "the next connection is read again"
)


class Relay:
    """One session of a program: ``program`` and ``kis`` are the protocols of its two connections.

    ``put`` is handed what is seen; it must not wait. ``ended`` is set when both are gone.
    """

    def __init__(self, put: Callable[[Event], None]) -> None:
        self._put = put
        self.ended = asyncio.Event()
        self.program = Side(self, OUT)
        self.kis = Side(self, IN)
        self.program.other, self.kis.other = self.kis, self.program
        self._close_seen = False

    def opened(self, url: str) -> None:
        """The session stands; ``url`` is that of KIS."""
        self.see(OUT, 0, url.encode(), FrameKind.OPEN)

    def see(self, direction: Direction, opcode: int, data: bytes, kind: FrameKind | None) -> None:
        self._close_seen = self._close_seen or opcode == CLOSE
        self._put(Seen(time.time(), time.monotonic(), direction, opcode, data, kind))

    def remark(self, sentence: str) -> None:
        self._put(Remark(sentence))

    def cut(self, direction: Direction) -> None:
        """One side ended; seen as a cut where no close frame came before, once."""
        if not self._close_seen:
            self.see(direction, CLOSE, _CUT[direction], CLOSED)

    def end_if_both_are_gone(self) -> None:
        if self.program.gone and self.kis.gone:
            self.ended.set()

    def leave(self) -> None:
        """Ask the program to end the session, as a server that goes away does.

        Its answer is passed on, so that KIS frees the appkey.
        """
        if self.kis.reader.between_frames and not self._close_seen:
            self.program.write(close_frame(_GOING_AWAY, _ENDS))
        else:
            self.abort()

    def abort(self) -> None:
        """End both at once."""
        for side in (self.program, self.kis):
            if side.transport:
                side.transport.abort()


class Side(asyncio.Protocol):
    """One of the two connections; what comes from it has the ``direction``."""

    other: "Side"

    def __init__(self, relay: Relay, direction: Direction) -> None:
        self._relay, self._direction = relay, direction
        self.reader = FrameReader(masked=direction is OUT)
        self._unread = False  # what comes is no WebSocket, and is only passed on
        self._finishing = False
        self.transport: asyncio.Transport | None = None
        self.before: asyncio.Protocol | None = None  # whose connection it was until the handshake
        self.gone = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self._unread:
            self.other.write(data)
            return
        try:
            messages = self.reader.feed(data)
        except NotWebSocket as fault:
            self._not_understood(data, fault)
            return
        self.other.write(data)
        for opcode, payload in messages:
            self._relay.see(self._direction, opcode, payload, None)

    def _not_understood(self, data: bytes, fault: NotWebSocket) -> None:
        """A program that sends garbage is ended; KIS may send what it likes."""
        if self._direction is IN:
            self._unread = True
            self._relay.remark(_UNREAD.format(fault=fault))
            self.other.write(data)
            return
        self._relay.remark(_GARBAGE.format(fault=fault))
        self._relay.cut(OUT)
        self._relay.abort()

    def write(self, data: bytes) -> None:
        if self.transport and not self.transport.is_closing():
            self.transport.write(data)

    def pause_writing(self) -> None:
        """Where one side does not read, the other is not read: as if there were no tap."""
        if self.other.transport:
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        if self.other.transport:
            self.other.transport.resume_reading()

    def eof_received(self) -> bool:
        self._end()
        return False  # nobody needs half a connection: it is closed

    def connection_lost(self, error: Exception | None) -> None:
        self._end()
        self.gone = True
        if self.before:
            self.before.connection_lost(error)
        self._relay.end_if_both_are_gone()

    def _end(self) -> None:
        """A side has ended: so must the other, and what it never reads is not waited for."""
        self._relay.cut(self._direction)
        self.finish()
        self.other.finish()

    def finish(self) -> None:
        """Send what is left to send and end without a close frame."""
        if self.transport is None:
            self.gone = True
        elif not self._finishing:
            self._finishing = True
            self.transport.close()
            asyncio.get_running_loop().call_later(_FLUSH_SECONDS, self.transport.abort)
