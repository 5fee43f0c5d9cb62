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
from kisq.simulator.client_connection import ClientConnection, Options, Played, SharedState, ignore
from kisq.spec.codes import EGW
from kisq.spec.limits import APPROVAL_PATH

HOST = "127.0.0.1"


class Simulator:
    """A running simulator; a context manager. Raises WrongUsage where it cannot start."""

    def __init__(
        self,
        options: Options,
        log: Callable[[str], None] = ignore,
        sent: Callable[[str], None] = ignore,
        played: Played | None = None,
        over: Callable[[str, int], None] = lambda *_: None,
    ) -> None:
        self._options = options
        self.shared = SharedState(options, log, sent, over, played)
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
        app = web.Application()
        app.router.add_post(APPROVAL_PATH, self._approval)
        for path in ("/", "/tryitout", "/tryitout/{tr_id}"):
            app.router.add_get(path, self._feed)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
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

    async def _approval(self, request: web.Request) -> web.Response:
        body, content_type = await request.read(), request.headers.get("Content-Type")
        status, answer = self.shared.accounts.issue(body, content_type)
        if code := self._options.faults.approval:
            status, answer = 403, {"error_code": code, "error_description": EGW[code].text}
        self.shared.log(f"POST {request.path}: {status} {answer.get('error_code', 'a key')}")
        return web.json_response(answer, status=status)

    async def _feed(self, request: web.Request) -> web.StreamResponse:
        if status := self._options.faults.handshake:
            return web.Response(status=status)
        ws = web.WebSocketResponse(autoping=False, compress=False)
        with suppress(ConnectionError):
            await ws.prepare(request)
            await ClientConnection(ws, request.transport, self.shared).run()
        return ws
