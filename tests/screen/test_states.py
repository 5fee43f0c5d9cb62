"""What stands out for a moment, what stands still, the session by the clock, a recording."""

from datetime import datetime
from pathlib import Path

import pytest
from helpers.records import AT, HONG_KONG, SPY, book, with_field, with_fields
from helpers.screens import in_language

from kisq.screen.head import SessionNames, moment_of, no_calendar
from kisq.screen.recorded import recorded_in
from kisq.screen.stats import Changes, Standing
from kisq.screen.view import ASK, BID


def test_a_changed_level_stands_out_for_half_a_second() -> None:
    """Not the first book, and what changes on while it does begins anew."""
    changes = Changes()
    first = book(SPY)
    other = book(with_fields(SPY, VBID1="61", VASK3="7"))
    assert changes.look(first, 0.0) == frozenset()
    both = {(BID, first.bids[0].price), (ASK, first.asks[2].price)}
    assert changes.look(other, 1.0) == both
    assert changes.look(other, 1.4) == both
    assert changes.look(book(with_fields(SPY, VBID1="61")), 1.4) == both
    assert changes.look(other, 1.6) == {(ASK, first.asks[2].price)}


def test_a_level_that_is_new_stands_out() -> None:
    """Its price was not among the levels before."""
    changes = Changes()
    changes.look(book(SPY), 0.0)
    moved = book(with_field("PASK1", "752.1600", SPY))
    assert changes.look(moved, 0.1) == {(ASK, moved.best_ask.price)}


def test_a_book_is_quiet_only_where_pingpong_came_since() -> None:
    """An old book alone may be one of a thin stock; an update makes it good."""
    standing = Standing()
    spy = book(SPY, AT)
    assert standing.sentence(spy, 0.0, 0.0, 1, 3) == ""
    assert standing.sentence(spy, 9.0, 9.0, 1, 3) == ""
    quiet = standing.sentence(spy, 20.0, 20.0, 1, 4)
    assert quiet == "no update for 20 s, only PINGPONG"
    assert standing.sentence(spy, 21.0, 0.0, 2, 4) == ""


def test_a_clock_that_stands_still_is_said() -> None:
    """Five messages or more over three seconds or more with the same second."""
    standing = Standing()
    spy = book(SPY, AT)
    assert standing.sentence(spy, 0.0, 0.0, 1, 0) == ""
    assert standing.sentence(spy, 2.9, 0.0, 9, 0) == ""
    assert standing.sentence(spy, 3.0, 0.0, 9, 0) == "its clock stands still at 10:53:34 EDT"
    later = book(with_field("XHMS", "105338"), AT)
    assert standing.sentence(later, 3.1, 0.0, 10, 0) == ""


def test_few_messages_are_no_clock_that_stands_still() -> None:
    """A thin stock may have two in the same second."""
    standing = Standing()
    spy = book(SPY, AT)
    standing.sentence(spy, 0.0, 0.0, 1, 0)
    assert standing.sentence(spy, 9.0, 0.0, 3, 0) == ""


@pytest.mark.parametrize(
    ("text", "at", "english", "korean"),
    [
        (SPY, "2026-07-10T23:53:34+09:00", "regular session", "정규장"),
        (SPY, "2026-07-10T18:00:00+09:00", "pre-market", "프리마켓"),
        (SPY, "2026-07-11T12:00:00+09:00", "", ""),
        (HONG_KONG, "2026-07-10T13:30:00+09:00", "", ""),
    ],
)
def test_session_is_that_of_the_time_of_the_record(
    text: str, at: str, english: str, korean: str
) -> None:
    """By the timetable; nothing while it is closed, or for lunch."""
    record = book(text, datetime.fromisoformat(at).timestamp())
    moment = moment_of(record)
    names = SessionNames(no_calendar)
    assert names.of(record.market, moment) in (english, f"{english} session")
    with in_language("ko"):
        assert korean in SessionNames(no_calendar).of(record.market, moment)


def test_recording_without_times_has_the_session_of_its_own_clock() -> None:
    """A replay of bare messages: 23:53 Korean time is the regular session in New York."""
    record = book(SPY)
    assert SessionNames(no_calendar).of(record.market, moment_of(record)) == "regular session"


def test_recorded_file_has_its_size(tmp_path: Path) -> None:
    """In MB, once there is a file; stdout has none."""
    file = tmp_path / "night.ndjson"
    assert recorded_in(f"{file}")() == "night.ndjson"
    file.write_bytes(bytes(1_234_567))
    assert recorded_in(f"{file}")() == "night.ndjson 1.2 MB"
    assert recorded_in("-")() == "stdout"
    assert recorded_in(None)() == ""
