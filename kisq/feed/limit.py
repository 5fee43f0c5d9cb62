"""A limit to how long something may take, whatever it waits for."""

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def within(seconds: float, work: Callable[[], T]) -> T:
    """What ``work`` gives or raises; TimeoutError where that takes more than ``seconds``.

    It works in a thread, which is then left alone: libraries limit each read, so that a server
    which sends a byte a second is always in time, and the look-up of a name not at all.
    """
    from concurrent.futures import Future

    outcome: Future[T] = Future()

    def run() -> None:
        try:
            outcome.set_result(work())
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is for the one who waits
            outcome.set_exception(error)

    threading.Thread(target=run, name="within", daemon=True).start()
    return outcome.result(seconds)
