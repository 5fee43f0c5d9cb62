"""Open a WebSocket to KIS, or say why it cannot be opened (protocol.md section 2)."""

import socket
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from kisq.errors import ConnectionFailed
from kisq.feed.chunks import WAIT_SECONDS, Chunks
from kisq.feed.proxy import Proxy, proxy_for
from kisq.feed.tls import context
from kisq.feed.unanswered import FIREWALL_STEP, NO_ANSWER, NO_NAME, REFUSED
from kisq.locale.os_reasons import reason_of
from kisq.locale.sentence import Sentence
from kisq.signals import SIGNALS
from kisq.spec.http_codes import HANDSHAKE

if TYPE_CHECKING:
    import websocket

HANDSHAKE_SECONDS = 10
TAP_HEADER = "X-Kisq-Tap"  # by which a `kisq tap` tells in its answer that it is one
# What to do if a tap refuses.
_TAP_STEPS = {
    409: Sentence(
        "a `kisq tap` listens there, and has a client: look at what it shows, or end that one"
    ),
    502: Sentence("a `kisq tap` listens there: look at what it says"),
}
_NOT_KIS_STEP = Sentence("check KIS_WS_URL: this is not a WebSocket of KIS")
_REDIRECT_STEP = Sentence("a redirect is not followed: check KIS_WS_URL")
_STATUS = Sentence("the handshake was answered with HTTP {status}")
# Why there is no connection, and what to do then.
_CHECK_STEP = Sentence("check the network and KIS_WS_URL")
_REFUSED_STEP = Sentence(
    "check KIS_WS_URL, or check the network and whether a firewall blocks the port"
)
_CUT = Sentence("the server cut the connection without a close frame")
# Without a proxy the library looks for one in the environment; it heeds exceptions only with one.
_STRAIGHT: dict[str, object] = {
    "http_proxy_host": "none",
    "http_proxy_port": 1,
    "http_no_proxy": ["*"],
}


def connect(url: str) -> tuple["websocket.WebSocket", Chunks]:
    """Open a WebSocket to ``url``; gives it and the socket that it reads.

    Raises ConnectionFailed if that fails or takes more than 10 s; a redirect is not followed.
    Raises SettingsFault if a variable of the environment makes TLS fail.
    """
    ws = unconnected(url)
    proxy = proxy_for(url)
    try:
        SIGNALS.wait_for(lambda: shake_hands(ws, url, proxy), HANDSHAKE_SECONDS)
    except Exception as error:  # noqa: BLE001 - a lying server makes the library raise anything
        raise failure(ws, url, error, proxy) from None
    ws.settimeout(WAIT_SECONDS)
    chunks = Chunks(ws.sock)  # type: ignore[arg-type]  # it is connected, so there is a socket
    ws.sock = chunks  # type: ignore[assignment]  # it reads like a socket
    return ws, chunks


def unconnected(url: str) -> "websocket.WebSocket":
    """A WebSocket that can be connected to ``url``. Raises SettingsFault as ``connect`` does."""
    import websocket  # costs a twentieth of a second

    tls: dict[str, object] | None = None
    if url.startswith("wss:"):
        tls = {"context": context()}
    return websocket.WebSocket(
        skip_utf8_validation=True,
        enable_multithread=True,
        sockopt=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
        sslopt=tls,
    )


def shake_hands(
    ws: "websocket.WebSocket", url: str, proxy: Proxy | None, headers: list[str] | None = None
) -> None:
    """Connect ``ws``, with the lines ``headers`` in place of an Origin. It may raise anything."""
    options: dict[str, object] = _STRAIGHT
    if proxy:
        options = {"http_proxy_host": proxy.host, "http_proxy_port": proxy.port}
        if proxy.user:
            options["http_proxy_auth"] = (proxy.user, proxy.password)
    if headers is not None:
        options = options | {"header": headers, "suppress_origin": True}
    ws.connect(  # type: ignore[no-untyped-call]  # websocket-client is half typed
        url, timeout=HANDSHAKE_SECONDS, redirect_limit=0, **options
    )


def failure(
    ws: "websocket.WebSocket", url: str, error: Exception, proxy: Proxy | None
) -> ConnectionFailed:
    """Why ``ws`` could not be connected; ends the attempt if a thread is still making it."""
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
    """End an attempt that a thread of its own is still making."""
    if sock:
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)


def _handshake_failure(url: str, status: int, headers: Mapping[str, str]) -> ConnectionFailed:
    step = HANDSHAKE.get(status, _NOT_KIS_STEP)
    if TAP_HEADER.lower() in headers:
        step = _TAP_STEPS.get(status, step)
    if 300 <= status < 400:
        step = _REDIRECT_STEP
    return ConnectionFailed(url, _STATUS.format(status=status), step, status)


def _unreachable(url: str, error: Exception, proxy: Proxy | None) -> ConnectionFailed:
    happened, step = _happened(error)
    if proxy:
        return proxy.failure(url, happened)
    return ConnectionFailed(url, happened, step)


def _happened(error: Exception) -> tuple[Sentence, Sentence]:
    """Why there is no connection, and what to do."""
    import websocket

    if isinstance(error, (socket.gaierror, websocket.WebSocketAddressException)):
        return NO_NAME, _CHECK_STEP
    if isinstance(error, ConnectionRefusedError):
        return REFUSED, _REFUSED_STEP
    if isinstance(error, (TimeoutError, websocket.WebSocketTimeoutException)):
        return NO_ANSWER.format(seconds=HANDSHAKE_SECONDS), FIREWALL_STEP
    return reason(error), _CHECK_STEP


def reason(error: Exception) -> Sentence:
    """What ended a connection, for people: one sentence without a full stop."""
    import websocket

    if isinstance(error, websocket.WebSocketConnectionClosedException):
        return _CUT
    if error.args and isinstance(error.args[0], Sentence):
        return error.args[0]
    return reason_of(error)
