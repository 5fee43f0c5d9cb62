"""The holidays of the exchanges, from the optional package exchange_calendars."""

from collections.abc import Callable
from datetime import date, time
from functools import lru_cache
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo

from kisq.protocol.clock import Calendar
from kisq.spec.markets import Market


class ExchangeCalendar:
    """One exchange's calendar of exchange_calendars, as the session clock wants it."""

    def __init__(self, source: Any, zone: str) -> None:
        self._source, self._zone = source, ZoneInfo(zone)
        self._first, self._last = source.first_session.date(), source.last_session.date()
        self._early = {day.date() for day in source.early_closes}

    def is_trading_day(self, day: date) -> bool | None:
        """Whether the exchange trades on ``day`` (its own date); None beyond the calendar."""
        if not self._first <= day <= self._last:
            return None
        return bool(self._source.is_session(day.isoformat()))

    def early_close(self, day: date) -> time | None:
        """When the exchange closes on ``day`` (its own time), if that is a half day."""
        if day not in self._early:
            return None
        closes = self._source.session_close(day.isoformat()).to_pydatetime()
        local: time = closes.astimezone(self._zone).time()
        return local


def calendar_of(market: Market) -> Calendar | None:
    """The holidays of ``market``; None where exchange_calendars is missing or knows none."""
    get_calendar = _loaded()
    if get_calendar is None or not market.calendar:
        return None
    return ExchangeCalendar(get_calendar(market.calendar), market.zone)


@lru_cache(maxsize=1)
def _loaded() -> Callable[[str], Any] | None:
    """What makes a calendar, imported when first asked for: that costs half a second."""
    try:
        found: Callable[[str], Any] = import_module("exchange_calendars").get_calendar
    except ImportError:
        return None
    return found
