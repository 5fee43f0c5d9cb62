"""The session clock: odd days of 2025 and 2026, every market, with and without holidays."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from kisq.hours.clock import Holidays, Status, open_keys, sessions_today, status
from kisq.hours.closed import Closed
from kisq.hours.holidays import calendar_of
from kisq.hours.sentences import (
    delay_sentence,
    holidays_sentence,
    hours,
    key_sentence,
    open_now_sentence,
    schedule,
)
from kisq.hours.sessions import Calendar, sessions_on, timetable_on
from kisq.spec.access import ACCESS
from kisq.spec.markets import MARKETS, PLACES, Market
from kisq.wire.clocks import KST
from kisq.wire.trkey import parse_tr_key

NIGHT, LUNCH, WEEKEND = Closed.HOURS, Closed.LUNCH, Closed.WEEKEND


class FakeCalendar:
    """Knows the holidays and half days that it was told of, announced until ``known_to``."""

    def __init__(
        self, *holidays: str, half: dict[str, time] | None = None, known_to: str = "9999-12-31"
    ) -> None:
        self._holidays = {date.fromisoformat(day) for day in holidays}
        self._half = {date.fromisoformat(day): close for day, close in (half or {}).items()}
        self.announced_until = date.fromisoformat(known_to)
        self.of_country, self.fault = False, ""

    def is_trading_day(self, day: date) -> bool:
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
    ("HKS", "2026-07-10T13:00", "afternoon", "10 16:10"),
    ("HKS", "2026-07-10T16:00", "closing auction", "10 16:10"),
    ("HKS", "2026-07-10T16:10", WEEKEND, "13 09:30"),
    ("SHS", "2026-07-09T09:29:59", NIGHT, "09 09:30"),
    ("SHS", "2026-07-09T11:29:59", "morning", "09 11:30"),
    ("SHS", "2026-07-09T11:30", LUNCH, "09 13:00"),
    ("SZS", "2026-07-09T14:59:59", "afternoon", "09 15:00"),
    ("SZS", "2026-07-09T15:00", NIGHT, "10 09:30"),
    ("HSX", "2026-07-09T09:00", "opening auction", "09 11:30"),
    ("HSX", "2026-07-09T09:15", "morning", "09 11:30"),
    ("HSX", "2026-07-09T12:00", LUNCH, "09 13:00"),
    ("HNX", "2026-07-09T14:29:59", "afternoon", "09 14:45"),
    ("HNX", "2026-07-09T14:44:59", "closing auction", "09 14:45"),
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
        ("HKS", "2026-11-02", "Mon 02 10:30", "Mon 02 17:10"),
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
    expected = status(MARKETS[market], at)
    assert all(status(MARKETS[market], at.astimezone(ZoneInfo(z))) == expected for z in zones)


def test_a_moment_without_a_zone_is_refused() -> None:
    """A naive moment is a fault of the caller, never read as some zone's."""
    with pytest.raises(ValueError, match="zone"):
        status(MARKETS["NAS"], datetime(2026, 7, 10, 12, 0))


# Markets of the same hours are one here.
OF_OTHER_HOURS = {(market.timetables, market.zone): code for code, market in MARKETS.items()}


