"""The listening side of a tap: one small aiohttp application in a thread of its own.

aiohttp reads the handshake; once both connections stand, their bytes go through ``Relay`` alone.
"""

import asyncio
import base64
import hashlib
import logging
import threading
from collections.abc import Callable
from typing import Self, cast

from aiohttp import web

from kisq.errors import WrongUsage
from kisq.feed.handshake import TAP_HEADER
from kisq.tap.events import Attempt, Event, Remark
from kisq.tap.relay import Relay
from kisq.tap.upstream import Refusal, open_upstream, passed_on

HOST = "127.0.0.1"
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 section 1.3
_HANDSHAKE_SECONDS = 10.0  # that a client may take for its own
_SHUTDOWN_SECONDS = 0.2
_OWN_HEADER = {TAP_HEADER: "1"}
_TAKEN = (
    "this tap has a client already, and KIS allows one session: end that program, or start a tap "
    "of its own for this one"
)
_TAKEN_SAID = (
    "a second program wants to connect and was refused with HTTP 409, for there is one already: "
    "end one of the two"
)
_NO_WEBSOCKET = (
    "only the WebSocket of KIS goes through this tap: send everything else, the approval key "
    "among it, to KIS itself"
)
_NO_WEBSOCKET_SAID = (
    "a program asked for {method} {path}, which is no WebSocket handshake, and was refused with "
    "HTTP {status}: only the WebSocket goes through the tap, so leave KIS_REST_URL as it was"
)
_REFUSED = "the program's handshake was answered with HTTP {status}, as {failure}"
_TAP_BEHIND = (
    "{url} is a tap as well, so that two stand in a row: that works, but one of them shows all"
)


class TapServer:
    """A running tap in front of ``upstream_of(port)``; a context manager.

    ``upstream_of`` gives the URL of KIS once the own port is known; ``put`` takes what is seen, in
    the thread of the server, and must not wait. Raises WrongUsage where it cannot listen.
    """

    def __init__(
        self,
        port: int,
        upstream_of: Callable[[int], str],
        put: Callable[[Event], None],
        handshake_seconds: float = _HANDSHAKE_SECONDS,
    ) -> None:
        self._asked_port, self._upstream_of, self._put = port, upstream_of, put
        self._handshake_seconds = handshake_seconds
        self._started = threading.Event()
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="tap", daemon=True)
        self._session: Relay | None = None  # one; several on one connection to KIS could stand here
        self._taken = False
        self._listening: asyncio.Server | None = None
        self._mute: set[web.RequestHandler] = set()  # connections on which no request came yet
        self.port = 0
        self.upstream = ""

    @property
    def url(self) -> str:
        """What the program is to take for KIS."""
        return f"ws://{HOST}:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        self._started.wait()
        if self._failure:
            reason = getattr(self._failure, "strerror", None) or repr(self._failure)
            raise WrongUsage(
                f"the tap cannot listen on port {self._asked_port} of {HOST}: {reason}",
                "name another with --port, or leave it out for a free one",
            )
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End what is connected and listen no more."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(5)

    @property
    def has_session(self) -> bool:
        """Whether a program is connected, or connecting."""
        return self._taken

    def leave(self) -> None:
        """Ask the program, if there is one, to end its session; more are refused from now on."""
        self._loop.call_soon_threadsafe(self._leave)

    def _leave(self) -> None:
        if self._listening:
            self._listening.close()
        if self._session:
            self._session.leave()

    def _run(self) -> None:
        logging.getLogger("aiohttp").setLevel(logging.CRITICAL)  # bad clients are not our failure
        try:
            with asyncio.Runner() as runner:
                runner.run(self._serve())
        except Exception as error:  # noqa: BLE001 - nobody may wait for what has ended
            self._failure = error
        self._started.set()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._request)
        self._runner = web.AppRunner(
            app, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS, handler_cancellation=True
        )
        await self._runner.setup()
        try:
            await self._listen()
            self._started.set()
            await self._stop.wait()
        finally:
            if self._listening:
                self._listening.close()
            await self._runner.cleanup()

    async def _listen(self) -> None:
        self._listening = await self._loop.create_server(self._accept, HOST, self._asked_port)
        self.port = self._listening.sockets[0].getsockname()[1]
        self.upstream = self._upstream_of(self.port)

    def _accept(self) -> web.RequestHandler:
        """The protocol of a new connection, which has some seconds for its handshake."""
        protocol = cast("web.Server", self._runner.server)()
        self._mute.add(protocol)
        self._loop.call_later(self._handshake_seconds, self._end_if_mute, protocol)
        return protocol

    def _end_if_mute(self, protocol: web.RequestHandler) -> None:
        if protocol in self._mute:
            self._mute.discard(protocol)
            protocol.force_close()

    async def _request(self, request: web.Request) -> web.StreamResponse:
        self._mute.discard(request.protocol)
        if not web.WebSocketResponse().can_prepare(request):
            return self._refuse(400, _NO_WEBSOCKET, self._no_websocket_said(request, 400))
        if self._taken:
            return self._refuse(409, _TAKEN, _TAKEN_SAID)
        self._taken = True
        try:
            return await self._serve_program(request)
        finally:
            self._taken, self._session = False, None

    def _no_websocket_said(self, request: web.Request, status: int) -> str:
        return _NO_WEBSOCKET_SAID.format(method=request.method, path=request.path, status=status)

    def _refuse(self, status: int, text: str, sentence: str) -> web.Response:
        self._put(Remark(sentence))
        return web.Response(status=status, text=f"{text}\n", headers=_OWN_HEADER)

    async def _serve_program(self, request: web.Request) -> web.StreamResponse:
        """One session, from the program's handshake to the end of both connections."""
        self._put(Attempt(self._loop.time()))
        url = f"{self.upstream}{request.raw_path}"
        upstream = await open_upstream(url, passed_on(request.raw_headers, self.url, self.upstream))
        if isinstance(upstream, Refusal):
            return self._pass_back(upstream)
        if upstream.is_tap:
            self._put(Remark(_TAP_BEHIND.format(url=self.upstream)))
        relay = self._session = Relay(self._put)
        try:
            await self._loop.create_connection(lambda: relay.kis, sock=upstream.sock)
            self._hand_over(request, relay)
            relay.opened(url)
            await relay.ended.wait()
        finally:
            relay.abort()
        return web.Response()  # nobody is there to read it

    def _pass_back(self, refusal: Refusal) -> web.Response:
        self._put(Remark(_REFUSED.format(status=refusal.status, failure=refusal.failure)))
        body = refusal.body or f"{refusal.failure}\n".encode()
        headers = _OWN_HEADER | {"Content-Type": "text/plain; charset=utf-8"}
        return web.Response(status=refusal.status, body=body, headers=headers)

    def _hand_over(self, request: web.Request, relay: Relay) -> None:
        """Answer the program's handshake; from here on its bytes are the relay's."""
        transport = request.transport
        if not isinstance(transport, asyncio.Transport):
            raise ConnectionResetError  # it is gone
        relay.program.transport, relay.program.before = transport, request.protocol
        transport.set_protocol(relay.program)
        transport.write(_switching(request.headers["Sec-WebSocket-Key"]))


def _switching(key: str) -> bytes:
    """The answer to a handshake (RFC 6455 section 4.2.2)."""
    digest = hashlib.sha1(key.encode() + _GUID, usedforsecurity=False).digest()
    accept = base64.b64encode(digest).decode()
    return (
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {accept}\r\n{TAP_HEADER}: 1\r\n\r\n"
    ).encode()
