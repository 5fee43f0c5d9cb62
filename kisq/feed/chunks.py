"""A socket that is read in large chunks, and the whole messages in one."""

import socket
import time
from typing import Any

from kisq.locale.sentence import Sentence

WAIT_SECONDS = 1.0  # how long one read waits
_SEND_WAITS = 10  # how many such waits a send allows a server that does not read
_CHUNK = 64 * 1024
_MOST_MESSAGE = 32 * 1024 * 1024
_TOO_LONG = Sentence("a message of more than {mebibytes} MiB")
_WHOLE_TEXT = 0x81  # the first byte of a text message in one frame (RFC 6455 section 5.2)
_OPCODE = 0x0F  # its bits in the first byte of a frame
_CLOSE = 0x8  # the opcode of a close frame
_TWO_BYTE_SIZE = 126


class Chunks:
    """A socket that is read in large chunks.

    websocket-client makes a system call for each header, length and payload; each call lets the
    other thread run, and then waits for its turn. This makes one call for many messages.

    ``closed`` says that a close frame was sent: nothing is sent after it (RFC 6455 section 5.5.1).
    The library would answer a close frame with another one, and a ping with a pong.

    ``heard_at`` is when bytes came last (monotonic seconds), ``quiet`` how many seconds have been
    spent waiting for more. That is counted, not a difference of times: the clock runs on while
    the process is stopped (Ctrl-Z, SIGSTOP) and bytes wait in the socket.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._chunk = b""
        self._at = 0
        self.closed = False
        self.heard_at = time.monotonic()
        self.quiet = 0.0
        self.since_message = 0  # bytes
        self.gettimeout = sock.gettimeout  # asked for before each read

    def recv(self, size: int) -> bytes:
        if self._at >= len(self._chunk):
            self._chunk = self._more()
            self._at = 0
            self.since_message += len(self._chunk)
            if self.since_message > _MOST_MESSAGE:
                raise ConnectionError(_TOO_LONG.format(mebibytes=_MOST_MESSAGE >> 20))
        start = self._at
        self._at = start + size
        return self._chunk[start : self._at]

    def _more(self) -> bytes:
        """The next bytes. Raises TimeoutError if none come in the time of one read."""
        try:
            came = self._sock.recv(_CHUNK)
        except TimeoutError:
            self.quiet += WAIT_SECONDS
            raise
        self.heard_at = time.monotonic()
        self.quiet = 0.0
        return came

    def send(self, frame: bytes) -> int:
        """Send the whole of ``frame``, unless a close frame was sent before; gives its length.

        The library calls it for one frame at a time.
        """
        if not self.closed:
            self.closed = frame[0] & _OPCODE == _CLOSE
            self._send_all(frame)
        return len(frame)

    def _send_all(self, left: bytes) -> None:
        waits = _SEND_WAITS
        while left:
            try:
                left = left[self._sock.send(left) :]
            except TimeoutError:
                waits -= 1
                if not waits:
                    raise

    def texts(self) -> list[bytes]:
        """Take the text messages that come next and are whole in the chunk.

        Call it between two messages only; the library reads the rest.
        """
        texts, self._at = whole_texts(self._chunk, self._at)
        return texts

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


def whole_texts(chunk: bytes, at: int) -> tuple[list[bytes], int]:
    """The text messages that are whole in ``chunk`` from ``at`` on, and where they end.

    Only messages in one frame, unmasked and shorter than 64 KiB, as all of KIS's are:
    websocket-client takes ten times as long for them. Anything else ends the list: it is left to
    the library, with whatever is wrong with it.
    """
    texts = []
    end = len(chunk)
    while at + 4 <= end and chunk[at] == _WHOLE_TEXT:
        size = chunk[at + 1]
        start = at + 2
        if size == _TWO_BYTE_SIZE:
            size = chunk[at + 2] << 8 | chunk[at + 3]
            start = at + 4
        elif size > _TWO_BYTE_SIZE:  # eight bytes of size, or masked
            break
        if start + size > end:
            break
        at = start + size
        texts.append(chunk[start:at])
    return texts, at
