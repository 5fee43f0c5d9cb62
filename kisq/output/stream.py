"""Streams of bytes: a flush sends each waiting line exactly once, and never blocks for ever."""

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
from kisq.locale.os_reasons import reason_of
from kisq.locale.sentence import Sentence
from kisq.signals import SIGNALS, SLICE

if TYPE_CHECKING:
    from kisq.wire.escape import Hide

_FULL = 64 * 1024  # bytes
_ATOMIC = 4096  # a pipe that is ready takes this much without making us wait (POSIX PIPE_BUF)
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_STREAMS = ("stdout", "stderr")
# As rich has them (its is_dumb_terminal and is_interactive), whose live screen stays empty there.
_DUMB = ("dumb", "unknown")
_INTERACTIVE = ("TTY_COMPATIBLE", "TTY_INTERACTIVE")
_CLOSED = Sentence("{name} is closed")
_GIVE_PLACE = Sentence("give it somewhere to go")
_UNWRITABLE = Sentence("{name} cannot be written: {reason}")
_MAKE_ROOM = Sentence("make room and start again")
_CHOOSE_PLACE = Sentence("choose another place for it")


class OutputClosed(Exception):
    """The reader of stdout is gone; the run ends quietly."""


class OutputStalled(Exception):
    """Nobody took the output before the deadline."""


class Lines:
    """Lines of bytes on a file descriptor, called ``name`` in errors.

    ``stream`` is the stream it belongs to, if that may be a terminal. A blocked reader is waited
    for until ``deadline`` (monotonic seconds), and ``meanwhile`` is called again and again during
    that. Raises OutputClosed, OutputFailed, OutputStalled, and Interrupted if a signal comes while
    it waits. Nothing is lost by them: the next flush continues after what was sent.
    """

    def __init__(self, descriptor: int, name: str = "stdout", stream: TextIO | None = None) -> None:
        self._descriptor = descriptor
        self._name = name
        self._stream = stream
        self._waiting: list[bytes] = []
        self._size = 0  # bytes of it
        self._counted: list[int] = []  # where in it the counted lines end
        self._is_file = stat.S_ISREG(os.fstat(descriptor).st_mode)  # takes any amount at any time
        self._most = _ATOMIC
        if self._is_file:
            self._most = _FULL
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
        """Whether it is any terminal; nothing unprintable may go there."""
        return self._stream is not None and self._stream.isatty()

    @property
    def takes_colour(self) -> bool:
        """Whether colours may go there (https://no-color.org)."""
        return self.terminal and not os.environ.get("NO_COLOR")

    @property
    def encoding(self) -> str:
        return getattr(self._stream, "encoding", None) or "utf-8"

    def write(self, line: bytes, *, counted: bool = False) -> None:
        """Take a line without its end; ``left`` counts a ``counted`` one until it is sent."""
        self.put(line + b"\n", counted=counted)

    def put(self, data: bytes, *, counted: bool = False) -> None:
        """Bytes as they are, except for what ``hide`` takes out; they wait for a flush."""
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
        """Send everything, however long that takes, but not beyond the deadline."""
        self._send()
        while self._waiting:
            self._sending = b"".join(self._waiting)
            self._ends = self._counted
            self._waiting = []
            self._size = 0
            self._counted = []
            self._send()

    def offer(self) -> None:
        """Send what is taken at once; the rest waits."""
        deadline = self.deadline
        self.deadline = 0.0
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
        self._sending = b""
        self._sent = 0
        self._ends = []

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
    """Lines as the text file that rich wants; ``errors`` as ``str.encode`` takes it.

    It is not a class of ``io``: their finaliser flushes, which fails if stdout does.
    """

    def __init__(self, out: Lines, encoding: str, errors: str, *, terminal: bool) -> None:
        self._out = out
        self._encoding = encoding
        self._errors = errors
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
        """Do nothing: rich calls it in the middle of its work, which must not wait for a reader."""


def is_terminal(stream: TextIO | None) -> bool:
    """Whether ``stream`` is a terminal that can be steered, on which rich draws a live screen."""
    if stream is None or not stream.isatty():
        return False
    if os.environ.get("TERM", "").lower() in _DUMB:
        return False
    return all(os.environ.get(name) != "0" for name in _INTERACTIVE)


def stdout_lines() -> Lines:
    """Lines on stdout. Raises OutputFailed if it is closed."""
    if sys.stdout is None:
        raise OutputFailed(_CLOSED.format(name="stdout"), _GIVE_PLACE)
    return Lines(sys.stdout.fileno(), "stdout", sys.stdout)


def stderr_lines() -> Lines:
    """Lines on stderr, if stdout is taken. Raises OutputFailed if it is closed."""
    if sys.stderr is None:
        raise OutputFailed(_CLOSED.format(name="stderr"), _GIVE_PLACE)
    return Lines(sys.stderr.fileno(), "stderr", sys.stderr)


def failure(error: OSError, name: str = "stdout") -> Exception:
    """What a failure to write means: OutputClosed or OutputFailed."""
    if error.errno == errno.EPIPE and name in _STREAMS:
        return OutputClosed()
    if error.errno == errno.EIO and _is_device(name):  # a terminal that is gone
        SIGNALS.come(signal.SIGHUP)  # which comes by itself where it is the terminal of the session
        return OutputClosed()
    sentence = _UNWRITABLE.format(name=name, reason=reason_of(error))
    if error.errno in _NO_ROOM:
        return OutputFailed(sentence, _MAKE_ROOM)
    return OutputFailed(sentence, _CHOOSE_PLACE)


def _is_device(name: str) -> bool:
    """Whether the stream is or was a terminal; isatty is false for one that is gone."""
    if name not in _STREAMS or not hasattr(signal, "SIGHUP"):
        return False
    return stat.S_ISCHR(os.fstat(1 + _STREAMS.index(name)).st_mode)
