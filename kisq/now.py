"""The moment that sessions, holidays and sentences take for now: KISQ_NOW, or the time of day."""

import os
from collections.abc import Callable
from datetime import UTC, datetime

from kisq.errors import SettingsFault
from kisq.locale.sentence import Sentence

_NAME = "KISQ_NOW"
_YEARS = range(2000, 2100)  # there are time zones and calendars for these
_NO_MOMENT = Sentence(
    "{name} is {text!r}, which is not a moment of this century with its offset from UTC: write "
    "2026-11-24T08:40:00+09:00"
)
_TAKEN = Sentence("{name}: hours, holidays and sentences are as of {moment}")


def now() -> datetime:
    """Now, aware. Raises SettingsFault if KISQ_NOW is not a moment."""
    text = os.environ.get(_NAME, "").strip()
    if not text:
        return datetime.now(UTC)
    moment = moment_of(text)
    if moment is None:
        raise SettingsFault(_NO_MOMENT.format(name=_NAME, text=text))
    return moment


def moment_of(text: str) -> datetime | None:
    """The moment of ``text``, ISO 8601 with an offset; None if it is not one of this century."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None or moment.year not in _YEARS:
        return None
    return moment


def say_if_given(say: Callable[[Sentence], None]) -> None:
    """Say which moment is taken for now, if KISQ_NOW is set. Raises what ``now`` does."""
    if os.environ.get(_NAME, "").strip():
        say(taken(_NAME, now()))


def taken(name: str, at: datetime) -> Sentence:
    """The sentence that ``name`` has ``at`` taken for now."""
    return _TAKEN.format(name=name, moment=at.isoformat())
