"""One connection of the simulator: reads requests, broadcasts, keeps the session alive."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from math import isnan

from aiohttp import WSMsgType, web

from kisq.simulator.accounts import Accounts, Reply, Session, refusal
from kisq.simulator.faults import NO_FAULTS, Faults
from kisq.simulator.makers import Makers
from kisq.spec.tables import TRS
from kisq.wire.moments import KST
from kisq.wire.trkey import TrKey

_PATIENCE = 10  # PINGPONG intervals without an answer, then the session ends: 100 s at KIS
_BEHIND_SECONDS = 1.0
_AHEAD = 64  # messages that are read at once from a recording
_GARBAGE = "0|HDFSASP0|001|\x00garbage^\x1b[31m\ufffd"


@dataclass(frozen=True, slots=True)
class Options:
    """``rate`` messages a second and key, ``seed`` of the books, seconds between PINGPONGs.

    Each TR comes in the layout that KIS sent on the Korean day ``as_of``.
    """

    rate: float = 5.0
    seed: int = 1
    pingpong: float = 10.0
    port: int = 0
    faults: Faults = NO_FAULTS
    as_of: date = date.max


# (tr_id, tr_key) → the messages to broadcast, each with the seconds since the first of them, or
# NaN where the rate of the options is meant. It is read in another thread.
Played = Callable[[str, str], Iterator[tuple[float, str]]]


def ignore(_: str) -> None:
    """Nobody wants to know."""


@dataclass
class SharedState:
    """What all connections of a simulator share.

    ``log`` is told what happens, ``sent`` each data message that was sent. ``played`` has the
    messages to broadcast, if they are not to be made here; ``over`` is told of each tr_key whose
    messages ended, and how many there were. ``connections`` counts all that were made,
    ``connected`` those open now, ``most_connected`` the most open at once.
    """

    options: Options
    log: Callable[[str], None] = ignore
    sent: Callable[[str], None] = ignore
    over: Callable[[str, int], None] = lambda *_: None
    played: Played | None = None
    accounts: Accounts = field(default_factory=Accounts)
    connections: int = 0
    connected: int = 0
    most_connected: int = 0
    _messages: int = 0
    _stopped_at: datetime | None = None

    def __post_init__(self) -> None:
        self._makers = Makers(self.options.seed, self.options.as_of)

    def message(self, tr_id: str, key: TrKey) -> str:
        """The next data message of a key, as the faults have it; the market goes on for all."""
        faults = self.options.faults
        text = self._makers.of(tr_id, key).message(self._now(), faults)
        self._messages += 1
        before, after = ((self._messages - n) * faults.garbage for n in (1, 0))
        return _GARBAGE if int(after) > int(before) else text

    def _now(self) -> datetime:
        now = datetime.now(KST) - timedelta(seconds=self.options.faults.delay)
        self._stopped_at = self._stopped_at or now
        return self._stopped_at if self.options.faults.stale else now

    def enter(self) -> None:
        self.connections += 1
        self.connected += 1
        self.most_connected = max(self.most_connected, self.connected)


class ClientConnection:
    """Serves one connection; ``run`` ends with it."""

    def __init__(
        self, ws: web.WebSocketResponse, transport: asyncio.Transport | None, shared: SharedState
    ) -> None:
        self._ws, self._transport, self._shared = ws, transport, shared
        self._session = Session(shared.accounts)
        self._feeds: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._keepalive: asyncio.Task[None] | None = None
        self._begun = False
        self._unanswered: list[str] = []
        self._mute = False

    async def run(self) -> None:
        self._shared.enter()
        try:
            with suppress(ConnectionError):  # the client went away
                await self._serve()
        finally:
            for task in (*self._feeds.values(), self._keepalive):
                if task:
                    task.cancel()
            self._session.leave()
            self._shared.connected -= 1

    async def _serve(self) -> None:
        async for message in self._ws:
            if message.type is WSMsgType.TEXT:
                await self._text(message.data)
            elif message.type is WSMsgType.PONG:
                self._answered(bytes(message.data).decode("utf-8", "replace"))
            elif message.type is WSMsgType.PING:
                await self._ws.pong(message.data)

    async def _text(self, text: str) -> None:
        if text in self._unanswered:
            self._answered(text)
            return
        faults = self._shared.options.faults
        if faults.no_ack:
            return
        if not self._begun:
            self._begin(faults)
        if faults.refuse:
            await self._send(refusal(faults.refuse, text))
            return
        reply = self._session.handle(text)
        self._shared.log(reply.text)
        await self._send(reply.text)
        self._follow(reply)

    def _begin(self, faults: Faults) -> None:
        """What starts with the first request; before it, KIS says nothing."""
        self._begun = True
        loop = asyncio.get_running_loop()
        if not faults.no_pingpong:
            self._keepalive = asyncio.create_task(self._ping())
        if faults.drop:
            loop.call_later(faults.drop, self._cut)
        if faults.half_open:
            loop.call_later(faults.half_open, self._hush)

    def _cut(self) -> None:
        if self._transport:
            self._transport.abort()  # without a close frame, as KIS's sockets often die

    def _hush(self) -> None:
        self._mute = True

    async def _send(self, text: str) -> None:
        if not self._mute:
            await self._ws.send_str(text)

    def _follow(self, reply: Reply) -> None:
        is_notice = reply.tr_id in TRS and TRS[reply.tr_id].is_notice  # comes with orders only
        if reply.key is None or self._shared.options.faults.silent or is_notice:
            return
        registration = (reply.tr_id, reply.key.text)
        if reply.began:
            played = self._shared.played
            feed = (
                self._play(played(*registration), reply.key.text)
                if played
                else self._broadcast(reply.tr_id, reply.key)
            )
            self._feeds[registration] = asyncio.create_task(feed)
        elif ended := self._feeds.pop(registration, None):
            ended.cancel()

    async def _broadcast(self, tr_id: str, key: TrKey) -> None:
        loop, options = asyncio.get_running_loop(), self._shared.options
        await asyncio.sleep(options.faults.delay)
        due = loop.time()
        with suppress(ConnectionError):  # the client went away
            while not self._mute:
                message = self._shared.message(tr_id, key)
                await self._send(message)
                self._shared.sent(message)
                due = max(due + 1 / options.rate, loop.time() - _BEHIND_SECONDS)
                await asyncio.sleep(max(0.0, due - loop.time()))

    async def _play(self, messages: Iterator[tuple[float, str]], tr_key: str) -> None:
        """Broadcast ``messages`` in their rhythm, then nothing more."""
        loop, options, number = asyncio.get_running_loop(), self._shared.options, 0
        began = loop.time()
        with suppress(ConnectionError):  # the client went away
            while some := await asyncio.to_thread(lambda: list(islice(messages, _AHEAD))):
                for since, text in some:
                    due = began + (number / options.rate if isnan(since) else since)
                    await asyncio.sleep(max(0.0, due - loop.time()))
                    await self._send(text)
                    self._shared.sent(text)
                    number += 1
            self._shared.over(tr_key, number)

    async def _ping(self) -> None:
        with suppress(ConnectionError):
            while len(self._unanswered) < _PATIENCE:
                await asyncio.sleep(self._shared.options.pingpong)
                at = f"{datetime.now(KST):%Y%m%d%H%M%S}"
                text = f'{{"header":{{"tr_id":"PINGPONG","datetime":"{at}"}}}}'
                self._unanswered.append(text)
                await self._send(text)
            self._shared.log("PINGPONG was not answered: cutting the connection")
            self._cut()

    def _answered(self, text: str) -> None:
        if text in self._unanswered:
            self._unanswered.clear()
