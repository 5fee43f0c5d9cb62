"""How long something lasts, in words."""

from datetime import timedelta

from kisq.locale.sentence import Plural

_UNITS = (
    (Plural("{number} day", "{number} days"), 86_400),
    (Plural("{number} hour", "{number} hours"), 3_600),
    (Plural("{number} minute", "{number} minutes"), 60),
    (Plural("{number} second", "{number} seconds"), 1),
)
_AND = "{first} and {last}"


def in_words(duration: timedelta) -> str:
    """Whole seconds without a sign, for example ``9 hours`` or ``1 day, 2 hours and 5 seconds``."""
    left, counted = abs(round(duration.total_seconds())), []
    for unit, seconds in _UNITS:
        count, left = divmod(left, seconds)
        if count:
            counted.append(unit.of(count))
    *first, last = counted or [_UNITS[-1][0].of(0)]
    return _AND.format(first=", ".join(first), last=last) if first else last
