"""Open a WebSocket to KIS, and say why where it cannot be opened (protocol.md section 2)."""

import socket
import struct
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from kisq.errors import ConnectionFailed
from kisq.feed.chunks import Chunks
from kisq.spec.codes import HANDSHAKE

if TYPE_CHECKING:
    import websocket

_HANDSHAKE_SECONDS = 10
_SOCKET_SECONDS = 10


def connect(url: str) -> tuple["websocket.WebSocket", Chunks]:
    import websocket  # costs half a tenth of a second

    ws = websocket.WebSocket(
        skip_utf8_validation=True,
        enable_multithread=True,
        sockopt=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
    )
    expired = threading.Event()
    timer = threading.Timer(_HANDSHAKE_SECONDS, _expire, (ws, expired))
    timer.start()
    try:
        ws.connect(  # type: ignore[no-untyped-call]  # websocket-client is half typed
            url, timeout=_HANDSHAKE_SECONDS, redirect_limit=0
        )
    except websocket.WebSocketBadStatusException as error:
        raise _handshake_failure(url, error.status_code) from None
    except Exception as error:  # noqa: BLE001 - a lying server makes the library raise anything
        if ws.handshake_response:  # a redirect, which is not followed
            raise _handshake_failure(url, ws.handshake_response.status) from None
        cause = TimeoutError() if expired.is_set() else error
        raise _unreachable(url, cause) from None
    finally:
        timer.cancel()
    ws.settimeout(_SOCKET_SECONDS)
    chunks = Chunks(ws.sock)  # type: ignore[arg-type]  # it is connected, so there is a socket
    ws.sock = chunks  # type: ignore[assignment]  # it reads like a socket
    return ws, chunks


def _expire(ws: "websocket.WebSocket", expired: threading.Event) -> None:
    """End a handshake that a slow server draws out: each of its reads is in time, all are not."""
    expired.set()
    if ws.sock:
        with suppress(OSError):
            ws.sock.shutdown(socket.SHUT_RDWR)


def _handshake_failure(url: str, status: int) -> ConnectionFailed:
    step = HANDSHAKE.get(status, "check KIS_WS_URL: this is no WebSocket of KIS")
    if 300 <= status < 400:
        step = "a redirect is not followed: check KIS_WS_URL"
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
    return ConnectionFailed(url, reason(error), "check the network and KIS_WS_URL")


def reason(error: Exception) -> str:
    import websocket

    if isinstance(error, websocket.WebSocketConnectionClosedException):
        return "the server cut the connection without a close frame"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__


def close_reason(data: bytes) -> str:
    if len(data) < 2:
        return "the server closed the connection"
    code = struct.unpack("!H", data[:2])[0]
    text = data[2:].decode("utf-8", "replace")
    return f"the server closed the connection ({code}{' ' if text else ''}{text})"
