"""Rules about time: are the records as late as documented, and does their clock run; pure."""

from kisq.check.measure import LATE_SECONDS
from kisq.check.observation import Observation
from kisq.check.rules import Finding, Rule, always, findings, words
from kisq.locale.sentence import Sentence

STILL_SECONDS = 3.0
_LATE_SHARE = 0.05
_SLOW_SECONDS = 5.0  # later than documented, which is odd but not degraded up to LATE_SECONDS
_EARLY_SECONDS = 2.0
_HOUR = 3600.0
_MOST_HOURS = 26  # between two zones of the world
_LATE_TEXT = Sentence(
    "{late} of {records} records were later than documented by more than {bound:.0f} s, at most by "
    "{most}"
)
_LATE_STEP = Sentence(
    "compare this machine's clock with a time server; if it is right, the feed or the way to it is "
    "late: reconnect, and check again"
)
_STILL_TEXT = Sentence("its clock stood still for {seconds:.0f} s while data came")
_STILL_STEP = Sentence("compare prices with another source: KIS may be repeating old data")
_HOURS_AHEAD = Sentence(
    "the clock where the data were received is {hours} ahead of the data, to the hour"
)
_HOURS_BEHIND = Sentence(
    "the clock where the data were received is {hours} behind the data, to the hour"
)
_HOURS_STEP = Sentence("set the clock and the time zone of the machine that receives")
_AHEAD_TEXT = Sentence("the data are {ahead} ahead of this machine's clock")
_AHEAD_STEP = Sentence("set the clock of the machine that receives by a time server")
_EARLY_TEXT = Sentence("the data are {early} earlier than documented")
_EARLY_STEP = Sentence("nothing to do: the feed is faster than promised")
_SLOW_TEXT = Sentence("the data are {late} later than documented")
_SLOW_STEP = Sentence("compare this machine's clock with a time server, check again")


def off_by_hours(seen: Observation) -> int:
    """By how many whole hours all records are later than documented (earlier: negative), or 0.

    A wrong clock or time zone shifts all records by the same whole hours; a late feed does not.
    """
    lag = seen.measure.lag
    if lag is None:
        return 0
    delay = seen.measure.delay
    hours = round((lag.median - delay) / _HOUR)
    if abs(hours) > _MOST_HOURS:
        return 0
    shift = delay + hours * _HOUR
    if lag.min - shift >= -_EARLY_SECONDS and lag.max - shift <= LATE_SECONDS:
        return hours
    return 0


def _is_late(seen: Observation) -> bool:
    measure = seen.measure
    are_many = measure.late >= max(1, _LATE_SHARE * measure.records)
    return are_many and not off_by_hours(seen)


def _behind(seen: Observation) -> float:
    """Seconds by which the median record is later than documented."""
    lag = seen.measure.lag
    if lag is None:
        return 0.0
    return lag.median - seen.measure.delay


def _ahead(seen: Observation) -> float:
    """Seconds by which the median record is older than this machine's clock."""
    return _behind(seen) + seen.measure.delay


def _is_slow(seen: Observation) -> bool:
    return _behind(seen) > _SLOW_SECONDS and not _is_late(seen) and not off_by_hours(seen)


def _is_ahead(seen: Observation) -> bool:
    """Whether records are from the future, as far as this machine's clock tells."""
    return _ahead(seen) < -_EARLY_SECONDS and not off_by_hours(seen)


def _is_early(seen: Observation) -> bool:
    """Whether a delayed feed is not as late as documented."""
    is_early = _behind(seen) < -_EARLY_SECONDS
    return is_early and not _is_ahead(seen) and not off_by_hours(seen)


def _late_text(seen: Observation) -> Sentence:
    measure = seen.measure
    most = ""
    if measure.lag:
        most = words(measure.lag.max - measure.delay)
    return _LATE_TEXT.format(
        late=measure.late, records=measure.records, bound=LATE_SECONDS, most=most
    )


def _hours_text(seen: Observation) -> Sentence:
    hours = off_by_hours(seen)
    if hours > 0:
        return _HOURS_AHEAD.format(hours=words(hours * _HOUR))
    return _HOURS_BEHIND.format(hours=words(hours * _HOUR))


_LATE = Rule(_is_late, _late_text, always(_LATE_STEP))
_STANDING_CLOCK = Rule(
    lambda seen: seen.measure.clock.longest >= STILL_SECONDS,
    lambda seen: _STILL_TEXT.format(seconds=seen.measure.clock.longest),
    always(_STILL_STEP),
)
_OFF_BY_HOURS = Rule(lambda seen: off_by_hours(seen) != 0, _hours_text, always(_HOURS_STEP))
_AHEAD = Rule(
    _is_ahead, lambda seen: _AHEAD_TEXT.format(ahead=words(_ahead(seen))), always(_AHEAD_STEP)
)
_EARLY = Rule(
    _is_early, lambda seen: _EARLY_TEXT.format(early=words(_behind(seen))), always(_EARLY_STEP)
)
_SLOW = Rule(
    _is_slow, lambda seen: _SLOW_TEXT.format(late=words(_behind(seen))), always(_SLOW_STEP)
)
GRAVE = (_LATE, _STANDING_CLOCK)
ODD = (_OFF_BY_HOURS, _AHEAD, _EARLY, _SLOW)


def clock_findings(seen: Observation) -> list[Finding]:
    """What is wrong with the clock of the records, or with that of this machine."""
    return findings((*GRAVE, *ODD), seen)
