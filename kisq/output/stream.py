"""Streams as bytes: lines go in, a flush sends what is there, exactly once, and never for ever."""

import errno
import os
import select
import signal
import stat
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TextIO

from kisq.errors import OutputFailed
from kisq.signals import SIGNALS, SLICE

if TYPE_CHECKING:
    from kisq.wire.hidden_words import Hide

_FULL = 64 * 1024  # bytes
TERMINAL = "/dev/tty"  # of the process, wherever its streams go
_ATOMIC = 4096  # a pipe that is ready takes this much without making us wait (POSIX PIPE_BUF)
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_STREAMS = ("stdout", "stderr")
# As rich has them (its is_dumb_terminal and is_interactive), whose live screen stays empty there.
_DUMB = ("dumb", "unknown")
_INTERACTIVE = ("TTY_COMPATIBLE", "TTY_INTERACTIVE")


class OutputClosed(Exception):
    """The reader of stdout went away; the run ends quietly."""


class OutputStalled(Exception):
    """Nobody took the output before the deadline."""


class Lines:
    """Lines of bytes on a file descriptor, which ``name`` calls in errors.

    ``stream`` is the stream it belongs to, if that may be a terminal. ``deadline`` (monotonic
    seconds) is when a blocked reader is waited for no longer; ``meanwhile`` is called again and
    again while one is waited for. Raises OutputClosed, OutputFailed, OutputStalled, and Interrupted
    where a signal comes while a reader is waited for. None of them loses anything: what was sent is
    known, and the next flush goes on behind it.
    """

    def __init__(self, descriptor: int, name: str = "stdout", stream: TextIO | None = None) -> None:
        self._descriptor, self._name, self._stream = descriptor, name, stream
        self._waiting: list[bytes] = []
        self._size = 0  # bytes of it
        self._counted: list[int] = []  # where in it the counted lines end
        self._is_file = stat.S_ISREG(os.fstat(descriptor).st_mode)  # takes any amount at any time
        self._most = _FULL if self._is_file else _ATOMIC
        self._sending = b""
        self._ends: list[int] = []  # where in what is being sent the counted lines end
        self._sent = 0  # bytes of it
        self.deadline: float | None = None
        self.meanwhile: Callable[[], None] | None = None
        self.hide: Hide | None = None
        self.seconds = 0.0  # that sending took, most of it waiting for a reader or a disk

    @property
    def terminal(self) -> bool:
        """Whether it is a terminal that can be steered."""
        return is_terminal(self._stream)

    @property
    def is_tty(self) -> bool:
        """Whether it is any terminal, where nothing unprintable may go."""
        return self._stream is not None and self._stream.isatty()

    @property
    def encoding(self) -> str:
        return getattr(self._stream, "encoding", None) or "utf-8"

    def write(self, line: bytes, *, counted: bool = False) -> None:
        """One line, without its end; a ``counted`` one is counted by ``left`` until it is sent."""
        self.put(line + b"\n", counted=counted)

    def put(self, data: bytes, *, counted: bool = False) -> None:
        """Bytes as they are, but for what ``hide`` takes out; they wait for a flush."""
        if self.hide:
            data = self.hide(data)
        self._waiting.append(data)
        self._size += len(data)
        if counted:
            self._counted.append(self._size)

    def relieve(self) -> None:
        """Flush if much is waiting."""
        if self._size >= _FULL:
            self.flush()

    def flush(self) -> None:
        """Hand everything to whoever reads, however long that takes, but for the deadline."""
        self._send()
        while self._waiting:
            self._sending, self._ends = b"".join(self._waiting), self._counted
            self._waiting, self._size, self._counted = [], 0, []
            self._send()

    def offer(self) -> None:
        """Send what is taken at once; the rest waits."""
        deadline, self.deadline = self.deadline, 0.0
        try:
            self.flush()
        except OutputStalled:
            pass
        finally:
            self.deadline = deadline

    @property
    def size(self) -> int:
        """How many bytes wait to be sent."""
        return self._size + len(self._sending) - self._sent

    @property
    def left(self) -> int:
        """How many counted lines were not sent, or not to their end."""
        return sum(end > self._sent for end in self._ends) + len(self._counted)

    def _send(self) -> None:
        if not self._sending:
            return
        began = time.monotonic()
        try:
            self._send_all()
        finally:
            self.seconds += time.monotonic() - began

    def _send_all(self) -> None:
        while self._sent < len(self._sending):
            self._wait()
            # Whole lines where they fit, so that a reader who stops has no half of one.
            most = self._sent + self._most
            end = self._sending.rfind(b"\n", self._sent, most) + 1
            try:
                self._sent += os.write(self._descriptor, self._sending[self._sent : end or most])
            except BlockingIOError:
                continue
            except OSError as error:
                raise failure(error, self._name) from None
        self._sending, self._sent, self._ends = b"", 0, []

    def _wait(self) -> None:
        if self._is_file or os.name != "posix":
            return  # select knows only sockets elsewhere: writing itself has to wait
        while True:
            left = SLICE
            if self.deadline is not None:
                left = max(0.0, min(SLICE, self.deadline - time.monotonic()))
            if select.select([], [self._descriptor], [], left)[1]:
                return
            if left == 0:
                raise OutputStalled
            SIGNALS.check()
            if self.meanwhile:
                self.meanwhile()


