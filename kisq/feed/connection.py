"""One WebSocket to KIS: a thread that receives, stamps, answers PINGPONG and queues.

The session lives on whatever the main thread waits for (a blocked pipe, a stopped terminal).
"""

import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from operator import attrgetter

from kisq.feed.handshake import connect, is_tap, reason
from kisq.locale.sentence import NO_SENTENCE, Sentence
from kisq.signals import SIGNALS, SLICE, TimedQueue
from kisq.wire.escape import Redactor, without_secrets
from kisq.wire.frames import (
    BINARY,
    CLOSE,
    CONTROL,
    DATA,
    IN,
    OPEN,
    OUT,
    PINGPONG,
    Direction,
    Frame,
    FrameKind,
    moment,
)
from kisq.wire.messages import PingPong, parse
from kisq.wire.notice_keys import NoticeKeys

_CLOSE_SECONDS = 1.5
_MOST_AT_ONCE = 8  # chunks of frames that are taken together
_MOST_WEIGHT = 256 * 1024 * 1024  # bytes that may wait, with this overhead per frame:
_FRAME_WEIGHT = 256
_MOST_PONG = 125  # bytes that a WebSocket control frame can hold (RFC 6455 section 5.5)
_data_of = attrgetter("data")
_NOT_SENT = Sentence("could not send: {reason}")
_NOT_ANSWERED = Sentence("could not answer PINGPONG: {reason}")
_CLOSED = Sentence("the server closed the connection")
_CLOSED_WITH_CODE = Sentence("the server closed the connection ({code})")
_CLOSED_WITH_TEXT = Sentence("the server closed the connection ({code} {text})")


