"""stdout as bytes: lines go in, a flush sends what is there."""

import errno
import sys
from typing import BinaryIO

from kisq.errors import KisqError

_BUFFER = 64 * 1024
_GONE = {errno.EPIPE, errno.EIO}  # the reader of the pipe, the terminal


class OutputClosed(Exception):
    """The reader of stdout went away; the run ends quietly."""


class OutputFailed(KisqError):
    """stdout cannot be written, for example because the disk is full."""

    exit_code = 74


class Lines:
    """Writes lines of bytes to a stream; raises OutputClosed and OutputFailed.

    An interrupt never leaves half a line behind: a line is handed over whole.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, line: bytes) -> None:
        """One line, without its end."""
        try:
            self._stream.write(line + b"\n")
        except OSError as error:
            raise _failure(error) from None

    def flush(self) -> None:
        """Hand everything written so far to whoever reads."""
        try:
            self._stream.flush()
        except OSError as error:
            raise _failure(error) from None


def stdout_lines() -> Lines:
    """Lines on stdout. Raises OutputFailed where there is none."""
    if sys.stdout is None:
        raise OutputFailed("stdout is closed: give it somewhere to go")
    return Lines(open(sys.stdout.fileno(), "wb", buffering=_BUFFER, closefd=False))


def _failure(error: OSError) -> Exception:
    if error.errno in _GONE:
        return OutputClosed()
    return OutputFailed(f"stdout cannot be written: {error.strerror}; make room and start again")