class TextLines:
    """Lines as the text file that rich wants; ``errors`` is what the encoding's lacks become.

    It is no class of ``io``: the finaliser of those flushes, which fails where stdout does.
    """

    def __init__(self, out: Lines, encoding: str, errors: str, *, terminal: bool) -> None:
        self._out, self._encoding, self._errors = out, encoding, errors
        self._terminal = terminal

    @property
    def encoding(self) -> str:
        """The encoding of stdout."""
        return self._encoding

    def isatty(self) -> bool:
        return self._terminal

    def write(self, text: str) -> int:
        self._out.put(text.encode(self._encoding, self._errors))
        return len(text)

    def flush(self) -> None:
        """Nothing: rich calls it in the middle of its work, where no reader can be waited for."""


def is_terminal(stream: TextIO | None) -> bool:
    """Whether ``stream`` is a terminal that can be steered: what rich draws a live screen on."""
    refused = any(os.environ.get(name) == "0" for name in _INTERACTIVE)
    dumb = os.environ.get("TERM", "").lower() in _DUMB
    return stream is not None and stream.isatty() and not dumb and not refused


def in_front() -> bool:
    """Whether the terminal is ours and not of another job; true where there is none."""
    try:
        descriptor = os.open(TERMINAL, os.O_RDONLY | os.O_NOCTTY)
    except (OSError, AttributeError):
        return True
    try:
        return is_ours(descriptor)
    except OSError:
        return True
    finally:
        os.close(descriptor)


def is_ours(descriptor: int) -> bool:
    """Whether the terminal is that of our job, which it is not in the background."""
    return os.tcgetpgrp(descriptor) == os.getpgrp()


def stdout_lines() -> Lines:
    """Lines on stdout. Raises OutputFailed where there is none."""
    if sys.stdout is None:
        raise OutputFailed("stdout is closed", "give it somewhere to go")
    return Lines(sys.stdout.fileno(), "stdout", sys.stdout)


def stderr_lines() -> Lines:
    """Lines on stderr, where stdout is taken. Raises OutputFailed where there is none."""
    if sys.stderr is None:
        raise OutputFailed("stderr is closed", "give it somewhere to go")
    return Lines(sys.stderr.fileno(), "stderr", sys.stderr)


def failure(error: OSError, name: str = "stdout") -> Exception:
    """What a failure to write means: OutputClosed, or OutputFailed."""
    if error.errno == errno.EPIPE and name in _STREAMS:
        return OutputClosed()
    if error.errno == errno.EIO and _is_device(name):  # a terminal that is gone
        SIGNALS.come(signal.SIGHUP)  # which comes by itself where it is the terminal of the session
        return OutputClosed()
    step = "make room and start again" if error.errno in _NO_ROOM else "choose another place for it"
    return OutputFailed(f"{name} cannot be written: {error.strerror}", step)


def _is_device(name: str) -> bool:
    """Whether the stream of that name is a terminal, or was one: such a one says it is none."""
    if name not in _STREAMS or not hasattr(signal, "SIGHUP"):
        return False
    return stat.S_ISCHR(os.fstat(1 + _STREAMS.index(name)).st_mode)
