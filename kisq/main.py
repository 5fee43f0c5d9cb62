"""One run of the command line: signals, and the one place where errors are caught."""

import os
import signal
import sys
import traceback
from contextlib import suppress
from types import FrameType
from typing import Any

import typer

from kisq.cli import app
from kisq.errors import EXIT_BUG, KisqError, Terminated, WrongUsage
from kisq.output.people import People, stderr_people
from kisq.output.stream import OutputClosed


def run_command_line() -> int:
    """Run what the arguments ask for; gives the exit code of the contract."""
    people = stderr_people()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _terminate)
    try:
        code = app(obj=people, standalone_mode=False) or 0
    except OutputClosed:
        code = 0
    except Exception as error:  # noqa: BLE001 - the one place where errors are caught
        code = _failed(error, people)
    _flush()
    return int(code)


def _terminate(number: int, _: FrameType | None) -> None:
    raise Terminated(number)


def _failed(error: Exception, people: People) -> int:
    if os.environ.get("KISQ_DEBUG") == "1":
        for line in "".join(traceback.format_exception(error)).splitlines():
            people.say(line)
    if isinstance(error, KisqError):
        people.say(f"error: {error}")
        return error.exit_code
    if isinstance(error, typer.TyperException):
        return _wrong_usage(error, people)
    people.say(
        f"error: a bug in kisq ({type(error).__name__}: {error}): please report it with the "
        "command and what KISQ_DEBUG=1 prints"
    )
    return EXIT_BUG


def _wrong_usage(error: Any, people: People) -> int:
    ctx = getattr(error, "ctx", None)
    command = ctx.command_path if ctx else "kisq"
    people.say(f"error: {error.format_message()} (see `{command} --help`)")
    return WrongUsage.exit_code


def _flush() -> None:
    """Empty stdout; where nobody reads it any more, keep Python from complaining at its exit."""
    try:
        sys.stdout.flush()
    except (OSError, AttributeError, ValueError):
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