class Connection:
    """An open WebSocket; ``lose`` is told how many data messages the queue had no room for.

    ``through_tap`` says that a `kisq tap` answered the handshake. ``end_reason`` is why the
    connection ended without ``close``, as the frame of kind CLOSE says it in English.

    ``redact`` knows the user's secrets; no frame holds them or the session's AES key, which the
    server sends; ``notice_keys`` takes that key. Raises ConnectionFailed if it cannot be opened.
    """

    def __init__(
        self,
        url: str,
        redact: Redactor,
        lose: Callable[[int], None],
        notice_keys: NoticeKeys | None = None,
    ) -> None:
        self._notice_keys = notice_keys
        self._redact = redact
        self._clean = redact.clean
        self._lose = lose
        self.ended = False
        self.end_reason = NO_SENTENCE
        self._closing = False
        self._unanswered = NO_SENTENCE  # why a PINGPONG could not be answered
        self._queue: TimedQueue[list[Frame] | None] = TimedQueue()
        self._weight_in = 0
        self._weight_out = 0
        self._ws, self._chunks = connect(url)
        self.through_tap = is_tap(self._ws)
        self._queue.put([_frame(OUT, OPEN, self._clean(url.encode()))])
        self._thread = threading.Thread(target=self._receive, name="receive", daemon=True)
        self._thread.start()

    @property
    def heard_at(self) -> float:
        """When the server was last heard (monotonic seconds)."""
        return self._chunks.heard_at

    @property
    def quiet(self) -> float:
        """For how many seconds it has listened in vain, without the time in which kisq stood."""
        return self._chunks.quiet

    def get(self, wait: float, into: deque[Frame]) -> list[Frame]:
        """Append the frames that are there to ``into``, in order, and return them.

        The list is empty if none comes in ``wait`` seconds, or a signal comes first.
        """
        came = SIGNALS.take(self._queue, wait) or []
        for _ in range(_MOST_AT_ONCE):
            if self._queue.empty:
                break
            came += self._queue.get(0.0) or []
        self._weight_out += _weight(came)
        into.extend(came)
        return came

    def send(self, text: str, shown: str) -> None:
        """Send ``text``; ``shown`` is ``text`` without secrets, for the frame that records it.

        Nothing is sent if the session was closed: the frame that says so is in the queue.
        """
        if self._chunks.closed:
            return
        self._queue.put([_frame(OUT, CONTROL, shown.encode())])
        try:
            self._ws.send_text(text)
        except Exception as error:  # noqa: BLE001 - websocket-client raises all kinds; the
            self._end(_NOT_SENT.format(reason=reason(error)))  # end of the session is the answer

    def close(self) -> None:
        """Close in order, or by force if the server does not answer in time."""
        self._closing = True
        if not self.ended and not self._chunks.closed:
            self._queue.put([_frame(OUT, CLOSE, b"1000")])
            with suppress(Exception):  # it is being closed anyway
                self._ws.send_close()
            self._wait_for_close()
        self.abort()

    def abort(self) -> None:
        """Close at once, and wake whatever waits in a system call."""
        if not self._closing and not self.ended:
            self._queue.put([_frame(OUT, CLOSE, b"1006")])
        self._closing = True
        self.ended = True
        self.cut()
        self._thread.join(_CLOSE_SECONDS)
        self._ws.shutdown()  # type: ignore[no-untyped-call]  # websocket-client is half typed

    def _wait_for_close(self) -> None:
        """Wait until the server has closed as well. Raises Interrupted if a signal comes."""
        until = time.monotonic() + _CLOSE_SECONDS
        while self._thread.is_alive() and time.monotonic() < until:
            self._thread.join(SLICE)
            SIGNALS.check()

    def cut(self) -> None:
        """Shut the socket down, so that nothing waits for the server any longer."""
        with suppress(OSError):  # the other side may have gone first
            self._chunks.shutdown(socket.SHUT_RDWR)

    def _receive(self) -> None:
        import websocket

        receive = self._ws.recv_data
        whole_texts = self._chunks.texts
        while not self.ended:
            try:
                opcode, data = receive()
            except websocket.WebSocketTimeoutException:
                continue  # perhaps in the middle of a message, which the library goes on with
            except Exception as error:  # noqa: BLE001 - whatever broke, this session is over
                self._end(reason(error))
                return
            self._chunks.since_message = 0
            if opcode == websocket.ABNF.OPCODE_TEXT:
                self._texts([data, *whole_texts()])
            elif opcode == websocket.ABNF.OPCODE_CLOSE:
                self._end(_close_reason(data, self._redact))
            else:
                self._put([_frame(IN, BINARY, without_secrets(self._clean(data), self._redact))])

    def _texts(self, texts: list[bytes]) -> None:
        at = time.time()
        tick = time.monotonic()
        frames: list[Frame] = []
        for data, cleaned in zip(texts, self._redact.clean_all(texts), strict=True):
            if data[1:2] == b"|":
                frames.append(Frame(at, IN, DATA, cleaned, tick))
            else:
                frames += self._control(data, at, tick)
        self._put(frames)
        if self._unanswered:
            self._end(self._unanswered)  # after the frames, so that it is the last one

    def _control(self, data: bytes, at: float, tick: float) -> list[Frame]:
        if self._notice_keys:
            self._notice_keys.learn(data, tick)
        frame = Frame(at, IN, CONTROL, without_secrets(self._clean(data), self._redact), tick)
        if not _is_pingpong(data):
            return [frame]
        frames = [frame._replace(kind=PINGPONG)]
        if self._pong(data):
            frames.append(frame._replace(dir=OUT, kind=PINGPONG))
        return frames

    def _pong(self, data: bytes) -> bool:
        """Answer PINGPONG with its own text; whether the answer was sent."""
        if self._chunks.closed:
            return False
        try:
            if len(data) <= _MOST_PONG:
                self._ws.pong(data)
            else:  # the server takes the echo as well
                self._ws.send(data)
        except Exception as error:  # noqa: BLE001 - as in send
            self._unanswered = _NOT_ANSWERED.format(reason=reason(error))
        return not self._unanswered

    def _put(self, frames: list[Frame]) -> None:
        weight = _weight(frames)
        if self._weight_in - self._weight_out + weight > _MOST_WEIGHT:
            self._lose(sum(frame.kind is DATA for frame in frames))
        else:
            self._weight_in += weight
            self._queue.put(frames)

    def _end(self, reason: Sentence) -> None:
        if not self.ended:
            self.end_reason = reason
            self.ended = True
            if not self._closing:
                self._queue.put([_frame(IN, CLOSE, self._clean(reason.encode()))])


def _is_pingpong(data: bytes) -> bool:
    return b"PINGPONG" in data and isinstance(parse(data.decode("utf-8", "replace")), PingPong)


def _weight(frames: list[Frame]) -> int:
    return sum(map(len, map(_data_of, frames))) + _FRAME_WEIGHT * len(frames)


def _frame(direction: Direction, kind: FrameKind, data: bytes) -> Frame:
    seconds, micros = divmod(time.time_ns() // 1000, 1_000_000)  # as a capture can keep it
    return Frame(moment(seconds, micros), direction, kind, data, time.monotonic())


def _close_reason(data: bytes, redact: Redactor) -> Sentence:
    """What the payload of a close frame says, for people, with its code (RFC 6455 section 5.5.1).

    The text is the server's own, without secrets: whoever shows it escapes it.
    """
    if len(data) < 2:
        return _CLOSED
    code = struct.unpack("!H", data[:2])[0]
    text = redact(data[2:].decode("utf-8", "replace"))
    if not text:
        return _CLOSED_WITH_CODE.format(code=code)
    return _CLOSED_WITH_TEXT.format(code=code, text=text)
