"""Failures that look like a bug of kisq and are the machine's."""

import sys

from kisq.errors import KisqError, OutputFailed
from kisq.packages import fault

_COMPLETION = "--install-completion"  # which Typer does by itself


def of_this_machine(error: Exception) -> KisqError | None:
    """What the user can do about ``error``, or None where it is a bug."""
    from zoneinfo import ZoneInfoNotFoundError  # not at the start, which needs no zones

    if isinstance(error, (ImportError, AttributeError, ZoneInfoNotFoundError)):
        return fault()
    if isinstance(error, OSError) and error.filename and _COMPLETION in sys.argv:
        return OutputFailed(
            f"{error.filename} cannot be written: {error.strerror}",
            "make it writable, or set HOME to a folder that is; --show-completion only prints it",
        )
    return None
