"""The clocks of a record: how to read them, and whether they fit (protocol.md section 3)."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from math import isfinite
from operator import itemgetter
from zoneinfo import ZoneInfo

from kisq.locale.sentence import Plural, Sentence, joined
from kisq.spec.markets import MARKETS
from kisq.wire.record_faults import Fault, FaultKind

KST = timezone(timedelta(hours=9), "KST")
_DAY = 86_400


@lru_cache(maxsize=256)
def kst_time(date: str, time: str) -> datetime | None:
    """Korean time from YYYYMMDD and HHMMSS; None if they are not a time."""
    return _clock(date, time, KST)


@lru_cache(maxsize=256)
def exchange_time(
    date: str, time: str, market: str | None, korean_date: str, korean_time: str
) -> datetime | None:
    """Exchange time from YYYYMMDD and HHMMSS; None if they are not a time or the market is unknown.

    In the hour that comes twice when daylight saving ends, the Korean clock decides.
    """
    if market not in MARKETS:
        return None
    first = _clock(date, time, ZoneInfo(MARKETS[market].zone))
    if first is None:
        return None
    second = first.replace(fold=1)
    korean = kst_time(korean_date, korean_time)
    if korean is None or second.utcoffset() == first.utcoffset():
        return first
    if second - korean == timedelta(0):
        return second
    return first


def nearest_date(time: str, at: float) -> str:
    """The Korean date, YYYYMMDD, on which ``time`` (HHMMSS) is nearest to ``at`` (epoch seconds).

    Some records have a time and no date. Empty if there is no such date.
    """
    if len(time) != 6 or not (time.isascii() and time.isdigit() and isfinite(at)):
        return ""
    seconds = int(time[:2]) * 3600 + int(time[2:4]) * 60 + int(time[4:])
    return _date(round((at + 9 * 3600 - seconds) / _DAY))


@lru_cache(maxsize=8)
def _date(day: int) -> str:
    try:
        return f"{datetime.fromtimestamp(day * _DAY, UTC):%Y%m%d}"
    except (ValueError, OverflowError, OSError):  # too far in the past or future
        return ""


def _clock(date: str, time: str, zone: timezone | ZoneInfo) -> datetime | None:
    digits = date + time
    if len(date) != 8 or len(time) != 6 or not (digits.isascii() and digits.isdigit()):
        return None
    try:
        return datetime(
            int(date[:4]),
            int(date[4:6]),
            int(date[6:]),
            int(time[:2]),
            int(time[2:4]),
            int(time[4:]),
            tzinfo=zone,
        )
    except ValueError:
        return None


Clock = tuple[str, str, str, str]  # exchange date and time, Korean date and time
ClockReader = Callable[[list[str], float], Clock]  # of values that came at epoch seconds
Head = tuple[str, str, str, str, str, str]  # key and symbol, and the clock
HeadReader = Callable[[list[str]], Head]
_CLOCK = ("exchange_date", "exchange_time", "korean_date", "korean_time")
_HEAD = ("tr_key", "symbol", *_CLOCK)
_NO_CLOCK: Clock = ("", "", "", "")


def clock_reader(places: Mapping[str, int]) -> ClockReader:
    """What reads the clocks of a record whose fields are at these ``places``, by role."""
    if "korean_date" in places:
        dated: Callable[[list[str]], Clock] = itemgetter(*(places[role] for role in _CLOCK))
        return lambda values, _: dated(values)
    if "korean_time" not in places:
        return lambda *_: _NO_CLOCK
    place = places["korean_time"]

    def undated(values: list[str], at: float) -> Clock:
        time = values[place]
        date = nearest_date(time, at)
        return date, time, date, time

    return undated


def head_reader(places: Mapping[str, int]) -> HeadReader | None:
    """What picks key, symbol and clocks from the values; None if the clocks have no dates."""
    if "korean_date" not in places:
        return None
    return itemgetter(*(places[role] for role in _HEAD))


_CLOCKS_AGREE = timedelta(seconds=5)
_UNREADABLE = Sentence("its clock cannot be read")
_UNKNOWN_MARKET = Sentence("the clock of the unknown market {market} cannot be read")
_CLOCKS_APART = Sentence("its exchange clock and its Korean clock are {apart} apart")


@lru_cache(maxsize=256)
def clock_fault(
    market: str | None, date: str, time: str, korean_date: str, korean_time: str
) -> Fault | None:
    """What is odd about the two clocks of a record; None if nothing is."""
    exchange = exchange_time(date, time, market, korean_date, korean_time)
    korean = kst_time(korean_date, korean_time)
    if exchange is None or korean is None:
        if market in MARKETS or market is None:
            return Fault(FaultKind.UNREADABLE_CLOCK, _UNREADABLE)
        return Fault(FaultKind.UNREADABLE_CLOCK, _UNKNOWN_MARKET.format(market=market))
    apart = abs(exchange - korean)
    if apart <= _CLOCKS_AGREE:
        return None
    return Fault(FaultKind.CLOCKS, _CLOCKS_APART.format(apart=in_words(apart)))


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
