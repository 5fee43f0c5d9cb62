"""The simulator's sockets: one small aiohttp application in a thread of its own."""

import asyncio
import secrets
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Self

from aiohttp import web

from kisq.errors import WrongUsage
from kisq.locale.sentence import Sentence
from kisq.server_thread import ServerThread
from kisq.simulator import rest
from kisq.simulator.client_connection import ClientConnection
from kisq.simulator.shared_state import Options, Played, SharedState, ignore
from kisq.spec.symbol_files import MASTER_PATH

_MOST_CONNECTS = 10
_WITHIN_SECONDS = 10.0
_BLOCKED_SECONDS = 60.0


class Throttle:
    """Says which connects are refused: all for a minute, once eleven came within ten seconds.

    KIS refuses for minutes; after how many connects is unknown. All times are monotonic seconds.
    """

    def __init__(self) -> None:
        self._connects: deque[float] = deque(maxlen=_MOST_CONNECTS)
        self._blocked_until = float("-inf")

    def refuses(self, now: float) -> bool:
        """Whether the connect of this moment is refused."""
        if now < self._blocked_until:
            return True
        if len(self._connects) == _MOST_CONNECTS and now - self._connects[0] < _WITHIN_SECONDS:
            self._blocked_until = now + _BLOCKED_SECONDS
            self._connects.clear()
            return True
        self._connects.append(now)
        return False


HOST = "127.0.0.1"
_THROTTLED = 403  # KIS answers with 401, 403 or 500 (protocol.md section 2)
_MOST_BODY = 1 << 16  # bytes of a request
_FEED = "tryitout"  # the feed's path, which some write with two slashes, or one at its end
_MOST_NAMES = 2  # in that path: itself and a TR
_CANNOT_SERVE = Sentence("the simulator cannot serve on {host}: {reason}")
_CANNOT_SERVE_ON_PORT = Sentence("the simulator cannot serve on port {port}: {reason}")
_OTHER_PORT_STEP = Sentence("name another with --port, or leave it out for a free one")
_NO_SOCKET = Sentence("no socket can be opened")
_TOO_MANY_CONNECTS = Sentence("the handshake is refused with {status}: too many connects")


class Simulator:
    """A running simulator; a context manager. Raises WrongUsage if it cannot start.

    For ``log``, ``sent``, ``played``, ``over`` and ``report`` see ``SharedState``.
    """

    def __init__(
        self,
        options: Options,
        log: Callable[[Sentence], None] = ignore,
        sent: Callable[[str], None] = ignore,
        played: Played | None = None,
        over: Callable[[str, int], None] = lambda *_: None,
        report: Callable[[Sentence], None] = ignore,
    ) -> None:
        self._options = options
        self.shared = SharedState(options, log, sent, over, played, report)
        self._throttle = Throttle()
        self._thread = ServerThread("simulator", self._serve)
        self.port = 0
        self.app_key = f"PS{secrets.token_hex(17)}"
        self.app_secret = secrets.token_urlsafe(135)

    def __enter__(self) -> Self:
        reason = self._thread.start()
        port = self._options.port
        if reason and port:
            sentence = _CANNOT_SERVE_ON_PORT.format(port=port, reason=reason)
            raise WrongUsage(sentence, _OTHER_PORT_STEP)
        if reason:
            raise WrongUsage(_CANNOT_SERVE.format(host=HOST, reason=reason))
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.stop()

    @property
    def rest_url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def master_url(self) -> str:
        """The base of KIS's symbol files."""
        return self.rest_url + MASTER_PATH

    @property
    def ws_url(self) -> str:
        return f"ws://{HOST}:{self.port}"

    async def _serve(self) -> None:
        app = web.Application(client_max_size=_MOST_BODY)
        app.router.add_route("*", "/{path:.*}", self._request)
        # A handler ends with its connection, even one that waits for nothing else (half-open).
        runner = web.AppRunner(
            app, access_log=None, shutdown_timeout=0.2, handler_cancellation=True
        )
        await runner.setup()
        try:
            await web.TCPSite(runner, HOST, self._options.port).start()
            if not runner.addresses:
                raise OSError(0, _NO_SOCKET)
            self.port = runner.addresses[0][1]
            await self._thread.until_stopped()
        finally:
            await runner.cleanup()

    async def _request(self, request: web.Request) -> web.StreamResponse:
        if _is_feed(request):
            return await self._feed(request)
        return await rest.answer(request, self.shared)

    async def _feed(self, request: web.Request) -> web.StreamResponse:
        faults = self._options.faults
        now = asyncio.get_running_loop().time()
        if faults.throttle and self._throttle.refuses(now):
            self.shared.report(_TOO_MANY_CONNECTS.format(status=_THROTTLED))
            return web.Response(status=_THROTTLED)
        if faults.handshake:
            return web.Response(status=faults.handshake)
        ws = web.WebSocketResponse(
            autoping=False, autoclose=False, compress=False, max_msg_size=_MOST_BODY
        )
        with suppress(ConnectionError):
            await ws.prepare(request)
            if isinstance(request.transport, asyncio.Transport):
                await ClientConnection(ws, request.transport, self.shared).run()
        return ws


def _is_feed(request: web.Request) -> bool:
    """Whether it is a handshake: no path, /tryitout and /tryitout/<TR> are equivalent."""
    names = [name for name in request.path.split("/") if name]
    asked = request.headers.get("Upgrade", "").lower() == "websocket"
    return asked and (not names or (names[0] == _FEED and len(names) <= _MOST_NAMES))
