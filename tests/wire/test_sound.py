"""What is odd about a record: each kind, its bounds, and no alarm at what is real."""

import re
from datetime import timedelta

import pytest
from conftest import ALL_FRAMES, captured
from helpers.records import AAPL, SPY, book, with_field, with_fields
from hypothesis import given
from hypothesis import strategies as st

from kisq.spec.tables import TRS
from kisq.wire.book import _DIGITS
from kisq.wire.clocks import in_words
from kisq.wire.decode import decode
from kisq.wire.layouts import Layouts
from kisq.wire.record import Record
from kisq.wire.record_faults import FaultKind

HYNIX, _SAMSUNG = captured("h0stasp0.txt")
TRADE = captured("hdfscnt0.txt")[-1]
HONG_KONG = (
    "0|HDFSASP1|001|DHKS00003^00003^3^20261123^101500^20261123^111500"
    "^500^700^0^0^6.800^6.810^100^200^0^0"
)
# The official example of KRX (KIS's page 실시간-004, 2023), which ends in empty levels' zeros.
OFFICIAL_KRX = (
    "0|H0STASP0|001|005930^093730^0^71900^72000^72100^72200^72300^72400^72500^72600^72700^72800"
    "^71800^71700^71600^71500^71400^71300^71200^71100^71000^70900^91918^117942^92673^79708^106729"
    "^141988^176192^113906^134077^104229^95221^159371^220746^284657^212742^195370^182710^209747"
    "^376432^158171^1159362^2095167^0^0^0^0^525579^-72000^5^-100.00^3159115^0^8^0^0^0"
)
ANY_CLOCK = 1783695214.5


def records(text: str) -> list[Record]:
    found = decode(text, ANY_CLOCK)
    assert all(isinstance(record, Record) for record in found)
    return [record for record in found if isinstance(record, Record)]


def swapped(text: str, *pairs: tuple[str, str]) -> str:
    """``text`` with the fields of each pair in each other's place."""
    (record,) = records(text)
    for one, other in pairs:
        text = with_fields(text, **{one: record[other], other: record[one]})
    return text


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (6, "6 seconds"),
        (60, "1 minute"),
        (9 * 3600, "9 hours"),
        (-9 * 3600, "9 hours"),
        (86_400 + 2 * 3600 + 7, "1 day, 2 hours and 7 seconds"),
        (2 * 86_400 + 3600 + 61, "2 days, 1 hour, 1 minute and 1 second"),
    ],
)
def test_durations_are_words(seconds: int, words: str) -> None:
    """A duration is said in words, never as Python writes it."""
    assert in_words(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("korean", "apart"),
    [
        ("235339", None),
        ("235329", None),
        ("235340", "6 seconds"),
        ("235328", "6 seconds"),
        ("235424", "50 seconds"),
        ("145334", "9 hours"),
    ],
)
def test_clocks_may_be_five_seconds_apart(korean: str, apart: str | None) -> None:
    """Exchange and Korean clock may be 5 s apart, either way; from 6 s on it is said in words."""
    faults = book(with_field("KHMS", korean, SPY)).faults()
    said = f"its exchange clock and its Korean clock are {apart} apart"
    assert faults == ([(FaultKind.CLOCKS, said)] if apart else [])


def test_kinds_that_contradict() -> None:
    """A crossed book or an unreadable clock is merely odd; all else contradicts itself."""
    odd = {kind for kind in FaultKind if not kind.contradicts}
    assert odd == {FaultKind.CROSSED, FaultKind.UNREADABLE_CLOCK}


def test_one_fault_of_each_kind() -> None:
    """Two totals that do not add up are one fault, which names both."""
    (fault,) = book(with_field("BVOL", "1", with_field("AVOL", "2", SPY))).faults()
    assert fault.kind is FaultKind.SUM
    assert fault.text == (
        "BVOL is 1, but its levels add up to 1621; AVOL is 2, but its levels add up to 1950"
    )


