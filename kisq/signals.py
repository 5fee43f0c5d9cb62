"""The signals that end a run: the handler notes them, and whoever waits next acts on them.

Nothing is interrupted, so nothing has to be made uninterruptible. The main thread waits in ``take``
and what is built on it, where a signal wakes it, or in slices with ``check`` between two of them.
All of it is for the main thread only, as Python handles signals there.
"""

import queue
import signal
import threading
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import NoReturn, TypeVar

from kisq.errors import Interrupted

SLICE = 0.1  # seconds between two calls of ``check``, for those who wait for anything else
_NAMES = (
    "SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGALRM", "SIGUSR1", "SIGUSR2", "SIGXCPU",
    "SIGVTALRM", "SIGPROF", "SIGBREAK",
)  # fmt: skip
_NUMBERS = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]

T = TypeVar("T")


class Signals:
    """The signals of a process; ``exit_code`` is that of the first one that came, 0 before."""

    def __init__(self) -> None:
        self.exit_code = 0
        self._came = False  # since the last ``check``
        self._awaited: queue.SimpleQueue[None] | None = None  # what the main thread waits for
        self._nothing: queue.SimpleQueue[None] = queue.SimpleQueue()

    def arrange(self) -> None:
        """Handle the signals from now on, but for those that are ignored, as under nohup."""
        self.exit_code, self._came = 0, False
        for number in _NUMBERS:
            if signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self.come)

    def ignore(self) -> None:
        """From now on no signal changes how it ended."""
        for number in _NUMBERS:
            signal.signal(number, signal.SIG_IGN)

    def come(self, number: int, _: FrameType | None = None) -> None:
        """A signal came: note it, and wake whoever waits."""
        self.exit_code = self.exit_code or 128 + number
        self._came = True
        if self._awaited is not None:
            self._awaited.put(None)

    @property
    def waiting(self) -> bool:
        """Whether one came that nobody has acted upon."""
        return self._came

    def check(self) -> None:
        """Raises Interrupted where a signal came since the last time."""
        if self._came:
            self._came = False
            raise Interrupted(self.exit_code)

    def take(self, awaited: "queue.SimpleQueue[T | None]", seconds: float | None) -> T | None:
        """The next of a queue; None where none comes in ``seconds``, or a signal comes first."""
        self._awaited = awaited  # type: ignore[assignment]  # only None is put there
        try:
            return awaited.get(timeout=0.0 if self._came else seconds)
        except queue.Empty:
            return None
        finally:
            self._awaited = None

    def sleep(self, seconds: float) -> None:
        """Wait. Raises Interrupted where a signal comes."""
        self.take(self._nothing, max(0.0, seconds))
        self.check()

    def wait_for(self, work: Callable[[], T], seconds: float | None = None) -> T:
        """What ``work`` gives or raises; TimeoutError where that takes more than ``seconds``.

        Raises Interrupted where a signal comes. It works in a thread, which is then left alone:
        neither the look-up of a name nor the opening of a pipe can be ended, and libraries limit
        only each read, so that a server which sends a byte a second is always in time.
        """
        ended: queue.SimpleQueue[Callable[[], T] | None] = queue.SimpleQueue()

        def run() -> None:
            try:
                result = work()
            except BaseException as error:  # noqa: BLE001 - it is for the one who waits
                ended.put(partial(_raise, error))
            else:
                ended.put(lambda: result)

        threading.Thread(target=run, name="wait_for", daemon=True).start()
        outcome = self.take(ended, seconds)
        self.check()
        if outcome is None:
            raise TimeoutError
        return outcome()


def _raise(error: BaseException) -> NoReturn:
    raise error


SIGNALS = Signals()  # of the process, as signals are
