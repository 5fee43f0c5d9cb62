"""The session clock: is a market open at a moment, in which session, and when next.

Pure: the moment comes in as an argument, and so does a calendar of holidays, where there is one.
Sessions are half-open, ``[opens, closes)``, and stand in ``spec.markets`` (protocol.md section 4).
Moments are aware datetimes; those given are in any zone, those returned in the exchange's.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from enum import Enum
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from kisq.protocol.trkey import TrKey
from kisq.spec.markets import Market, Session

_DAY = timedelta(days=1)
_SEARCHED_DAYS = 30  # no market closes for as long; Tokyo's longest closure was 10 days
_SATURDAY = 5


class Calendar(Protocol):
    """The trading days of one exchange; days are exchange-local dates."""

    def is_trading_day(self, day: date) -> bool | None:
        """Whether the exchange trades on ``day``; None where the calendar does not know."""

    def early_close(self, day: date) -> clock_time | None:
        """When the exchange closes on ``day``, exchange-local, if that is a half day."""


class Closed(Enum):
    """Why a market is closed."""

    HOURS = "outside its hours"
    LUNCH = "lunch break"
    HALF_DAY = "half day"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


class Holidays(Enum):
    """What is known of the holidays between a moment and the next session."""

    KNOWN = "known"
    NO_CALENDAR = "no calendar"
    BEYOND = "beyond the calendar's end"


class Span(NamedTuple):
    """One session on one trading day, open in ``[opens, closes)``, exchange-local moments."""

    session: Session
    opens: datetime
    closes: datetime
    trading_day: date

    def holds(self, moment: datetime) -> bool:
        """Whether the session is on at ``moment``."""
        return self.opens <= moment < self.closes


class Status(NamedTuple):
    """What the clock of ``market`` says at the moment ``at`` (UTC).

    ``on`` is the session that is open, ``closes`` when it and those that follow without a break
    end; ``closed`` says why none is. ``coming`` is the next session to open, None where no
    trading day was found in 30 days. ``holidays`` says whether a calendar covers all of it.
    """

    market: Market
    at: datetime
    on: Span | None
    closes: datetime | None
    closed: Closed | None
    coming: Span | None
    holidays: Holidays

    @property
    def is_open(self) -> bool:
        return self.on is not None


def status(market: Market, now: datetime, calendar: Calendar | None = None) -> Status:
    """The state of ``market`` at ``now``. Raises ValueError for a ``now`` without a zone."""
    at = _utc(now)
    day = _local(market, at).date()
    spans = _spans_around(market, at, day, calendar)
    on = next((span for span in spans if span.holds(at)), None)
    coming = next((span for span in spans if span.opens > at), None)
    return Status(
        market,
        at,
        on,
        _end(spans, on) if on else None,
        None if on else _why(market, at, spans, calendar),
        coming,
        _known(calendar, day, coming.trading_day if coming else day),
    )


def sessions_on(
    market: Market, trading_day: date, calendar: Calendar | None = None
) -> tuple[Span, ...]:
    """The sessions of ``trading_day``, none on a weekend or a holiday, cut on a half day.

    A session that passes midnight belongs to the trading day on which it ends. That is KIS's view
    of the US daytime session only by assumption: on the evening before a US holiday it is taken
    as closed, and on the evening of the holiday, before a trading day, as open.
    """
    planned = _planned(market, trading_day)
    if not planned or calendar is None:
        return planned
    if calendar.is_trading_day(trading_day) is False:
        return ()
    early = calendar.early_close(trading_day)
    return planned if early is None else _cut(planned, early)


def sessions_today(
    market: Market, now: datetime, calendar: Calendar | None = None
) -> tuple[Span, ...]:
    """The sessions that touch the exchange-local date of ``now``.

    Raises ValueError for a ``now`` without a zone.
    """
    day = _local(market, _utc(now)).date()
    return tuple(
        span
        for span in _spans(market, day, 1, calendar)
        if day in (span.opens.date(), span.closes.date())
    )


def open_keys(key: TrKey, now: datetime, calendar: Calendar | None = None) -> list[TrKey]:
    """Which of ``key`` and its siblings are in an open session at ``now``.

    ``calendar`` is that of the key's market; siblings are of the same exchange.
    """
    return [k for k in (key, *key.siblings) if status(k.market, now, calendar).is_open]


def _utc(now: datetime) -> datetime:
    if now.utcoffset() is None:
        raise ValueError("the clock needs a moment with a zone")
    return now.astimezone(UTC)  # two moments of one zone would be compared by their wall clocks


def _local(market: Market, at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(market.zone))


def _spans_around(market: Market, at: datetime, day: date, calendar: Calendar | None) -> list[Span]:
    """The sessions of the trading days from ``day`` to the first that has one to come."""
    spans: list[Span] = []
    for ahead in range(_SEARCHED_DAYS + 1):
        spans += sessions_on(market, day + ahead * _DAY, calendar)
        if spans and spans[-1].opens > at:
            break
    return spans


def _spans(market: Market, first: date, days: int, calendar: Calendar | None) -> Iterator[Span]:
    """The sessions of the trading days from ``first`` to ``days`` later, in order."""
    for ahead in range(days + 1):
        yield from sessions_on(market, first + ahead * _DAY, calendar)


def _planned(market: Market, trading_day: date) -> tuple[Span, ...]:
    """The sessions of ``trading_day`` by the week alone, whatever a calendar says."""
    zone, found = ZoneInfo(market.zone), []
    for session in market.sessions:
        over_midnight = session.closes <= session.opens
        first = trading_day - _DAY if over_midnight else trading_day
        if first.weekday() in session.weekdays:
            opens = datetime.combine(first, session.opens, zone)
            closes = datetime.combine(trading_day, session.closes, zone)
            found.append(Span(session, opens, closes, trading_day))
    return tuple(found)


def _cut(planned: tuple[Span, ...], early: clock_time) -> tuple[Span, ...]:
    """The sessions of a half day that closes at ``early``, exchange-local."""
    kept = []
    for span in planned:
        end = datetime.combine(span.trading_day, early, span.opens.tzinfo)
        if span.session.follows_close:
            kept.append(span._replace(opens=end, closes=end + (span.closes - span.opens)))
        elif span.opens < end:
            kept.append(span._replace(closes=min(span.closes, end)))
    return tuple(kept)


def _end(spans: list[Span], on: Span) -> datetime:
    closes = on.closes
    for span in spans:
        closes = span.closes if span.opens == closes else closes
    return closes


def _why(market: Market, at: datetime, spans: list[Span], calendar: Calendar | None) -> Closed:
    day = _local(market, at).date()
    before = [span.trading_day for span in spans if span.closes <= at]
    after = [span for span in spans if span.opens > at]
    if before and after and before[-1] == after[0].trading_day:
        return Closed.LUNCH
    for trading_day in (day, day + _DAY):
        planned = _planned(market, trading_day)
        if planned and planned[0].opens <= at < planned[-1].closes:
            left = sessions_on(market, trading_day, calendar)
            return Closed.HALF_DAY if left else Closed.HOLIDAY
    if _is_holiday(day, calendar) and not (after and after[0].opens.date() == day):
        return Closed.HOLIDAY
    return Closed.WEEKEND if _is_weekend(market, at, day) else Closed.HOURS


def _is_holiday(day: date, calendar: Calendar | None) -> bool:
    on_weekend = day.weekday() >= _SATURDAY
    return calendar is not None and not on_weekend and calendar.is_trading_day(day) is False


def _is_weekend(market: Market, at: datetime, day: date) -> bool:
    """Whether it is one, or there is one before the week's next session, as on Friday night."""
    saturday = day + (_SATURDAY - day.weekday()) * _DAY
    coming = next(span for span in _spans(market, day, 7, None) if span.opens > at)
    return day >= saturday or coming.opens.date() > saturday


def _known(calendar: Calendar | None, first: date, last: date) -> Holidays:
    if calendar is None:
        return Holidays.NO_CALENDAR
    days = (first + ahead * _DAY for ahead in range((last - first).days + 1))
    covered = all(calendar.is_trading_day(day) is not None for day in days)
    return Holidays.KNOWN if covered else Holidays.BEYOND
