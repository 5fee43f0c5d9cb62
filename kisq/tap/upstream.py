"""The tap's own connection to KIS, opened with the headers of the program's handshake."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import NamedTuple, TypeVar, cast
from urllib.parse import urlsplit

from kisq.errors import ConnectionFailed, KisqError
from kisq.feed.handshake import (
    HANDSHAKE_SECONDS,
    failure,
    is_tap,
    shake_hands,
    unconnected,
)
from kisq.feed.proxy import LOOPBACK, proxy_for

# Headers of one connection only (RFC 9110 section 7.6.1); the new connection has its own.
_HOP_BY_HOP = {
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection",
    "te", "trailer", "transfer-encoding", "upgrade", "host", "content-length",
}  # fmt: skip
_HANDSHAKE = "sec-websocket-"
_MOST_BODY = 64 * 1024  # bytes of a refusal that are passed back

T = TypeVar("T")


class Refusal(NamedTuple):
    """The handshake with KIS failed: the HTTP status and body for the program, and why."""

    status: int
    body: bytes
    failure: ConnectionFailed


class Upstream(NamedTuple):
    """A connection to KIS after the handshake, and whether it leads to another tap."""

    sock: socket.socket
    is_tap: bool


def passed_on(raw_headers: Iterable[tuple[bytes, bytes]], here: str, there: str) -> list[str]:
    """The header lines of a program's handshake that KIS gets, in their order.

    ``here`` is the tap's own URL, ``there`` that of KIS: an Origin that names the tap names KIS
    instead, as it would without a tap.
    """
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in raw_headers]
    dropped = _HOP_BY_HOP | _named_in_connection(headers)
    origins = {_origin(here): _origin(there)}
    lines = []
    for name, value in headers:
        lower = name.lower()
        if lower in dropped or lower.startswith(_HANDSHAKE):
            continue
        if lower == "origin":
            value = origins.get(value, value)  # noqa: PLW2901 - the same header
        lines.append(f"{name}: {value}")
    return lines


def _named_in_connection(headers: list[tuple[str, str]]) -> set[str]:
    """The names of headers, in lower case, that a header Connection lists."""
    named: set[str] = set()
    for name, value in headers:
        if name.lower() == "connection":
            named |= {each.strip().lower() for each in value.split(",")}
    return named


def _origin(url: str) -> str:
    parts = urlsplit(url)
    scheme = "https" if parts.scheme == "wss" else "http"
    return f"{scheme}://{parts.netloc}"


def is_own(url: str, host: str, port: int) -> bool:
    """Whether ``url`` is the address on which the tap listens."""
    parts = urlsplit(url)
    return parts.hostname in {*LOOPBACK, host} and parts.port == port


async def open_upstream(url: str, headers: list[str]) -> Upstream | Refusal:
    """Connect to ``url`` with these header lines within 10 s, or say why that failed.

    The reason names ``url`` without its query, in which a program may have put a secret.
    """
    import websocket

    named = url.partition("?")[0]
    try:
        ws = unconnected(url)
        proxy = proxy_for(url)
    except KisqError as error:
        return Refusal(502, b"", ConnectionFailed(named, error.sentence, error.next_step))
    try:
        async with asyncio.timeout(HANDSHAKE_SECONDS):
            await _in_thread(lambda: shake_hands(ws, url, proxy, headers))
    except websocket.WebSocketBadStatusException as error:
        body = (error.resp_body or b"")[:_MOST_BODY]
        return Refusal(error.status_code, body, failure(ws, named, error, proxy))
    except Exception as error:  # noqa: BLE001 - a lying server makes the library raise anything
        failed = failure(ws, named, error, proxy)
        return Refusal(failed.status or 502, b"", failed)
    except asyncio.CancelledError:
        _close(ws.sock)
        raise
    sock = cast("socket.socket", ws.sock)
    sock.setblocking(False)
    return Upstream(sock, is_tap(ws))


def _close(sock: socket.socket | None) -> None:
    if sock:
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
        sock.close()


def _in_thread(work: Callable[[], T]) -> "asyncio.Future[T]":
    """What ``work`` gives or raises; nobody waits for its thread, which cannot be ended."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(outcome: Callable[[], None]) -> None:
        if not future.done():
            outcome()

    def run() -> None:
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - whoever awaits the future gets it
            outcome = _raising(future, error)
        else:
            outcome = lambda: future.set_result(result)  # noqa: E731
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(settle, outcome)

    threading.Thread(target=run, name="tap-handshake", daemon=True).start()
    return future


def _raising(future: "asyncio.Future[T]", error: BaseException) -> Callable[[], None]:
    return lambda: future.set_exception(error)
