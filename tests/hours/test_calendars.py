"""The holidays of three years beside those of another package; run by ``make soak``."""

import warnings
from datetime import date, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kisq.hours.holidays import calendar_of
from kisq.hours.sessions import sessions_on
from kisq.spec.markets import MARKETS, Market

pytestmark = pytest.mark.soak
FIRST, LAST = date(2024, 1, 1), date(2026, 12, 31)
# What exchange_calendars has otherwise, and why kisq does not follow it.
EXPLAINED = {
    # KRX has announced both: the local elections, and Constitution Day, a public holiday again.
    ("KRX", date(2026, 6, 3), "closed"),
    ("KRX", date(2026, 7, 17), "closed"),
    # The day of the university entrance examination: KRX opens at 10:00.
    ("KRX", date(2026, 11, 19), "10:00"),
}
PAIRS = [
    ("NAS", "XNYS"),
    ("KRX", "XKRX"),
    ("HKS", "XHKG"),
    ("TSE", "XTKS"),
    ("SHS", "XSHG"),
    ("SZS", "XSHG"),
]


def ours(market: Market, day: date) -> str:
    """When trading begins, and when a half day ends."""
    calendar = calendar_of(market)
    if not calendar.is_trading_day(day):
        return "closed"
    spans = sessions_on(market, day, calendar)
    (opens,) = [s.opens for s in spans if s.session.english in ("regular", "morning")]
    return described(opens.time(), calendar.early_close(day))


def theirs(source: Any, market: Market, day: date) -> str:
    if not source.is_session(day.isoformat()):
        return "closed"
    zone = ZoneInfo(market.zone)
    opens = source.session_open(day.isoformat()).tz_convert(zone).time()
    closes = source.session_close(day.isoformat()).tz_convert(zone).time()
    is_half = day.isoformat() in source.early_closes
    return described(opens, closes if is_half else None)


def described(opens: time, early: time | None) -> str:
    return f"{opens:%H:%M}, until {early:%H:%M}" if early else f"{opens:%H:%M}"


@pytest.mark.parametrize(("code", "name"), PAIRS)
def test_three_years_beside_another_package(code: str, name: str) -> None:
    """The two agree on every day of three years, but for what is explained."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        calendars = pytest.importorskip("exchange_calendars")
        source = calendars.get_calendar(name)
        market, differences = MARKETS[code], set()
        for ahead in range((LAST - FIRST).days + 1):
            day = FIRST + timedelta(days=ahead)
            if ours(market, day) != theirs(source, market, day):
                differences.add((code, day, ours(market, day)))
    assert differences == {one for one in EXPLAINED if one[0] == code}
