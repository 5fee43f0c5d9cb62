"""The file of ``-w``: tests whether it may and can be written without changing it, and opens it."""

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from kisq.capture.compression import Unpacker, is_compressed
from kisq.errors import OutputFailed, WrongUsage
from kisq.locale.os_reasons import reason_of
from kisq.locale.sentence import Sentence
from kisq.signals import SIGNALS

_NOT_EMPTY = Sentence("{name} already exists and holds {size} bytes")
_NOT_EMPTY_STEP = Sentence(
    "add to it with --append, replace it with --overwrite, or name another file"
)
_NOT_APPENDABLE = Sentence("{name} cannot be added to: {fault}")
_NOT_APPENDABLE_STEP = Sentence("name another file")
_ANOTHER_WRITER = Sentence("another program has written to {name} meanwhile")
_ANOTHER_WRITER_STEP = Sentence("name another file")
_UNWRITABLE = Sentence("{name} cannot be written: {reason}")
_UNWRITABLE_STEP = Sentence("name a file that can be written with -w")
STDOUT = "-"
_CHUNK = 1 << 20  # bytes
_BINARY = getattr(os, "O_BINARY", 0)


class Target(NamedTuple):
    """Where a capture goes: the file ``name``, or stdout for ``-``.

    A regular file that is not empty is added to with ``append``, replaced with ``overwrite``, and
    refused without either.
    """

    name: str
    append: bool = False
    overwrite: bool = False

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file, or will be one: not a pipe, a device or stdout."""
        if self.name == STDOUT:
            return False
        try:
            return stat.S_ISREG(Path(self.name).stat().st_mode)
        except (OSError, ValueError):  # it is not there
            return True

    def test(self) -> None:
        """Test that it can be written, without creating, emptying or changing it.

        Raises OutputFailed if it cannot be written, WrongUsage if it must not be.
        """
        try:
            size = _size_of(self.name)
        except (OSError, ValueError) as error:  # a ValueError for a NUL in the name
            raise self._unwritable(error) from None
        if size and not (self.append or self.overwrite):
            raise WrongUsage(_NOT_EMPTY.format(name=self.name, size=size), _NOT_EMPTY_STEP)
        if size and self.append:
            fault = _fault_of(self.name)
            if fault:
                sentence = _NOT_APPENDABLE.format(name=self.name, fault=fault)
                raise WrongUsage(sentence, _NOT_APPENDABLE_STEP)

    def open(self) -> int:
        """Open it, and create it if it does not exist; its content is kept only with ``append``.

        Everything is written to its end, wherever that is then. Raises OutputFailed.
        """
        flags = os.O_WRONLY | os.O_APPEND | _BINARY
        if self.is_file:
            flags |= os.O_CREAT
            if self.overwrite:
                flags |= os.O_TRUNC
        try:
            # A pipe is open only when its reader is there.
            descriptor = SIGNALS.wait_for(lambda: os.open(self.name, flags, 0o666))
        except (OSError, ValueError) as error:
            raise self._unwritable(error) from None
        if self.is_file and os.fstat(descriptor).st_size and not self.append:
            os.close(descriptor)
            raise OutputFailed(_ANOTHER_WRITER.format(name=self.name), _ANOTHER_WRITER_STEP)
        return descriptor

    def _unwritable(self, error: Exception) -> OutputFailed:
        reason = reason_of(error)
        return OutputFailed(_UNWRITABLE.format(name=self.name, reason=reason), _UNWRITABLE_STEP)


def _fault_of(name: str) -> str:
    """What is wrong with a compressed file, so that nothing added to it could be read."""
    if not is_compressed(name):
        return ""
    unpacker = Unpacker(name)
    with suppress(OSError), Path(name).open("rb") as file:  # there may be no permission to read it
        while data := file.read(_CHUNK):
            for _ in unpacker.add(data):
                pass
        unpacker.end()
    return unpacker.fault


def _size_of(name: str) -> int:
    """Bytes of the file, 0 if it does not exist. Raises OSError if it cannot be written."""
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
