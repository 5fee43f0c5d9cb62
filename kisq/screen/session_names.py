"""The name of the session that a market is in by its timetable, at the time of a record."""

from collections.abc import Callable
from datetime import UTC, datetime

from kisq.hours.clock import status
from kisq.hours.sessions import Calendar
from kisq.locale.language import translated
from kisq.spec.markets import MARKETS, Market
from kisq.wire.frames import is_known
from kisq.wire.record import Record

_MOST_KEPT = 128
CalendarOf = Callable[[Market], Calendar | None]


def no_calendar(_: Market) -> None:
    """Nobody knows the holidays."""


class SessionNames:
    """Session names by market and minute; ``calendar_of`` gives the holidays of a market."""

    def __init__(self, calendar_of: CalendarOf) -> None:
        self._calendar_of = calendar_of
        self._names: dict[tuple[str, datetime], str] = {}

    def of(self, record: Record) -> str:
        """The session at the time that ``record`` came; empty where the market is closed."""
        market = MARKETS.get(record.market or "")
        moment = _moment(record)
        if market is None or moment is None:
            return ""
        minute = market.code, moment.replace(second=0, microsecond=0)
        name = self._names.get(minute)
        if name is None:
            if len(self._names) >= _MOST_KEPT:
                self._names.clear()
            name = self._names[minute] = self._name(market, minute[1])
        return name

    def _name(self, market: Market, moment: datetime) -> str:
        span = status(market, moment, self._calendar_of(market)).on
        if span is None or not span.session.is_known:
            return ""
        return translated(span.session.title)


def _moment(record: Record) -> datetime | None:
    """When it came, else the time that is in it."""
    if is_known(record.at):
        return datetime.fromtimestamp(record.at, UTC)
    return record.kst_time
