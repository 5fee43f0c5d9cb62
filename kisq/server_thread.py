"""A server of asyncio in a thread of its own, which the main thread starts and stops."""

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine

from kisq.locale.os_reasons import reason_of

_STOP_SECONDS = 5.0  # that a server may take to end


class ServerThread:
    """Runs ``serve`` in a daemon thread that is called ``name``.

    ``serve`` opens its sockets, awaits ``until_stopped``, and closes what is open.
    """

    def __init__(self, name: str, serve: Callable[[], Coroutine[None, None, None]]) -> None:
        self._serve = serve
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._ready = threading.Event()
        self._failure: Exception | None = None
        self._loop: asyncio.AbstractEventLoop
        self._stopped: asyncio.Event

    def start(self) -> str:
        """Wait until the server is ready; gives why it failed, or nothing."""
        self._thread.start()
        self._ready.wait()
        if self._failure is None:
            return ""
        if isinstance(self._failure, OSError):
            return reason_of(self._failure)
        return repr(self._failure)  # a bug: its kind says more than its text

    async def until_stopped(self) -> None:
        """Note that the server is ready, and wait for ``stop``; to be awaited by ``serve``."""
        self._ready.set()
        await self._stopped.wait()

    def call(self, function: Callable[[], object]) -> None:
        """Have the thread call ``function`` soon, if it is still running."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(function)

    def stop(self) -> None:
        """End the server, and wait for that for 5 s at most."""
        if self._thread.is_alive():
            self.call(self._stopped.set)
            self._thread.join(_STOP_SECONDS)

    def _run(self) -> None:
        logging.getLogger("aiohttp").setLevel(logging.CRITICAL)  # bad clients are not our failure
        try:
            with asyncio.Runner() as runner:
                runner.run(self._main())
        except Exception as error:  # noqa: BLE001 - nobody may wait for what has ended
            self._failure = error
        self._ready.set()

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopped = asyncio.Event()
        await self._serve()
