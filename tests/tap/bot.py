"""A bot that knows nothing of kisq, with a WebSocket library of its choice.

bot.py LIBRARY WS_URL REST_URL FILE KEY...

Subscribes to each KEY (TR_ID:tr_key), answers PINGPONG, reconnects where the connection dies or is
silent for ``SILENCE`` seconds, and leaves in order when its stdin ends. Each message is a line of
FILE: ["in" or "out", text], as it was received or sent.
"""

import asyncio
import json
import os
import sys
import threading
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

SILENCE = float(os.environ.get("BOT_SILENCE", "45"))
_PAUSE = float(os.environ.get("BOT_PAUSE", "5"))
_SPACING = 0.06


class Gone(Exception):
    """The connection has ended."""


class Aiohttp:
    """A connection by aiohttp."""

    async def connect(self, url: str) -> None:
        import aiohttp

        self._session = aiohttp.ClientSession()
        try:
            self._ws = await self._session.ws_connect(url, autoping=False)
        except aiohttp.ClientError as error:
            await self._session.close()
            raise Gone from error

    async def receive(self) -> str:
        from aiohttp import WSMsgType

        message = await self._ws.receive()
        if message.type is not WSMsgType.TEXT:
            raise Gone
        return str(message.data)

    async def send(self, text: str) -> None:
        await self._ws.send_str(text)

    async def pong(self, text: str) -> None:
        await self._ws.pong(text.encode())

    async def close(self) -> None:
        await self._ws.close()
        await self._session.close()


class Websockets:
    """A connection by websockets, with the keep-alive that it has by default."""

    async def connect(self, url: str) -> None:
        from websockets.asyncio.client import connect
        from websockets.exceptions import WebSocketException

        try:
            self._ws: Any = await connect(url)
        except (OSError, WebSocketException) as error:
            raise Gone from error

    async def receive(self) -> str:
        from websockets.exceptions import ConnectionClosed

        try:
            return str(await self._ws.recv())
        except ConnectionClosed as error:
            raise Gone from error

    async def send(self, text: str) -> None:
        await self._ws.send(text)

    async def pong(self, text: str) -> None:
        await self._ws.pong(text)

    async def close(self) -> None:
        await self._ws.close()


class Bot:
    """The bot; ``run`` lives until it is told to leave."""

    def __init__(self, library: str, urls: tuple[str, str], file: Any) -> None:
        self._library = {"aiohttp": Aiohttp, "websockets": Websockets}[library]
        self._ws_url, self._rest_url = urls
        self._file = file
        self._keys: list[list[str]] = []
        self._is_told_to_leave = False

    def listen(self) -> None:
        """Wait for the end of stdin."""
        sys.stdin.read()
        self._is_told_to_leave = True

    async def run(self, keys: list[str]) -> None:
        self._keys = [key.split(":") for key in keys]
        while not self._is_told_to_leave:
            try:
                await self._session()
            except (Gone, OSError, TimeoutError, ConnectionError):
                await asyncio.sleep(_PAUSE)

    async def _session(self) -> None:
        self._ws: Any = self._library()
        key = await asyncio.to_thread(self._approve)
        await self._ws.connect(self._ws_url)
        try:
            await self._ask(key, "1")
            while not self._is_told_to_leave:
                await self._take(await asyncio.wait_for(self._ws.receive(), SILENCE))
            await self._leave(key)
        finally:
            await self._ws.close()

    async def _leave(self, key: str) -> None:
        """Unsubscribe, and read until that is answered and nothing more comes."""
        await self._ask(key, "2")
        answered = 0
        while answered < len(self._keys):
            text = await asyncio.wait_for(self._ws.receive(), SILENCE)
            answered += "UNSUBSCRIBE" in text
            await self._take(text)

    async def _take(self, text: str) -> None:
        self._note("in", text)
        if '"PINGPONG"' in text:
            await self._ws.pong(text)
            self._note("out", text)

    async def _ask(self, approval_key: str, tr_type: str) -> None:
        for tr_id, tr_key in self._keys:
            header = {
                "approval_key": approval_key,
                "custtype": "P",
                "tr_type": tr_type,
                "content-type": "utf-8",
            }
            request = {"header": header, "body": {"input": {"tr_id": tr_id, "tr_key": tr_key}}}
            text = json.dumps(request)
            await self._ws.send(text)
            self._note("out", text.replace(approval_key, "***"))
            await asyncio.sleep(_SPACING)

    def _approve(self) -> str:
        body = {
            "grant_type": "client_credentials",
            "appkey": "PS" + "b" * 34,
            "secretkey": "s" * 180,
        }
        data = json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = Request(f"{self._rest_url}/oauth2/Approval", data, headers)
        with urlopen(request, timeout=30) as answer:
            return str(json.load(answer)["approval_key"])

    def _note(self, direction: str, text: str) -> None:
        self._file.write(json.dumps([direction, text]) + "\n")


def main() -> None:
    """Run it."""
    library, ws_url, rest_url, name, *keys = sys.argv[1:]
    with Path(name).open("w") as file:
        bot = Bot(library, (ws_url, rest_url), file)
        threading.Thread(target=bot.listen, daemon=True).start()
        asyncio.run(bot.run(keys))


if __name__ == "__main__":
    main()
