"""The file of ``-w``: whether it may and can be written, tested without a change to it."""

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from kisq.capture.compression import Unpacker
from kisq.errors import OutputFailed, WrongUsage
from kisq.signals import SIGNALS

STDOUT = "-"
_CHUNK = 1 << 20  # bytes
_BINARY = getattr(os, "O_BINARY", 0)


class Target(NamedTuple):
    """Where a capture goes: the file ``name``, ``-`` is stdout.

    A regular file that is not empty is added to with ``append``, replaced with ``overwrite``, and
    refused without either.
    """

    name: str
    append: bool = False
    overwrite: bool = False

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file, or will be one: no pipe, no device, not stdout."""
        if self.name == STDOUT:
            return False
        try:
            return stat.S_ISREG(Path(self.name).stat().st_mode)
        except (OSError, ValueError):  # it is not there
            return True

    def test(self) -> None:
        """Test that it can be written, and create, empty and change nothing.

        Raises OutputFailed where it cannot be, WrongUsage where it is not to be.
        """
        try:
            size = _size_of(self.name)
        except (OSError, ValueError) as error:  # a ValueError for a NUL in the name
            raise self._unwritable(error) from None
        if size and not (self.append or self.overwrite):
            raise WrongUsage(
                f"{self.name} is there already and holds {size} bytes",
                "add to it with --append, replace it with --overwrite, or name another file",
            )
        fault = _fault_of(self.name) if size and self.append else ""
        if fault:
            raise WrongUsage(f"{self.name} cannot be added to: {fault}", "name another file")

    def open(self) -> int:
        """Open it, created if it is not there; what it held is kept only with ``append``.

        Everything is written to its end, wherever that is then. Raises OutputFailed.
        """
        flags = os.O_WRONLY | os.O_APPEND | _BINARY
        if self.is_file:
            flags |= os.O_CREAT
            flags |= os.O_TRUNC if self.overwrite else 0
        try:
            # A pipe is open only when its reader is there.
            descriptor = SIGNALS.wait_for(lambda: os.open(self.name, flags, 0o666))
        except (OSError, ValueError) as error:
            raise self._unwritable(error) from None
        if self.is_file and os.fstat(descriptor).st_size and not self.append:
            os.close(descriptor)
            raise OutputFailed(f"another program wrote to {self.name} meanwhile", "name another")
        return descriptor

    def _unwritable(self, error: Exception) -> OutputFailed:
        reason = getattr(error, "strerror", None) or str(error)
        return OutputFailed(
            f"{self.name} cannot be written: {reason}", "name a file that can be written with -w"
        )


def _fault_of(name: str) -> str:
    """What is wrong with a compressed file, behind the end of which nothing could be read then."""
    unpacker = Unpacker(name)
    if not unpacker.packed:
        return ""
    with suppress(OSError), Path(name).open("rb") as file:  # perhaps it may only be written
        while data := file.read(_CHUNK):
            for _ in unpacker.add(data):
                pass
        unpacker.end()
    return unpacker.fault


def _size_of(name: str) -> int:
    """Bytes of the file, 0 where it is not there yet. Raises OSError where it cannot be written."""
    try:
        descriptor = os.open(name, os.O_WRONLY | _BINARY)
    except FileNotFoundError:
        _test_folder(name)
        return 0
    size = os.fstat(descriptor).st_size
    os.close(descriptor)
    return size


def _test_folder(name: str) -> None:
    if name.endswith(("/", os.sep)):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    folder = Path(name).resolve().parent  # of a link's target, if it is one
    folder.stat()
    if not os.access(folder, os.W_OK | os.X_OK):
        read_only = hasattr(os, "statvfs") and os.statvfs(folder).f_flag & os.ST_RDONLY
        code = errno.EROFS if read_only else errno.EACCES
        raise OSError(code, os.strerror(code))
