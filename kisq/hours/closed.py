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
    """Why ``market`` is closed at ``at``, ``spans`` being the sessions around that moment."""
    day = at.astimezone(ZoneInfo(market.zone)).date()
    before = [span.trading_day for span in spans if span.closes <= at]
    after = [span for span in spans if span.opens > at]
    if before and after and before[-1] == after[0].trading_day:
        return Closed.LUNCH if market.lunch else Closed.PAUSE
    for trading_day in (day - DAY, day, day + DAY):
        planned = planned_sessions(market, trading_day, calendar)
        if planned and planned[0].opens <= at < planned[-1].closes:
            left = sessions_on(market, trading_day, calendar)
            return Closed.HALF_DAY if left else Closed.HOLIDAY
    if _is_holiday(day, calendar) and not (after and after[0].opens.date() == day):
        return Closed.HOLIDAY
    return Closed.WEEKEND if _is_weekend(market, at, day) else Closed.HOURS


def _is_holiday(day: date, calendar: Calendar | None) -> bool:
    on_weekend = day.weekday() >= SATURDAY
    return calendar is not None and not on_weekend and not calendar.is_trading_day(day)


def _is_weekend(market: Market, at: datetime, day: date) -> bool:
    """Whether it is one, or there is one before the week's next session, as on Friday night."""
    saturday = day + (SATURDAY - day.weekday()) * DAY
    coming = next(
        (span for span in sessions_between(market, day, 7, None) if span.opens > at), None
    )
    return day >= saturday or (coming is not None and coming.opens.date() > saturday)