@pytest.mark.parametrize("text", [text for text in ALL_FRAMES if "|" in text[:2]] + [OFFICIAL_KRX])
def test_real_frames_are_sound(text: str) -> None:
    """No captured or official message has anything odd."""
    assert [record.faults() for record in records(text)] == [[]] * len(records(text))


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        (
            swapped(SPY, ("PBID1", "PBID2"), ("PBID3", "PBID4")),
            FaultKind.ORDER,
            "its levels are not in order of price",
        ),
        (
            swapped(HYNIX, ("ASKP9", "ASKP10")),
            FaultKind.ORDER,
            "its levels are not in order of price",
        ),
        (
            with_fields(SPY, PBID1="752.14"),
            FaultKind.DIGITS,
            "PBID1 is 752.14, with 2 decimals instead of 4 (ZDIV)",
        ),
        (
            with_fields(SPY, ZDIV="2"),
            FaultKind.DIGITS,
            "PBID1 is 752.1400, with 4 decimals instead of 2 (ZDIV) (and 19 more)",
        ),
        (
            with_fields(SPY, ZDIV="752"),
            FaultKind.DIGITS,
            "PBID1 is 752.1400, with 4 decimals instead of 752 (ZDIV) (and 19 more)",
        ),
        (
            with_fields(HONG_KONG, PASK1="6810"),
            FaultKind.DIGITS,
            "PASK1 is 6810, with 0 decimals instead of 3 (ZDIV)",
        ),
        (
            with_fields(TRADE, LAST="752.16"),
            FaultKind.DIGITS,
            "LAST is 752.16, with 2 decimals instead of 4 (ZDIV)",
        ),
        (
            with_fields(SPY, VBID1="-60", BVOL="1501"),
            FaultKind.NEGATIVE,
            "VBID1 is -60, below zero",
        ),
        (with_fields(HONG_KONG, AVOL="-7"), FaultKind.NEGATIVE, "AVOL is -7, below zero"),
        (with_fields(TRADE, EVOL="-168"), FaultKind.NEGATIVE, "EVOL is -168, below zero"),
        (with_fields(SPY, SYMB="QQQ"), FaultKind.KEY, "RSYM is DAMSSPY, but SYMB is QQQ"),
        (with_fields(TRADE, SYMB="4"), FaultKind.KEY, "RSYM is DAMSSPY, but SYMB is 4"),
        (
            with_fields(HYNIX, TOTAL_BIDP_RSQN="4254"),
            FaultKind.SUM,
            "TOTAL_BIDP_RSQN is 4254, but its levels add up to 4253",
        ),
        (
            with_fields(SPY, RSYM="DXXXSPY"),
            FaultKind.UNREADABLE_CLOCK,
            "the clock of the unknown market XXX cannot be read",
        ),
    ],
)
def test_each_kind_has_its_sentence(text: str, kind: FaultKind, said: str) -> None:
    """What is odd is found, is of its kind, and says which field holds what."""
    (record,) = records(text)
    assert record.faults() == [(kind, said)]


@pytest.mark.parametrize("price", ["0", "0.0000", "0.00", ""])
@pytest.mark.parametrize("levels", [range(1, 11), range(6, 11), [3]])
def test_levels_without_a_price_are_no_fault(price: str, levels: range) -> None:
    """However many levels are empty or zero, the rest is in order and adds up, or does not."""
    text = SPY
    for n in levels:
        gone = {f"PBID{n}": price, f"VBID{n}": price and "0", f"DBID{n}": price and "0"}
        text = with_fields(text, **gone)
    (record,) = records(text)
    left = [n for n in range(1, 11) if n not in levels]
    sums = {
        total: sum(int(record[f"{of}{n}"]) for n in left)
        for total, of in (("BVOL", "VBID"), ("BDVL", "DBID"))
    }
    (record,) = records(with_fields(text, **{name: str(value) for name, value in sums.items()}))
    assert record.faults() == []
    (record,) = records(with_fields(text, **{name: str(value + 1) for name, value in sums.items()}))
    assert [fault.kind for fault in record.faults()] == [FaultKind.SUM]


