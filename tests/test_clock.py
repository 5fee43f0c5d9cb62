"""The session clock: odd days of 2025 and 2026, every market, with and without holidays."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from kisq.calendar import calendar_of
from kisq.protocol.book import KST
from kisq.protocol.clock import (
    Closed,
    Holidays,
    Status,
    open_keys,
    sessions_on,
    sessions_today,
    status,
)
from kisq.protocol.clock_text import (
    delay_sentence,
    holidays_sentence,
    hours,
    key_sentence,
    open_now_sentence,
    schedule,
)
from kisq.protocol.trkey import parse_tr_key
from kisq.spec.markets import ACCESS, MARKETS, PLACES

NIGHT, LUNCH, WEEKEND = Closed.HOURS, Closed.LUNCH, Closed.WEEKEND


class FakeCalendar:
    """Knows the holidays and half days that it was told of, up to the end of ``known_to``."""

    def __init__(
        self, *holidays: str, half: dict[str, time] | None = None, known_to: str = "9999-12-31"
    ) -> None:
        self._holidays = {date.fromisoformat(day) for day in holidays}
        self._half = {date.fromisoformat(day): close for day, close in (half or {}).items()}
        self._known_to = date.fromisoformat(known_to)

    def is_trading_day(self, day: date) -> bool | None:
        if day > self._known_to:
            return None
        return day.weekday() < 5 and day not in self._holidays

    def early_close(self, day: date) -> time | None:
        return self._half.get(day)


def local(market: str, text: str) -> datetime:
    """``text`` as a moment in the zone of ``market``."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(MARKETS[market].zone))


def korean(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=KST)


def said(found: Status) -> str:
    """The state in one word."""
    return found.on.session.english if found.on else found.closed.value


def in_korea(moment: datetime | None) -> str:
    return moment.astimezone(KST).strftime("%a %d %H:%M") if moment else "never"


# market, exchange-local time, what it says, when it closes or opens next in exchange time.
# 2026-07-10 is a Friday; "ends" is the end of the market's day, not of the one session.
MOMENTS = [
    ("NAS", "2026-07-10T03:59:59", NIGHT, "10 04:00"),
    ("NAS", "2026-07-10T04:00", "pre-market", "10 20:00"),
    ("NAS", "2026-07-10T09:29:59.999", "pre-market", "10 20:00"),
    ("NAS", "2026-07-10T09:30", "regular", "10 20:00"),
    ("NYS", "2026-07-10T15:59:59", "regular", "10 20:00"),
    ("AMS", "2026-07-10T16:00", "after-hours", "10 20:00"),
    ("NAS", "2026-07-10T19:59:59", "after-hours", "10 20:00"),
    ("NAS", "2026-07-10T20:00", WEEKEND, "13 04:00"),  # Friday night
    ("NAS", "2026-07-11T12:00", WEEKEND, "13 04:00"),
    ("NAS", "2026-07-12T21:00", WEEKEND, "13 04:00"),  # Sunday night
    ("NAS", "2026-07-13T01:00", NIGHT, "13 04:00"),
    ("NAS", "2026-07-09T20:00", NIGHT, "10 04:00"),
    ("BAQ", "2026-07-09T19:59:59", NIGHT, "09 20:00"),
    ("BAQ", "2026-07-09T20:00", "daytime", "10 04:00"),
    ("BAQ", "2026-07-10T00:00", "daytime", "10 04:00"),
    ("BAY", "2026-07-10T03:59:59", "daytime", "10 04:00"),
    ("BAA", "2026-07-10T04:00", WEEKEND, "12 20:00"),
    ("BAQ", "2026-07-10T20:00", WEEKEND, "12 20:00"),  # Friday night
    ("BAQ", "2026-07-11T02:00", WEEKEND, "12 20:00"),
    ("BAQ", "2026-07-12T19:59:59", WEEKEND, "12 20:00"),
    ("BAQ", "2026-07-12T20:00", "daytime", "13 04:00"),  # Sunday night
    ("TSE", "2026-07-10T08:59:59", NIGHT, "10 09:00"),
    ("TSE", "2026-07-10T09:00", "morning", "10 11:30"),
    ("TSE", "2026-07-10T11:29:59", "morning", "10 11:30"),
    ("TSE", "2026-07-10T11:30", LUNCH, "10 12:30"),
    ("TSE", "2026-07-10T12:29:59", LUNCH, "10 12:30"),
    ("TSE", "2026-07-10T12:30", "afternoon", "10 15:30"),
    ("TSE", "2026-07-10T15:30", WEEKEND, "13 09:00"),
    ("TSE", "2026-07-12T23:00", WEEKEND, "13 09:00"),
    ("HKS", "2026-07-10T09:30", "morning", "10 12:00"),
    ("HKS", "2026-07-10T12:00", LUNCH, "10 13:00"),
    ("HKS", "2026-07-10T13:00", "afternoon", "10 16:00"),
    ("HKS", "2026-07-10T16:00", WEEKEND, "13 09:30"),
    ("SHS", "2026-07-09T09:29:59", NIGHT, "09 09:30"),
    ("SHS", "2026-07-09T11:29:59", "morning", "09 11:30"),
    ("SHS", "2026-07-09T11:30", LUNCH, "09 13:00"),
    ("SZS", "2026-07-09T14:59:59", "afternoon", "09 15:00"),
    ("SZS", "2026-07-09T15:00", NIGHT, "10 09:30"),
    ("HSX", "2026-07-09T09:00", "morning", "09 11:30"),
    ("HSX", "2026-07-09T12:00", LUNCH, "09 13:00"),
    ("HNX", "2026-07-09T14:44:59", "afternoon", "09 14:45"),
    ("HNX", "2026-07-09T14:45", NIGHT, "10 09:00"),
]


