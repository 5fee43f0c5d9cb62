"""Failures of the machine that look like a bug in kisq."""

import sys

from kisq.errors import KisqError, OutputFailed
from kisq.locale.os_reasons import reason_of
from kisq.locale.sentence import Sentence
from kisq.packages import fault

_COMPLETION = "--install-completion"  # which Typer does by itself
_UNWRITABLE = Sentence("{file} cannot be written: {reason}")
_UNWRITABLE_STEP = Sentence(
    "make it writable, or set HOME to a folder that is; --show-completion only prints it"
)


def of_this_machine(error: Exception) -> KisqError | None:
    """What the user can do about ``error``, or None where it is a bug."""
    from zoneinfo import ZoneInfoNotFoundError  # not at the start, which needs no zones

    if isinstance(error, (ImportError, AttributeError, ZoneInfoNotFoundError)):
        return fault()
    if isinstance(error, OSError) and error.filename and _COMPLETION in sys.argv:
        fault_of_file = _UNWRITABLE.format(file=error.filename, reason=reason_of(error))
        return OutputFailed(fault_of_file, _UNWRITABLE_STEP)
    return None
