"""A raw socket server on loopback that says literal bytes, for what no WebSocket library sends."""

import base64
import hashlib
import socket
import socketserver
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Self

from helpers.patience import PATIENCE

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 section 1.3
GOOD = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
TEXT, BINARY, CLOSE, PING, PONG = 0x1, 0x2, 0x8, 0x9, 0xA
FIN = 0x80
_FLOOD, _PART = 200 << 20, 1 << 16  # bytes, and how many of them are sent at once


def frame(data: bytes, first: int = FIN | TEXT, mask: bytes = b"") -> bytes:
    """A frame as RFC 6455 section 5.2 has it; ``first`` is its first byte."""
    masked, size = (0x80 if mask else 0), len(data)
    if mask:
        data = bytes(byte ^ mask[n % 4] for n, byte in enumerate(data))
    if size < 126:
        return bytes((first, masked | size)) + mask + data
    if size < 1 << 16:
        return struct.pack("!BBH", first, masked | 126, size) + mask + data
    return struct.pack("!BBQ", first, masked | 127, size) + mask + data


def fragmented(parts: list[bytes]) -> bytes:
    """A text message in as many frames as there are parts."""
    firsts = [TEXT, *[0] * (len(parts) - 1)]
    firsts[-1] |= FIN
    return b"".join(frame(part, first) for part, first in zip(parts, firsts, strict=True))


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is no news."""


class Liar:
    """Answers the HTTP request with ``reply``, and the nth WebSocket message with ``says[n]``.

    Where that is a list, it has one for each connection. In ``reply``, ``ACCEPT`` is replaced by
    the right Sec-WebSocket-Accept; None shakes hands as it should. After it come 200 MiB of
    ``floods``, or ``drips``, twenty times a second without end. ``closes`` cuts the connection when
    everything is said, which sets ``said``; else ``then`` answers each message that follows. A
    close frame is answered with ``at_close``, None for the same frame, and the end of the stream,
    after ``hesitates`` seconds.
    Where it does not read (``reads``), that ends when everything is said. Whatever was received is
    in ``received``, the opcodes of all frames in ``opcodes``, and ``connections`` counts.
    """

    def __init__(
        self,
        *says: bytes | list[bytes],
        reply: bytes | None = None,
        floods: bytes = b"",
        drips: bytes = b"",
        closes: bool = False,
        at_close: bytes | None = None,
        hesitates: float = 0.0,
        reads: bool = True,
        then: Callable[[bytes], bytes] = lambda _: b"",
    ) -> None:
        self._says, self._floods, self._drips, self._closes = says, floods, drips, closes
        self._at_close, self._then = at_close, then
        self._hesitates, self._reads = hesitates, reads
        self.opcodes: list[int] = []
        self._over, self.said = threading.Event(), threading.Event()
        self.connections, self.received = 0, bytearray()
        self.replies(GOOD + b"Sec-WebSocket-Accept: ACCEPT\r\n\r\n" if reply is None else reply)
        liar = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                liar.connections += 1
                with suppress(OSError):
                    liar._talk(self)

        self._server = _Server(("127.0.0.1", 0), Handler)
        serve = self._server.serve_forever
        self._thread = threading.Thread(target=serve, args=(0.01,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._thread.join(PATIENCE)
        self._server.server_close()

    def replies(self, reply: bytes) -> None:
        """From now on, answer HTTP requests with ``reply``."""
        self._reply = reply
        self.received.clear()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def settings(self) -> dict[str, str]:
        """The environment of a kisq that talks to this server and needs no approval.

        It hardly waits for the answer to its unsubscribe: few liars give one.
        """
        return {
            "KIS_WS_URL": f"ws://127.0.0.1:{self.port}",
            "KIS_APPROVAL_KEY": "approval-key-1",
            "KISQ_PAUSES": "0.02",
        }

    def _talk(self, client: socketserver.StreamRequestHandler) -> None:
        connection = self.connections - 1
        key = b""
        while line := client.rfile.readline().strip():
            self.received += line
            name, _, value = line.partition(b":")
            key = value.strip() if name.lower() == b"sec-websocket-key" else key
        accept = base64.b64encode(hashlib.sha1(key + _GUID).digest())
        client.wfile.write(self._reply.replace(b"ACCEPT", accept))
        if self._floods:
            self._flood(client)
        while self._drips and not self._over.wait(0.05):
            client.wfile.write(self._drips)
        for said in self._says:
            if self._message(client) is None:
                return
            if not isinstance(said, bytes):
                said = said[min(connection, len(said) - 1)]
            client.wfile.write(said)
        self.said.set()
        if not self._reads:
            self._over.wait()
        while not self._closes and (message := self._message(client)) is not None:
            client.wfile.write(self._then(message))

    def _flood(self, client: socketserver.StreamRequestHandler) -> None:
        part = self._floods * (_PART // len(self._floods))
        for _ in range(_FLOOD // len(part)):
            client.wfile.write(part)

    def _message(self, client: socketserver.StreamRequestHandler) -> bytes | None:
        """The payload of the client's next frame; None where it has gone."""
        received = self._frame(client)
        if received is None:
            return None
        opcode, data = received
        if opcode == CLOSE:
            self._close(client, data)
            return None
        return data

    def _frame(self, client: socketserver.StreamRequestHandler) -> tuple[int, bytes] | None:
        """Opcode and payload of the client's next frame."""
        head = client.rfile.read(2)
        if len(head) < 2:
            return None
        size = head[1] & 0x7F
        if size == 126:
            (size,) = struct.unpack("!H", client.rfile.read(2))
        mask = client.rfile.read(4)  # a client masks every frame (RFC 6455 section 5.1)
        masked = client.rfile.read(size)
        data = bytes(byte ^ mask[n % 4] for n, byte in enumerate(masked))
        self.received += data
        self.opcodes.append(head[0] & 0x0F)
        return self.opcodes[-1], data

    def _close(self, client: socketserver.StreamRequestHandler, data: bytes) -> None:
        """Answer a close frame, end the stream and hear the client out."""
        self._over.wait(self._hesitates)
        client.wfile.write(frame(data, FIN | CLOSE) if self._at_close is None else self._at_close)
        client.connection.shutdown(socket.SHUT_WR)
        while self._frame(client) is not None:
            pass
