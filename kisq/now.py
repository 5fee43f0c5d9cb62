"""The moment that sessions, holidays and sentences take for now: KISQ_NOW, or the time of day."""

import os
from collections.abc import Callable
from datetime import UTC, datetime

from kisq.errors import SettingsFault

_NAME = "KISQ_NOW"
_YEARS = range(2000, 2100)  # for which there are time zones and calendars


def now() -> datetime:
    """Now, aware. Raises SettingsFault where KISQ_NOW is not a moment."""
    text = os.environ.get(_NAME, "").strip()
    if not text:
        return datetime.now(UTC)
    try:
        return moment_of(text)
    except ValueError as fault:
        raise SettingsFault(f"{_NAME} {fault}") from None


def moment_of(text: str) -> datetime:
    """The moment of ``text``, ISO 8601 with an offset.

    Raises ValueError with what is wrong and how to write it, without a subject.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or moment.year not in _YEARS:
        raise ValueError(
            f"is {text!r}, which is not a moment of this century with its offset from UTC: write "
            "2026-11-24T08:40:00+09:00"
        )
    return moment


def say_if_given(say: Callable[[str], None]) -> None:
    """Say which moment is taken for now, where KISQ_NOW has one. Raises what ``now`` does."""
    if os.environ.get(_NAME, "").strip():
        say(taken(_NAME, now()))


def taken(name: str, at: datetime) -> str:
    """The sentence that says that ``name`` has ``at`` taken for now."""
    return f"{name}: sessions, holidays and sentences take {at.isoformat()} for now"
