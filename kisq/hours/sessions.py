"""The sessions of a trading day: by the timetable of that day, the holidays and the half days.

Pure: the calendar of holidays is an argument, if there is one.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from kisq.locale.sentence import Sentence
from kisq.spec.markets import Market
from kisq.spec.timetable import Session, Timetable

DAY = timedelta(days=1)
SATURDAY = 5
_LATEST_FIRST_DAY = 10  # of January; weekends and holidays do not last as long


class Calendar(Protocol):
    """The trading days of one exchange; days are exchange-local dates.

    Days after ``announced_until`` are worked out by rule. With ``of_country``, the days are those
    of the whole country. ``fault`` says why nothing is known, if that is so.
    """

    announced_until: date
    of_country: bool
    fault: Sentence | None

    def is_trading_day(self, day: date) -> bool:
        """Whether the exchange trades on ``day``, as far as known."""

    def early_close(self, day: date) -> clock_time | None:
        """When the exchange closes on ``day``, exchange-local, if that is a half day."""


class Span(NamedTuple):
    """One session on one trading day, open in ``[opens, closes)``, exchange-local moments."""

    session: Session
    opens: datetime
    closes: datetime
    trading_day: date

    def holds(self, moment: datetime) -> bool:
        """Whether the session is open at ``moment``."""
        return self.opens <= moment < self.closes


def timetable_on(market: Market, day: date, calendar: Calendar | None = None) -> Timetable:
    """The timetable of ``day``: the last one of the market that fits."""
    is_first = _is_first_of_year(day, calendar)
    fitting = [
        table
        for table in market.timetables
        if table.since <= day and table.only_on in (None, day) and (is_first or not table.first_day)
    ]
    return fitting[-1]


def sessions_on(
    market: Market, trading_day: date, calendar: Calendar | None = None
) -> tuple[Span, ...]:
    """The sessions of ``trading_day``: none on a weekend or holiday, cut short on a half day.

    A session that passes midnight belongs to the trading day on which it ends. Whether KIS sees the
    US daytime session like this is an assumption: it counts as closed on the evening before a US
    holiday, and as open on the evening of the holiday if a trading day follows.
    """
    planned = planned_sessions(market, trading_day, calendar)
    if not planned or calendar is None:
        return planned
    if not calendar.is_trading_day(trading_day):
        return ()
    early = calendar.early_close(trading_day)
    if early is None:
        return planned
    return _cut(planned, early)


def sessions_between(
    market: Market, first: date, days: int, calendar: Calendar | None
) -> Iterator[Span]:
    """The sessions of the trading days from ``first`` to ``days`` later, in order."""
    for ahead in range(days + 1):
        yield from sessions_on(market, first + ahead * DAY, calendar)


def planned_sessions(
    market: Market, trading_day: date, calendar: Calendar | None
) -> tuple[Span, ...]:
    """The sessions of ``trading_day`` by its weekday alone, even if it is a holiday."""
    sessions = timetable_on(market, trading_day, calendar).sessions
    zone = ZoneInfo(market.zone)
    spans = [_span(session, trading_day, zone) for session in sessions]
    return tuple(span for span in spans if span.opens.weekday() in span.session.weekdays)


def _span(session: Session, trading_day: date, zone: ZoneInfo) -> Span:
    first = trading_day
    last = trading_day
    over_midnight = session.closes <= session.opens
    if over_midnight and session.of_its_evening:
        last = trading_day + DAY
    elif over_midnight:
        first = trading_day - DAY
    opens = datetime.combine(first, session.opens, zone)
    closes = datetime.combine(last, session.closes, zone)
    return Span(session, opens, closes, trading_day)


def _is_first_of_year(day: date, calendar: Calendar | None) -> bool:
    """Whether no day of the year before it was a trading day; 1 January never is."""
    if day.month != 1 or day.day > _LATEST_FIRST_DAY:
        return False
    days_before = [day.replace(day=number) for number in range(2, day.day)]
    return not any(_may_trade(earlier, calendar) for earlier in days_before)


def _may_trade(day: date, calendar: Calendar | None) -> bool:
    if day.weekday() >= SATURDAY:
        return False
    return calendar is None or calendar.is_trading_day(day)


def _cut(planned: tuple[Span, ...], early: clock_time) -> tuple[Span, ...]:
    """The sessions of a half day that closes at ``early``, exchange-local."""
    sessions = []
    for span in planned:
        end = datetime.combine(span.trading_day, early, span.opens.tzinfo)
        if span.session.follows_close:
            sessions.append(span._replace(opens=end, closes=end + (span.closes - span.opens)))
        elif span.opens < end:
            sessions.append(span._replace(closes=min(span.closes, end)))
    return tuple(sessions)
