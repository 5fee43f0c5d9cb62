"""Values and parsers of options; each raises typer.BadParameter with what it accepts."""

import math
import re
from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import typer

from kisq.locale.sentence import Sentence
from kisq.now import moment_of


class Environment(StrEnum):
    """KIS's two environments."""

    REAL = "real"
    MOCK = "mock"


class Venue(StrEnum):
    """Where Korean stocks are traded (spec.markets.VENUES): KRX, NXT, or both together."""

    KRX = "krx"
    NXT = "nxt"
    UNIFIED = "unified"


class PaletteName(StrEnum):
    """Whose colours the ladder has."""

    KR = "kr"
    US = "us"


class MessageKind(StrEnum):
    """The kinds of messages that ``raw`` can show alone, called as in its JSON."""

    DATA = "data"
    CONTROL = "control"
    PINGPONG = "pingpong"


_DURATION = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)(ms|s|m|h|)")
_SECONDS = {"ms": 0.001, "s": 1.0, "": 1.0, "m": 60.0, "h": 3600.0}
_WHOLE = re.compile(r"-?[0-9]{1,4000}")
_NOT_A_DURATION = Sentence("{text} is not a duration: write 30s, 5m or 2h")
_NOT_A_DAY = Sentence("{text} is not a day: write it as 2026-09-01")
_NOT_A_MOMENT = Sentence(
    "{text} is not a moment of this century with its offset from UTC: write "
    "2026-11-24T08:40:00+09:00"
)
_NO_NAME = Sentence("the name of a file is empty")
_NOT_POSITIVE = Sentence("{text} is not a number above 0")
_NOT_WHOLE = Sentence("{text} is not a whole number")
_NOT_FROM = Sentence("{text} is not a whole number of {low} or more")
_NOT_BETWEEN = Sentence("{text} is not a whole number from {low} to {high}")
_NOT_A_CHOICE = Sentence("{text} is not one of {choices}")
_Choice = TypeVar("_Choice", bound=StrEnum)


def duration(text: str) -> float:
    """Seconds from ``30s``, ``5m``, ``2h``, ``500ms`` or a bare number of seconds."""
    match = _DURATION.fullmatch(text.strip())
    seconds = 0.0
    if match:
        seconds = float(match[1]) * _SECONDS[match[2]]
    if seconds <= 0:
        raise typer.BadParameter(_NOT_A_DURATION.format(text=repr(text)))
    return seconds


def day(text: str) -> date:
    """A day such as ``2026-09-01``."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise typer.BadParameter(_NOT_A_DAY.format(text=repr(text))) from None


def positive(text: str) -> float:
    """A number above 0."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise typer.BadParameter(_NOT_POSITIVE.format(text=repr(text)))
    return number


def moment(text: str) -> datetime:
    """A moment in ISO 8601 with its offset."""
    at = moment_of(text.strip())
    if at is None:
        raise typer.BadParameter(_NOT_A_MOMENT.format(text=repr(text)))
    return at


def speed(text: str) -> float:
    """A number above 0, or infinity for ``max``."""
    if text == "max":
        return math.inf
    return positive(text)


def whole_number(low: int | None = None, high: int | None = None) -> Callable[[str | int], int]:
    """A parser of whole numbers from ``low`` to ``high``, as far as those are given."""

    def read(text: str | int) -> int:  # Typer hands over a default as the number it is
        digits = str(text).strip()
        if _WHOLE.fullmatch(digits):
            number = int(digits)
            if (low is None or number >= low) and (high is None or number <= high):
                return number
        raise typer.BadParameter(_out_of_range(repr(text), low, high))

    return read


def _out_of_range(text: str, low: int | None, high: int | None) -> Sentence:
    if low is None:
        return _NOT_WHOLE.format(text=text)
    if high is None:
        return _NOT_FROM.format(text=text, low=low)
    return _NOT_BETWEEN.format(text=text, low=low, high=high)


def file_name(text: str) -> str:
    """The name of a file, which is not empty."""
    if not text:
        raise typer.BadParameter(_NO_NAME)
    return text


def path(text: str) -> Path:
    """The path of a file, which is not empty."""
    return Path(file_name(text))


def choice(choices: type[_Choice]) -> Callable[[str], _Choice]:
    """A parser of one of ``choices``, in capital or small letters."""

    def read(text: str) -> _Choice:
        try:
            return choices(text.strip().lower())
        except ValueError:
            names = ", ".join(choices)
            raise typer.BadParameter(_NOT_A_CHOICE.format(text=repr(text), choices=names)) from None

    return read
