"""Hours and moments in words."""

from datetime import datetime, timedelta
from datetime import time as clock_time

from kisq.locale.sentence import Sentence
from kisq.wire.clocks import KST

WEEKDAYS = (
    Sentence("Monday"),
    Sentence("Tuesday"),
    Sentence("Wednesday"),
    Sentence("Thursday"),
    Sentence("Friday"),
    Sentence("Saturday"),
    Sentence("Sunday"),
)
_MOMENT = Sentence("{weekday} {hour} KST")
_MOMENT_WITH_DATE = Sentence("{weekday} {date} {hour} KST")
_WEEKDAY_SUFFICES = timedelta(days=6)


def hour(at: clock_time | datetime) -> str:
    """``at`` in hours and minutes, with seconds if it has any."""
    if at.second:
        return f"{at:%H:%M:%S}"
    return f"{at:%H:%M}"


def moment(at: datetime, now: datetime) -> Sentence:
    """``at`` in KST by its weekday, with its date if it is not near ``now``; both aware."""
    korean = at.astimezone(KST)
    weekday = WEEKDAYS[korean.weekday()]
    if abs(at - now) >= _WEEKDAY_SUFFICES:
        return _MOMENT_WITH_DATE.format(weekday=weekday, date=korean.date(), hour=hour(korean))
    return _MOMENT.format(weekday=weekday, hour=hour(korean))
