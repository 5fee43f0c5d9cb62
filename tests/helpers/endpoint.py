"""An HTTP server on loopback that answers as a test says."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from aiohttp import web

from kisq.server_thread import ServerThread

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@contextmanager
def serving(handler: Handler) -> Iterator[str]:
    """The URL of an HTTP server on loopback with one handler for everything."""
    ports: list[int] = []

    async def serve() -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handler)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            ports.append(runner.addresses[0][1])
            await thread.until_stopped()
        finally:
            await runner.cleanup()

    thread = ServerThread("endpoint", serve)
    assert thread.start() == ""
    try:
        yield f"http://127.0.0.1:{ports[0]}"
    finally:
        thread.stop()
