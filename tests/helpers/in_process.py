"""The real command line in this process, with real descriptors; what it changes is put back."""

import os
import pty
import select
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from io import BufferedReader, BytesIO
from pathlib import Path
from subprocess import CompletedProcess, TimeoutExpired
from typing import Any
from unittest.mock import patch

import typer.main

import kisq.__main__ as entry
from helpers.patience import PATIENCE
from kisq.locale.sentence import is_korean
from kisq.signals import SIGNALS

# A process makes its commands of their functions once, and so does this one.
typer.main.get_command = cache(typer.main.get_command)

_PROGRAM = str(Path(entry.__file__))
_STDIN, _STDOUT, _STDERR = range(3)
TERMINAL = Path("terminal")


class Beside:
    """A run in this process as a thread beside it sees it: its output, and a way to signal it.

    What it leaves of the output is in the end of the run. Nobody else reads while it goes on.
    """

    def __init__(self) -> None:
        self.stdout: BufferedReader | BytesIO = BytesIO()
        self.stderr: BufferedReader | BytesIO = BytesIO()
        self._lock = threading.Lock()
        self._runs = True
        self.failure: BaseException | None = None

    def send_signal(self, number: int) -> None:
        """Send it to the run, if that has not ended."""
        with self._lock:
            if self._runs:
                signal.pthread_kill(_main_thread(), number)

    def ends(self) -> None:
        """From now on no signal is sent."""
        with self._lock:
            self._runs = False

    @property
    def runs(self) -> bool:
        """Whether the run has not ended."""
        return self._runs


Talk = Callable[[Beside], object]


def wait_until_full(pipe: BufferedReader | BytesIO) -> None:
    """Wait until a pipe that nobody reads takes no more; only Linux opens its other end so."""
    writing = os.open(f"/proc/self/fd/{pipe.fileno()}", os.O_WRONLY | os.O_NONBLOCK)
    try:
        while select.select([], [writing], [], 0)[1]:
            time.sleep(0.01)
    finally:
        os.close(writing)


def run_here(
    folder: Path,
    arguments: tuple[str, ...],
    stdin: bytes,
    timeout: float,
    environ: dict[str, str],
    stdout: Path | int | None = None,
    meanwhile: Talk | None = None,
) -> CompletedProcess[bytes]:
    """Run ``kisq ARGUMENTS`` in ``folder``; gives its end as that of a process.

    With ``stdout``, a file or a descriptor, it writes there; ``TERMINAL`` is a terminal of its own,
    which is stderr too. ``meanwhile`` is called in a thread, and nothing but it reads the output
    until it returns.
    Raises TimeoutExpired after so many seconds, as run does.
    """
    beside = Beside()
    with ExitStack() as stack:
        stack.enter_context(_signals())
        stack.callback(beside.ends)
        taken = stack.enter_context(_descriptors(stdin, stdout, beside, meanwhile))
        stack.enter_context(_globals(folder, arguments, environ))
        expired = stack.enter_context(_limit(timeout, beside))
        code = _exit_code()
    if beside.failure:
        raise beside.failure
    if expired.is_set():
        raise TimeoutExpired(arguments, timeout, taken[_STDOUT], taken[_STDERR])
    return CompletedProcess(arguments, code, taken[_STDOUT], taken[_STDERR])


def _main_thread() -> int:
    ident = threading.main_thread().ident
    assert ident is not None
    return ident


def _exit_code() -> int:
    """What the process would end with."""
    SIGNALS.__init__()  # type: ignore[misc]  # as a new process has it
    try:
        entry.main()
    except SystemExit as end:
        return int(end.code or 0)
    except BaseException:  # noqa: BLE001 - nothing must come so far: a process would show this
        traceback.print_exc()
        return 1
    raise AssertionError("main came back")


@contextmanager
def _descriptors(
    stdin: bytes, stdout: Path | int | None, beside: Beside, meanwhile: Talk | None
) -> Iterator[dict[int, bytes]]:
    """Pipes as stdin, stdout and stderr; what the last two took stands in the dictionary after.

    Instead of the pipe, ``stdout`` may be a file, a descriptor or a terminal.
    """
    kept = [os.dup(number) for number in (_STDIN, _STDOUT, _STDERR)]
    feeding = _feeding(stdin)
    if stdout == TERMINAL:
        beside.stdout = _other_end(pty.openpty(), _STDOUT)
        os.dup2(_STDOUT, _STDERR)
    else:
        beside.stderr = _other_end(os.pipe(), _STDERR)
    if stdout is None:
        beside.stdout = _other_end(os.pipe(), _STDOUT)
    elif stdout != TERMINAL:
        _write_to(stdout)
    taken: dict[int, bytes] = {}
    talking = _talking(beside, meanwhile)
    reading = [
        _taking(pipe, number, taken, talking)
        for number, pipe in ((_STDOUT, beside.stdout), (_STDERR, beside.stderr))
    ]
    try:
        yield taken
    finally:
        for number, descriptor in enumerate(kept):
            os.dup2(descriptor, number)
            os.close(descriptor)
        for thread in (feeding, talking, *reading):
            thread.join(PATIENCE)
            assert not thread.is_alive(), "a descriptor was left open"


