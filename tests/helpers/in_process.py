"""The real command line in this process, with real descriptors; what it changes is put back."""

import os
import pty
import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from subprocess import CompletedProcess, TimeoutExpired
from typing import Any
from unittest.mock import patch

import kisq.__main__ as entry
from kisq.signals import SIGNALS

with patch.dict(os.environ, {"_TYPER_FORCE_DISABLE_TERMINAL": "1"}):
    pass  # reads the environment once, as kisq has it without a terminal

_PROGRAM = str(Path(entry.__file__))
_STDIN, _STDOUT, _STDERR = range(3)
_PATIENCE = 30.0
TERMINAL = Path("terminal")


def run_here(
    folder: Path,
    arguments: tuple[str, ...],
    stdin: bytes,
    timeout: float,
    environ: dict[str, str],
    stdout: Path | None = None,
) -> CompletedProcess[bytes]:
    """Run ``kisq ARGUMENTS`` in ``folder``; gives its end as that of a process.

    With ``stdout``, it writes there; ``TERMINAL`` is a terminal of its own, which is stderr too.
    Raises TimeoutExpired after so many seconds, as run does.
    """
    with ExitStack() as stack:
        stack.enter_context(_signals())
        taken = stack.enter_context(_descriptors(stdin, stdout))
        stack.enter_context(_globals(folder, arguments, environ))
        expired = stack.enter_context(_limit(timeout))
        code = _exit_code()
    if expired.is_set():
        raise TimeoutExpired(arguments, timeout, taken[_STDOUT], taken[_STDERR])
    return CompletedProcess(arguments, code, taken[_STDOUT], taken[_STDERR])


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
def _descriptors(stdin: bytes, stdout: Path | None) -> Iterator[dict[int, bytes]]:
    """Pipes as stdin, stdout and stderr; what the last two took stands in the dictionary after.

    Instead of the pipe, ``stdout`` may be a file or a terminal.
    """
    kept = [os.dup(number) for number in (_STDIN, _STDOUT, _STDERR)]
    taken = {_STDOUT: b"", _STDERR: b""}
    threads = [_feeding(stdin)]
    if stdout == TERMINAL:
        threads.append(_taking(pty.openpty(), _STDOUT, taken))
        os.dup2(_STDOUT, _STDERR)
    else:
        threads.append(_taking(os.pipe(), _STDERR, taken))
    if stdout is None:
        threads.append(_taking(os.pipe(), _STDOUT, taken))
    elif stdout != TERMINAL:
        _open_for_writing(stdout)
    try:
        yield taken
    finally:
        for number, descriptor in enumerate(kept):
            os.dup2(descriptor, number)
            os.close(descriptor)
        for thread in threads:
            thread.join(_PATIENCE)
            assert not thread.is_alive(), "a descriptor was left open"


def _feeding(data: bytes) -> threading.Thread:
    read, write = os.pipe()
    os.dup2(read, _STDIN)
    os.close(read)

    def feed() -> None:
        with suppress(BrokenPipeError), os.fdopen(write, "wb") as pipe:
            pipe.write(data)

    return _started(feed)


def _open_for_writing(stdout: Path) -> None:
    descriptor = os.open(stdout, os.O_WRONLY)
    os.dup2(descriptor, _STDOUT)
    os.close(descriptor)


def _taking(ends: tuple[int, int], number: int, taken: dict[int, bytes]) -> threading.Thread:
    """Make the second of ``ends`` the descriptor ``number``; ``taken`` has what the first reads."""
    read, write = ends
    os.dup2(write, number)
    os.close(write)

    def take() -> None:
        parts = []
        with suppress(OSError):  # as the end of a terminal is told
            while part := os.read(read, 1 << 16):
                parts.append(part)
        os.close(read)
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
        try:
            yield
        finally:
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
def _limit(seconds: float) -> Iterator[threading.Event]:
    """SIGTERM after so many seconds, as often as it takes; the event says that it was sent."""
    expired, over = threading.Event(), threading.Event()

    def end() -> None:
        wait = seconds
        while not over.wait(wait):
            expired.set()
            signal.pthread_kill(threading.main_thread().ident, signal.SIGTERM)
            wait = 1.0

    thread = _started(end)
    try:
        yield expired
    finally:
        over.set()
        thread.join()