@pytest.mark.long
@pytest.mark.parametrize("market", OF_OTHER_HOURS.values())
def test_a_year_without_gaps(market: str) -> None:
    """All year round a market is either open or closed for a reason.

    Where it is closed, the session announced really opens then, and none before.
    """
    market, step = MARKETS[market], timedelta(hours=5)
    at, end = (local(market.code, f"{year}-01-01T00:00") for year in (2026, 2027))
    while at < end:
        found = status(market, at)
        assert (found.on is None) is (found.closed is not None)
        if found.on:
            at = found.on.closes
            continue
        opens = found.coming.opens
        probes = [at + n * step for n in range((opens - at) // step)]
        for probe in (*probes, opens - timedelta(seconds=1)):
            between = status(market, probe)
            assert (between.on, between.coming) == (None, found.coming)
        assert status(market, opens).on == found.coming
        at = opens


# The holidays of 2026 that the moments below meet.
FAKES = {
    "NAS": FakeCalendar("2026-02-16", "2026-11-26", half={"2026-11-27": time(13)}),
    "TSE": FakeCalendar("2026-05-04", "2026-05-05", "2026-05-06"),
    "HKS": FakeCalendar(
        *("2026-02-17", "2026-02-18", "2026-02-19", "2026-04-03", "2026-04-06", "2026-04-07"),
        half={"2026-02-16": time(12)},
    ),
    "SHS": FakeCalendar(*(f"2026-02-{day}" for day in range(16, 24))),
}
FAKES["BAQ"] = FAKES["NAS"]
HOLIDAYS = [
    # Thanksgiving, Thursday 2026-11-26, and the half day after it
    ("NAS", "2026-11-26T10:00", Closed.HOLIDAY, "Fri 27 18:00"),
    ("NAS", "2026-11-25T21:00", Closed.HOURS, "Fri 27 18:00"),
    ("NAS", "2026-11-26T21:00", Closed.HOLIDAY, "Fri 27 18:00"),
    ("BAQ", "2026-11-25T21:00", Closed.HOLIDAY, "Fri 27 10:00"),  # would end on the holiday
    ("BAQ", "2026-11-26T10:00", Closed.HOURS, "Fri 27 10:00"),
    ("BAQ", "2026-11-26T20:00", "daytime", "Mon 30 10:00"),  # ends on Friday
    ("NAS", "2026-11-27T12:59:59", "regular", "Sat 28 03:00"),
    ("NAS", "2026-11-27T13:00", "after-hours", "Mon 30 18:00"),
    ("NAS", "2026-11-27T17:00", Closed.HALF_DAY, "Mon 30 18:00"),
    ("NAS", "2026-11-27T20:00", Closed.WEEKEND, "Mon 30 18:00"),
    ("BAQ", "2026-11-27T03:59:59", "daytime", "Mon 30 10:00"),
    # a holiday on a Monday: the weekend comes first
    ("NAS", "2026-02-15T12:00", Closed.WEEKEND, "Tue 17 18:00"),
    ("NAS", "2026-02-16T12:00", Closed.HOLIDAY, "Tue 17 18:00"),
    ("BAQ", "2026-02-15T20:30", Closed.HOLIDAY, "Tue 17 10:00"),
    ("TSE", "2026-05-04T12:00", Closed.HOLIDAY, "Thu 07 09:00"),
    ("HKS", "2026-02-16T11:59:59", "morning", "Mon 16 13:00"),
    ("HKS", "2026-02-16T12:09:59", "closing auction", "Fri 20 10:30"),
    ("HKS", "2026-02-16T12:30", Closed.HALF_DAY, "Fri 20 10:30"),
    ("HKS", "2026-02-16T15:00", Closed.HALF_DAY, "Fri 20 10:30"),
    ("HKS", "2026-02-16T16:10", Closed.HOURS, "Fri 20 10:30"),
    ("HKS", "2026-04-03T10:00", Closed.HOLIDAY, "Wed 08 10:30"),
    ("SHS", "2026-02-18T10:00", Closed.HOLIDAY, "Tue 24 10:30"),
]


def check_holiday(
    calendar: Calendar, market: str, at: str, expected: Closed | str, coming: str
) -> None:
    found = status(MARKETS[market], local(market, at), calendar)
    assert said(found) == (expected.value if isinstance(expected, Closed) else expected)
    assert in_korea(found.coming.opens) == coming
    assert found.holidays is Holidays.KNOWN


@pytest.mark.parametrize(("market", "at", "expected", "coming"), HOLIDAYS)
def test_holidays(market: str, at: str, expected: Closed | str, coming: str) -> None:
    """A holiday is told from a night and a weekend; the next opening leaps over it."""
    check_holiday(FAKES[market], market, at, expected, coming)


@pytest.mark.parametrize(("market", "at", "expected", "coming"), HOLIDAYS)
def test_holidays_of_the_package(market: str, at: str, expected: Closed | str, coming: str) -> None:
    """The real calendars say the same as the fake ones, holiday by holiday."""
    check_holiday(calendar_of(MARKETS[market]), market, at, expected, coming)


def test_without_a_calendar_a_holiday_looks_like_any_day() -> None:
    """Without holidays the week is taken as it is, and it is said that they are not known."""
    found = status(MARKETS["NAS"], local("NAS", "2026-11-26T10:00"))
    assert said(found) == "regular"
    assert holidays_sentence(found) == "kisq does not know the holidays of New York."


@pytest.mark.parametrize(
    ("known_to", "expected"),
    [
        ("2026-11-27", ""),  # the next session is on that day
        (
            "2026-11-26",
            "As far as kisq knows, the holidays of China are announced until 2026-11-26: later "
            "ones are worked out by rule and may be wrong.",
        ),
    ],
)
def test_what_nobody_has_announced(known_to: str, expected: str) -> None:
    """It is said where the announced days do not reach the next session."""
    calendar = FakeCalendar(known_to=known_to)
    found = status(MARKETS["SHS"], local("SHS", "2026-11-26T19:00"), calendar)
    assert holidays_sentence(found) == (expected or None)


def test_a_market_that_never_opens_again() -> None:
    """Where no trading day is found in a month, the next opening is not known."""
    closed = FakeCalendar(*(f"2026-{m:02}-{d:02}" for m in (7, 8) for d in range(1, 32)))
    found = status(MARKETS["TSE"], local("TSE", "2026-07-01T10:00"), closed)
    assert found.coming is None
    sentence = key_sentence(parse_tr_key("DTSE7203"), found)
    assert sentence.endswith("(Wednesday 10:00 KST). When it opens next is not known.")


# key, KST, the sentence on the key, the sentence on what is open
SENTENCES = [
    (
        "RBAQAAPL", "2026-02-15T14:03",
        "RBAQAAPL is a US daytime key; that session runs 20:00-04:00 New York and is closed for "
        "the weekend (Sunday 14:03 KST). It opens Monday 10:00 KST.",
        "Now open: none of this symbol's keys.",
    ),
    (
        "RBAQAAPL", "2026-07-09T23:53",
        "RBAQAAPL is a US daytime key; that session runs 20:00-04:00 New York and is closed "
        "(Thursday 23:53 KST). It opens Friday 09:00 KST.",
        "Now open: DNASAAPL (Nasdaq, US night).",
    ),
    (
        "DAMSSPY", "2026-07-10T23:53",
        "DAMSSPY is a US night key; that session runs 04:00-20:00 New York and is open (Friday "
        "23:53 KST). The regular session ends Saturday 05:00 KST. The market closes Saturday "
        "09:00 KST.",
        "Now open: DAMSSPY (Amex, US night).",
    ),
    (
        "DAMSSPY", "2026-07-10T12:00",
        "DAMSSPY is a US night key; that session runs 04:00-20:00 New York and is closed (Friday "
        "12:00 KST, Thursday 23:00 New York). It opens Friday 17:00 KST.",
        "Now open: RBAASPY (Amex, US daytime).",
    ),
    (
        "RHKS00003", "2026-07-10T13:30",
        "RHKS00003 is a Hong Kong key; that market runs 09:30-12:00, 13:00-16:10 Hong Kong and "
        "is closed for lunch (Friday 13:30 KST). It opens Friday 14:00 KST.",
        "Now open: none of this symbol's keys.",
    ),
    (
        "RHKS00003", "2026-07-10T14:00",
        "RHKS00003 is a Hong Kong key; that market runs 09:30-12:00, 13:00-16:10 Hong Kong and "
        "is open (Friday 14:00 KST). The afternoon session ends Friday 17:00 KST. The market "
        "closes Friday 17:10 KST.",
        "Now open: RHKS00003 (Hong Kong, real time, paid), "
        "DHKS00003 (Hong Kong, 15 minutes late, free).",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "at", "on_key", "on_open"), SENTENCES)
def test_sentences(text: str, at: str, on_key: str, on_open: str) -> None:
    """A silence is explained in whole sentences, in Korean time."""
    key, now = parse_tr_key(text), korean(at)
    assert key_sentence(key, status(key.market, now)) == on_key
    assert open_now_sentence(key, now) == on_open
    assert all(k.text in on_open for k in open_keys(key, now))


def test_a_far_opening_has_its_date() -> None:
    """Where a weekday alone could mean two days, the date stands beside it."""
    key = parse_tr_key("DSHS600000")
    found = status(key.market, korean("2026-02-14T12:00"), FAKES["SHS"])
    assert key_sentence(key, found).endswith("It opens Tuesday 2026-02-24 10:30 KST.")


@pytest.mark.parametrize(
    ("text", "at", "expected"),
    [
        (
            "DHKS00003", "10:30",
            "Its data are 15 minutes late: the first are due Friday 10:45 KST.",
        ),
        ("DHKS00003", "10:45", ""),
        ("DHKS00003", "13:30", ""),
        ("DHKS00003", "17:05", ""),  # the closing auction, which follows without a break
        ("RHKS00003", "10:30", ""),
    ],
)  # fmt: skip
def test_delay_after_an_opening(text: str, at: str, expected: str) -> None:
    """A delayed feed has nothing to send in the first minutes after an opening."""
    key = parse_tr_key(text)
    assert delay_sentence(key, status(key.market, korean(f"2026-07-10T{at}"))) == (expected or None)


@pytest.mark.parametrize(
    ("market", "day", "expected"),
    [
        ("NAS", "2026-07-10", ["pre-market", "regular", "after-hours"]),
        ("NAS", "2026-07-11", []),
        ("BAQ", "2026-07-09", ["daytime", "daytime"]),
        ("BAQ", "2026-07-10", ["daytime"]),
        ("BAQ", "2026-07-11", []),
        ("BAQ", "2026-07-12", ["daytime"]),
        ("HKS", "2026-07-10", ["morning", "afternoon", "closing auction"]),
    ],
)
def test_sessions_of_a_date(market: str, day: str, expected: list[str]) -> None:
    """The sessions of today are those that touch the date that the exchange has now."""
    found = sessions_today(MARKETS[market], local(market, f"{day}T12:00"))
    assert [span.session.english for span in found] == expected


@pytest.mark.parametrize(
    ("market", "expected"),
    [
        ("NAS", "04:00-20:00 New York, Monday to Friday"),
        ("BAQ", "20:00-04:00 New York, Sunday to Thursday evenings"),
        ("TSE", "09:00-11:30, 12:30-15:30 Tokyo, Monday to Friday"),
        ("HNX", "09:00-11:30, 13:00-14:45 Vietnam, Monday to Friday"),
    ],
)
def test_schedule(market: str, expected: str) -> None:
    """The hours in words come from the same table as the clock."""
    day = date(2026, 7, 9)
    assert schedule(MARKETS[market], day) == expected
    assert expected.startswith(hours(MARKETS[market], timetable_on(MARKETS[market], day)))


@pytest.mark.parametrize("market", MARKETS.values(), ids=lambda market: market.code)
def test_every_market_is_complete(market: Market) -> None:
    """Each market has a place, an access for each prefix, and sessions in order."""
    assert market.zone in PLACES
    assert {prefix for code, prefix in ACCESS if code == market.code} == set(market.trs)
    for table in market.timetables:
        day = table.only_on or (date(2027, 1, 4) if table.first_day else date(2026, 7, 9))
        day = max(day, table.since)
        assert all(session.due for session in table.sessions)
        if timetable_on(market, day) is table:
            spans = sessions_on(market, day)
            assert [span.session for span in spans] == list(table.sessions)
            assert all(a.closes <= b.opens for a, b in pairwise(spans))


@pytest.mark.parametrize(
    ("market", "at", "is_in_doubt"),
    [
        ("KRX", "2026-11-24T15:29:59", False),
        ("KRX", "2026-11-24T15:30", True),
        ("KRX", "2026-11-24T15:39:59", True),
        ("KRX", "2026-11-24T15:40", False),
        ("KRX", "2026-11-22T15:35", False),  # a Sunday
        ("HNX", "2026-07-09T14:45", True),
        ("HNX", "2026-07-09T15:00", False),
        ("BAQ", "2026-12-03T20:30", False),
        ("BAQ", "2026-12-06T19:59:59", False),
        ("BAQ", "2026-12-06T20:00", True),  # the first evening of the plan
        ("BAQ", "2026-12-06T20:59:59", True),
        ("BAQ", "2026-12-06T21:00", False),
    ],
)
def test_doubt_has_its_hours(market: str, at: str, *, is_in_doubt: bool) -> None:
    """What sources leave open is said from its first second to its last one."""
    assert bool(status(MARKETS[market], local(market, at)).doubts) is is_in_doubt


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2024-11-04", "09:00-11:30, 12:30-15:00 Tokyo"),
        ("2024-11-05", "09:00-11:30, 12:30-15:30 Tokyo"),
    ],
)
def test_tokyo_closes_later_since_november_2024(day: str, expected: str) -> None:
    """An old recording is judged by the hours of its day."""
    assert schedule(MARKETS["TSE"], date.fromisoformat(day)) == f"{expected}, Monday to Friday"


