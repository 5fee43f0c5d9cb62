"""Trades and Korean stocks: the captured frames field by field, and the simulator's."""

import json
import math
import re
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import Run, captured
from helpers.records import AT, line, malformed, with_field
from helpers.screens import coloured, plain
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from terminal import Terminal

from kisq.cli.keys import keys_to_watch
from kisq.errors import WrongUsage
from kisq.screen.display import Display
from kisq.screen.ladder import ladder
from kisq.screen.tape import tape
from kisq.screen.view import View
from kisq.simulator.market import BookMaker
from kisq.simulator.trades import TradeMaker
from kisq.spec.tables import TRS
from kisq.wire.book import OrderBook
from kisq.wire.clocks import KST, nearest_date
from kisq.wire.decode import decode
from kisq.wire.record import Record
from kisq.wire.trade import Side, Trade
from kisq.wire.trkey import parse_tr_key

HYNIX, SAMSUNG = captured("h0stasp0.txt")
HYNIX_TRADE, SAMSUNG_TRADE = captured("h0stcnt0.txt")
TWO, *_, GOOGLE, SPY = captured("hdfscnt0.txt")
NOON = datetime(2026, 7, 13, 12, 0, 1, tzinfo=KST)
TRADE_KEYS = (
    "type received_at tr_id tr_key symbol market exchange_time kst_time lag_seconds price size "
    "change change_rate bid ask bid_size ask_size volume turnover strength"
).split()


def records(text: str, at: float = AT) -> list[Record]:
    found = decode(text, at)
    assert all(isinstance(record, Record) for record in found)
    return [record for record in found if isinstance(record, Record)]


@pytest.mark.parametrize(
    ("tr_id", "width"),
    [("HDFSCNT0", 26), ("H0STASP0", 63), ("H0NXASP0", 62), ("H0UNASP0", 66)]
    + [(tr_id, 47) for tr_id in ("H0STCNT0", "H0NXCNT0", "H0UNCNT0")],
)
def test_spec_has_the_documented_width(tr_id: str, width: int) -> None:
    """Each table has the documented number of fields, each mnemonic once, each with a name."""
    fields = TRS[tr_id].fields
    assert len({field.name for field in fields}) == len(fields) == width
    assert all(field.korean and field.english for field in fields)


def test_overseas_trades_of_one_message() -> None:
    """A message of two records is two lines of the contract; no digit of a price is lost."""
    first, second = records(TWO)
    assert [record.tr_key for record in (first, second)] == ["DNASAAPL"] * 2
    spy = line(SPY)
    assert spy == (
        '{"type":"trade","received_at":"2026-07-10T23:53:34.512345+09:00","tr_id":"HDFSCNT0",'
        '"tr_key":"DAMSSPY","symbol":"SPY","market":"AMS",'
        '"exchange_time":"2026-07-10T10:53:34-04:00","kst_time":"2026-07-10T23:53:34+09:00",'
        '"lag_seconds":0.512,"price":752.1600,"size":168,"change":0.4500,"change_rate":0.06,'
        '"bid":752.1400,"ask":752.1700,"bid_size":60,"ask_size":145,"volume":5128169,'
        '"turnover":3855082545,"strength":125.18,"open":752.0970,"high":753.3500,'
        '"low":748.1000,"zdiv":4,"tymd":"20260710","sign":"2","bivl":1180314,"asvl":1477576,'
        '"mtyp":"2","side":null}\n'
    )
    assert list(json.loads(spy))[: len(TRADE_KEYS)] == TRADE_KEYS


def test_change_has_a_sign() -> None:
    """Overseas, the change is on the wire without its sign, which stands in SIGN."""
    fallen = json.loads(line(GOOGLE), parse_float=Decimal)
    assert (str(fallen["change"]), str(fallen["change_rate"])) == ("-4.4700", "-1.25")
    korean = json.loads(line(HYNIX_TRADE), parse_float=Decimal)
    assert (korean["change"], str(korean["change_rate"])) == (-184000, "-8.44")
    flat = with_field("SIGN", "5", with_field("DIFF", "0.0000", GOOGLE))
    assert '"change":0.0000,' in line(flat)


