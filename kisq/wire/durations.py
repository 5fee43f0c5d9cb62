"""How long something lasts, in words."""

from datetime import timedelta

_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def in_words(duration: timedelta) -> str:
    """Whole seconds without a sign, for example ``9 hours`` or ``1 day, 2 hours and 5 seconds``."""
    left, parts = abs(round(duration.total_seconds())), []
    for unit, seconds in _UNITS:
        count, left = divmod(left, seconds)
        if count:
            parts.append(f"{count} {unit}{'' if count == 1 else 's'}")
    *first, last = parts or ["0 seconds"]
    return f"{', '.join(first)} and {last}" if first else last
