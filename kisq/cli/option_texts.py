"""How the texts of options are read; each raises typer.BadParameter for what it cannot be."""

import math
import re
from datetime import date, datetime

import typer

from kisq.now import moment_of

_DURATION = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)(ms|s|m|h|)")
_SECONDS = {"ms": 0.001, "s": 1.0, "": 1.0, "m": 60.0, "h": 3600.0}


def duration(text: str) -> float:
    """Seconds from ``30s``, ``5m``, ``2h``, ``500ms`` or a bare number of seconds."""
    found = _DURATION.fullmatch(text.strip())
    seconds = float(found[1]) * _SECONDS[found[2]] if found else 0.0
    if seconds <= 0:
        raise typer.BadParameter(f"{text!r} is no duration: write 30s, 5m or 2h")
    return seconds


def day(text: str) -> date:
    """A day such as ``2026-09-01``."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day: write it as 2026-09-01") from None


def positive(text: str) -> float:
    """A number above 0."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise typer.BadParameter(f"{text!r} is no number above 0")
    return number


def moment(text: str) -> datetime:
    """A moment in ISO 8601 with its offset."""
    try:
        return moment_of(text.strip())
    except ValueError as fault:
        raise typer.BadParameter(f"it {fault}") from None


def speed(text: str) -> float:
    """A number above 0, or infinity for ``max``."""
    return math.inf if text == "max" else positive(text)
