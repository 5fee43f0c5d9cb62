"""A message that ends in a line break, as one does where a relay sits between."""

import json
from pathlib import Path

import pytest
from conftest import captured
from helpers.records import book, malformed
from player import ACCEPTED, Player

from kisq.wire.messages import Data, parse

_AAPL, SPY = captured("hdfsasp0.txt")
ACK = ACCEPTED % ("HDFSASP0", "DAMSSPY")
BREAKS = ["\n", "\r\n"]


@pytest.mark.parametrize("end", BREAKS)
def test_a_line_break_at_the_end_is_no_part_of_the_last_field(end: str) -> None:
    """The book is that of the message without it; its text is kept as it came."""
    found = book(SPY + end)
    assert found.values == book(SPY).values
    assert found.text == SPY + end


@pytest.mark.parametrize("end", BREAKS)
def test_an_empty_last_field_stays(end: str) -> None:
    """A message may end in ^, as its last field is empty: only the line break goes."""
    text = SPY.rsplit("^", 1)[0] + "^"
    assert book(text + end).values == book(text).values
    assert book(text + end).values[-1] == ""


def test_only_one_line_break_goes() -> None:
    """What is not one line break at the very end is data, and said where it fits no field."""
    assert parse("0|X|001|a\n\n") == Data(False, "X", 1, "a\n")
    assert parse("0|X|001|a\r") == Data(False, "X", 1, "a\r")
    assert "not an integer" in malformed(f"{SPY}\n\n").reason
    assert "not an integer" in malformed(SPY.replace("^145^", "^145\n^", 1)).reason


@pytest.mark.parametrize("end", BREAKS)
def test_watch_shows_it_and_raw_prints_its_bytes(kisq, tmp_path: Path, end: str) -> None:
    """watch decodes it; raw prints its very bytes without an empty line; captures keep its text."""
    with Player([ACK, SPY + end, SPY + end]) as player:
        watched = kisq("watch", "DAMSSPY", "--json", "-n", "2", **player.settings)
    assert [json.loads(line)["bid_total"] for line in watched.stdout.splitlines()] == [1621] * 2
    assert b"not decodable" not in watched.stderr
    with Player([ACK, SPY + end, SPY + end]) as player:
        arguments = ["raw", "DAMSSPY", "-n", "2", "-w", "capture"]
        printed = kisq(*arguments, **player.settings).stdout
    assert printed.endswith((SPY + end).encode() * 2)
    assert b"\n\n" not in printed
    written = [json.loads(line) for line in (tmp_path / "capture").read_bytes().splitlines()]
    assert [line["text"] for line in written if line["kind"] == "data"] == [SPY + end] * 2


@pytest.mark.parametrize("end", BREAKS)
def test_recordings_of_it_are_read(kisq, tmp_path: Path, end: str) -> None:
    """NDJSON and bare recordings, with times and without, are shown and explained alike."""
    text = json.dumps(SPY + end)
    line = f'{{"at":"2026-07-10T23:53:34.512345+09:00","dir":"in","kind":"data","text":{text}}}\n'
    timed = f"2026-07-10T23:53:34.512345+09:00 {SPY}{end}"
    for name, held in (("json", line), ("bare", SPY + end), ("timed", timed)):
        (tmp_path / name).write_bytes(held.encode())
        watched = kisq("watch", "-r", name, "--json", "--speed", "max")
        assert json.loads(watched.stdout)["bid_total"] == 1621
        explained = kisq("explain", "-", "--json", stdin=held.encode())
        found = json.loads(explained.stdout)
        assert found["records"][0][-1]["value"] == "220"
        assert not found["notes"]
    again = kisq("raw", "-r", "json", "--json", "--speed", "max")
    assert json.loads(again.stdout)["text"] == SPY + end