@pytest.mark.parametrize(("market", "at", "expected", "then"), MOMENTS)
def test_state_at_a_moment(market: str, at: str, expected: Closed | str, then: str) -> None:
    """Sessions begin on the second and are over on the second, in exchange time."""
    found = status(MARKETS[market], local(market, at))
    assert said(found) == (expected.value if isinstance(expected, Closed) else expected)
    following = found.closes if found.is_open else found.coming.opens
    assert following.strftime("%d %H:%M") == then


# US summer time begins on Sunday 2026-03-08 and ends on Sunday 2026-11-01.
@pytest.mark.parametrize(
    ("market", "trading_day", "opens", "closes"),
    [
        ("NAS", "2026-03-06", "Fri 06 18:00", "Sat 07 10:00"),
        ("NAS", "2026-03-09", "Mon 09 17:00", "Tue 10 09:00"),
        ("NAS", "2026-10-30", "Fri 30 17:00", "Sat 31 09:00"),
        ("NAS", "2026-11-02", "Mon 02 18:00", "Tue 03 10:00"),
        ("BAQ", "2026-03-06", "Fri 06 10:00", "Fri 06 18:00"),
        ("BAQ", "2026-03-09", "Mon 09 09:00", "Mon 09 17:00"),
        ("BAQ", "2026-10-30", "Fri 30 09:00", "Fri 30 17:00"),
        ("BAQ", "2026-11-02", "Mon 02 10:00", "Mon 02 18:00"),
        ("TSE", "2026-03-09", "Mon 09 09:00", "Mon 09 15:30"),
        ("HKS", "2026-11-02", "Mon 02 10:30", "Mon 02 17:00"),
        ("SHS", "2026-11-02", "Mon 02 10:30", "Mon 02 16:00"),
        ("HSX", "2026-11-02", "Mon 02 11:00", "Mon 02 16:45"),
    ],
)
def test_korean_times_move_with_us_daylight_saving(
    market: str, trading_day: str, opens: str, closes: str
) -> None:
    """Where the US clock moves, the Korean time of its sessions does, and of no other."""
    spans = sessions_on(MARKETS[market], date.fromisoformat(trading_day))
    assert (in_korea(spans[0].opens), in_korea(spans[-1].closes)) == (opens, closes)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-03-09T08:59:59", "weekend"),  # 19:59 in New York, an hour earlier than in winter
        ("2026-03-09T09:00", "daytime"),
        ("2026-11-02T09:59:59", "weekend"),
        ("2026-11-02T10:00", "daytime"),
    ],
)
def test_daytime_session_on_the_sunday_the_clock_moves(at: str, expected: str) -> None:
    """The first daytime session after the change follows New York's new clock."""
    assert said(status(MARKETS["BAQ"], korean(at))) == expected


