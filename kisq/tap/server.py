"""The listening side of a tap: one small aiohttp application in a thread of its own.

aiohttp reads the handshake; once both connections stand, their bytes go through ``Relay`` alone.
"""

import asyncio
import base64
import hashlib
from collections.abc import Callable
from typing import Self, cast

from aiohttp import web

from kisq.errors import WrongUsage
from kisq.feed.handshake import TAP_HEADER
from kisq.locale.sentence import Sentence
from kisq.server_thread import ServerThread
from kisq.tap.events import Attempt, Event, Remark
from kisq.tap.relay import Relay
from kisq.tap.upstream import Refusal, open_upstream, passed_on

HOST = "127.0.0.1"
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 section 1.3
_HANDSHAKE_SECONDS = 10.0  # that a client may take for its own handshake
_SHUTDOWN_SECONDS = 0.2
_OWN_HEADER = {TAP_HEADER: "1"}
# To the program, as HTTP.
_TAKEN_BODY = (
    "this tap has a client already, and KIS allows one session: end that program, or start "
    "another tap for this one"
)
_NOT_WEBSOCKET_BODY = (
    "only the WebSocket of KIS goes through this tap: send everything else, including the request "
    "for an approval key, to KIS itself"
)
# To whoever looks at the tap.
_TAKEN = Sentence(
    "a second program wants to connect and was refused with HTTP {status}, because there is one "
    "already: end one of the two"
)
_NOT_WEBSOCKET = Sentence(
    "a program asked for {method} {path}, which is not a WebSocket handshake, and was refused "
    "with HTTP {status}: only the WebSocket goes through the tap, so leave KIS_REST_URL as it was"
)
_REFUSED = Sentence("the program's handshake was answered with HTTP {status}, because {failure}")
_TAP_BEHIND = Sentence(
    "{url} is a tap as well, so there are two in a row: that works, but one of them shows all"
)
_CANNOT_LISTEN = Sentence("the tap cannot listen on port {port} of {host}: {reason}")
_CANNOT_LISTEN_STEP = Sentence("name another with --port, or leave it out for a free one")


class TapServer:
    """A running tap in front of ``upstream_of(port)``; a context manager.

    ``upstream_of`` gives the URL of KIS once the own port is known; ``put`` takes what is seen, in
    the thread of the server, and must not wait. Raises WrongUsage if it cannot listen.
    """

    def __init__(
        self,
        port: int,
        upstream_of: Callable[[int], str],
        put: Callable[[Event], None],
        handshake_seconds: float = _HANDSHAKE_SECONDS,
    ) -> None:
        self._asked_port = port
        self._upstream_of = upstream_of
        self._put = put
        self._handshake_seconds = handshake_seconds
        self._thread = ServerThread("tap", self._serve)
        self._session: Relay | None = None  # one; several on one connection to KIS could stand here
        self._taken = False
        self._listening: asyncio.Server | None = None
        self._mute: set[web.RequestHandler] = set()  # connections on which no request came yet
        self.port = 0
        self.upstream = ""

    @property
    def url(self) -> str:
        """The address to which the program connects instead of KIS."""
        return f"ws://{HOST}:{self.port}"

    def __enter__(self) -> Self:
        reason = self._thread.start()
        if reason:
            sentence = _CANNOT_LISTEN.format(port=self._asked_port, host=HOST, reason=reason)
            raise WrongUsage(sentence, _CANNOT_LISTEN_STEP)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End what is connected and stop listening."""
        self._thread.stop()

    @property
    def has_session(self) -> bool:
        """Whether a program is connected, or connecting."""
        return self._taken

    def leave(self) -> None:
        """Ask the program, if there is one, to end its session; more are refused from now on."""
        self._thread.call(self._leave)

    def _leave(self) -> None:
        if self._listening:
            self._listening.close()
        if self._session:
            self._session.leave()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._request)
        self._runner = web.AppRunner(
            app, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS, handler_cancellation=True
        )
        await self._runner.setup()
        try:
            await self._listen()
            await self._thread.until_stopped()
        finally:
            if self._listening:
                self._listening.close()
            await self._runner.cleanup()

    async def _listen(self) -> None:
        self._listening = await self._loop.create_server(self._accept, HOST, self._asked_port)
        self.port = self._listening.sockets[0].getsockname()[1]
        self.upstream = self._upstream_of(self.port)

    def _accept(self) -> web.RequestHandler:
        """The protocol of a new connection, which has 10 s for its handshake."""
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
            names = {"method": request.method, "path": request.path}
            return self._refuse(400, _NOT_WEBSOCKET_BODY, _NOT_WEBSOCKET, names)
        if self._taken:
            return self._refuse(409, _TAKEN_BODY, _TAKEN, {})
        self._taken = True
        try:
            return await self._serve_program(request)
        finally:
            self._taken = False
            self._session = None

    def _refuse(
        self, status: int, body: str, sentence: Sentence, names: dict[str, str]
    ) -> web.Response:
        self._put(Remark(sentence.format(status=status, **names)))
        return web.Response(status=status, text=f"{body}\n", headers=_OWN_HEADER)

    async def _serve_program(self, request: web.Request) -> web.StreamResponse:
        """One session, from the program's handshake to the end of both connections."""
        self._put(Attempt(self._loop.time()))
        url = f"{self.upstream}{request.raw_path}"
        upstream = await open_upstream(url, passed_on(request.raw_headers, self.url, self.upstream))
        if isinstance(upstream, Refusal):
            return self._pass_back(upstream)
        if upstream.is_tap:
            self._put(Remark(_TAP_BEHIND.format(url=self.upstream)))
        relay = Relay(self._put)
        self._session = relay
        try:
            await self._loop.create_connection(lambda: relay.kis, sock=upstream.sock)
            self._hand_over(request, relay)
            relay.opened(url)
            await relay.ended.wait()
        finally:
            relay.abort()
        return web.Response()  # nobody is there to read it

    def _pass_back(self, refusal: Refusal) -> web.Response:
        self._put(Remark(_REFUSED.format(status=refusal.status, failure=refusal.failure.text)))
        body = refusal.body or f"{refusal.failure}\n".encode()
        headers = _OWN_HEADER | {"Content-Type": "text/plain; charset=utf-8"}
        return web.Response(status=refusal.status, body=body, headers=headers)

    def _hand_over(self, request: web.Request, relay: Relay) -> None:
        """Answer the program's handshake; from here on its bytes are the relay's."""
        transport = request.transport
        if not isinstance(transport, asyncio.Transport):
            raise ConnectionResetError  # it is gone
        relay.program.transport = transport
        relay.program.before = request.protocol
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
