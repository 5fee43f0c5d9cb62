"""``-w``: the recording that is written beside whatever a command shows."""

import os
import stat
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kisq.capture.target import STDOUT, Target
from kisq.errors import WrongUsage
from kisq.locale.sentence import Sentence
from kisq.output.stream import Lines, OutputStalled, stderr_lines, stdout_lines
from kisq.wire.escape import Hide

if TYPE_CHECKING:
    from kisq.capture.writer import CaptureFile

_STDIN = "-"
_TWO_WANT_STDIN = Sentence("{first} and {second} both want stdin: name a file with one of them")
_BOTH = Sentence("--append keeps what --overwrite empties: give one of the two")
_NO_FILE = Sentence("{option} is for a recording: name its file with -w")
_TWO_WANT_STDOUT = Sentence("--json and -w - both want stdout: name a file with -w")
_SAME_FILE = Sentence("{option} and -w name the same file {file}, which would be lost")


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """The options of a recording that is written, as they were given."""

    name: str | None
    append: bool
    overwrite: bool


def target_of(
    options: WriteOptions, files: Mapping[str, str | Path | None], *, json: bool
) -> Target | None:
    """Where ``-w`` writes; None without it.

    ``files`` are those that the command reads, by the option that names them. Raises WrongUsage
    where ``-w`` or what belongs to it cannot be meant, or two options want stdin.
    """
    _check_stdin(files)
    if options.append and options.overwrite:
        raise WrongUsage(_BOTH)
    if options.name is None:
        _check_without_file(options)
        return None
    if options.name == STDOUT and json:
        raise WrongUsage(_TWO_WANT_STDOUT)
    for option, file in files.items():
        if file and _is_same_file(str(file), options.name):
            raise WrongUsage(_SAME_FILE.format(option=option, file=options.name))
    return Target(options.name, options.append, options.overwrite)


def _check_stdin(files: Mapping[str, str | Path | None]) -> None:
    readers = [option for option, file in files.items() if file == _STDIN]
    if len(readers) > 1:
        raise WrongUsage(_TWO_WANT_STDIN.format(first=readers[0], second=readers[1]))


def _check_without_file(options: WriteOptions) -> None:
    if options.append:
        raise WrongUsage(_NO_FILE.format(option="--append"))
    if options.overwrite:
        raise WrongUsage(_NO_FILE.format(option="--overwrite"))


def _is_same_file(read: str, written: str) -> bool:
    with suppress(OSError, ValueError, AttributeError):  # one of the two does not exist
        if read == _STDIN:
            state = os.fstat(sys.stdin.fileno())
        else:
            state = Path(read).stat()
        return stat.S_ISREG(state.st_mode) and os.path.samestat(state, Path(written).stat())
    return False


@contextmanager
def writing(target: Target | None, hide: Hide = bytes) -> Iterator["CaptureFile | None"]:
    """The capture file of ``-w``, tested, and open once it is written to; None without it.

    ``hide`` takes out of each line what it may not hold. Raises OutputFailed where it cannot be
    written, WrongUsage where it cannot be compressed or is not to be written over.
    """
    if target is None:
        yield None
        return
    from kisq.capture.writer import CaptureFile

    file = CaptureFile(target, hide)
    try:
        yield file
    finally:
        with suppress(OutputStalled):  # already reported by whoever wrote to it
            file.close()


def shown_lines(target: Target | None) -> Lines:
    """Where a command shows its data: stdout, or stderr where the recording goes to stdout."""
    if target and target.name == STDOUT:
        return stderr_lines()
    return stdout_lines()
