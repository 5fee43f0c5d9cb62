"""The signals that end a run: the handler notes them, and the next wait acts on them.

Nothing is interrupted, so nothing has to be made uninterruptible. The main thread waits in ``take``
and what is built on it, where a signal wakes it, or in slices, calling ``check`` between them. All
of this is for the main thread only, because Python handles signals there.
"""

import signal
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from types import FrameType
from typing import Generic, NoReturn, TypeVar

from kisq.errors import Interrupted

SLICE = 0.1  # seconds between two calls of ``check`` while waiting for anything else
_NAMES = (
    "SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGALRM", "SIGUSR1", "SIGUSR2", "SIGXCPU",
    "SIGVTALRM", "SIGPROF", "SIGBREAK",
)  # fmt: skip
_NUMBERS = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]

T = TypeVar("T")


class TimedQueue(Generic[T]):
    """What the main thread waits for; threads and signal handlers put it there.

    ``queue.SimpleQueue`` would be this, but before Python 3.13 its ``get`` never ends where the
    time was over when a signal came, as it is if the process was stopped meanwhile (Ctrl-Z).
    """

    def __init__(self) -> None:
        self._items: deque[T] = deque()
        self._news = threading.Lock()  # released when something was put
        self._news.acquire()

    @property
    def empty(self) -> bool:
        return not self._items

    def put(self, item: T) -> None:
        """Add ``item``, and wake the thread that waits; a signal handler may call it."""
        self._items.append(item)
        with suppress(RuntimeError):  # it was released before, so that thread is being woken
            self._news.release()

    def get(self, seconds: float | None) -> T | None:
        """The next item; None if none comes within ``seconds`` (None: wait without limit)."""
        deadline = time.monotonic() + (seconds or 0.0)
        while not self._items:
            left = -1.0  # forever
            if seconds is not None:
                left = max(0.0, deadline - time.monotonic())
            if not self._news.acquire(timeout=left):
                return None
        return self._items.popleft()


class Signals:
    """The signals of a process; ``exit_code`` belongs to the first one that came, 0 before that."""

    def __init__(self) -> None:
        self.exit_code = 0
        self.waiting = False  # whether one came since the last ``check``
        self._awaited: TimedQueue[None] | None = None  # what the main thread waits for
        self._nothing: TimedQueue[None] = TimedQueue()

    def arrange(self) -> None:
        """Handle the signals from now on, except those that are ignored, as under nohup."""
        self.exit_code = 0
        self.waiting = False
        for number in _NUMBERS:
            if signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self.come)

    def ignore(self) -> None:
        """Ignore signals from now on, so that none changes the exit code."""
        for number in _NUMBERS:
            signal.signal(number, signal.SIG_IGN)

    def come(self, number: int, _: FrameType | None = None) -> None:
        """Note that a signal came, and wake the main thread if it waits."""
        if not self.exit_code:
            self.exit_code = 128 + number
        self.waiting = True
        if self._awaited is not None:
            self._awaited.put(None)

    def check(self) -> None:
        """Raise Interrupted if a signal came since the last call."""
        if self.waiting:
            self.waiting = False
            raise Interrupted(self.exit_code)

    def take(self, awaited: TimedQueue[T | None], seconds: float | None) -> T | None:
        """The next item of a queue; None if none comes in ``seconds``, or a signal comes first."""
        self._awaited = awaited  # type: ignore[assignment]  # only None is put there
        if self.waiting:  # after _awaited is set, so that no signal is missed
            seconds = 0.0
        try:
            return awaited.get(seconds)
        finally:
            self._awaited = None

    def sleep(self, seconds: float) -> None:
        """Wait. Raises Interrupted if a signal comes."""
        self.take(self._nothing, max(0.0, seconds))
        self.check()

    def wait_for(self, work: Callable[[], T], seconds: float | None = None) -> T:
        """The result or exception of ``work``; TimeoutError after more than ``seconds``.

        Raises Interrupted if a signal comes. The work is done in a thread, which is then left
        alone: neither a name look-up nor the opening of a pipe can be ended, and libraries limit
        each read only, so a server that sends one byte per second would never time out.
        """
        ended: TimedQueue[Callable[[], T] | None] = TimedQueue()

        def run() -> None:
            try:
                result = work()
            except BaseException as error:  # noqa: BLE001 - raised again by the waiting thread
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


SIGNALS = Signals()  # of the whole process
