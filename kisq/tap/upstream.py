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

# What concerns one connection only (RFC 9110 section 7.6.1); the new one has its own of these.
_HOP_BY_HOP = {
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection",
    "te", "trailer", "transfer-encoding", "upgrade", "host", "content-length",
}  # fmt: skip
_HANDSHAKE = "sec-websocket-"
_MOST_BODY = 64 * 1024  # bytes of a refusal that are passed back

T = TypeVar("T")


class Refusal(NamedTuple):
    """KIS refused the handshake, or there is none: the HTTP status, the body, and why."""

    status: int
    body: bytes
    failure: ConnectionFailed


class Upstream(NamedTuple):
    """A connection to KIS on which the handshake is done, and whether that is a tap as well."""

    sock: socket.socket
    is_tap: bool


def passed_on(raw_headers: Iterable[tuple[bytes, bytes]], here: str, there: str) -> list[str]:
    """The header lines of a program's handshake that KIS gets, in their order.

    ``here`` is the tap's own URL, ``there`` that of KIS: an Origin that names the one names the
    other then, as it would without a tap.
    """
    lines = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in raw_headers]
    named = [value for name, value in lines if name.lower() == "connection"]
    dropped = {name.strip().lower() for value in named for name in value.split(",")}
    dropped |= _HOP_BY_HOP
    origins = {_origin(here): _origin(there)}
    return [
        f"{name}: {origins.get(value, value) if name.lower() == 'origin' else value}"
        for name, value in lines
        if name.lower() not in dropped and not name.lower().startswith(_HANDSHAKE)
    ]


def _origin(url: str) -> str:
    parts = urlsplit(url)
    scheme = "https" if parts.scheme == "wss" else "http"
    return f"{scheme}://{parts.netloc}"


def is_own(url: str, host: str, port: int) -> bool:
    """Whether ``url`` is the address at which the tap listens."""
    parts = urlsplit(url)
    return parts.hostname in {*LOOPBACK, host} and parts.port == port


async def open_upstream(url: str, headers: list[str]) -> Upstream | Refusal:
    """A connection to ``url`` with these header lines, or why there is none after 10 s.

    The reason names ``url`` without its query, in which a program may have a secret.
    """
    import websocket

    named = url.partition("?")[0]
    try:
        ws, proxy = unconnected(url), proxy_for(url)
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
    """What ``work`` gives or raises; nobody waits for its thread, which no one can end."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(outcome: Callable[[], None]) -> None:
        if not future.done():
            outcome()

    def run() -> None:
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - it is for the one who waits
            outcome = _raising(future, error)
        else:
            outcome = lambda: future.set_result(result)  # noqa: E731
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(settle, outcome)

    threading.Thread(target=run, name="tap-handshake", daemon=True).start()
    return future


def _raising(future: "asyncio.Future[T]", error: BaseException) -> Callable[[], None]:
    return lambda: future.set_exception(error)
