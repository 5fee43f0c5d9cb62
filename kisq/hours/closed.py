"""Why a market is closed at a moment."""

from datetime import date, datetime
from enum import Enum
from zoneinfo import ZoneInfo

from kisq.hours.sessions import (
    DAY,
    SATURDAY,
    Calendar,
    Span,
    planned_sessions,
    sessions_between,
    sessions_on,
)
from kisq.spec.markets import Market


class Closed(Enum):
    """Why a market is closed."""

    HOURS = "outside its hours"
    LUNCH = "lunch break"
    PAUSE = "pause between sessions"
    HALF_DAY = "half day"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


def why_closed(
    market: Market, at: datetime, spans: list[Span], calendar: Calendar | None
) -> Closed:
    """Why ``market`` is closed at ``at``; ``spans`` are the sessions around that moment."""
    day = at.astimezone(ZoneInfo(market.zone)).date()
    before = [span.trading_day for span in spans if span.closes <= at]
    after = [span for span in spans if span.opens > at]
    if before and after and before[-1] == after[0].trading_day:
        if market.lunch:
            return Closed.LUNCH
        return Closed.PAUSE
    for trading_day in (day - DAY, day, day + DAY):
        planned = planned_sessions(market, trading_day, calendar)
        if planned and planned[0].opens <= at < planned[-1].closes:
            if sessions_on(market, trading_day, calendar):
                return Closed.HALF_DAY
            return Closed.HOLIDAY
    opens_today = bool(after) and after[0].opens.date() == day
    if _is_holiday(day, calendar) and not opens_today:
        return Closed.HOLIDAY
    if _is_weekend(market, at, day):
        return Closed.WEEKEND
    return Closed.HOURS


def _is_holiday(day: date, calendar: Calendar | None) -> bool:
    if calendar is None or day.weekday() >= SATURDAY:
        return False
    return not calendar.is_trading_day(day)


def _is_weekend(market: Market, at: datetime, day: date) -> bool:
    """Whether it is the weekend, or only the weekend is left before the next session."""
    saturday = day + (SATURDAY - day.weekday()) * DAY
    if day >= saturday:
        return True
    for span in sessions_between(market, day, 7, None):
        if span.opens > at:
            return span.opens.date() > saturday
    return False
