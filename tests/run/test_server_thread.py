"""A server of asyncio in a thread of its own."""

import asyncio
import threading

from helpers.patience import PATIENCE

from kisq.server_thread import ServerThread


def test_server_runs_until_it_is_stopped() -> None:
    """It is ready when ``start`` returns, does what it is called for, and ends with ``stop``."""
    steps: list[str] = []
    called = threading.Event()

    async def serve() -> None:
        steps.append(threading.current_thread().name)
        await server.until_stopped()
        steps.append("ended")

    server = ServerThread("server", serve)
    assert server.start() == ""
    assert steps == ["server"]
    server.call(called.set)
    assert called.wait(PATIENCE)
    server.stop()
    assert steps == ["server", "ended"]
    server.stop()
    server.call(lambda: steps.append("called too late"))
    assert steps == ["server", "ended"]


def test_server_that_cannot_start_says_why() -> None:
    """What it raises is the answer of ``start``, in the words of the system where it has some."""

    async def taken() -> None:
        await asyncio.sleep(0)
        raise OSError(98, "Address already in use")

    async def broken() -> None:
        await asyncio.sleep(0)
        raise RuntimeError("no loop")

    assert ServerThread("taken", taken).start() == "Address already in use"
    assert ServerThread("broken", broken).start() == "RuntimeError('no loop')"
