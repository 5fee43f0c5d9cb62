"""Open a WebSocket to KIS, and say why where it cannot be opened (protocol.md section 2)."""

import socket
from contextlib import suppress
from typing import TYPE_CHECKING

from kisq.errors import ConnectionFailed
from kisq.feed.chunks import WAIT_SECONDS, Chunks
from kisq.feed.proxy import Proxy, proxy_for
from kisq.feed.tls import context
from kisq.signals import SIGNALS
from kisq.spec.codes import HANDSHAKE

if TYPE_CHECKING:
    import websocket

_HANDSHAKE_SECONDS = 10
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
    import websocket  # costs half a tenth of a second

    ws = websocket.WebSocket(
        skip_utf8_validation=True,
        enable_multithread=True,
        sockopt=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
        sslopt={"context": context()} if url.startswith("wss:") else None,
    )
    proxy = proxy_for(url)
    try:
        SIGNALS.wait_for(lambda: _shake_hands(ws, url, proxy), _HANDSHAKE_SECONDS)
    except websocket.WebSocketBadStatusException as error:
        raise _handshake_failure(url, error.status_code) from None
    except Exception as error:  # noqa: BLE001 - a lying server makes the library raise anything
        _cut(ws.sock)
        if ws.handshake_response and not isinstance(error, TimeoutError):  # a redirect
            raise _handshake_failure(url, ws.handshake_response.status) from None
        raise _unreachable(url, error, proxy) from None
    ws.settimeout(WAIT_SECONDS)
    chunks = Chunks(ws.sock)  # type: ignore[arg-type]  # it is connected, so there is a socket
    ws.sock = chunks  # type: ignore[assignment]  # it reads like a socket
    return ws, chunks


def _shake_hands(ws: "websocket.WebSocket", url: str, proxy: Proxy | None) -> None:
    options: dict[str, object] = _STRAIGHT
    if proxy:
        options = {"http_proxy_host": proxy.host, "http_proxy_port": proxy.port}
        options["http_proxy_auth"] = (proxy.user, proxy.password) if proxy.user else None
    ws.connect(  # type: ignore[no-untyped-call]  # websocket-client is half typed
        url, timeout=_HANDSHAKE_SECONDS, redirect_limit=0, **options
    )


def _cut(sock: socket.socket | None) -> None:
    """End what is still being tried in a thread of its own."""
    if sock:
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)


def _handshake_failure(url: str, status: int) -> ConnectionFailed:
    step = HANDSHAKE.get(status, "check KIS_WS_URL: this is no WebSocket of KIS")
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
        happened, step = f"no answer within {_HANDSHAKE_SECONDS} s", blocked
    return proxy.failure(url, happened) if proxy else ConnectionFailed(url, happened, step)


def reason(error: Exception) -> str:
    """What ended a connection, for people: one sentence without a full stop."""
    import websocket

    if isinstance(error, websocket.WebSocketConnectionClosedException):
        return "the server cut the connection without a close frame"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
