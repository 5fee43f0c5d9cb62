"""Moments from the dates and times of a record (protocol.md section 3)."""

from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from math import isfinite
from zoneinfo import ZoneInfo

from kisq.spec.markets import MARKETS

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
