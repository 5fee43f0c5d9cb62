"""Records → order books: the captured frames field by field, widths, surplus, and any text."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from conftest import ALL_FRAMES
from helpers.records import AAPL, SPY, book, line, malformed, with_field
from hypothesis import given
from hypothesis import strategies as st

from kisq.spec.tables import TRS
from kisq.wire.book import Level, OrderBook
from kisq.wire.clocks import KST
from kisq.wire.decode import decode
from kisq.wire.messages import Malformed
from kisq.wire.record_faults import FaultKind

NEW_YORK = ZoneInfo("America/New_York")


def test_spec_has_71_and_17_fields_and_level_3_once() -> None:
    """The page prints level 3 of HDFSASP0 twice; the wire has it once."""
    names = [field.name for field in TRS["HDFSASP0"].fields]
    assert len(names) == len(set(names)) == 71
    assert len(TRS["HDFSASP1"].fields) == 17
    assert names[:11] == "RSYM SYMB ZDIV XYMD XHMS KYMD KHMS BVOL AVOL BDVL ADVL".split()
    assert names[23:29] == ["PBID3", "PASK3", "VBID3", "VASK3", "DBID3", "DASK3"]
    assert names[29] == "PBID4"


def test_captured_us_book() -> None:
    """The book captured on the real server decodes to the right values."""
    spy = book(SPY)
    assert (spy["RSYM"], spy["SYMB"], spy.market, spy.number("ZDIV")) == (
        "DAMSSPY",
        "SPY",
        "AMS",
        4,
    )
    assert spy.exchange_time == datetime(2026, 7, 10, 10, 53, 34, tzinfo=NEW_YORK)
    assert spy.kst_time == datetime(2026, 7, 10, 23, 53, 34, tzinfo=KST)
    assert spy.exchange_time == spy.kst_time
    totals = [spy.number(name) for name in ("BVOL", "AVOL", "BDVL", "ADVL")]
    assert totals == [1621, 1950, -1200, -735]
    assert spy.bids[0] == Level(Decimal("752.1400"), 60, 35)
    assert spy.asks[0] == Level(Decimal("752.1700"), 145, 60)
    assert spy.bids[2] == Level(Decimal("752.1200"), 525, 385)
    assert spy.asks[9] == Level(Decimal("752.2600"), 260, 220)
    assert str(spy.bids[0].price) == "752.1400"
    assert spy.extra == []
    assert spy.text == SPY


@pytest.mark.parametrize("text", [AAPL, SPY])
def test_four_sums_hold_in_every_captured_book(text: str) -> None:
    """BVOL, AVOL, BDVL and ADVL are the sums of their levels, so nothing is shifted."""
    found = book(text)
    assert found.number("BVOL") == sum(level.size or 0 for level in found.bids)
    assert found.number("AVOL") == sum(level.size or 0 for level in found.asks)
    assert found.number("BDVL") == sum(level.change or 0 for level in found.bids)
    assert found.number("ADVL") == sum(level.change or 0 for level in found.asks)
    assert found.faults() == []


def test_official_example_of_the_daytime_session() -> None:
    """The workbook's example is a daytime key, a day apart in New York and Seoul."""
    aapl = book(AAPL)
    assert aapl["RSYM"] == "RBAQAAPL"
    assert aapl.exchange_time == datetime(2024, 5, 6, 20, 22, 23, tzinfo=NEW_YORK)
    assert aapl.kst_time == datetime(2024, 5, 7, 9, 22, 23, tzinfo=KST)
    assert aapl.asks[9] == Level(Decimal("183.0100"), 98, 0)


def test_one_level_book() -> None:
    """HDFSASP1 has the same head and one level; its totals may be those of a deeper book."""
    text = (
        "0|HDFSASP1|001|DHKS00003^00003^3^20261123^101500^20261123^111500"
        "^500^700^0^0^6.800^6.810^100^200^0^0"
    )
    one = book(text)
    assert one.bids == [Level(Decimal("6.800"), 100, 0)]
    assert one.asks == [Level(Decimal("6.810"), 200, 0)]
    assert one.exchange_time == datetime(2026, 11, 23, 10, 15, tzinfo=ZoneInfo("Asia/Hong_Kong"))
    assert one.faults() == []


def test_two_records_are_two_books() -> None:
    """Records are joined without a separator; the stride is fields ÷ count."""
    payload = SPY.rsplit("|", 1)[1]
    other = payload.replace("DAMSSPY", "DAMSQQQ", 1)
    records = decode(f"0|HDFSASP0|002|{payload}^{other}")
    assert [record["RSYM"] for record in records if isinstance(record, OrderBook)] == [
        "DAMSSPY",
        "DAMSQQQ",
    ]