@pytest.mark.parametrize(
    ("text", "side", "market"), [(HYNIX_TRADE, "sell", None), (SAMSUNG_TRADE, "sell", "2")]
)
def test_korean_trade(text: str, side: str, market: str | None) -> None:
    """46 fields and 47: every value under its key, with the side that the wire tells."""
    found = json.loads(line(text, at=math.nan), parse_float=str, parse_int=str)
    fields = text.split("|")[3].split("^")
    names = [field.name for field in TRS["H0STCNT0"].fields]
    wire = dict(zip(names, fields, strict=False))
    assert "extra" not in found
    assert list(found)[: len(TRADE_KEYS)] == TRADE_KEYS
    assert (found["side"], found.get("market_cls_code")) == (side, market)
    by_mnemonic = {
        "price": "STCK_PRPR", "size": "CNTG_VOL", "change": "PRDY_VRSS",
        "change_rate": "PRDY_CTRT", "bid": "BIDP1", "ask": "ASKP1", "bid_size": "BIDP_RSQN1",
        "ask_size": "ASKP_RSQN1", "volume": "ACML_VOL", "turnover": "ACML_TR_PBMN",
        "strength": "CTTR", "open": "STCK_OPRC", "high": "STCK_HGPR", "low": "STCK_LWPR",
    }  # fmt: skip
    for key, name in by_mnemonic.items():
        assert str(found[key]) == wire[name]
    others = {name: value for name, value in wire.items() if name.lower() in found}
    assert {name: found[name.lower()] or "" for name in others} == others
    assert len(others) == len(wire) - len(by_mnemonic) - 3  # tr_key and the two of the clock
    assert (found["tr_key"], found["market"]) == (fields[0], "KRX")
    date, time = wire["BSOP_DATE"], wire["STCK_CNTG_HOUR"]
    moment = f"{date[:4]}-{date[4:6]}-{date[6:]}T{time[:2]}:{time[2:4]}:{time[4:]}+09:00"
    assert found["exchange_time"] == found["kst_time"] == moment
    assert (found["received_at"], found["lag_seconds"]) == (None, None)


@pytest.mark.parametrize(
    ("text", "moment"),
    [(HYNIX, "2026-07-13T10:39:25+09:00"), (SAMSUNG, "2026-09-22T14:06:10+09:00")],
)
def test_korean_book(text: str, moment: str) -> None:
    """62 fields and 63: levels best first, totals, everything else under its mnemonic."""
    fields = text.split("|")[3].split("^")
    names = [field.name for field in TRS["H0STASP0"].fields]
    wire = dict(zip(names, fields, strict=False))
    noon = datetime.fromisoformat(f"{moment[:10]}T12:00+09:00").timestamp()
    found = json.loads(line(text, at=noon), parse_float=str)
    for side, price, size in (("bids", "BIDP", "BIDP_RSQN"), ("asks", "ASKP", "ASKP_RSQN")):
        assert [(str(lv["price"]), str(lv["size"]), lv["change"]) for lv in found.pop(side)] == [
            (wire.pop(f"{price}{n}"), wire.pop(f"{size}{n}"), None) for n in range(1, 11)
        ]
    totals = {
        "bid_total": "TOTAL_BIDP_RSQN", "ask_total": "TOTAL_ASKP_RSQN",
        "bid_total_change": "TOTAL_BIDP_RSQN_ICDC", "ask_total_change": "TOTAL_ASKP_RSQN_ICDC",
    }  # fmt: skip
    assert {key: str(found.pop(key)) for key in totals} == {
        key: wire.pop(name) for key, name in totals.items()
    }
    assert (found.pop("auction"), "extra" in found) == (None, False)
    assert found["exchange_time"] == found["kst_time"] == moment
    code = wire.pop("MKSC_SHRN_ISCD")
    assert (found.pop("symbol"), found.pop("tr_key"), found.pop("market")) == (code, code, "KRX")
    for key in (
        "type",
        "received_at",
        "tr_id",
        "exchange_time",
        "kst_time",
        "lag_seconds",
        "decimals",
    ):
        del found[key]
    assert {key: str(value) for key, value in found.items()} == {
        name.lower(): value for name, value in wire.items()
    }


@pytest.mark.parametrize("text", [HYNIX, SAMSUNG])
def test_captured_korean_books_are_sound(text: str) -> None:
    """Totals add up and levels are in order; without a receive time the date is not missed."""
    (book,) = records(text, math.nan)
    assert book.faults() == []
    assert records(with_field("TOTAL_BIDP_RSQN", "1", text))[0].faults() != []


def test_book_of_nxt_as_the_mock_server_sends_it() -> None:
    """Of its two layouts 62 fields are the newer one; fewer are no record."""
    head, payload = HYNIX.replace("H0STASP0", "H0NXASP0").rsplit("|", 1)
    (book,) = records(f"{head}|{payload}")
    assert (book["NMID_PRC"], book.extra) == ("1995500", [])
    found = json.loads(line(f"{head}|{payload}"))
    assert (found["market"], found["nmid_prc"], "kmid_prc" in found) == ("NXT", 1995500, False)
    assert "62 or more" in malformed(f"{head}|{payload.rsplit('^', 1)[0]}").reason


