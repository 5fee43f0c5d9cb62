"""The session clock: is a market open at a moment, in which session, and when next.

Pure: the moment comes in as an argument, and so does a calendar of holidays, where there is one.
Sessions are half-open, ``[opens, closes)``; ``spec`` has them (protocol.md section 4).
Moments are aware datetimes; those given are in any zone, those returned in the exchange's.
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
from kisq.spec.markets import Market
from kisq.spec.timetable import Timetable
from kisq.wire.trkey import TrKey

_SEARCHED_DAYS = 30  # no market closes for as long; Tokyo's longest closure was 10 days


class Holidays(Enum):
    """What is known of the holidays between a moment and the next session."""

    KNOWN = "known"
    COUNTRY = "the country's only"
    BEYOND = "beyond the calendar's end"
    NO_CALENDAR = "no calendar"


SessionFacts = dict[str, str | bool | None]


class Status(NamedTuple):
    """What the clock of ``market`` says at the moment ``at`` (UTC).

    ``on`` is the session that is open, ``opened`` when it and those before it without a break
    began, ``closes`` when it and those that follow without one end, ``reopens`` the session after
    that break on the same trading day; ``closed`` says why none is open. ``coming`` is the next
    session to open, None where no trading day was found in 30 days. ``doubts`` are sentences on
    what sources leave open at this hour. ``holidays`` says what is known of them until then, and
    ``calendar`` is where that comes from.
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
    doubts: tuple[str, ...]
    holidays: Holidays
    calendar: Calendar | None

    @property
    def is_open(self) -> bool:
        return self.on is not None

    @property
    def is_surely_open(self) -> bool:
        """Whether it is, by hours that are known."""
        return self.on is not None and self.on.session.is_known

    @property
    def session(self) -> SessionFacts:
        """The session that is on, or else the next one, as JSON has it; what is not known is None.

        Times are the exchange's, ISO 8601 with offset.
        """
        span = self.on or self.coming
        is_known = span is not None and span.session.is_known
        return {
            "open": self.is_open,
            "name": span.session.english if span else None,
            "opens_at": iso(span.opens) if span and is_known else None,
            "closes_at": iso(span.closes) if span and is_known else None,
        }


# Of a key whose market nobody knows.
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
    closes = _end(spans, on) if on else None
    timetable = timetable_on(market, on.trading_day if on else local.date(), calendar)
    is_trading = on is not None or bool(sessions_on(market, local.date(), calendar))
    return Status(
        market,
        at,
        on,
        _beginning(spans, on) if on else None,
        closes,
        _after_break(spans, on, closes),
        None if on else why_closed(market, at, spans, calendar),
        coming,
        timetable,
        _doubts(timetable, local) if is_trading else (),
        _known(calendar, local.date(), coming.trading_day if coming else local.date()),
        calendar,
    )


def key_status(key: TrKey, now: datetime, calendar: Calendar | None = None) -> Status:
    """The state of the market of ``key`` at ``now``, without what cannot have this key's data."""
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
    return [k for k in (key, *key.siblings) if key_status(k, now, calendar).is_surely_open]


def _utc(now: datetime) -> datetime:
    if now.utcoffset() is None:
        raise ValueError("the clock needs a moment with a zone")
    return now.astimezone(UTC)  # two moments of one zone would be compared by their wall clocks


def _local(market: Market, at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(market.zone))


def _spans_around(market: Market, at: datetime, day: date, calendar: Calendar | None) -> list[Span]:
    """The sessions from those of the day before to the first trading day that has one to come."""
    spans: list[Span] = []
    for ahead in range(-1, _SEARCHED_DAYS + 1):
        spans += sessions_on(market, day + ahead * DAY, calendar)
        if spans and spans[-1].opens > at:
            break
    return spans


def _doubts(timetable: Timetable, local: datetime) -> tuple[str, ...]:
    hour = local.time()
    return tuple(one.sentence for one in timetable.doubts if one.opens <= hour < one.closes)


def _beginning(spans: list[Span], on: Span) -> datetime:
    opens = on.opens
    for span in reversed(spans):
        opens = span.opens if span.closes == opens else opens
    return opens


def _end(spans: list[Span], on: Span) -> datetime:
    closes = on.closes
    for span in spans:
        follows = span.opens == closes and span.session.is_known
        closes = span.closes if follows else closes
    return closes


def _after_break(spans: list[Span], on: Span | None, closes: datetime | None) -> Span | None:
    """The session that follows on the same trading day, after a break that begins at ``closes``."""
    if on is None or closes is None:
        return None
    later = (span for span in spans if span.trading_day == on.trading_day and span.opens > closes)
    return next(later, None)


def _known(calendar: Calendar | None, first: date, last: date) -> Holidays:
    if calendar is None or calendar.fault:
        return Holidays.NO_CALENDAR
    if max(first, last) > calendar.announced_until:
        return Holidays.BEYOND
    return Holidays.COUNTRY if calendar.of_country else Holidays.KNOWN
