"""The holidays of the exchanges, from the optional package exchange_calendars."""

import warnings
from datetime import date, time
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo

from kisq.protocol.clock import Calendar
from kisq.spec.markets import Market


class ExchangeCalendar:
    """One exchange's calendar of exchange_calendars, as the session clock wants it."""

    def __init__(self, source: Any, zone: str) -> None:
        self._days = {day.date() for day in source.sessions}
        self._first, self._last = min(self._days), max(self._days)
        self._early = {
            day.date(): _local_time(source.session_close(day), zone) for day in source.early_closes
        }

    def is_trading_day(self, day: date) -> bool | None:
        """Whether the exchange trades on ``day`` (its own date); None beyond the calendar."""
        return day in self._days if self._first <= day <= self._last else None

    def early_close(self, day: date) -> time | None:
        """When the exchange closes on ``day`` (its own time), if that is a half day."""
        return self._early.get(day)


def calendar_of(market: Market) -> Calendar | None:
    """The holidays of ``market``; None where exchange_calendars is missing or knows none.

    The first call costs most of a second, for the import.
    """
    if not market.calendar:
        return None
    with warnings.catch_warnings():  # what the package's own parts warn it of is not our user's
        warnings.simplefilter("ignore")
        try:
            source = import_module("exchange_calendars").get_calendar(market.calendar)
        except ImportError:
            return None
        return ExchangeCalendar(source, market.zone)


def _local_time(moment: Any, zone: str) -> time:
    found: time = moment.to_pydatetime().astimezone(ZoneInfo(zone)).time()
    return found
