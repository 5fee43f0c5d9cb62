"""Every key of a live screen, pressed in a pseudo-terminal."""

import re
from pathlib import Path

import pytest
from helpers.records import SPY, SUBSCRIBED
from player import Player
from terminal import Terminal

KEYS = ["DNASAAPL", "DNASNVDA", "DHKS00003", "005930"]
UP, DOWN, ENTER, ESCAPE, BACKSPACE = "\x1b[A", "\x1b[B", "\r", "\x1b", "\x7f"
CTRL_C = "\x03"


def rows(text: str) -> list[str]:
    """The keys of the board in the order of their rows."""
    return re.findall(r"^[> ][! ](DNAS[A-Z]+|DHKS\d+|\d{6}) ", text, re.MULTILINE)


def test_q_ends_a_ladder_in_order(tmp_path: Path) -> None:
    """It unsubscribes, closes, sums up and ends with 0."""
    with (
        Player([SUBSCRIBED, SPY]) as player,
        Terminal(tmp_path, "watch", "DAMSSPY", **player.settings) as terminal,
    ):
        live = terminal.until(lambda text: "spread" in text)
        assert live.splitlines()[-1].endswith("? keys, q quit")
        terminal.press("q")
        assert terminal.end() == 0
        assert player.hears('"tr_type":"2"')
        assert "kisq: 1 order book, 1 data message" in terminal.text


def test_q_ends_a_run_of_which_nothing_came(tmp_path: Path) -> None:
    """Also before the first record; as nothing was broadcast, with 1."""
    with (
        Player([SUBSCRIBED]) as player,
        Terminal(tmp_path, "watch", "DAMSSPY", **player.settings) as terminal,
    ):
        terminal.until(lambda text: "no data yet" in text)
        terminal.press("q")
        assert terminal.end() == 1


def test_keys_of_a_ladder(tmp_path: Path) -> None:
    """Help, the tape on and off, sizes added up and back; none is lost in a burst."""
    arguments = ["watch", "005930", "--trades", "--sim", "--rate", "30"]
    with Terminal(tmp_path, *arguments, columns=100, lines=30) as terminal:
        terminal.until(lambda text: "spread" in text and " sell" in text)
        terminal.press("?")
        page = terminal.until(lambda text: "any key goes back" in text)
        assert "show or hide the trades" in page
        terminal.press("xt")
        terminal.until(lambda text: "spread" in text and "qty" not in text)
        terminal.press("tc")
        shown = terminal.until(lambda text: "qty" in text and "cum." in text)
        assert "change" not in shown
        terminal.press("c?xctq")  # ends without the tape
        assert terminal.end() == 0
        assert "qty" not in terminal.text
        assert "cum." in terminal.text


def test_keys_of_a_board(tmp_path: Path) -> None:
    """Arrows and letters pick, Enter opens, Esc goes back, s sorts, / filters."""
    arguments = ["watch", *KEYS, "--sim", "--rate", "20"]
    with Terminal(tmp_path, *arguments, columns=110, lines=16) as terminal:
        board = terminal.until(lambda text: len(rows(text)) == 4 and "no data" not in text)
        assert rows(board) == KEYS
        assert board.splitlines()[-1].startswith("j k pick, Enter ladder, s sort, / filter")
        terminal.press(f"j{DOWN}j{UP}k")
        terminal.until(lambda text: f"> {KEYS[1]}" in text)
        terminal.press(ENTER)
        ladder = terminal.until(lambda text: text.startswith("NVDA  Nasdaq"))
        assert ladder.splitlines()[-1] == "Esc back, ? keys, q quit"
        terminal.press("j")
        terminal.until(lambda text: text.startswith("00003  Hong Kong"))
        terminal.press(ESCAPE)
        terminal.until(lambda text: f"> {KEYS[2]}" in text)
        terminal.press("s")
        by_key = terminal.until(lambda text: "sorted by key" in text)
        assert rows(by_key) == sorted(KEYS)
        assert f"> {KEYS[2]}" in by_key  # the picked key stays picked
        terminal.press("s")
        terminal.until(lambda text: "sorted by % chg" in text)
        terminal.press("s")
        terminal.until(lambda text: "sorted by updates per second" in text)
        terminal.press("s")
        terminal.until(lambda text: "sorted by" not in text)
        terminal.press("q")
        assert terminal.end() == 0


def test_filter_of_a_board(tmp_path: Path) -> None:
    """What is typed filters at once, q among it; Enter keeps it, Esc clears it."""
    arguments = ["watch", *KEYS, "--sim", "--rate", "20"]
    with Terminal(tmp_path, *arguments, columns=110, lines=16) as terminal:
        terminal.until(lambda text: len(rows(text)) == 4)
        terminal.press("/nasq")
        typed = terminal.until(lambda text: "filter: nasq" in text)
        assert rows(typed) == []
        assert typed.splitlines()[-1].startswith("/nasq_ (Enter keeps this filter")
        terminal.press(BACKSPACE)
        terminal.until(lambda text: rows(text) == KEYS[:2])
        terminal.press(ENTER)
        kept = terminal.until(lambda text: "Enter ladder" in text)
        assert rows(kept) == KEYS[:2]
        terminal.press(ESCAPE)
        terminal.until(lambda text: rows(text) == KEYS)
        terminal.press("q")
        assert terminal.end() == 0


@pytest.mark.parametrize(("size", "beside"), [((200, 20), True), ((100, 45), False)])
def test_ladder_of_the_picked_key_stands_where_there_is_room(
    tmp_path: Path, size: tuple[int, int], beside: bool
) -> None:
    """Beside the rows in a wide window, below them in a high one; it follows the picked key."""
    columns, lines = size
    arguments = ["watch", *KEYS, "--trades", "--sim", "--rate", "20"]
    with Terminal(tmp_path, *arguments, columns=columns, lines=lines) as terminal:
        first = terminal.until(lambda text: "spread " in text and "AAPL  Nasdaq  DNASAAPL" in text)
        assert ("DNASAAPL" in first.splitlines()[0]) is beside
        terminal.press("j")
        terminal.until(lambda text: "NVDA  Nasdaq  DNASNVDA" in text)
        terminal.press(CTRL_C)
        assert terminal.end() == 130
    assert "spread " not in terminal.text.splitlines()[-3]


def test_a_few_keys_fill_a_large_window(tmp_path: Path) -> None:
    """Four keys at 200 by 60: the board, ten levels of the picked key and its tape."""
    arguments = ["watch", *KEYS, "--trades", "--sim", "--rate", "20"]
    with Terminal(tmp_path, *arguments, columns=200, lines=60) as terminal:
        shown = terminal.until(lambda text: text.count(" sell") > 20)
        levels = re.findall(r"\[?752\.\d{4}\]? ", "\n".join(shown.splitlines()[6:]))
        assert len(levels) >= 20
        assert shown.splitlines().count("") < 30
        terminal.press("q")
        assert terminal.end() == 0


def test_recording_is_told_in_the_head(tmp_path: Path) -> None:
    """Its name and its size so far."""
    arguments = ["watch", "DNASAAPL", "--sim", "--rate", "20", "-w", "night.ndjson"]
    with Terminal(tmp_path, *arguments, columns=100) as terminal:
        terminal.until(lambda text: re.search(r"● REC night.ndjson \d+\.\d MB", text) is not None)
        terminal.press("q")
        assert terminal.end() == 0
