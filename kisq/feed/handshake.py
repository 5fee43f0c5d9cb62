"""Open a WebSocket to KIS, and say why where it cannot be opened (protocol.md section 2)."""

import socket
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from kisq.errors import ConnectionFailed
from kisq.feed.chunks import WAIT_SECONDS, Chunks
from kisq.feed.proxy import Proxy, proxy_for
from kisq.feed.tls import context
from kisq.signals import SIGNALS
from kisq.spec.http_codes import HANDSHAKE

if TYPE_CHECKING:
    import websocket

HANDSHAKE_SECONDS = 10
TAP_HEADER = "X-Kisq-Tap"  # by which a `kisq tap` tells in its answer that it is one
# What to do where it is one that refuses.
_TAPS = {
    409: "a `kisq tap` listens there, and has a client: look at what it shows, or end that one",
    502: "a `kisq tap` listens there: look at what it says",
}
# Without a proxy the library asks the environment for one, and only with one heeds exceptions.
_STRAIGHT: dict[str, object] = {
    "http_proxy_host": "none",
    "http_proxy_port": 1,
    "http_no_proxy": ["*"],
}


def connect(url: str) -> tuple["websocket.WebSocket", Chunks]:
    """An open WebSocket to ``url``, and the socket that it reads.

    Raises ConnectionFailed where there is none after 10 s; a redirect is not followed. Raises
    SettingsFault where a variable of the environment makes TLS fail.
    """
    ws, proxy = unconnected(url), proxy_for(url)
    try:
        SIGNALS.wait_for(lambda: shake_hands(ws, url, proxy), HANDSHAKE_SECONDS)
    except Exception as error:  # noqa: BLE001 - a lying server makes the library raise anything
        raise failure(ws, url, error, proxy) from None
    ws.settimeout(WAIT_SECONDS)
    chunks = Chunks(ws.sock)  # type: ignore[arg-type]  # it is connected, so there is a socket
    ws.sock = chunks  # type: ignore[assignment]  # it reads like a socket
    return ws, chunks


def unconnected(url: str) -> "websocket.WebSocket":
    """A WebSocket that may be connected to ``url``."""
    import websocket  # costs half a tenth of a second

    return websocket.WebSocket(
        skip_utf8_validation=True,
        enable_multithread=True,
        sockopt=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
        sslopt={"context": context()} if url.startswith("wss:") else None,
    )


def shake_hands(
    ws: "websocket.WebSocket", url: str, proxy: Proxy | None, headers: list[str] | None = None
) -> None:
    """Connect ``ws``, with these lines of ``headers`` in place of an Origin; raises anything."""
    options: dict[str, object] = _STRAIGHT
    if proxy:
        options = {"http_proxy_host": proxy.host, "http_proxy_port": proxy.port}
        options["http_proxy_auth"] = (proxy.user, proxy.password) if proxy.user else None
    if headers is not None:
        options = options | {"header": headers, "suppress_origin": True}
    ws.connect(  # type: ignore[no-untyped-call]  # websocket-client is half typed
        url, timeout=HANDSHAKE_SECONDS, redirect_limit=0, **options
    )


def failure(
    ws: "websocket.WebSocket", url: str, error: Exception, proxy: Proxy | None
) -> ConnectionFailed:
    """Why ``ws`` could not be connected; what is still being tried in another thread is ended."""
    import websocket

    if isinstance(error, websocket.WebSocketBadStatusException):
        return _handshake_failure(url, error.status_code, error.resp_headers or {})
    _cut(ws.sock)
    if ws.handshake_response and not isinstance(error, TimeoutError):  # a redirect
        return _handshake_failure(url, ws.handshake_response.status, {})
    return _unreachable(url, error, proxy)


def is_tap(ws: "websocket.WebSocket") -> bool:
    """Whether what answered the handshake of ``ws`` is a `kisq tap`."""
    answer = ws.handshake_response
    return answer is not None and TAP_HEADER.lower() in answer.headers


def _cut(sock: socket.socket | None) -> None:
    """End what is still being tried in a thread of its own."""
    if sock:
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)


def _handshake_failure(url: str, status: int, headers: Mapping[str, str]) -> ConnectionFailed:
    step = HANDSHAKE.get(status, "check KIS_WS_URL: this is no WebSocket of KIS")
    if TAP_HEADER.lower() in headers:
        step = _TAPS.get(status, step)
    if 300 <= status < 400:
        step = "a redirect is not followed: check KIS_WS_URL"
    return ConnectionFailed(url, f"the handshake was answered with HTTP {status}", step, status)


def _unreachable(url: str, error: Exception, proxy: Proxy | None) -> ConnectionFailed:
    import websocket

    blocked = "check the network and whether a firewall blocks the port"
    timeouts = (TimeoutError, websocket.WebSocketTimeoutException)
    happened, step = reason(error), "check the network and KIS_WS_URL"
    if isinstance(error, (socket.gaierror, websocket.WebSocketAddressException)):
        happened = "the name cannot be resolved"
    elif isinstance(error, ConnectionRefusedError):
        happened, step = "the connection was refused", f"check KIS_WS_URL, or {blocked}"
    elif isinstance(error, timeouts):
        happened, step = f"no answer within {HANDSHAKE_SECONDS} s", blocked
    return proxy.failure(url, happened) if proxy else ConnectionFailed(url, happened, step)


def reason(error: Exception) -> str:
    """What ended a connection, for people: one sentence without a full stop."""
    import websocket

    if isinstance(error, websocket.WebSocketConnectionClosedException):
        return "the server cut the connection without a close frame"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
