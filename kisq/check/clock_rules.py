"""Rules about time: are the records as late as documented, and does their clock run; pure."""

from kisq.check.measure import LATE_SECONDS
from kisq.check.observation import Observation
from kisq.check.rules import Finding, Rule, always, findings, words

STILL_SECONDS = 3.0
_LATE_SHARE = 0.05
_SLOW_SECONDS = 5.0  # later than documented, which is odd but not degraded up to LATE_SECONDS
_EARLY_SECONDS = 2.0
_HOUR = 3600.0
_MOST_HOURS = 26  # between two zones of the world


def off_by_hours(seen: Observation) -> int:
    """By how many whole hours all records are later than documented (before: negative), or 0.

    A clock or a zone that is set wrongly shifts all records by the same whole hours, a feed that is
    late does not.
    """
    lag = seen.measure.lag
    if lag is None:
        return 0
    hours = round((lag.median - seen.measure.delay) / _HOUR)
    least, most = (value - seen.measure.delay - hours * _HOUR for value in (lag.min, lag.max))
    whole = least >= -_EARLY_SECONDS and most <= LATE_SECONDS
    return hours if whole and abs(hours) <= _MOST_HOURS else 0


def _is_late(seen: Observation) -> bool:
    measure = seen.measure
    many = measure.late >= max(1, _LATE_SHARE * measure.records)
    return many and not off_by_hours(seen)


def _behind(seen: Observation) -> float:
    """Seconds that the median record is later than documented."""
    lag = seen.measure.lag
    return lag.median - seen.measure.delay if lag else 0.0


def _is_slow(seen: Observation) -> bool:
    return _behind(seen) > _SLOW_SECONDS and not _is_late(seen) and not off_by_hours(seen)


def _is_ahead(seen: Observation) -> bool:
    """Whether records are of the future, as far as this machine's clock tells."""
    ahead = _behind(seen) + seen.measure.delay < -_EARLY_SECONDS
    return ahead and not off_by_hours(seen)


def _is_early(seen: Observation) -> bool:
    """Whether a delayed feed is not as late as documented."""
    early = _behind(seen) < -_EARLY_SECONDS
    return early and not _is_ahead(seen) and not off_by_hours(seen)


def _late_text(seen: Observation) -> str:
    measure, lag = seen.measure, seen.measure.lag
    most = words(lag.max - measure.delay) if lag else ""
    return (
        f"{measure.late} of {measure.records} records were later than documented by more than "
        f"{LATE_SECONDS:.0f} s, at most by {most}"
    )


def _hours_text(seen: Observation) -> str:
    hours = off_by_hours(seen)
    apart = words(hours * _HOUR)
    if hours > 0:
        return f"the clock where the data were received is {apart} ahead of the data, to the hour"
    return f"the clock where the data were received is {apart} behind the data, to the hour"


def _ahead_text(seen: Observation) -> str:
    ahead = words(_behind(seen) + seen.measure.delay)
    return f"the data are {ahead} ahead of this machine's clock"


def _early_text(seen: Observation) -> str:
    return f"the data are {words(_behind(seen))} earlier than documented"


def _slow_text(seen: Observation) -> str:
    return f"the data are {words(_behind(seen))} later than documented"


_LATE = Rule(
    _is_late,
    _late_text,
    always(
        "compare this machine's clock with a time server; if it is right, the feed or the way to "
        "it is late: reconnect, and check again"
    ),
)
_STANDING_CLOCK = Rule(
    lambda seen: seen.measure.clock.longest >= STILL_SECONDS,
    lambda seen: f"its clock stood still for {seen.measure.clock.longest:.0f} s while data came",
    always("compare prices with another source: KIS may be repeating old data"),
)
_OFF_BY_HOURS = Rule(
    lambda seen: off_by_hours(seen) != 0,
    _hours_text,
    always("set the clock and the time zone of the machine that receives"),
)
_AHEAD = Rule(
    _is_ahead, _ahead_text, always("set the clock of the machine that receives by a time server")
)
_EARLY = Rule(_is_early, _early_text, always("nothing to do: the feed is faster than promised"))
_SLOW = Rule(
    _is_slow, _slow_text, always("compare this machine's clock with a time server, check again")
)
GRAVE = (_LATE, _STANDING_CLOCK)
ODD = (_OFF_BY_HOURS, _AHEAD, _EARLY, _SLOW)


def clock_findings(seen: Observation) -> list[Finding]:
    """What is wrong with the clock of the records, or with that of this machine."""
    return findings((*GRAVE, *ODD), seen)
