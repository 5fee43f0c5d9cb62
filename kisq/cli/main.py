"""One run of the command line: signals, and the one place where errors are caught."""

import errno
import os
import sys
import traceback
from contextlib import suppress

import typer

from kisq.cli.app import app
from kisq.cli.context import ERROR
from kisq.errors import ExitCode, Interrupted, KisqError, OutputFailed
from kisq.locale.os_reasons import reason_of
from kisq.locale.sentence import Sentence
from kisq.output.notices import Notices, stderr_notices
from kisq.output.stream import OutputClosed, failure, is_terminal
from kisq.packages import fault
from kisq.signals import SIGNALS

_BUG = Sentence(
    "error: a bug in kisq ({kind}: {error}); to report it, send the command, the output of "
    "`kisq --version`, and what KISQ_DEBUG=1 adds to this message"
)
_MOST_CELLS = 1000  # columns or lines; nothing is laid out for more
# What Typer meets where it writes to stdout itself; everything else goes through Lines.
_UNWRITABLE = (
    errno.EBADF, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.ENOSPC, errno.EPIPE
)  # fmt: skip


def run_command_line() -> int:
    """Run what the arguments ask for; gives the exit code of the contract."""
    notices = stderr_notices()
    if sys.stdout is not None:
        sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a TextIOWrapper
    _arrange_terminal()
    try:
        SIGNALS.check()  # one may have come while all this was imported
        code = app(obj=notices, standalone_mode=False) or 0
        if sys.stdout is not None:
            sys.stdout.flush()
    except (OutputClosed, SystemExit):  # with SystemExit, rich and Typer say that nobody reads
        code = 0
    except Interrupted as interrupt:
        code = interrupt.exit_code
    except Exception as error:  # noqa: BLE001 - the one place where errors are caught
        code = _failed(error, notices)
    _leave_stdout()
    return SIGNALS.exit_code if SIGNALS.waiting else int(code)


def _arrange_terminal() -> None:
    """Leave no variable with which rich and Typer fail, work without end or colour a file."""
    for name in ("COLUMNS", "LINES"):
        size = os.environ.pop(name, "")
        if size.isascii() and size.isdigit() and int(size[:9]):  # none has 0 of either
            os.environ[name] = str(min(int(size[:9]), _MOST_CELLS))
    os.environ.pop("TERMINAL_WIDTH", None)  # Typer's own
    if not is_terminal(sys.stdout):
        os.environ["_TYPER_FORCE_DISABLE_TERMINAL"] = "1"


def _failed(error: Exception, notices: Notices) -> int:
    notices.release()
    if isinstance(error, OSError) and error.errno in _UNWRITABLE:
        error = failure(error)
    if isinstance(error, OutputClosed):
        return 0
    if os.environ.get("KISQ_DEBUG") == "1":
        for line in "".join(traceback.format_exception(error)).splitlines():
            notices.say(line)
    known = error if isinstance(error, KisqError) else _of_this_machine(error)
    if known:
        notices.say(ERROR.format(fault=known.text))
        return known.exit_code
    if isinstance(error, typer.TyperException):
        from kisq.cli.usage_errors import usage_sentence

        notices.say(ERROR.format(fault=usage_sentence(error)))
        return ExitCode.USAGE
    notices.say(_BUG.format(kind=type(error).__name__, error=error))
    return ExitCode.BUG


def _leave_stdout() -> None:
    """Where stdout cannot be emptied any more, keep Python from complaining at its exit."""
    try:
        sys.stdout.flush()
    except (OSError, AttributeError, ValueError):
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


_COMPLETION = "--install-completion"  # which Typer does by itself
_NOT_WRITABLE = Sentence("{file} cannot be written: {reason}")
_MAKE_WRITABLE = Sentence(
    "make it writable, or set HOME to a folder that is; --show-completion only prints it"
)


def _of_this_machine(error: Exception) -> KisqError | None:
    """What the user can do about ``error``, or None where it is a bug."""
    from zoneinfo import ZoneInfoNotFoundError  # not at the start, which needs no zones

    if isinstance(error, (ImportError, AttributeError, ZoneInfoNotFoundError)):
        return fault()
    if isinstance(error, OSError) and error.filename and _COMPLETION in sys.argv:
        fault_of_file = _NOT_WRITABLE.format(file=error.filename, reason=reason_of(error))
        return OutputFailed(fault_of_file, _MAKE_WRITABLE)
    return None
