"""One connection of the simulator: reads requests, broadcasts, keeps the session alive."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import suppress
from datetime import datetime
from itertools import islice
from math import isnan

from aiohttp import WSMessage, WSMsgType, web

from kisq.locale.sentence import Sentence
from kisq.simulator import sentences as texts
from kisq.simulator.keepalive import KeepAlive, answers_pingpong
from kisq.simulator.server_frames import broken, text_frames
from kisq.simulator.session import Reply, Session, refusal
from kisq.simulator.shared_state import SharedState, ignore
from kisq.spec.notices import is_notice
from kisq.wire.clocks import KST
from kisq.wire.request_judgement import judge_request
from kisq.wire.trkey import TrKey

_BEHIND_SECONDS = 1.0
_AHEAD = 64  # messages that are read at once from a recording
_FRAGMENTS = 3
_FULL = 1 << 16  # bytes that wait for a slow client
_LOOK_SECONDS = 0.05
_END = {WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR}


class ClientConnection:
    """Serves one connection; ``run`` ends with it."""

    def __init__(
        self, ws: web.WebSocketResponse, transport: asyncio.Transport, shared: SharedState
    ) -> None:
        self._ws = ws
        self._transport = transport
        self._shared = shared
        self._faults = shared.options.faults
        self._session = Session(shared.accounts)
        self._feeds: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._loop = asyncio.get_running_loop()
        self._alive = KeepAlive(self._loop.time(), shared.options.pingpong)
        self._pinging: asyncio.Task[None] | None = None
        self._begun = False  # a request has come
        self._mute = False  # half-open: nothing is sent or read
        self._clean = False  # the client sent a close frame
        self._number = 0

    async def run(self) -> None:
        self._number = self._shared.enter()
        self._log(texts.CONNECTS)
        if self._shared.options.pingpong is None:
            self._keep_alive()
        try:
            with suppress(ConnectionError):  # the client went away
                await self._serve()
        finally:
            self._leave()

    def _leave(self) -> None:
        for task in (*self._feeds.values(), self._pinging):
            if task:
                task.cancel()
        held = 0.0 if self._clean else self._faults.held
        if held and self._session.app_key:
            self._log(texts.HELD, seconds=held)
            self._loop.call_later(held, self._session.leave)
        else:
            self._session.leave()
        self._shared.connected -= 1
        self._transport.close()  # KIS does not answer a close frame, it drops TCP

    def _log(self, sentence: Sentence, **facts: object) -> None:
        if self._shared.log is not ignore:
            self._shared.log(sentence.format(client=self._number, **facts))

    async def _serve(self) -> None:
        while True:
            message = await self._ws.receive()
            if message.type in _END:
                break
            if not self._mute:
                await self._take(message)
        self._clean = message.type is WSMsgType.CLOSE
        self._log(texts.CLOSES if self._clean else texts.GONE)
        if self._mute and self._clean:
            await asyncio.Event().wait()  # half-open: cancelled once the client drops TCP

    async def _take(self, message: WSMessage) -> None:
        if message.type is WSMsgType.TEXT:
            await self._text(message.data)
        elif message.type is WSMsgType.PONG:
            self._log(texts.ANSWERS_WITH_PONG)
            self._alive.answered()
        elif message.type is WSMsgType.PING:
            await self._ping(bytes(message.data))

    async def _ping(self, payload: bytes) -> None:
        if answers_pingpong(payload.decode("utf-8", "replace")):
            self._log(texts.ANSWERS_WITH_PING)
            self._alive.answered()
        if not self._faults.no_pong:
            await self._ws.pong(payload)

    async def _text(self, text: str) -> None:
        self._log(texts.SENT, text=text)
        if answers_pingpong(text):
            self._alive.answered()
            return
        self._judge(text)
        if self._faults.no_ack:
            return
        self._begin()
        if self._faults.refuse:
            reply = Reply(refusal(self._faults.refuse, text))
        else:
            reply = self._session.handle(text)
        self._log(texts.IS_SENT, text=reply.text)
        await self._send(reply.text)
        self._follow(reply)

    def _judge(self, text: str) -> None:
        """Log what is wrong with a request, if anybody reads the log."""
        if self._shared.log is not ignore:
            for fault in judge_request(text).faults:
                self._log(texts.FAULTY, fault=fault.sentence)

    def _begin(self) -> None:
        """Start what the first request starts; before it, KIS sends nothing."""
        if self._begun:
            return
        self._begun = True
        self._keep_alive()
        if self._faults.drop:
            self._loop.call_later(self._faults.drop, self._cut)
        if self._faults.half_open:
            self._loop.call_later(self._faults.half_open, self._hush)

    def _keep_alive(self) -> None:
        if self._pinging is None and not self._faults.no_pingpong:
            self._alive = KeepAlive(self._loop.time(), self._shared.options.pingpong)
            self._pinging = asyncio.create_task(self._send_pingpongs())

    def _cut(self) -> None:
        self._transport.abort()  # without a close frame, as KIS's sockets often die

    def _hush(self) -> None:
        self._mute = True
        if self._pinging:
            self._pinging.cancel()

    async def _send(self, text: str, *, data: bool = False) -> None:
        if not self._mute:
            self._alive.sent_other(self._loop.time())
            await self._put(text, data=data)
            while self._transport.get_write_buffer_size() > _FULL:  # the client is slow
                await asyncio.sleep(_LOOK_SECONDS)

    async def _put(self, text: str, *, data: bool = False) -> None:
        is_broken = data and self._faults.broken_bytes
        if not is_broken and not self._faults.fragments:
            await self._ws.send_str(text)
            return
        payload = broken(text) if is_broken else text.encode()
        fragments = _FRAGMENTS if self._faults.fragments else 1
        if self._transport.is_closing():
            raise ConnectionResetError
        # Not through the library, which cannot send this.
        self._transport.write(text_frames(payload, fragments))

    def _follow(self, reply: Reply) -> None:
        """Begin or end to broadcast what a reply says."""
        if reply.key is None or self._faults.silent:
            return
        registration = (reply.tr_id, reply.key.text)
        if reply.began:
            feed = self._feed(reply.tr_id, reply.key)
            if feed:
                self._feeds[registration] = asyncio.create_task(feed)
        elif registration in self._feeds:
            self._feeds.pop(registration).cancel()

    def _feed(self, tr_id: str, key: TrKey) -> Coroutine[None, None, None] | None:
        """What broadcasts a key; None if nothing will come for it."""
        if self._shared.played:
            return self._play(self._shared.played(tr_id, key.text), key.text)
        if is_notice(tr_id):
            return self._notify(tr_id, key)
        if self._shared.options.symbols.trades(key):
            return self._broadcast(tr_id, key)
        self._shared.report(texts.UNKNOWN_SYMBOL.format(tr_id=tr_id, tr_key=key.text))
        return None

    async def _broadcast(self, tr_id: str, key: TrKey) -> None:
        options = self._shared.options
        await asyncio.sleep(options.faults.delay)
        due = self._loop.time()
        with suppress(ConnectionError):  # the client went away
            while not self._mute:
                message = self._shared.message(tr_id, key)
                if is_notice(tr_id):
                    message = self._session.encrypted(message)
                await self._send(message, data=True)
                self._shared.sent(message)
                due = max(due + 1 / options.rate, self._loop.time() - _BEHIND_SECONDS)
                await asyncio.sleep(max(0.0, due - self._loop.time()))

    async def _notify(self, tr_id: str, key: TrKey) -> None:
        """Broadcast notices of made-up orders, if they can be encrypted."""
        try:
            await self._broadcast(tr_id, key)
        except ImportError:
            self._shared.report(texts.NO_NOTICES.format(tr_id=tr_id))

    async def _play(self, messages: Iterator[tuple[float, str]], tr_key: str) -> None:
        """Broadcast ``messages`` in their rhythm, then nothing more."""
        rate = self._shared.options.rate
        number = 0
        began = self._loop.time()
        with suppress(ConnectionError):  # the client went away
            while ahead := await asyncio.to_thread(lambda: list(islice(messages, _AHEAD))):
                for since, text in ahead:
                    due = began + (number / rate if isnan(since) else since)
                    await asyncio.sleep(max(0.0, due - self._loop.time()))
                    await self._send(text, data=True)
                    self._shared.sent(text)
                    number += 1
            self._shared.over(tr_key, number)

    async def _send_pingpongs(self) -> None:
        with suppress(ConnectionError):
            while (wait := self._alive.due - self._loop.time()) > 0 or not self._alive.over:
                if wait > 0:
                    await asyncio.sleep(wait)
                else:
                    await self._send_pingpong()
            self._log(texts.UNANSWERED)
            self._cut()

    async def _send_pingpong(self) -> None:
        """Send a PINGPONG, even to a client that does not read."""
        at = f"{datetime.now(KST):%Y%m%d%H%M%S}"
        await self._put(f'{{"header":{{"tr_id":"PINGPONG","datetime":"{at}"}}}}')
        self._alive.sent_pingpong(self._loop.time())
