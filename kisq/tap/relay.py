"""Two TCP connections as one: passes the bytes of each to the other as they are, and reads them.

Nothing is answered, added or left out: frames, masks and fragments stay as they came. When one
side ends, the other is ended; while one side does not read, the other is not read either.
"""

import asyncio
import time
from collections.abc import Callable
from typing import cast

from kisq.locale.sentence import Sentence
from kisq.tap.events import Event, Remark, Seen
from kisq.tap.websocket_frames import CLOSE, FrameReader, NotWebSocket, close_frame
from kisq.wire.frames import CLOSE as CLOSED
from kisq.wire.frames import IN, OUT, Direction, FrameKind

_FLUSH_SECONDS = 5.0  # for sending the rest to one side when the other has ended
_GOING_AWAY = 1001  # RFC 6455 section 7.4.1
_ENDS = "kisq tap ends"
# What is seen of a session that ended without a close frame, by the direction that lacks it.
_CUT = {IN: b"the server cut the connection without a close frame", OUT: b"1006"}
_GARBAGE = Sentence(
    "the program sent {fault}, which is not a message for KIS: its connection was ended, and "
    "nothing of that was passed on; find out what else writes to this address"
)
_UNREAD = Sentence(
    "KIS sent {fault}: kisq passes on what follows, but cannot show it; it will read the next "
    "connection again"
)


class Relay:
    """One session of a program: ``program`` and ``kis`` are the protocols of its two connections.

    ``put`` takes what is seen, and must not wait. ``ended`` is set when both are gone.
    """

    def __init__(self, put: Callable[[Event], None]) -> None:
        self._put = put
        self.ended = asyncio.Event()
        self.program = Side(self, OUT)
        self.kis = Side(self, IN)
        self.program.other = self.kis
        self.kis.other = self.program
        self._close_seen = False

    def opened(self, url: str) -> None:
        """Show that the session stands; ``url`` is that of KIS."""
        self.see(OUT, 0, url.encode(), FrameKind.OPEN)

    def see(self, direction: Direction, opcode: int, data: bytes, kind: FrameKind | None) -> None:
        if opcode == CLOSE:
            self._close_seen = True
        self._put(Seen(time.time(), time.monotonic(), direction, opcode, data, kind))

    def remark(self, sentence: Sentence) -> None:
        self._put(Remark(sentence))

    def cut(self, direction: Direction) -> None:
        """Show once that one side ended without a close frame, if none came before."""
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
    """One of the two connections; ``direction`` is that of the bytes that come from it."""

    other: "Side"

    def __init__(self, relay: Relay, direction: Direction) -> None:
        self._relay = relay
        self._direction = direction
        self.reader = FrameReader(masked=direction is OUT)
        self._unread = False  # what comes is not WebSocket, and is only passed on
        self._finishing = False
        self.transport: asyncio.Transport | None = None
        self.before: asyncio.Protocol | None = None  # whose connection it was during the handshake
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
        """End a program that sends garbage; KIS may send anything."""
        if self._direction is IN:
            self._unread = True
            self._relay.remark(_UNREAD.format(fault=fault.sentence))
            self.other.write(data)
            return
        self._relay.remark(_GARBAGE.format(fault=fault.sentence))
        self._relay.cut(OUT)
        self._relay.abort()

    def write(self, data: bytes) -> None:
        if self.transport and not self.transport.is_closing():
            self.transport.write(data)

    def pause_writing(self) -> None:
        """While one side does not read, do not read the other: as if there were no tap."""
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
        """End both sides; do not wait for one that never reads."""
        self._relay.cut(self._direction)
        self.finish()
        self.other.finish()

    def finish(self) -> None:
        """Send the rest, and end without a close frame."""
        if self.transport is None:
            self.gone = True
        elif not self._finishing:
            self._finishing = True
            self.transport.close()
            asyncio.get_running_loop().call_later(_FLUSH_SECONDS, self.transport.abort)
