"""The simulator under many clients, some of them slow and some hostile, does not grow."""

import asyncio
import json
import os
import random
import re
import subprocess
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest
from conftest import credentials
from helpers.bare_client import request
from helpers.command import running

SECONDS = float(os.environ.get("KISQ_SOAK_SECONDS", "600"))
KEYS = [("HDFSASP0", "DNASAAPL"), ("HDFSCNT0", "DAMSSPY"), ("H0STASP0", "005930")]
GONE = (aiohttp.ClientError, ConnectionError, TimeoutError)
MOST_GROWTH = 16 << 20  # bytes

pytestmark = [
    pytest.mark.soak,
    # Clients that leave without a word leave sockets to the collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


class Crowd:
    """Clients of all kinds at the simulator with these URLs, until ``over``."""

    def __init__(self, rest_url: str, ws_url: str, over: float) -> None:
        self._rest_url, self._ws_url, self._over = rest_url, ws_url, over
        self._random = random.Random(1)
        self.seen: Counter[str] = Counter()
        self.slowest = 0.0

    async def run(self) -> None:
        kinds: list[tuple[int, Callable[[aiohttp.ClientSession], Awaitable[None]]]] = [
            (120, self._right),
            (30, self._slow),
            (10, self._deaf),
            (10, self._flooding),
            (10, self._unclean),
            (10, self._talking_nonsense),
            (10, self._asking_the_gateway),
        ]
        connector = aiohttp.TCPConnector(limit=0, force_close=True)
        async with aiohttp.ClientSession(connector=connector) as http:
            clients = [self._again(kind, http) for number, kind in kinds for _ in range(number)]
            await asyncio.gather(*clients)

    async def _again(
        self, kind: Callable[[aiohttp.ClientSession], Awaitable[None]], http: aiohttp.ClientSession
    ) -> None:
        while time.monotonic() < self._over:
            try:
                await kind(http)
            except GONE as error:
                self.seen[f"{kind.__name__} {type(error).__name__}"] += 1
            await asyncio.sleep(self._random.uniform(0.1, 0.5))

    async def _subscribed(self, http: aiohttp.ClientSession) -> aiohttp.ClientWebSocketResponse:
        account = credentials()
        asked = {
            "grant_type": "client_credentials",
            "appkey": account["KIS_APP_KEY"],
            "secretkey": account["KIS_APP_SECRET"],
        }
        async with http.post(f"{self._rest_url}/oauth2/Approval", json=asked) as answer:
            key = (await answer.json())["approval_key"]
        ws = await http.ws_connect(self._ws_url, autoping=False)
        for tr_id, tr_key in KEYS:
            await ws.send_str(json.dumps(request(key, tr_key, tr_id)))
        return ws

    def _until(self) -> float:
        return min(self._over, time.monotonic() + self._random.uniform(20, 40))

    async def _right(self, http: aiohttp.ClientSession) -> None:
        """Reads all, answers PINGPONG, unsubscribes by leaving, comes again."""
        ws, until, last = await self._subscribed(http), self._until(), time.monotonic()
        while time.monotonic() < until:
            text = (await ws.receive(5)).data
            self.slowest = max(self.slowest, time.monotonic() - last)
            last = time.monotonic()
            assert isinstance(text, str), text
            if "PINGPONG" in text:
                await ws.send_str(text)
            assert "rt_cd" not in text or '"rt_cd":"0"' in text
            self.seen["right"] += 1
        await ws.close()

    async def _slow(self, http: aiohttp.ClientSession) -> None:
        """Reads a message a second."""
        ws, until = await self._subscribed(http), self._until()
        while time.monotonic() < until:
            await ws.receive(5)
            await asyncio.sleep(1)
        await ws.close()

    async def _deaf(self, http: aiohttp.ClientSession) -> None:
        """Never reads."""
        ws = await self._subscribed(http)
        await asyncio.sleep(self._until() - time.monotonic())
        ws._response.close()  # noqa: SLF001 - no close frame

    async def _flooding(self, http: aiohttp.ClientSession) -> None:
        """Sends requests without end, of keys that do not exist, and reads no answer."""
        ws, until, number = await self._subscribed(http), self._until(), 0
        while time.monotonic() < until:
            number += 1
            wanted = request("unknown", f"DNAS{number}", tr_type="12"[number % 2])
            await asyncio.wait_for(ws.send_str(json.dumps(wanted)), 5)
            await asyncio.sleep(0.01)
        ws._response.close()  # noqa: SLF001 - no close frame

    async def _unclean(self, http: aiohttp.ClientSession) -> None:
        """Connects and is gone."""
        ws = await self._subscribed(http)
        ws._response.close()  # noqa: SLF001 - no close frame

    async def _talking_nonsense(self, http: aiohttp.ClientSession) -> None:
        """Sends random bytes, deep brackets and what is far too long."""
        ws = await self._subscribed(http)
        await ws.send_bytes(self._random.randbytes(1000))
        await ws.send_str("[" * 50_000)
        await ws.ping(b"x" * 125)
        await ws.send_str('{"header":' * 100 + "\x00\ud7ff")
        await ws.send_str("x" * 3_000_000)
        await ws.close()

    async def _asking_the_gateway(self, http: aiohttp.ClientSession) -> None:
        """Asks for keys and paths, in bodies that are none, and leaves half a request behind."""
        for body in (b"", b"[" * 10_000, b"\xff" * 100_000, json.dumps(credentials()).encode()):
            for path in ("/oauth2/Approval", "/oauth2/tokenP", f"/{self._random.random()}"):
                with suppress(*GONE):
                    async with http.post(f"{self._rest_url}{path}", data=body) as answer:
                        self.seen[f"gateway {answer.status}"] += 1
        host, port = self._ws_url.removeprefix("ws://").split(":")
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"GET /tryitout HTTP/1.1\r\nUpgrade: websocket\r\n")
        await asyncio.sleep(1)
        writer.close()


def footprint(process: subprocess.Popen[bytes]) -> tuple[int, int]:
    """The resident memory in bytes, and the number of open files."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    (kilobytes,) = re.findall(r"VmRSS:\s+(\d+) kB", status)
    return int(kilobytes) << 10, len(list(Path(f"/proc/{process.pid}/fd").iterdir()))


async def watched(process: subprocess.Popen[bytes], crowd: Crowd) -> list[tuple[int, int]]:
    """The footprints over the time of the crowd, one every tenth of it."""
    running_crowd = asyncio.create_task(crowd.run())
    found = []
    for _ in range(10):
        await asyncio.sleep(SECONDS / 10)
        found.append(footprint(process))
    await running_crowd
    return found


def test_200_clients_slow_and_hostile_ones_among_them(tmp_path: Path) -> None:
    """For ten minutes right clients miss nothing, and neither memory nor open files grow."""
    with running(tmp_path, "sim", "--rate", "2", "--pingpong", "5") as process:
        assert process.stdout is not None
        urls = [process.stdout.readline().decode().strip().split("=", 1)[1] for _ in range(2)]
        crowd = Crowd(*urls, time.monotonic() + SECONDS)
        found = asyncio.run(watched(process, crowd))
        assert process.poll() is None
    warm = max(memory for memory, _ in found[:3])
    assert max(memory for memory, _ in found[3:]) < warm + MOST_GROWTH
    assert max(files for _, files in found[3:]) < 260
    assert not [name for name in crowd.seen if name.startswith("_right ")]
    assert crowd.slowest < 5
