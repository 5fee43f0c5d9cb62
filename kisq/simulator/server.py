"""The simulator's sockets: one small aiohttp application in a thread of its own."""

import asyncio
import logging
import secrets
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Self

from aiohttp import web

from kisq.errors import WrongUsage
from kisq.simulator import rest
from kisq.simulator.client_connection import ClientConnection
from kisq.simulator.shared_state import Options, Played, SharedState, ignore
from kisq.simulator.throttle import Throttle
from kisq.spec.symbol_files import MASTER_PATH

HOST = "127.0.0.1"
_THROTTLED = 403  # KIS answers with 401, 403 or 500 (protocol.md section 2)
_MOST_BODY = 1 << 16  # bytes of a request
_MOST_NAMES = 2
_FEED = "tryitout"  # the feed's path, which some write with two slashes, or one at its end


class Simulator:
    """A running simulator; a context manager. Raises WrongUsage where it cannot start."""

    def __init__(
        self,
        options: Options,
        log: Callable[[str], None] = ignore,
        sent: Callable[[str], None] = ignore,
        played: Played | None = None,
        over: Callable[[str, int], None] = lambda *_: None,
        report: Callable[[str], None] = ignore,
    ) -> None:
        self._options = options
        self.shared = SharedState(options, log, sent, over, played, report)
        self._throttle = Throttle()
        self._started = threading.Event()
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="simulator", daemon=True)
        self.port = 0
        self.app_key = f"PS{secrets.token_hex(17)}"
        self.app_secret = secrets.token_urlsafe(135)

    def __enter__(self) -> Self:
        self._thread.start()
        self._started.wait()
        if self._failure:
            where = f"port {self._options.port}" if self._options.port else HOST
            reason = getattr(self._failure, "strerror", None) or repr(self._failure)
            raise WrongUsage(f"the simulator cannot serve on {where}: {reason}")
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(5)

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
        app = web.Application(client_max_size=_MOST_BODY)
        app.router.add_route("*", "/{path:.*}", self._request)
        # A handler ends with its connection, also one that waits for nothing else (half-open).
        runner = web.AppRunner(
            app, access_log=None, shutdown_timeout=0.2, handler_cancellation=True
        )
        await runner.setup()
        try:
            await web.TCPSite(runner, HOST, self._options.port).start()
            if not runner.addresses:
                raise OSError(0, "no socket can be opened")
            self.port = runner.addresses[0][1]
            self._started.set()
            await self._stop.wait()
        finally:
            await runner.cleanup()

    async def _request(self, request: web.Request) -> web.StreamResponse:
        if _is_feed(request):
            return await self._feed(request)
        return await rest.answer(request, self.shared)

    async def _feed(self, request: web.Request) -> web.StreamResponse:
        faults = self._options.faults
        if faults.throttle and self._throttle.refuses(self._loop.time()):
            self.shared.report(f"the handshake is refused with {_THROTTLED}: too many connects")
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
    """Whether it is a handshake: bare, /tryitout and /tryitout/<TR> are equal."""
    names = [name for name in request.path.split("/") if name]
    asked = request.headers.get("Upgrade", "").lower() == "websocket"
    return asked and (not names or (names[0] == _FEED and len(names) <= _MOST_NAMES))