def test_auction_may_cross_and_has_an_expected_price() -> None:
    """Where an expected price is there, crossed books are no fault."""
    crossed = with_field("BIDP1", "2500000", HYNIX)
    kinds = [fault.kind for fault in records(crossed)[0].faults()]
    assert "crossed" in kinds
    auction = with_field("ANTC_CNPR", "1995000", crossed)
    (book,) = records(auction)
    assert isinstance(book, OrderBook)
    assert book.expected_price == Decimal(1995000)
    assert "crossed" not in [fault.kind for fault in book.faults()]


@pytest.mark.parametrize(
    ("text", "side"),
    [
        (HYNIX_TRADE, Side.SELL),  # 체결구분 5
        (with_field("CCLD_DVSN", "1", HYNIX_TRADE), Side.BUY),
        (with_field("CCLD_DVSN", "3", HYNIX_TRADE), Side.UNKNOWN),  # 장전
        (SPY, Side.UNKNOWN),  # between bid and ask
        (with_field("LAST", "752.1700", SPY), Side.BUY),
        (with_field("LAST", "752.1400", SPY), Side.SELL),
        (with_field("LAST", "", SPY), Side.UNKNOWN),
    ],
)
def test_side_of_a_trade(text: str, side: Side) -> None:
    """The side is the wire's own, or follows from the price against bid and ask."""
    (trade,) = records(text)
    assert isinstance(trade, Trade)
    assert trade.side is side


@given(at=st.integers(0, 4_000_000_000), seconds=st.integers(0, 86_399))
def test_time_without_a_date_is_on_the_nearest_day(at: int, seconds: int) -> None:
    """A record that has only a time is at most half a day from its arrival."""
    time = f"{seconds // 3600:02d}{seconds // 60 % 60:02d}{seconds % 60:02d}"
    date = nearest_date(time, at)
    found = datetime.strptime(f"{date}{time}+0900", "%Y%m%d%H%M%S%z")
    assert abs(found.timestamp() - at) <= 43_200


@pytest.mark.parametrize("at", [math.nan, math.inf, -math.inf, 1e18, -1e18])
def test_times_that_are_none(at: float) -> None:
    """Whatever the receive time, a date is found or none, and never an error."""
    assert nearest_date("120000", at) == ""
    assert nearest_date("12000x", AT) == ""


@pytest.mark.parametrize(
    ("text", "tr_id", "venue", "expected"),
    [
        ("005930", None, None, ("H0STASP0", "H0STCNT0")),
        ("005930", None, "nxt", ("H0NXASP0", "H0NXCNT0")),
        ("005930", None, "unified", ("H0UNASP0", "H0UNCNT0")),
        ("005930", "H0UNASP0", None, ("H0UNASP0", "H0UNCNT0")),
        ("DHKS00003", None, None, ("HDFSASP1", "HDFSCNT0")),
    ],
)
def test_keys_and_their_trades(
    text: str, tr_id: str | None, venue: str | None, expected: tuple[str, str]
) -> None:
    """A key has the TR of its books, and with its trades the TR of those as well."""
    assert keys_to_watch({text: ""}, tr_id, venue) == [(expected[0], text)]
    both = keys_to_watch({text: ""}, tr_id, venue, trades=True)
    assert both == [(tr, text) for tr in expected]


def test_trades_count_as_keys() -> None:
    """21 keys with their trades are more registrations than KIS allows, and the error says why."""
    keys = {f"{n:06d}": "" for n in range(21)}
    assert len(keys_to_watch(dict(list(keys.items())[:20]), None, trades=True)) == 40
    with pytest.raises(WrongUsage, match=r"42 keys are more than the 41.*trades"):
        keys_to_watch(keys, None, trades=True)


@pytest.mark.parametrize(
    ("key", "venue"), [("DNASAAPL", None), ("DHKS00003", None), ("005930", None), ("005930", "nxt")]
)
def test_simulated_trades_fit_the_books(key: str, venue: str | None) -> None:
    """Trades stand at the best prices of the newest book, volume and turnover add up."""
    tr_key = parse_tr_key(key, venue=venue)
    books = BookMaker(TRS[tr_key.tr_id], tr_key, 1)
    trades = TradeMaker(TRS[tr_key.tr_ids[1]], books, "1")
    traded, volume = Decimal(0), 0
    for _ in range(50):
        (book,) = records(books.message(NOON), NOON.timestamp())
        assert isinstance(book, OrderBook)
        assert book.faults() == []
        for trade in records(trades.message(NOON), NOON.timestamp()):
            assert isinstance(trade, Trade)
            assert trade.faults() == []
            assert trade.price in (book.best_bid.price, book.best_ask.price)
            assert (trade.decimal("bid"), trade.integer("bid_size")) == book.best_bid[:2]
            assert (trade.decimal("ask"), trade.integer("ask_size")) == book.best_ask[:2]
            volume += trade.size or 0
            traded += (trade.price or 0) * (trade.size or 0)
            assert trade.integer("volume") == volume
            assert trade.decimal("turnover") == int(traded)
            assert trade.kst_time == book.kst_time


