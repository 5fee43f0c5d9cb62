"""The session clock: is a market open at a moment, in which session, and when next.

Pure: the moment is an argument, and so is the calendar of holidays, if there is one. Sessions are
half-open, ``[opens, closes)``; ``spec`` has them (protocol.md section 4). Moments are aware
datetimes: arguments in any zone, results in the zone of the exchange.
"""

from datetime import UTC, date, datetime
from enum import Enum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from kisq.hours.closed import Closed, why_closed
from kisq.hours.sessions import (
    DAY,
    Calendar,
    Span,
    sessions_between,
    sessions_on,
    timetable_on,
)
from kisq.locale.sentence import Sentence
from kisq.spec.markets import Market
from kisq.spec.timetable import Timetable
from kisq.wire.trkey import TrKey

_SEARCHED_DAYS = 30  # no market closes for so long; Tokyo's longest closure was 10 days


class Holidays(Enum):
    """What is known about the holidays between a moment and the next session."""

    KNOWN = "known"
    COUNTRY = "the country's only"
    BEYOND = "beyond the calendar's end"
    NO_CALENDAR = "no calendar"


SessionFacts = dict[str, str | bool | None]


class Status(NamedTuple):
    """The state of ``market`` at the moment ``at`` (UTC).

    ``on`` is the open session. ``opened`` is when it, or the first of the sessions that run into it
    without a break, began; ``closes`` is when the last session without a break ends, and
    ``reopens`` the session after that break on the same trading day. ``closed`` says why no session
    is open. ``coming`` is the next session to open, None if no trading day was found in 30 days.
    ``doubts`` are sentences about what sources leave open at this hour. ``holidays`` tells what is
    known about the holidays until then, and ``calendar`` is where that comes from.
    """

    market: Market
    at: datetime
    on: Span | None
    opened: datetime | None
    closes: datetime | None
    reopens: Span | None
    closed: Closed | None
    coming: Span | None
    timetable: Timetable
    doubts: tuple[Sentence, ...]
    holidays: Holidays
    calendar: Calendar | None

    @property
    def is_open(self) -> bool:
        return self.on is not None

    @property
    def is_surely_open(self) -> bool:
        """Whether it is open, by known hours."""
        return self.on is not None and self.on.session.is_known

    @property
    def session(self) -> SessionFacts:
        """The open session, or the next one, as in JSON; unknown values are None.

        Times are the exchange's, ISO 8601 with offset.
        """
        facts: SessionFacts = {**NO_SESSION, "open": self.is_open}
        span = self.on or self.coming
        if span is None:
            return facts
        facts["name"] = span.session.english
        if span.session.is_known:
            facts["opens_at"] = iso(span.opens)
            facts["closes_at"] = iso(span.closes)
        return facts


# For a key whose market is not known.
NO_SESSION: SessionFacts = dict.fromkeys(("open", "name", "opens_at", "closes_at"))


def iso(at: datetime) -> str:
    """ISO 8601 to the second, with the offset of its zone."""
    return at.isoformat(timespec="seconds")


def status(market: Market, now: datetime, calendar: Calendar | None = None) -> Status:
    """The state of ``market`` at ``now``. Raises ValueError for a ``now`` without a zone."""
    at = _utc(now)
    local = _local(market, at)
    spans = _spans_around(market, at, local.date(), calendar)
    on = next((span for span in spans if span.holds(at)), None)
    coming = next((span for span in spans if span.opens > at), None)
    day = local.date()
    timetable = timetable_on(market, day, calendar)
    opened = closes = closed = reopens = None
    if on:
        timetable = timetable_on(market, on.trading_day, calendar)
        opened = _beginning(spans, on)
        closes = _end(spans, on)
        reopens = _after_break(spans, on, closes)
    else:
        closed = why_closed(market, at, spans, calendar)
    doubts: tuple[Sentence, ...] = ()
    if on or sessions_on(market, day, calendar):
        doubts = _doubts(timetable, local)
    last_day = day
    if coming:
        last_day = max(day, coming.trading_day)
    return Status(
        market=market,
        at=at,
        on=on,
        opened=opened,
        closes=closes,
        reopens=reopens,
        closed=closed,
        coming=coming,
        timetable=timetable,
        doubts=doubts,
        holidays=_known_until(last_day, calendar),
        calendar=calendar,
    )


def key_status(key: TrKey, now: datetime, calendar: Calendar | None = None) -> Status:
    """The state of the market of ``key`` at ``now``, without sessions that cannot have its data."""
    return status(key.hours, now, calendar)


def sessions_today(
    market: Market, now: datetime, calendar: Calendar | None = None
) -> tuple[Span, ...]:
    """The sessions that touch the exchange-local date of ``now``.

    Raises ValueError for a ``now`` without a zone.
    """
    day = _local(market, _utc(now)).date()
    return tuple(
        span
        for span in sessions_between(market, day - DAY, 2, calendar)
        if day in (span.opens.date(), span.closes.date())
    )


def open_keys(key: TrKey, now: datetime, calendar: Calendar | None = None) -> list[TrKey]:
    """Which of ``key`` and its siblings are surely in an open session at ``now``.

    ``calendar`` is that of the key's market; siblings are of the same exchange.
    """
    keys = (key, *key.siblings)
    return [each for each in keys if key_status(each, now, calendar).is_surely_open]


def _utc(now: datetime) -> datetime:
    if now.utcoffset() is None:
        raise ValueError("the clock needs a moment with a zone")
    return now.astimezone(UTC)  # moments in the same zone are compared by their wall clocks


def _local(market: Market, at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(market.zone))


def _spans_around(market: Market, at: datetime, day: date, calendar: Calendar | None) -> list[Span]:
    """The sessions from the day before to the first trading day with a session still to come."""
    spans: list[Span] = []
    for ahead in range(-1, _SEARCHED_DAYS + 1):
        spans += sessions_on(market, day + ahead * DAY, calendar)
        if spans and spans[-1].opens > at:
            break
    return spans


def _doubts(timetable: Timetable, local: datetime) -> tuple[Sentence, ...]:
    hour = local.time()
    return tuple(doubt.sentence for doubt in timetable.doubts if doubt.opens <= hour < doubt.closes)


def _beginning(spans: list[Span], on: Span) -> datetime:
    opens = on.opens
    for span in reversed(spans):
        if span.closes == opens:
            opens = span.opens
    return opens


def _end(spans: list[Span], on: Span) -> datetime:
    closes = on.closes
    for span in spans:
        if span.opens == closes and span.session.is_known:
            closes = span.closes
    return closes


def _after_break(spans: list[Span], on: Span, closes: datetime) -> Span | None:
    """The next session of the same trading day after a break that begins at ``closes``."""
    for span in spans:
        if span.trading_day == on.trading_day and span.opens > closes:
            return span
    return None


def _known_until(last_day: date, calendar: Calendar | None) -> Holidays:
    if calendar is None or calendar.fault:
        return Holidays.NO_CALENDAR
    if last_day > calendar.announced_until:
        return Holidays.BEYOND
    if calendar.of_country:
        return Holidays.COUNTRY
    return Holidays.KNOWN