@pytest.mark.parametrize("name", ["ZDIV", "SYMB", "RSYM", "BVOL"])
def test_what_is_not_said_contradicts_nothing(name: str) -> None:
    """An empty field is not compared with others; without a key the market has no clock."""
    (record,) = records(with_fields(SPY, **{name: ""}))
    contradicts = [fault for fault in record.faults() if fault.kind.contradicts]
    assert contradicts == []


def test_prices_across_a_power_of_ten_are_in_order() -> None:
    """9.9990 is below 10.0010, though as text it is not."""
    text = SPY
    for n in range(1, 11):
        bid, ask = f"{10 - n / 1000:.4f}", f"{10 + n / 1000:.4f}"
        text = with_fields(text, **{f"PBID{n}": bid, f"PASK{n}": ask})
    assert book(text).faults() == []
    assert book(swapped(text, ("PASK1", "PBID1"))).faults() != []


def test_one_price_at_two_levels_is_no_disorder() -> None:
    """Two levels of one price are in order; a locked book is said as crossed."""
    assert book(with_fields(SPY, PBID2="752.1400")).faults() == []
    (fault,) = book(with_fields(SPY, PBID1="752.1700")).faults()
    assert fault.kind is FaultKind.CROSSED


def test_an_auction_may_cross_but_not_be_out_of_order() -> None:
    """Under an expected price bids may stand above asks; each side keeps its order."""
    crossed = with_fields(HYNIX, BIDP1="2500000", ANTC_CNPR="1995000")
    assert records(crossed)[0].faults() == []
    (fault,) = records(with_fields(crossed, BIDP2="2600000"))[0].faults()
    assert fault.kind is FaultKind.ORDER


def test_columns_of_every_layout_are_those_of_its_levels() -> None:
    """The slices that are added and compared hold just the fields of the levels."""
    layouts = [one for tr_id in TRS for one in Layouts(tr_id).all]
    assert [one.tr.id for one in layouts if not one.is_spaced] == ["H0ZOASP0"]
    for layout in (one for one in layouts if one.is_spaced):
        places = list(range(layout.width))
        assert places[layout.bid_prices] == [price for price, _, _ in layout.bids]
        assert places[layout.ask_prices] == [price for price, _, _ in layout.asks]
        for total, column in layout.sums:
            names = {re.sub("[0-9]+$", "", layout.fields[i].name) for i in places[column]}
            assert len(names) == 1
            assert len(places[column]) == layout.levels
            assert total not in places[column]


def test_what_is_kept_of_numbers_is_bounded() -> None:
    """However many prices and sizes come, no more than 4096 texts of them are remembered."""
    for size in range(10_000, 15_000):
        text = with_fields(SPY, VBID1=str(size), BVOL=str(size + 1561))
        assert book(text).faults() == []
        assert len(_DIGITS) <= 4096


_VALUES = st.sampled_from(
    ["", " ", "0", "0.0000", "-1", "+5", "752.1400", "752.1500", "0752.1400", "7", "99999", "1.5"]
)


@given(
    st.sampled_from([AAPL, SPY, HYNIX, TRADE, HONG_KONG]),
    st.lists(st.tuples(st.integers(0, 70), _VALUES), min_size=1, max_size=3),
)
def test_the_fast_look_overlooks_nothing(text: str, changes: list[tuple[int, str]]) -> None:
    """Whatever fields are changed: what the fast look calls sound has no fault on a closer one."""
    head, payload = text.rsplit("|", 1)
    fields = payload.split("^")
    for place, value in changes:
        fields[place % len(fields)] = value
    for record in decode(f"{head}|{'^'.join(fields)}", ANY_CLOCK):
        if isinstance(record, Record):
            assert record.faults() == list(record.search_faults())
