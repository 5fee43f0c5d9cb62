"""Order books and trades as CSV: the columns, and the same values as in JSON."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Run, captured
from helpers.command import said
from helpers.records import AAPL, HONG_KONG, SPY, SUBSCRIBED, with_field, with_fields
from player import Player
from terminal import Terminal

Kisq = Callable[..., Run]
LEVEL = ("price", "size", "change")
SPY_ROW = (
    "type,received_at,tr_id,tr_key,symbol,market,listing,exchange_time,kst_time,lag_seconds,"
    "decimals,bid_total,ask_total,bid_total_change,ask_total_change,bid1_price,bid1_size,"
    "bid1_change,ask1_price,ask1_size,ask1_change,expected_price,expected_size,auction,extra\n"
    "book,2026-07-10T23:53:34.512345+09:00,HDFSASP0,DAMSSPY,SPY,AMS,AMS:SPY,"
    "2026-07-10T10:53:34-04:00,2026-07-10T23:53:34+09:00,0.512,4,1621,1950,-1200,-735,752.1400,60,"
    "35,752.1700,145,60,,,,\n"
)


@pytest.fixture
def replayed(kisq: Kisq, tmp_path: Path) -> Callable[..., Run]:
    """Runs ``watch -r`` of messages that came at the same time, with options."""

    def run(messages: list[str], *options: str) -> Run:
        path = tmp_path / "messages.txt"
        at = "2026-07-10T23:53:34.512345+09:00"
        path.write_text("".join(f"{at} {message}\n" for message in messages), "utf-8")
        return kisq("watch", "-r", str(path), *options)

    return run


def rows(run: Run) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(run.stdout.decode(), newline="")))


def test_header_and_row(kisq: Kisq) -> None:
    """The header of one level of books, and after it one row per book."""
    with Player([SUBSCRIBED, SPY, AAPL]) as player:
        arguments = ["watch", "DAMSSPY", "--csv", "--depth", "1", "-n", "1"]
        run = kisq(*arguments, **player.settings)
    assert run.returncode == 0
    header, row = run.stdout.decode().splitlines()
    expected_header, expected_row = SPY_ROW.splitlines()
    assert header == expected_header
    live_columns = ("received_at", "lag_seconds")
    for name, value, expected in zip(
        header.split(","), row.split(","), expected_row.split(","), strict=True
    ):
        assert value == expected or name in live_columns


def same_number(cell: str, value: object) -> bool:
    if value is None:
        return cell == ""
    return json.loads(cell) == value


def check_same(row: dict[str, str], record: dict[str, object]) -> None:
    """Each cell says what the member of the JSON object says, null as an empty cell."""
    for name, value in record.items():
        if name in ("bids", "asks"):
            assert isinstance(value, list)
            for number, level in enumerate(value, 1):
                for part in LEVEL:
                    cell = row[f"{name[:3]}{number}_{part}"]
                    assert same_number(cell, level[part]), (name, number, part)
        elif name == "extra":
            assert isinstance(value, list)
            assert row[name] == "^".join(value)
        elif name in row and not isinstance(value, str):
            assert same_number(row[name], value), name
        elif name in row:
            assert row[name] == value, name


def everything_captured() -> list[str]:
    names = [path.name for path in (Path(__file__).parents[1] / "frames").glob("*.txt")]
    messages = [message for name in sorted(names) for message in captured(name)]
    return [message for message in messages if message[:2] == "0|"] + [
        HONG_KONG,
        f"{SPY}^2^x",
        with_fields(SPY, PBID1="", VASK1="", DASK1="", KHMS="", BVOL="+007"),
    ]


def test_same_values_as_json(replayed: Callable[..., Run]) -> None:
    """Every captured book and trade has the values of its JSON, digit for digit."""
    messages = everything_captured()
    objects = [json.loads(line) for line in replayed(messages, "--json").stdout.splitlines()]
    objects = [each for each in objects if each["type"] in ("book", "trade")]
    cells = rows(replayed(messages, "--csv"))
    assert {each["type"] for each in objects} == {"book", "trade"}
    assert len(cells) == len(objects)
    for row, record in zip(cells, objects, strict=True):
        assert None not in row
        assert None not in row.values()
        check_same(row, record)
    assert cells[[each["type"] for each in objects].index("book")]["bid1_price"]


def test_digits_of_the_wire_stay(replayed: Callable[..., Run]) -> None:
    """A price has its zeros at the end, and no thousands separators."""
    (row,) = rows(replayed([with_field("PBID1", "1752.1400")], "--csv"))
    assert row["bid1_price"] == "1752.1400"


def test_columns_follow_from_the_keys(kisq: Kisq) -> None:
    """Trades have columns only with --trades, books only where their TR is asked for."""
    books = kisq("watch", "DNASAAPL", "--sim", "--csv", "-n", "2")
    assert "bid10_price" in rows(books)[0]
    assert "strength" not in rows(books)[0]
    trades = kisq("watch", "--tr", "HDFSCNT0", "DNASAAPL", "--sim", "--csv", "-n", "2")
    assert "strength" in rows(trades)[0]
    assert "bid1_price" not in rows(trades)[0]
    both = rows(kisq("watch", "DNASAAPL", "--trades", "--sim", "--csv", "-n", "20"))
    assert {row["type"] for row in both} == {"book", "trade"}
    for row in both:
        assert (row["price"] == "") == (row["type"] == "book")
        assert (row["bid1_price"] == "") == (row["type"] == "trade")


def test_listing_keeps_the_zeros_of_a_code(kisq: Kisq) -> None:
    """A spreadsheet makes 5930 of 005930, but leaves the listing as it is."""
    (row,) = rows(kisq("watch", "005930", "--sim", "--csv", "-n", "1"))
    assert (row["tr_key"], row["listing"]) == ("005930", "KRX:005930")


def test_no_byte_order_mark_and_one_row_per_line(replayed: Callable[..., Run]) -> None:
    """UTF-8 without a mark, ended by line feeds, ASCII unless KIS sends something else."""
    run = replayed([SPY, AAPL], "--csv")
    assert run.stdout.startswith(b"type,received_at,")
    assert run.stdout.isascii()
    assert run.stdout.count(b"\n") == 3
    assert b"\r" not in run.stdout


def test_same_in_korean(kisq: Kisq) -> None:
    """CSV is English whatever the language of the run."""
    arguments = ["watch", "DNASAAPL", "--trades", "--sim", "--csv", "-n", "3"]
    english = kisq(*arguments, KISQ_LANG="en").stdout.splitlines()[0]
    assert kisq(*arguments, KISQ_LANG="ko").stdout.splitlines()[0] == english


def test_hostile_text_is_a_cell(replayed: Callable[..., Run]) -> None:
    """Quotes, commas, escapes and formulas from the network stay in their cell and do nothing."""
    hostile = '=cmd,"x"\x1b[2J'
    run = replayed([with_field("SYMB", hostile)], "--csv")
    (row,) = rows(run)
    assert row["symbol"] == '\'=cmd,"x"\\x1b[2J'
    assert b"\x1b" not in run.stdout
    assert None not in row


def test_escapes_never_reach_a_terminal(tmp_path: Path) -> None:
    """On a terminal --csv prints the same rows, without a screen, and nothing steers it."""
    messages: list[str | bytes] = [SUBSCRIBED, f"{SPY}^\x1b]0;owned\x07", SPY]
    arguments = ["watch", "DAMSSPY", "--csv", "--depth", "1", "-n", "2"]
    with (
        Player(messages) as player,
        Terminal(tmp_path, *arguments, columns=400, **player.settings) as terminal,
    ):
        assert terminal.end() == 0
        assert terminal.text.count("AMS:SPY") == 2
    assert b"\x1b]" not in terminal.seen
    assert b"\x1b[?1049h" not in terminal.seen


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["DNASAAPL", "--json"], "--json and --csv both want stdout"),
        (["DNASAAPL", "-w", "-"], "--csv and -w - both want stdout"),
        (["--tr", "H0STMKO0", "005930"], "--csv has columns for order books and trades only"),
    ],
)
def test_what_csv_cannot_show_is_wrong_usage(kisq: Kisq, options: list[str], sentence: str) -> None:
    """It is refused before anything is sent, with what to do instead."""
    run = kisq("watch", "--sim", "--csv", *options)
    assert (run.returncode, run.stdout) == (2, b"")
    assert sentence in said(run)


def test_other_records_of_a_recording_are_reported_once(replayed: Callable[..., Run]) -> None:
    """Records without columns are left out with a sentence, and not counted as shown."""
    halt = "0|H0STMKO0|001|005930^N^^110^0^^0^0^0^N^0"
    run = replayed([halt, SPY, halt], "--csv")
    assert run.returncode == 0
    assert [row["symbol"] for row in rows(run)] == ["SPY"]
    assert said(run).count("records of H0STMKO0 are neither order books nor trades") == 1
    assert "1 order book, 3 data messages" in said(run)
