"""How long something lasts, in words."""

from datetime import timedelta

from kisq.locale.sentence import Plural, Sentence, joined

_SECONDS = Plural("{number} second", "{number} seconds")
_UNITS = (
    (Plural("{number} day", "{number} days"), 86_400),
    (Plural("{number} hour", "{number} hours"), 3_600),
    (Plural("{number} minute", "{number} minutes"), 60),
    (_SECONDS, 1),
)
_AND = Sentence("{first} and {last}")


def in_words(duration: timedelta) -> Sentence:
    """Whole seconds without a sign, for example ``9 hours`` or ``1 day, 2 hours and 5 seconds``."""
    left = abs(round(duration.total_seconds()))
    counted = []
    for unit, seconds in _UNITS:
        count, left = divmod(left, seconds)
        if count:
            counted.append(unit.of(count))
    if not counted:
        return _SECONDS.of(0)
    if len(counted) == 1:
        return counted[0]
    return _AND.format(first=joined(", ", counted[:-1]), last=counted[-1])