@pytest.mark.parametrize(
    ("text", "at", "sentence"),
    [
        ("005930", "2026-11-24T08:40", "The opening auction ends Tuesday 09:00 KST."),
        ("005930", "2026-11-24T10:00", "The regular session ends Tuesday 15:20 KST."),
        ("005930", "2026-11-24T15:50", "The closing-price trading ends Tuesday 16:00 KST."),
        ("DAMSSPY", "2026-11-24T20:00", "The pre-market ends Tuesday 23:30 KST."),
    ],
)
def test_a_session_is_called_by_its_name(text: str, at: str, sentence: str) -> None:
    """A name that says itself what it is has no noun behind it."""
    key = parse_tr_key(text)
    assert sentence in key_sentence(key, status(key.market, korean(at)))


def test_a_session_that_begins_when_a_half_day_ends_is_none() -> None:
    """On a half day that ends as the afternoon would begin, there is no afternoon."""
    half = FakeCalendar(half={"2026-07-09": time(13)})
    spans = sessions_on(MARKETS["HKS"], date(2026, 7, 9), half)
    assert [span.session.english for span in spans] == ["morning", "closing auction"]


def test_the_first_trading_day_of_a_year_is_in_january() -> None:
    """It is the first weekday that is no holiday, up to the tenth, and no later day."""
    late = FakeCalendar(*(f"2027-01-{day:02}" for day in range(1, 8)))
    opens = {
        day: timetable_on(MARKETS["KRX"], date(2027, 1, day), calendar).sessions[0].opens.hour
        for day, calendar in ((4, None), (5, None), (8, late), (11, late))
    }
    assert opens == {4: 9, 5: 8, 8: 9, 11: 8}
    never = FakeCalendar(*(f"2027-01-{day:02}" for day in range(1, 18)))
    assert timetable_on(MARKETS["KRX"], date(2027, 1, 18), never).sessions[0].opens.hour == 8


def test_no_exchange_trades_on_a_weekend() -> None:
    """Friday and Monday are trading days, Saturday and Sunday are none."""
    calendar = calendar_of(MARKETS["KRX"])
    assert calendar is not None
    days = [calendar.is_trading_day(date(2026, 7, day)) for day in (10, 11, 12, 13)]
    assert days == [True, False, False, True]


@pytest.mark.parametrize(("at", "stocks_only"), [("08:10", True), ("10:00", False)])
def test_both_venues_are_for_stocks_only_where_each_is(at: str, *, stocks_only: bool) -> None:
    """Where KRX trades ETFs beside NXT's stocks, the unified market has them too."""
    found = status(MARKETS["UNIFIED"], korean(f"2026-11-24T{at}"))
    assert found.on is not None
    assert found.on.session.stocks_only is stocks_only