def test_surplus_fields_are_kept_with_their_record() -> None:
    """KIS appends fields: they belong to each record and shift nothing."""
    payload = SPY.rsplit("|", 1)[1]
    first, second = decode(f"0|HDFSASP0|002|{payload}^new^1^{payload}^new^2")
    assert isinstance(first, OrderBook)
    assert isinstance(second, OrderBook)
    assert (first.extra, second.extra) == (["new", "1"], ["new", "2"])
    assert second.bids == book(SPY).bids


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (SPY.rsplit("^", 1)[0], "70 fields in 1 record; an HDFSASP0 record has 71 or more"),
        (SPY.replace("|001|", "|002|"), "71 fields in 2 records"),
        (SPY.replace("|001|", "|071|"), "71 fields in 71 records"),
        (SPY.replace("DAMSSPY^", "", 1), "70 fields"),
        (SPY.replace("0|", "1|", 1), "encrypted"),
        (SPY.replace("HDFSASP0", "HDFSXXX9"), "not a TR that kisq knows"),
        (with_field("VBID1", "752.1400"), "VBID1 is '752.1400', which is not an integer"),
        (with_field("PASK10", "abc"), "PASK10 is 'abc', which is not a number"),
        (with_field("AVOL", "1e5"), "AVOL is '1e5', which is not an integer"),
        (with_field("BVOL", "٣"), "BVOL is '٣', which is not an integer"),
        (with_field("BVOL", "9" * 19), "not an integer"),
        (with_field("PBID1", "NaN"), "not a number"),
        (with_field("PBID1", "7\x00"), "PBID1 is '7\\x00', which is not a number"),
        (with_field("PBID1", "7\ufffd"), "not a number"),
    ],
)
def test_what_cannot_be_decoded_says_why(text: str, reason: str) -> None:
    """A record that fits no layout is Malformed, with its text and the reason."""
    assert reason in malformed(text).reason


def test_one_bad_record_does_not_take_the_other_with_it() -> None:
    """Of two records, the good one is a book and the bad one Malformed."""
    good, bad = SPY.rsplit("|", 1)[1], with_field("AVOL", "?").rsplit("|", 1)[1]
    first, second = decode(f"0|HDFSASP0|002|{bad}^{good}")
    assert isinstance(first, Malformed)
    assert isinstance(second, OrderBook)


def test_empty_fields_are_none() -> None:
    """A missing level may be empty or 0 (protocol.md section 3)."""
    text = SPY
    for name in ("PBID10", "VBID10", "DBID10", "ZDIV"):
        text = with_field(name, "", text)
    found = book(text)
    assert found.bids[9] == Level(None, None, None)
    assert found.number("ZDIV") is None
    assert book(with_field("PASK10", "0")).asks[9].price == 0


@pytest.mark.parametrize("nan", ["nan", "-nan"])
@pytest.mark.parametrize("name", ["PASK1", "VASK1", "DASK1"])
def test_nan_in_a_level_is_none(name: str, nan: str) -> None:
    """As KIS sends it for what it cannot work out; only sums are odd then."""
    odd = book(with_field(name, nan))
    field = {"PASK1": "price", "VASK1": "size", "DASK1": "change"}[name]
    assert getattr(odd.best_ask, field) is None
    assert {fault.kind for fault in odd.faults()} <= {FaultKind.SUM}
    assert "nan" not in line(with_field(name, nan))


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("BVOL", "1622", "BVOL is 1622, but its levels add up to 1621"),
        ("DASK1", "61", "ADVL is -735, but its levels add up to -734"),
        ("PBID1", "752.1700", "the best bid 752.1700 is not below the best ask 752.1700"),
        ("XYMD", "20261332", "its clock cannot be read"),
        ("KHMS", "2353", "its clock cannot be read"),
    ],
)
def test_odd_books_are_shown_and_said(name: str, value: str, fault: str) -> None:
    """A book whose numbers contradict each other is decoded, and says what is odd."""
    assert [odd.text for odd in book(with_field(name, value)).faults()] == [fault]


@pytest.mark.parametrize(("korean", "offset"), [("140530", -4), ("150530", -5)])
def test_the_hour_that_new_york_lives_twice(korean: str, offset: int) -> None:
    """When US summer time ends, 01:05:30 comes twice; the Korean clock tells which one it is."""
    text = AAPL
    for field, value in (
        ("XYMD", "20261101"),
        ("XHMS", "010530"),
        ("KYMD", "20261101"),
        ("KHMS", korean),
    ):
        text = with_field(field, value, text)
    moment = book(text).exchange_time
    assert moment is not None
    assert moment.utcoffset() == timedelta(hours=offset)


def test_unknown_market_has_no_exchange_time() -> None:
    """A clock of an exchange whose zone is unknown is not guessed."""
    assert book(with_field("RSYM", "DXXXSPY")).exchange_time is None


_FIELD = st.text(max_size=6) | st.sampled_from(["", "0", "-1", "752.1400", "20261101", "24:00"])


@given(st.text() | st.sampled_from(ALL_FRAMES), st.integers(0, 600), st.text(max_size=3))
def test_no_text_whatsoever_crashes(text: str, at: int, put: str) -> None:
    """decode gives values for any text and for captured ones cut, doubled and corrupted."""
    for broken in (text, text[:at], text[:at] + put + text[at:], text + text[at:]):
        for record in decode(broken):
            if isinstance(record, OrderBook):
                record.faults()
                assert len(record.bids) == len(record.asks) == record.layout.tr.levels


@given(st.lists(_FIELD, min_size=71, max_size=73), st.sampled_from(["HDFSASP0", "HDFSASP1"]))
def test_no_field_whatsoever_crashes(fields: list[str], tr_id: str) -> None:
    """Whatever the fields of a record hold, it is a book or says why it is none."""
    for record in decode(f"0|{tr_id}|001|{'^'.join(fields)}"):
        if isinstance(record, OrderBook):
            record.faults()
        else:
            assert isinstance(record, Malformed)
            assert record.reason


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, ""),
        (1, "1"),
        (10, "1, 2, 3, 4, 5, 6, 7, 8, 9, 10"),
        (12, "1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more"),
    ],
)
def test_ten_surplus_fields_are_shown(number: int, shown: str) -> None:
    """People see the first ten, and how many there are besides."""
    text = "^".join([SPY, *(str(n) for n in range(1, number + 1))])
    assert book(text).surplus == shown
