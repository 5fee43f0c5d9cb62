"""Literal screens of a board with the ladder of the picked key, and of ladders that share it."""

import io
import re
import sys
from datetime import UTC, datetime

import pytest
from conftest import captured
from helpers.records import AT, HONG_KONG, SPY, with_fields
from helpers.screens import in_language, literal, plain
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from kisq.errors import SubscriptionRefused
from kisq.locale.sentence import Sentence, verbatim
from kisq.output.counts import Counts
from kisq.output.notices import Notices
from kisq.output.stream import Lines
from kisq.output.streams import Streams
from kisq.reasons.evidence import Silence
from kisq.screen.composition import Composition, ScreenSource
from kisq.screen.display import Display
from kisq.screen.selection import Selection
from kisq.screen.stats import KeyStats
from kisq.wire.decode import decode
from kisq.wire.frames import DATA, IN, Frame
from kisq.wire.messages import Key
from kisq.wire.record import Record

KOREAN_AT = 1790053570.6
SIZES = [(60, 20), (80, 24), (100, 30), (120, 40), (200, 60)]
SPY_KEY = ("HDFSASP0", "DAMSSPY")
WRONG_KEY = ("HDFSASP0", "DNASSPY")
REFUSED_KEY = ("HDFSASP0", "RTSE7203")
WHY = Silence(
    False,
    verbatim("Accepted, but nothing came."),
    verbatim("Check exchange and spelling."),
    verbatim("accepted, then nothing"),
)


def key_with(key: Key, name: str, at: float, *texts: str) -> KeyStats:
    """A key of which these messages came."""
    stats = KeyStats(key, name)
    for text in texts:
        for record in decode(text, at):
            assert isinstance(record, Record)
            stats.update(Frame(at, IN, DATA, text.encode(), 0.0), record)
    return stats


def keys() -> dict[Key, KeyStats]:
    """Two with trades, a delayed one, a silent one, and one that KIS refused."""
    korean_trade = captured("h0stcnt0.txt")[-1]
    trades = [with_fields(korean_trade, CNTG_VOL=f"{n}", STCK_PRPR="278000") for n in range(1, 30)]
    every = [
        key_with(("H0STASP0", "005930"), "삼성전자", KOREAN_AT, captured("h0stasp0.txt")[-1]),
        key_with(SPY_KEY, "SPDR S&P 500 USD", AT, SPY, captured("hdfscnt0.txt")[-1]),
        key_with(("HDFSASP1", "DHKS00003"), "", AT, HONG_KONG),
        KeyStats(WRONG_KEY),
        KeyStats(REFUSED_KEY),
    ]
    for text in (*trades, korean_trade):
        (trade,) = decode(text, KOREAN_AT)
        assert isinstance(trade, Record)
        every[0].update(Frame(KOREAN_AT, IN, DATA, text.encode(), 0.0), trade)
    every[3].silence = WHY
    return {stats.key: stats for stats in every}


def composition_of(
    stats: dict[Key, KeyStats], selection: Selection, source: ScreenSource
) -> Composition:
    """The composition of a screen on which nothing was said, after three PINGPONG."""
    streams = Streams(Lines(sys.__stdout__.fileno()), Notices(io.StringIO()), Counts(pingpongs=3))
    return Composition(stats, selection, Display(), streams, source)


def composed(stats: dict[Key, KeyStats], selection: Selection, size: tuple[int, int]) -> list[str]:
    """What a window of this size shows a fifth of a second after the newest record."""
    refusal = SubscriptionRefused(
        [REFUSED_KEY], "OPSP0009", "SUBSCRIBE ERROR : mci send failed", "wait"
    )
    source = ScreenSource(refusals=[refusal], marker=Sentence("MOCK"))
    composition = composition_of(stats, selection, source)
    for one in stats.values():
        one.measure(0.2)
    return plain(composition.live(*size, 0.2), size[0])