def _feeding(data: bytes) -> threading.Thread:
    read, write = os.pipe()
    os.dup2(read, _STDIN)
    os.close(read)

    def feed() -> None:
        with suppress(BrokenPipeError), os.fdopen(write, "wb") as pipe:
            pipe.write(data)

    return _started(feed)


def _other_end(ends: tuple[int, int], number: int) -> BufferedReader:
    """Make the second of ``ends`` the descriptor ``number``; gives the first, to read from."""
    read, write = ends
    os.dup2(write, number)
    os.close(write)
    return os.fdopen(read, "rb")


def _write_to(stdout: Path | int) -> None:
    if isinstance(stdout, int):
        os.dup2(stdout, _STDOUT)
        return
    descriptor = os.open(stdout, os.O_WRONLY)
    os.dup2(descriptor, _STDOUT)
    os.close(descriptor)


def _talking(beside: Beside, meanwhile: Talk | None) -> threading.Thread:
    def talk() -> None:
        if meanwhile is None:
            return
        try:
            meanwhile(beside)
        except BaseException as failure:  # noqa: BLE001 - the run raises it, when it has ended
            beside.failure = failure
            beside.send_signal(signal.SIGTERM)

    return _started(talk)


def _taking(
    pipe: BufferedReader | BytesIO, number: int, taken: dict[int, bytes], talking: threading.Thread
) -> threading.Thread:
    def take() -> None:
        talking.join()
        parts: list[bytes] = []
        with suppress(OSError):  # as the end of a terminal is told
            while not pipe.closed and (part := pipe.read1()):
                parts.append(part)
        pipe.close()
        taken[number] = b"".join(parts)

    return _started(take)


def _started(work: Any) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


@contextmanager
def _globals(folder: Path, arguments: tuple[str, ...], environ: dict[str, str]) -> Iterator[None]:
    """The working folder, the environment and what Python makes anew for a process."""
    encoding = environ.get("PYTHONIOENCODING", "")  # as Python itself reads it at its start
    how = (encoding or "utf-8", "strict" if encoding else "surrogateescape")
    stdin = os.fdopen(_STDIN, "r", -1, *how, closefd=False)
    stdout = os.fdopen(_STDOUT, "w", -1, *how, closefd=False)
    stderr = os.fdopen(_STDERR, "w", 1, how[0], "backslashreplace", closefd=False)
    streams = {"stdin": stdin, "stdout": stdout, "stderr": stderr}
    before, main = Path.cwd(), sys.modules["__main__"]
    changed = {**streams, "argv": [_PROGRAM, *arguments], "unraisablehook": sys.unraisablehook}
    with (
        patch.multiple(sys, **changed),
        patch.dict(os.environ, environ, clear=True),
    ):
        os.chdir(folder)
        sys.modules["__main__"] = entry  # by which usage names the program
        is_korean.cache_clear()
        try:
            yield
        finally:
            is_korean.cache_clear()
            sys.modules["__main__"] = main
            os.chdir(before)
            for stream in streams.values():
                with suppress(OSError, ValueError):
                    stream.close()


@contextmanager
def _signals() -> Iterator[None]:
    """Whatever is done with signals, afterwards each is handled as before."""
    before = {number: signal.getsignal(number) for number in signal.valid_signals()}
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            if handler is not None and signal.getsignal(number) != handler:
                signal.signal(number, handler)


@contextmanager
def _limit(seconds: float, beside: Beside) -> Iterator[threading.Event]:
    """SIGTERM after so many seconds, as often as it takes; the event says that it was sent."""
    expired, over = threading.Event(), threading.Event()

    def end() -> None:
        wait = seconds
        while not over.wait(wait):
            expired.set()
            beside.send_signal(signal.SIGTERM)
            wait = 1.0

    thread = _started(end)
    try:
        yield expired
    finally:
        over.set()
        thread.join()
