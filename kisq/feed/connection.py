"""One WebSocket to KIS: a thread that receives, stamps, answers PINGPONG and queues.

Whatever the main thread waits for (a blocked pipe, a stopped terminal), the session lives on.
"""

import queue
import socket
import threading
import time
from contextlib import suppress

from kisq.feed.handshake import close_reason, connect, reason
from kisq.protocol.escape import Redactor
from kisq.protocol.frames import (
    BINARY,
    CLOSE,
    CONTROL,
    DATA,
    IN,
    OPEN,
    OUT,
    PINGPONG,
    Frame,
    moment,
)
from kisq.protocol.messages import PingPong, parse, without_session_key

_CLOSE_SECONDS = 1.5
_BATCH = 512
_MOST_FRAMES = 500_000
_MOST_BYTES = 256 * 1024 * 1024
_MOST_PONG = 125  # bytes that a WebSocket control frame can hold (RFC 6455 section 5.5)


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
        self._ws, self._chunks = connect(url)
        self._queue.put(_frame(OUT, OPEN, self._clean(url.encode())))
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
            self._end(f"could not send: {reason(error)}")  # end of the session is the answer

    def close(self) -> None:
        """Close in order, or by force where the server does not answer in time."""
        self._closing = True
        if not self.ended:
            self._queue.put(_frame(OUT, CLOSE, b"1000"))
            with suppress(Exception):  # it is being closed anyway
                self._ws.send_close()
                self._thread.join(_CLOSE_SECONDS)
        self.abort()

    def abort(self) -> None:
        """Close at once; whoever waits in a system call is woken."""
        if not self._closing and not self.ended:
            self._queue.put(_frame(OUT, CLOSE, b"1006"))
        self._closing = self.ended = True
        self.cut()
        self._thread.join(_CLOSE_SECONDS)
        self._ws.shutdown()  # type: ignore[no-untyped-call]  # websocket-client is half typed

    def cut(self) -> None:
        """Shut the socket down, so that nothing waits for the server any longer."""
        with suppress(OSError):  # the other side may have gone first
            self._chunks.shutdown(socket.SHUT_RDWR)

    def _receive(self) -> None:
        import websocket

        receive, text_opcode = self._ws.recv_data, websocket.ABNF.OPCODE_TEXT
        while not self.ended:
            try:
                opcode, data = receive()
            except websocket.WebSocketTimeoutException:
                continue
            except Exception as error:  # noqa: BLE001 - whatever broke, this session is over
                self._end(reason(error))
                return
            self._chunks.since_message = 0
            if opcode == text_opcode:
                self._text(data)
            elif opcode == websocket.ABNF.OPCODE_CLOSE:
                self._end(close_reason(data))
            else:
                self._put(_frame(IN, BINARY, without_session_key(self._clean(data))))

    def _text(self, data: bytes) -> None:
        if data[1:2] == b"|":
            self._put(_frame(IN, DATA, self._clean(data)))
            return
        frame = _frame(IN, CONTROL, without_session_key(self._clean(data)))
        if b"PINGPONG" in data and isinstance(parse(data.decode("utf-8", "replace")), PingPong):
            self._pong(data)
            self._put(frame._replace(kind=PINGPONG))
            self._put(_frame(OUT, PINGPONG, frame.data))
            return
        self._put(frame)

    def _pong(self, data: bytes) -> None:
        try:
            if len(data) <= _MOST_PONG:
                self._ws.pong(data)
            else:  # the server takes the echo as well
                self._ws.send(data)
        except Exception as error:  # noqa: BLE001 - as in send
            self._end(f"could not answer PINGPONG: {reason(error)}")

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
                self._queue.put(_frame(IN, CLOSE, self._clean(reason.encode())))


def _frame(direction: str, kind: str, data: bytes) -> Frame:
    seconds, micros = divmod(time.time_ns() // 1000, 1_000_000)  # as a capture can keep it
    return Frame(moment(seconds, micros), direction, kind, data, time.monotonic())