def test_holidays_are_looked_up_before_the_first_book() -> None:
    """While nothing came yet; the first drawing does not ask for them again."""
    asked: list[str] = []
    source = ScreenSource(keys=[SPY_KEY], calendar_of=lambda market: asked.append(market.code))
    stats = {SPY_KEY: key_with(SPY_KEY, "", AT, SPY)}
    composition = composition_of(stats, Selection(), source)
    composition.get_ready(datetime.fromtimestamp(AT, UTC))
    assert asked == ["AMS"]
    composition.live(100, 30, 0.2)
    assert asked == ["AMS"]


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("size", SIZES)
def test_literal_screen_of_a_board(size: tuple[int, int], language: str) -> None:
    """Five keys with trades, and the ladder of the first one wherever there is room."""
    with in_language(language):
        shown = composed(keys(), Selection(), size)
    assert shown == literal(f"keys-{size[0]}x{size[1]}-{language}")
    assert all(cell_len(line) <= size[0] for line in shown)
    assert len(shown) <= size[1]


@pytest.mark.parametrize(("height", "ladders"), [(24, 1), (60, 2), (90, 3)])
def test_ladders_of_more_keys_where_there_is_room(height: int, ladders: int) -> None:
    """The picked key comes first, then the next that have data, each with all its levels."""
    shown = composed(keys(), Selection(), (100, height))
    assert sum("────" in line and "spread" not in line for line in shown) == ladders


@pytest.mark.parametrize("picked", [WRONG_KEY, REFUSED_KEY])
def test_picked_key_without_data_says_why(picked: Key) -> None:
    """In its row in a few words, below it in full."""
    selection = Selection()
    selection.picked = picked
    shown = "\n".join(composed(keys(), selection, (100, 30)))
    assert "no data: accepted, then nothing" in shown
    below = shown.partition("────")[2]
    if picked == WRONG_KEY:
        assert "Accepted, but nothing came. Check exchange and spelling." in below
    else:
        assert "OPSP0009 SUBSCRIBE ERROR : mci send failed" in below


def test_filter_without_a_match_leaves_an_empty_board() -> None:
    """No ladder of a key that is not shown."""
    selection = Selection()
    selection.typed = "nothing is called so"
    shown = composed(keys(), selection, (120, 40))
    assert shown[0].startswith("0 keys · 1 refused · MOCK · filter: nothing is called so")
    assert len([line for line in shown if line]) == 3


@pytest.mark.parametrize(("height", "tapes"), [(55, 0), (70, 2)])
def test_each_of_two_stacked_ladders_has_its_tape_below(height: int, tapes: int) -> None:
    """Where there is room after all levels of both, as below a single ladder."""
    stats = dict(list(keys().items())[:2])
    shown = composed(stats, Selection(), (80, height))
    assert sum("qty" in line for line in shown) == tapes
    levels = [line for line in shown if re.fullmatch(r"[^:▲]* \[?752\.\d{4}\b[^:▲]*", line)]
    assert len([line for line in levels if "spread" not in line]) == 20
    if tapes:
        second = next(number for number, line in enumerate(shown) if "DAMSSPY" in line)
        assert sum("278,000" in line and ":" in line for line in shown[3:second]) >= 3
        assert any(line.startswith("23:53:34  752.1600") for line in shown[second:])


def test_tape_of_a_stacked_ladder_has_the_lines_that_a_silent_key_leaves() -> None:
    """A key without data needs only what its sentence takes."""
    every = keys()
    stats = {key: every[key] for key in (("H0STASP0", "005930"), WRONG_KEY)}
    shown = composed(stats, Selection(), (80, 40))
    assert sum("278,000" in line and ":" in line for line in shown) >= 5
    assert any("Accepted, but nothing came." in line for line in shown)


@pytest.mark.long
@given(
    st.integers(1, 230),
    st.integers(1, 70),
    st.integers(1, 5),
    st.lists(st.sampled_from([*"jkqtcs/?ax ", "enter", "escape", "down", "up", "end"]), max_size=8),
)
@settings(max_examples=150, deadline=None)
def test_nothing_leaves_the_window(
    width: int, height: int, number: int, pressed: list[str]
) -> None:
    """Whatever its size, the keys and what was pressed: no line too many, none too wide."""
    stats = dict(list(keys().items())[:number])
    selection = Selection()
    for key in pressed:
        selection.press(key, list(stats), is_board=True)
    shown = composed(stats, selection, (width, height))
    assert len(shown) <= height
    assert all(cell_len(line) <= width for line in shown)
