"""Order books as NDJSON: the contract's very line, and JSON for whatever comes."""

import json
from decimal import Decimal

from conftest import captured
from helpers.records import SPY, line, with_field
from hypothesis import given
from hypothesis import strategies as st

KEYS = (
    "type received_at tr_id tr_key symbol market exchange_time kst_time lag_seconds decimals "
    "bid_total ask_total bid_total_change ask_total_change bids asks"
).split()


def test_line_of_the_contract() -> None:
    """The captured book gives the line of the contract, with one level for brevity."""
    assert line(SPY, depth=1) == (
        '{"type":"book","received_at":"2026-07-10T23:53:34.512345+09:00","tr_id":"HDFSASP0",'
        '"tr_key":"DAMSSPY","symbol":"SPY","market":"AMS",'
        '"exchange_time":"2026-07-10T10:53:34-04:00","kst_time":"2026-07-10T23:53:34+09:00",'
        '"lag_seconds":0.512,"decimals":4,"bid_total":1621,"ask_total":1950,'
        '"bid_total_change":-1200,"ask_total_change":-735,'
        '"bids":[{"price":752.1400,"size":60,"change":35}],'
        '"asks":[{"price":752.1700,"size":145,"change":60}]}\n'
    )


def test_all_levels_best_first_with_the_digits_of_the_wire() -> None:
    """Ten levels a side, keys in the order of the contract, no digit lost."""
    book = json.loads(line(SPY), parse_float=Decimal)
    assert list(book) == KEYS
    assert [str(level["price"]) for level in book["bids"]] == [
        f"752.{n:02d}00" for n in range(14, 4, -1)
    ]
    assert sum(level["size"] for level in book["asks"]) == book["ask_total"]


def test_surplus_comes_as_extra_and_only_then() -> None:
    """Fields that KIS appended are kept as text."""
    assert json.loads(line(f'{SPY}^2^"\x1b'))["extra"] == ["2", '"\x1b']
    assert "\x1b" not in line(f"{SPY}^\x1b\x9b")
    assert "extra" not in json.loads(line(captured("hdfsasp0.txt")[0]))


def test_empty_fields_are_null() -> None:
    """An empty number, symbol or clock is null."""
    text = SPY
    for name in ("PBID1", "VASK1", "DASK1", "SYMB", "KHMS", "XYMD", "ZDIV", "BVOL"):
        text = with_field(name, "", text)
    book = json.loads(line(text))
    assert book["bids"][0] == {"price": None, "size": 60, "change": 35}
    assert book["asks"][0] == {"price": 752.17, "size": None, "change": None}
    names = ("symbol", "kst_time", "exchange_time", "lag_seconds", "decimals", "bid_total")
    assert [book[name] for name in names] == [None] * 6


_NUMBER = st.from_regex(r"\A *[+-]?[0-9]{1,18}(\.[0-9]{0,12})? *\Z")


@given(price=_NUMBER, size=st.from_regex(r"\A *[+-]?[0-9]{1,18} *\Z"), symbol=st.text(max_size=8))
def test_whatever_decodes_is_one_line_of_json(price: str, size: str, symbol: str) -> None:
    """Signs, leading zeros, spaces and odd symbols still give valid JSON of the same value."""
    text = with_field("PBID1", price, with_field("VBID1", size, SPY))
    text = with_field("SYMB", symbol.replace("^", "").replace("|", ""), text)
    written = line(text)
    assert written.count("\n") == 1
    level = json.loads(written, parse_float=Decimal)["bids"][0]
    assert Decimal(level["price"]) == Decimal(price.strip())
    assert level["size"] == int(size)
