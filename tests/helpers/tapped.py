"""A tap between a raw client and a raw server, so that a test sees each byte."""

import base64
import hashlib
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Self

from liar import GOOD

from helpers.patience import PATIENCE
from kisq.tap.masking import Mask
from kisq.tap.server import TapServer
from kisq.tap.source import EventQueue, TapSource
from kisq.wire.escape import Redactor
from kisq.wire.frames import Frame


class RawKis:
    """Listens on loopback; each connection that shook hands is given by ``next``.

    ``reply`` is said in place of the handshake where there is one.
    """

    def __init__(self, reply: bytes | None = None) -> None:
        self._reply = reply
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(PATIENCE)
        self.url = f"ws://127.0.0.1:{self._listening.getsockname()[1]}"
        self.heads: list[str] = []
        self._connections: deque[socket.socket] = deque()
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):  # wakes whoever waits for a connection
            self._listening.shutdown(socket.SHUT_RDWR)
        self._thread.join(PATIENCE)
        self._listening.close()
        for connection in self._connections:
            connection.close()

    def next(self) -> socket.socket:
        """The next connection."""
        with self._news:
            assert self._news.wait_for(lambda: self._connections, PATIENCE)
            return self._connections.popleft()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            connection.settimeout(PATIENCE)
            head = read_head(connection)
            self.heads.append(head)
            key = value_of(head, "Sec-WebSocket-Key")
            accept = f"Sec-WebSocket-Accept: {_accept_of(key)}\r\n\r\n".encode()
            connection.sendall(self._reply or GOOD + accept)
            with self._news:
                self._connections.append(connection)
                self._news.notify()


def _accept_of(key: str) -> str:
    digest = hashlib.sha1(f"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode()).digest()
    return base64.b64encode(digest).decode()


class Tapped:
    """A tap in front of ``url``; ``frames`` are those seen, ``sentences`` what was told."""

    def __init__(
        self,
        url: str,
        *,
        most: int = 1 << 28,
        handshake_seconds: float = PATIENCE,
        leave_seconds: float = PATIENCE,
    ) -> None:
        self.queue = EventQueue(most)
        self.sentences: list[str] = []
        self.attempts: list[float] = []
        self.requests: list[bytes] = []
        self.server = TapServer(0, lambda _: url, self.queue.put, handshake_seconds)
        self.source = TapSource(
            self.server,
            self.queue,
            Mask(Redactor()),
            self.sentences.append,
            self.attempts.append,
            self.requests.append,
            leave_seconds,
        )
        self._into: deque[Frame] = deque()
        self.frames: list[Frame] = []

    def __enter__(self) -> Self:
        self.server.__enter__()
        self._steps = self.source.receive(0.05, self._into)
        return self

    def __exit__(self, *_: object) -> None:
        self.server.__exit__()

    def until(self, happened: Callable[[], object]) -> None:
        """Take what passes until something happened."""
        deadline = time.monotonic() + PATIENCE
        while not happened():
            assert time.monotonic() < deadline, (self.frames, self.sentences)
            self._take()
        self._take()

    def _take(self) -> None:
        next(self._steps)
        self._collect()

    def _collect(self) -> None:
        while self._into:
            self.frames.append(self._into.popleft())

    def told(self, part: str) -> str:
        """The first sentence with ``part`` in it."""
        self.until(lambda: any(part in sentence for sentence in self.sentences))
        return next(sentence for sentence in self.sentences if part in sentence)

    def seen(self, number: int) -> list[Frame]:
        """The frames once there are so many."""
        self.until(lambda: len(self.frames) >= number)
        return self.frames

    def close(self) -> None:
        """End it in order."""
        self.source.close()
        self._collect()


@contextmanager
def raw_client(url: str, path: str = "/", headers: str = "") -> Iterator[socket.socket]:
    """A connection to ``url`` on which the request for a handshake was sent, and nothing read."""
    key = base64.b64encode(b"sixteen bytes!!!").decode()
    request = (
        f"GET {path} HTTP/1.1\r\nHost: {url[5:]}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
        f"{headers}\r\n"
    )
    with mute_client(url, request.encode()) as connection:
        yield connection


def mute_client(url: str, beginning: bytes) -> socket.socket:
    """A connection to ``url`` that has sent this, and sends no more."""
    host, port = url.removeprefix("ws://").split(":")
    connection = socket.create_connection((host, int(port)), PATIENCE)
    connection.sendall(beginning)
    return connection


@contextmanager
def session(
    tapped: Tapped, kis: RawKis, path: str = "/", headers: str = ""
) -> Iterator[tuple[socket.socket, socket.socket]]:
    """A session through the tap: the sockets of the program and of KIS, both shaken hands."""
    with raw_client(tapped.server.url, path, headers) as program:
        assert read_head(program).startswith("HTTP/1.1 101")
        with kis.next() as upstream:
            yield program, upstream


def read_head(connection: socket.socket) -> str:
    """What comes up to the empty line."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        assert byte, head
        head += byte
    return head.decode()


def value_of(head: str, name: str) -> str:
    """The value of a header."""
    lines = (line.partition(": ") for line in head.splitlines())
    return next((value for key, _, value in lines if key.lower() == name.lower()), "")


def read_exactly(connection: socket.socket, size: int) -> bytes:
    """So many bytes."""
    data = b""
    while len(data) < size:
        more = connection.recv(size - len(data))
        assert more, data
        data += more
    return data


def is_cut(connection: socket.socket) -> bool:
    """Whether nothing more comes, not even a close frame."""
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True
