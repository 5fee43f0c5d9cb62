"""The ladder's literal screens, and that it never wraps."""

import io

import pytest
from helpers.places import SCREENS
from helpers.records import AT, HONG_KONG, SPY, with_field
from helpers.records import book as book_at
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from kisq.output.figures import bar
from kisq.screen.ladder import Palette, View, ladder
from kisq.wire.book import OrderBook


def book(text: str) -> OrderBook:
    return book_at(text, AT)


def screen(shown: OrderBook, width: int, height: int, depth: int = 10, **view: object) -> list[str]:
    """The lines of the ladder in a terminal of this size."""
    console = Console(width=width, height=height, file=io.StringIO(), record=True)
    console.print(ladder(View(shown, **view), width, height, Palette.KR, depth))
    return console.export_text().splitlines()


@pytest.mark.parametrize(
    ("name", "text", "width", "height"),
    [
        ("spy-80x24", SPY, 80, 22),
        ("spy-120x40", SPY, 120, 38),
        ("spy-200x60", SPY, 200, 58),
        ("hong-kong-80x24", HONG_KONG, 80, 22),
        ("spy-40x16", SPY, 40, 14),
    ],
)
def test_literal_screen(name: str, text: str, width: int, height: int) -> None:
    """The captured book looks as it does in tests/screens, to the last cell."""
    shown = screen(book(text), width, height, updates=1234, rate=5.0, age=0.2, pingpongs=3)
    expected = (SCREENS / f"{name}.txt").read_text("utf-8").splitlines()
    assert [line.rstrip() for line in shown] == [line.rstrip() for line in expected]


def test_best_ask_and_best_bid_stand_at_the_spread() -> None:
    """Asks are on top, the best one last; bids are below, the best one first."""
    shown = screen(book(SPY), 100, 40)
    at = next(i for i, line in enumerate(shown) if "spread" in line)
    assert "752.1700" in shown[at - 1]
    assert "752.1400" in shown[at + 1]
    assert "spread 0.0300 (0.40 bp) · 중간 mid 752.1550" in shown[at]


def test_depth_and_height_limit_the_levels() -> None:
    """--depth shows fewer levels, a low terminal too, but never less than one."""
    assert len(screen(book(SPY), 80, 40, depth=3)) == 3 + 3 + 7
    assert len(screen(book(SPY), 80, 20)) == 6 + 6 + 7
    assert len(screen(book(SPY), 80, 3)) == 1 + 1 + 7


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("BVOL", "9", "! BVOL is 9, but its levels add up to 1621"),
        ("PBID1", "752.1700", "! the best bid 752.1700 is not below the best ask 752.1700"),
    ],
)
def test_contradictions_are_said(name: str, value: str, said: str) -> None:
    """Totals that do not add up and a crossed book are a line under the ladder."""
    assert said in screen(book(with_field(name, value)), 100, 24)[-1]


def test_wire_text_is_neither_markup_nor_an_escape() -> None:
    """A symbol that looks like markup or steers a terminal is shown as text."""
    text = with_field("SYMB", "[/b]\x1b[2J", with_field("RSYM", "[red]X\x9b", SPY))
    shown = "\n".join(screen(book(text), 100, 24))
    assert r"[/b]\x1b[2J" in shown
    assert r"[red]X\x9b" in shown
    assert "\x1b" not in shown
    assert "\x9b" not in shown


def test_missing_levels_are_blank() -> None:
    """An empty level and a price of 0 leave their row empty instead of inventing a number."""
    text = with_field("PASK1", "0", with_field("VASK1", "", with_field("DASK1", "", SPY)))
    shown = screen(book(text), 80, 40)
    at = next(i for i, line in enumerate(shown) if "spread –" in line)
    assert shown[at - 1].strip() == "–"


@given(st.integers(20, 220), st.integers(1, 70), st.integers(0, 10**12))
@settings(max_examples=50)
def test_never_wraps(width: int, height: int, size: int) -> None:
    """Whatever the terminal and the numbers, no line is wider than it, and none becomes two."""
    text = with_field("VBID1", str(size), with_field("VASK2", str(size), SPY))
    shown = screen(book(text), width, height)
    assert all(cell_len(line) <= width for line in shown)
    assert len(shown) <= max(height, 1 + 1 + 7 + 1)
    assert len(shown) == len(screen(book(text), 300, height))


@given(st.integers(0, 10**12), st.integers(1, 10**12), st.integers(0, 100))
def test_bars_share_one_scale(size: int, scale: int, width: int) -> None:
    """A bar is never longer than its column, and the largest size fills it."""
    size = min(size, scale)
    for leftwards in (True, False):
        assert len(bar(size, scale, width, leftwards=leftwards)) <= width
        assert len(bar(scale, scale, width, leftwards=leftwards)) == width
        assert bar(0, scale, width, leftwards=leftwards) == ""
        assert bar(None, 0, width, leftwards=leftwards) == ""
