"""One WebSocket to KIS: a thread that receives, stamps, answers PINGPONG and queues.

Whatever the main thread waits for (a blocked pipe, a stopped terminal), the session lives on.
"""

import queue
import socket
import struct
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from kisq.errors import ConnectionFailed
from kisq.protocol.escape import Redactor, mask_session_key
from kisq.protocol.frames import BINARY, CLOSE, CONTROL, DATA, IN, OPEN, OUT, PINGPONG, Frame
from kisq.protocol.messages import PingPong, parse
from kisq.spec.codes import HANDSHAKE

if TYPE_CHECKING:
    import websocket

_HANDSHAKE_SECONDS = 10
_SOCKET_SECONDS = 10
_CLOSE_SECONDS = 1.5
_CHUNK = 64 * 1024
_BATCH = 512
_MOST_FRAMES = 500_000
_MOST_BYTES = 256 * 1024 * 1024
_MOST_PONG = 125  # bytes that a WebSocket control frame can hold (RFC 6455 section 5.5)


class _Chunks:
    """A socket that is read in large chunks.

    websocket-client reads header, length and payload with a system call each; each one lets the
    other thread in, which makes it wait for its turn again. This makes it one call for many
    messages.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock, self._chunk, self._at = sock, b"", 0
        self.heard_at = time.monotonic()
        self.gettimeout = sock.gettimeout  # asked for before each read

    def recv(self, size: int) -> bytes:
        if self._at >= len(self._chunk):
            self._chunk, self._at = self._sock.recv(_CHUNK), 0
            self.heard_at = time.monotonic()
        start = self._at
        self._at = start + size
        return self._chunk[start : self._at]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


class Connection:
    """An open WebSocket. ``lost`` counts the messages for which the queue had no room.

    ``redact`` knows the user's secrets; neither they nor the session's AES key, which the server
    sends, are in any frame. Raises ConnectionFailed where it cannot be opened.
    """

    def __init__(self, url: str, redact: Redactor) -> None:
        self._clean = redact.clean
        self.lost = 0
        self.ended = False
        self._closing = False
        self._queue: queue.SimpleQueue[Frame] = queue.SimpleQueue()
        self._bytes_in = self._bytes_out = 0
        self._ws, self._chunks = _connect(url)
        self._queue.put(_frame(OUT, OPEN, url.encode()))
        self._thread = threading.Thread(target=self._receive, name="receive", daemon=True)
        self._thread.start()

    @property
    def heard_at(self) -> float:
        """When the server was last heard (monotonic seconds)."""
        return self._chunks.heard_at

    def get(self, wait: float) -> list[Frame]:
        """The frames that are there, in order; an empty list if none comes in ``wait`` seconds."""
        batch: list[Frame] = []
        with suppress(queue.Empty):
            batch.append(self._queue.get(timeout=wait))
            while len(batch) < _BATCH:
                batch.append(self._queue.get_nowait())
        self._bytes_out += sum(len(frame.data) for frame in batch)
        return batch

    def send(self, text: str, shown: str) -> None:
        """Send ``text``; ``shown`` is what the frame that records it holds, without secrets."""
        self._queue.put(_frame(OUT, CONTROL, shown.encode()))
        try:
            self._ws.send_text(text)
        except Exception as error:  # noqa: BLE001 - websocket-client raises all kinds; the
            self._end(f"could not send: {_reason(error)}")  # end of the session is the answer

    def close(self) -> None:
        """Close in order, or by force where the server does not answer in time."""
        self._closing = True
        if not self.ended:
            self._queue.put(_frame(OUT, CLOSE, b"1000"))
            try:
                self._ws.send_close()
            except Exception:  # noqa: BLE001 - it is being closed anyway
                self.ended = True
            else:
                self._thread.join(_CLOSE_SECONDS)
        with suppress(OSError):  # the other side may have gone first
            self._ws.abort()  # type: ignore[no-untyped-call]  # websocket-client is half typed
        self._thread.join(_CLOSE_SECONDS)
        self._ws.shutdown()  # type: ignore[no-untyped-call]  # as above

    def _receive(self) -> None:
        import websocket

        receive, text_opcode = self._ws.recv_data, websocket.ABNF.OPCODE_TEXT
        while not self.ended:
            try:
                opcode, data = receive()
            except websocket.WebSocketTimeoutException:
                continue
            except Exception as error:  # noqa: BLE001 - whatever broke, this session is over
                self._end(_reason(error))
                return
            if opcode == text_opcode:
                self._text(data)
            elif opcode == websocket.ABNF.OPCODE_CLOSE:
                self._end(_close_reason(data))
            else:
                self._put(_frame(IN, BINARY, self._clean(data)))

    def _text(self, data: bytes) -> None:
        if data[1:2] == b"|":
            self._put(_frame(IN, DATA, self._clean(data)))
            return
        frame = _frame(IN, CONTROL, mask_session_key(self._clean(data)))
        if b"PINGPONG" in data and isinstance(parse(data.decode("utf-8", "replace")), PingPong):
            self._pong(data)
            self._put(frame._replace(kind=PINGPONG))
            self._put(_frame(OUT, PINGPONG, data))
            return
        self._put(frame)

    def _pong(self, data: bytes) -> None:
        try:
            if len(data) <= _MOST_PONG:
                self._ws.pong(data)
            else:  # the server takes the echo as well
                self._ws.send(data)
        except Exception as error:  # noqa: BLE001 - as in send
            self._end(f"could not answer PINGPONG: {_reason(error)}")

    def _put(self, frame: Frame) -> None:
        self._bytes_in += len(frame.data)
        waiting = self._bytes_in - self._bytes_out
        if waiting > _MOST_BYTES or self._queue.qsize() >= _MOST_FRAMES:
            self._bytes_in -= len(frame.data)
            self.lost += 1
        else:
            self._queue.put(frame)

    def _end(self, reason: str) -> None:
        if not self.ended:
            self.ended = True
            if not self._closing:
                self._queue.put(_frame(IN, CLOSE, reason.encode()))


def _frame(direction: str, kind: str, data: bytes) -> Frame:
    return Frame(time.time(), direction, kind, data, time.monotonic())


def _connect(url: str) -> tuple["websocket.WebSocket", _Chunks]:
    import websocket  # costs half a tenth of a second

    try:
        ws = websocket.create_connection(
            url,
            timeout=_HANDSHAKE_SECONDS,
            skip_utf8_validation=True,
            redirect_limit=0,
            enable_multithread=True,
            sockopt=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
        )
    except websocket.WebSocketBadStatusException as error:
        raise _handshake_failure(url, error.status_code) from None
    except (websocket.WebSocketException, OSError, ValueError) as error:
        raise _unreachable(url, error) from None
    ws.settimeout(_SOCKET_SECONDS)
    chunks = _Chunks(ws.sock)  # type: ignore[arg-type]  # it is connected, so there is a socket
    ws.sock = chunks  # type: ignore[assignment]  # it reads like a socket
    return ws, chunks


def _handshake_failure(url: str, status: int) -> ConnectionFailed:
    step = HANDSHAKE.get(status, "check KIS_WS_URL: this is no WebSocket of KIS")
    return ConnectionFailed(url, f"the handshake was answered with HTTP {status}", step, status)


def _unreachable(url: str, error: Exception) -> ConnectionFailed:
    import websocket

    blocked = "check the network and whether a firewall blocks the port"
    timeouts = (TimeoutError, websocket.WebSocketTimeoutException)
    if isinstance(error, (socket.gaierror, websocket.WebSocketAddressException)):
        return ConnectionFailed(
            url, "the name cannot be resolved", "check the network and KIS_WS_URL"
        )
    if isinstance(error, ConnectionRefusedError):
        return ConnectionFailed(
            url, "the connection was refused", f"check KIS_WS_URL, or {blocked}"
        )
    if isinstance(error, timeouts):
        return ConnectionFailed(url, f"no answer within {_HANDSHAKE_SECONDS} s", blocked)
    return ConnectionFailed(url, _reason(error), "check the network and KIS_WS_URL")


def _reason(error: Exception) -> str:
    import websocket

    if isinstance(error, websocket.WebSocketConnectionClosedException):
        return "the server cut the connection without a close frame"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__


def _close_reason(data: bytes) -> str:
    if len(data) < 2:
        return "the server closed the connection"
    code = struct.unpack("!H", data[:2])[0]
    text = data[2:].decode("utf-8", "replace")
    return f"the server closed the connection ({code}{' ' if text else ''}{text})"