def test_tape_of_the_captured_trades() -> None:
    """The newest trade is on top; each says up or down against the one before it."""
    trades = [t for text in captured("hdfscnt0.txt")[:4] for t in records(text)]
    assert plain(tape(trades, 80, 5, Display()), 80) == [
        "time         price      move     qty side",
        "22:19:33  169.7700  ▼ 0.0150     500 sell",
        "22:19:23  169.7850  ▼ 0.0150       6 -",
        "22:19:13  169.8000  ▲ 0.0100       3 buy",
        "22:19:12  169.7900  ▲ 0.0050       3 buy",
    ]
    narrow = plain(tape(trades, 30, 5, Display()), 80)
    assert len(narrow) == 5
    assert all(cell_len(text) <= 30 for text in narrow)


def test_arrow_and_side_have_colours_of_their_own() -> None:
    """A buyer who pays less than the trade before: a blue arrow, a red side."""
    text = captured("hdfscnt0.txt")[-1]
    (before,) = records(with_field("LAST", "752.1700", text))
    (buy,) = records(with_field("PASK", "752.1600", with_field("LAST", "752.1600", text)))
    line = coloured(tape([before, buy], 80, 3, Display()), 80)[1]
    assert "\x1b[94m  ▼ 0.0100\x1b[0m" in line
    assert line.endswith("\x1b[91mbuy\x1b[0m")


def test_auction_shows_the_expected_price() -> None:
    """In an auction the ladder shows its expected price and size in place of the spread."""
    auction = with_field("ANTC_CNPR", "1995000", with_field("ANTC_CNQN", "1234", HYNIX))
    (book,) = records(with_field("ANTC_CNTG_PRDY_CTRT", "0.50", auction))
    assert isinstance(book, OrderBook)
    lines = plain(ladder(View(book), 80, 24, Display()), 80)
    assert any("─ expected 1,995,000 x 1,234 (+0.50%) ─" in text for text in lines)
    assert not any("spread" in text for text in lines)


def test_ladder_with_its_tape(tmp_path: Path) -> None:
    """On a terminal the newest trades stand under the ladder; trades alone are a tape."""
    arguments = ["--sim", "--rate", "20", "-n", "30"]
    with Terminal(
        tmp_path, "watch", "005930", "--trades", *arguments, columns=100, lines=30
    ) as terminal:
        both = terminal.until(lambda text: text.count(" sell") >= 2)
        assert both.startswith("005930  KRX  H0STASP0  ")
        assert "price      move     qty side" in both
        assert terminal.end() == 0
    with Terminal(tmp_path, "watch", "DNASAAPL", "--tr", "HDFSCNT0", *arguments) as terminal:
        alone = terminal.until(lambda text: text.count(" sell") >= 2)
        assert "no order book" in alone
        assert terminal.end() == 0


def test_board_of_trades_alone(tmp_path: Path) -> None:
    """Rows of keys of which only trades are watched have the quotes that the trades bring."""
    keys = ["DNASAAPL", "DNASNVDA", "DHKS00003", "DTSE7203"]
    arguments = ["--tr", "HDFSCNT0", "--sim", "--rate", "20", "-n", "60"]
    with Terminal(tmp_path, "watch", *keys, *arguments, columns=120) as terminal:
        board = terminal.until(lambda text: "4 keys" in text and "no data yet" not in text)
        for key in keys:
            assert re.search(rf"^..{key} .* \d[\d.,]*  +\d[\d.,]* ", board, re.MULTILINE)
        assert terminal.end() == 0


def test_watch_a_korean_stock_with_its_trades(kisq) -> None:
    """Books and trades of one key come side by side, each line whole; the summary counts both."""
    run: Run = kisq("watch", "005930", "--trades", "--sim", "--rate", "50", "--json", "-n", "12")
    assert run.returncode == 0
    found = [json.loads(text) for text in run.stdout.splitlines()]
    assert {record["type"] for record in found} == {"book", "trade"}
    assert {record["tr_id"] for record in found} == {"H0STASP0", "H0STCNT0"}
    assert b"kisq: 12 records, " in run.stderr


def test_watch_only_trades(kisq) -> None:
    """A trade TR alone gives plain lines off a terminal."""
    run: Run = kisq("watch", "DNASAAPL", "--tr", "HDFSCNT0", "--sim", "--rate", "50", "-n", "3")
    lines = run.stdout.decode().splitlines()
    assert len(lines) == 3
    assert all("DNASAAPL  체결 trade " in text for text in lines)
    assert b"kisq: 3 trades, " in run.stderr