@pytest.mark.parametrize("market", MARKETS)
def test_a_moment_may_be_in_any_zone(market: str) -> None:
    """The same moment says the same, whatever zone it is given in."""
    at = korean("2026-07-09T22:35")
    zones = ("UTC", "America/New_York", "Asia/Tokyo", "Asia/Kolkata")
    found = {status(MARKETS[market], at.astimezone(ZoneInfo(zone))) for zone in zones}
    assert found == {status(MARKETS[market], at)}


def test_a_moment_without_a_zone_is_refused() -> None:
    """A naive moment is a fault of the caller, never read as some zone's."""
    with pytest.raises(ValueError, match="zone"):
        status(MARKETS["NAS"], datetime(2026, 7, 10, 12, 0))  # noqa: DTZ001


@pytest.mark.parametrize("market", MARKETS)
def test_a_year_without_gaps(market: str) -> None:
    """At every quarter of an hour of a year a market is either open or closed for a reason.

    Where it is closed, the session announced really opens then, and none before.
    """
    at, end = local(market, "2026-01-01T00:00"), local(market, "2027-01-01T00:00")
    at, end = at.astimezone(KST), end.astimezone(KST)
    announced = None
    while at < end:
        found = status(MARKETS[market], at)
        assert (found.on is None) is (found.closed is not None)
        if found.on is None:
            announced = found.coming
            assert announced.opens > at
        elif announced:
            assert found.on == announced
            announced = None
        at += timedelta(minutes=45)


@pytest.mark.parametrize(
    ("market", "at", "expected", "coming"),
    [
        # Thanksgiving, Thursday 2026-11-26
        ("NAS", "2026-11-26T10:00", Closed.HOLIDAY, "Fri 27 18:00"),
        ("NAS", "2026-11-25T21:00", Closed.HOURS, "Fri 27 18:00"),
        ("NAS", "2026-11-26T21:00", Closed.HOLIDAY, "Fri 27 18:00"),
        ("BAQ", "2026-11-25T21:00", Closed.HOLIDAY, "Fri 27 10:00"),  # would end on the holiday
        ("BAQ", "2026-11-26T10:00", Closed.HOURS, "Fri 27 10:00"),
        ("BAQ", "2026-11-26T20:00", "daytime", "Mon 30 10:00"),  # ends on Friday
        # a Monday: the weekend comes first
        ("NAS", "2026-02-15T12:00", Closed.WEEKEND, "Tue 17 18:00"),
        ("NAS", "2026-02-16T12:00", Closed.HOLIDAY, "Tue 17 18:00"),
        ("BAQ", "2026-02-15T20:30", Closed.HOLIDAY, "Tue 17 10:00"),
        ("TSE", "2026-05-04T12:00", Closed.HOLIDAY, "Thu 07 09:00"),
        ("HKS", "2026-04-03T10:00", Closed.HOLIDAY, "Wed 08 10:30"),
        ("SHS", "2026-02-18T10:00", Closed.HOLIDAY, "Tue 24 10:30"),
    ],
)
def test_holidays(market: str, at: str, expected: Closed | str, coming: str) -> None:
    """A holiday is told from a night and a weekend, and the next opening leaps over it."""
    fake = FakeCalendar(
        *("2026-02-16", "2026-02-17") if market == "HKS" else ("2026-02-16",),
        *("2026-05-04", "2026-05-05", "2026-05-06", "2026-11-26"),
        *("2026-04-03", "2026-04-06", "2026-04-07") if market == "HKS" else (),
        *(f"2026-02-{day}" for day in range(16, 24)) if market == "SHS" else (),
    )
    for calendar in (fake, real_calendar(market)):
        found = status(MARKETS[market], local(market, at), calendar)
        assert said(found) == (expected.value if isinstance(expected, Closed) else expected)
        assert in_korea(found.coming.opens) == coming
        assert found.holidays is Holidays.KNOWN
        if calendar is fake and not can_import_calendars():
            break


def can_import_calendars() -> bool:
    return calendar_of(MARKETS["NAS"]) is not None


def real_calendar(market: str) -> object:
    return calendar_of(MARKETS[market])


def test_without_a_calendar_a_holiday_looks_like_any_day() -> None:
    """Without holidays kisq takes the week as it is, and says that it does not know them."""
    found = status(MARKETS["NAS"], local("NAS", "2026-11-26T10:00"))
    assert said(found) == "regular"
    assert holidays_sentence(found) == (
        "Holidays are not known to kisq without the extra `calendar`."
    )
