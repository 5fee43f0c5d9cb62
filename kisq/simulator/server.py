"""The simulator's sockets: one small aiohttp application in a thread of its own."""

import asyncio
import secrets
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from aiohttp import WSMsgType, web

from kisq.errors import WrongUsage
from kisq.protocol.book import KST
from kisq.simulator.market import BookMaker
from kisq.simulator.protocol import Accounts, Reply, Session
from kisq.spec.trs import BOOKS

HOST = "127.0.0.1"
_PATIENCE = 10  # PINGPONG intervals without an answer, then the session ends: 100 s at KIS
_BEHIND_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Options:
    """``rate`` messages a second and key, ``seed`` of the books, seconds between PINGPONGs."""

    rate: float = 5.0
    seed: int = 1
    pingpong: float = 10.0
    port: int = 0


class Simulator:
    """A running simulator; a context manager. Raises WrongUsage where the port is taken."""

    def __init__(self, options: Options, log: Callable[[str], None] = lambda _: None) -> None:
        self._options, self._log = options, log
        self._accounts = Accounts()
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._failure: OSError | None = None
        self._thread = threading.Thread(target=self._run, name="simulator", daemon=True)
        self.port = 0
        self.app_key = f"PS{secrets.token_hex(17)}"
        self.app_secret = secrets.token_urlsafe(135)

    def __enter__(self) -> Self:
        self._thread.start()
        self._started.wait()
        if self._failure:
            where = f"port {self._options.port}" if self._options.port else HOST
            raise WrongUsage(f"the simulator cannot serve on {where}: {self._failure.strerror}")
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
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        app = web.Application()
        app.router.add_post("/oauth2/Approval", self._approval)
        for path in ("/", "/tryitout", "/tryitout/{tr_id}"):
            app.router.add_get(path, self._feed)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        try:
            site = web.TCPSite(runner, HOST, self._options.port)
            await site.start()
            self.port = runner.addresses[0][1]
        except OSError as error:
            self._failure = error
        self._started.set()
        if not self._failure:
            await self._stop.wait()
        await runner.cleanup()

    async def _approval(self, request: web.Request) -> web.Response:
        status, answer = self._accounts.issue(
            await request.read(), request.headers.get("Content-Type")
        )
        self._log(f"POST {request.path}: {status} {answer.get('error_code', 'a key')}")
        return web.json_response(answer, status=status)

    async def _feed(self, request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse(autoping=False, compress=False)
        await ws.prepare(request)
        talk = _Talk(ws, request.transport, Session(self._accounts), self._options, self._log)
        try:
            await talk.run()
        finally:
            talk.end()
        return ws


class _Talk:
    """One connection: reads requests, broadcasts what is registered, keeps it alive."""

    def __init__(
        self,
        ws: web.WebSocketResponse,
        transport: asyncio.Transport | None,
        session: Session,
        options: Options,
        log: Callable[[str], None],
    ) -> None:
        self._ws, self._transport = ws, transport
        self._session, self._options, self._log = session, options, log
        self._feeds: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._keepalive: asyncio.Task[None] | None = None
        self._unanswered: list[str] = []

    async def run(self) -> None:
        async for message in self._ws:
            if message.type is WSMsgType.TEXT:
                await self._text(message.data)
            elif message.type is WSMsgType.PONG:
                self._answered(bytes(message.data).decode("utf-8", "replace"))
            elif message.type is WSMsgType.PING:
                await self._ws.pong(message.data)

    def end(self) -> None:
        """Nothing of this connection goes on after it."""
        for task in (*self._feeds.values(), self._keepalive):
            if task:
                task.cancel()
        self._session.leave()

    async def _text(self, text: str) -> None:
        if text in self._unanswered:
            self._answered(text)
            return
        reply = self._session.handle(text)
        self._log(reply.text)
        await self._ws.send_str(reply.text)
        self._follow(reply)
        if self._keepalive is None:
            self._keepalive = asyncio.create_task(self._ping())

    def _follow(self, reply: Reply) -> None:
        if reply.key is None:
            return
        registration = (reply.tr_id, reply.key.text)
        if reply.began:
            maker = BookMaker(BOOKS[reply.tr_id], reply.key, self._options.seed)
            self._feeds[registration] = asyncio.create_task(self._broadcast(maker))
        elif feed := self._feeds.pop(registration, None):
            feed.cancel()

    async def _broadcast(self, maker: BookMaker) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        with suppress(ConnectionError):  # the client went away
            while not self._ws.closed:
                await self._ws.send_str(maker.message(datetime.now(KST)))
                due = max(due + 1 / self._options.rate, loop.time() - _BEHIND_SECONDS)
                await asyncio.sleep(max(0.0, due - loop.time()))

    async def _ping(self) -> None:
        with suppress(ConnectionError):
            while len(self._unanswered) < _PATIENCE:
                await asyncio.sleep(self._options.pingpong)
                at = f"{datetime.now(KST):%Y%m%d%H%M%S}"
                text = f'{{"header":{{"tr_id":"PINGPONG","datetime":"{at}"}}}}'
                self._unanswered.append(text)
                await self._ws.send_str(text)
        self._log("PINGPONG was not answered: cutting the connection")
        if self._transport:
            self._transport.abort()  # without a close frame, as KIS's sockets often die

    def _answered(self, text: str) -> None:
        if text in self._unanswered:
            self._unanswered.clear()
