"""A WebSocket server on loopback that plays given messages, for what a faithful KIS never does."""

import asyncio
import threading
from collections.abc import Iterable
from typing import Self

from aiohttp import WSMsgType, web

from kisq.server_thread import ServerThread

ACCEPTED = (
    '{"header":{"tr_id":"%s","tr_key":"%s","encrypt":"N"},"body":{"rt_cd":"0",'
    '"msg_cd":"OPSP0000","msg1":"SUBSCRIBE SUCCESS"}}'
)


class Player:
    """Answers the first request with ``messages``; keeps what clients sent in ``received``.

    ``hears`` waits until something was received.
    ``then`` says what follows: "stay" connected, "close" with a close frame, or "cut" without
    one; ``next_time`` is what later connections are answered with, if it is something else.
    ``to`` has the answers to requests that hold a text, each once.
    """

    def __init__(
        self,
        messages: Iterable[str | bytes],
        then: str = "stay",
        next_time: list[str | bytes] | None = None,
        to: dict[str, str] | None = None,
    ) -> None:
        self._to = to or {}
        self._messages, self._then, self._next_time = messages, then, next_time
        self.received: list[tuple[str, str]] = []
        self._news = threading.Condition()
        self.connections = 0
        self._thread = ServerThread("player", self._serve)

    def __enter__(self) -> Self:
        assert self._thread.start() == ""
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.stop()

    @property
    def settings(self) -> dict[str, str]:
        """The environment of a kisq that talks to this server and needs no approval.

        It hardly waits for the answer to its unsubscribe: there is none.
        """
        return {
            "KIS_WS_URL": f"ws://127.0.0.1:{self._port}",
            "KIS_APPROVAL_KEY": "approval-key-1",
            "KISQ_PAUSES": "0.02",
        }

    def hears(self, part: str) -> bool:
        """Whether a message with ``part`` in it was received, or is in the next 20 seconds."""
        with self._news:
            return self._news.wait_for(lambda: any(part in text for _, text in self.received), 20)

    async def _serve(self) -> None:
        app = web.Application()
        app.router.add_get("/", self._talk)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            self._port = runner.addresses[0][1]
            await self._thread.until_stopped()
        finally:
            await runner.cleanup()

    async def _talk(self, request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse(autoping=False)
        await ws.prepare(request)
        self.connections += 1
        if self.connections == 2 and self._next_time is not None:
            self._messages = self._next_time
        played = False
        async for message in ws:
            data = message.data
            text = data if isinstance(data, str) else bytes(data).decode()
            with self._news:
                self.received.append((WSMsgType(message.type).name, text))
                self._news.notify_all()
            for part in [part for part in self._to if part in text]:
                await ws.send_str(self._to.pop(part))
            if not played:
                played = True
                await self._play(ws, request.transport)
        return ws

    async def _play(self, ws: web.WebSocketResponse, transport: asyncio.Transport | None) -> None:
        for message in self._messages:
            if isinstance(message, str):
                await ws.send_str(message)
            elif isinstance(message, bytearray):
                await ws.send_bytes(bytes(message))
            else:  # bytes that are no UTF-8, sent as text all the same
                await ws._writer.send_frame(message, WSMsgType.TEXT)  # noqa: SLF001 - no public way
        if self._then == "close":
            await ws.close(code=1001, message=b"bye")
        if self._then == "cut" and transport:
            transport.abort()
