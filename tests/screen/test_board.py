"""The board's literal screens, that nothing breaks its columns, and how few keys share a window."""

import pytest
from conftest import captured
from helpers.records import AT, HONG_KONG, SPY, book, with_field, with_fields
from helpers.screens import coloured, in_language, literal, plain
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from kisq.locale.sentence import Sentence
from kisq.screen.board import FRAME_LINES, Board, Row, board
from kisq.screen.display import Display
from kisq.screen.panel import Form, form_of, share_out
from kisq.screen.quotes import quote_of, sparkline
from kisq.wire.decode import decode
from kisq.wire.trade import Trade

MIDS = [752.155, 752.16, 752.15, 752.14, 752.17, 752.19, 752.19, 752.21, 752.2, 752.18, 752.19]


def rows() -> list[Row]:
    """A key with data, an old one, one of which nothing came, and one that KIS refused."""
    return [
        Row(("HDFSASP0", "DAMSSPY"), quote_of(book(SPY, AT)), 49.96, 0.04, MIDS),
        Row(("HDFSASP1", "DHKS00003"), quote_of(book(HONG_KONG, AT)), 0.2, 7.31, [6.805] * 7),
        Row(("HDFSASP0", "DNASAAPL")),
        Row(("HDFSASP0", "RTSE7203"), refusal="OPSP0009 SUBSCRIBE ERROR : mci send failed"),
    ]


def trade_of(file: str, at: float) -> Trade:
    found = decode(captured(file)[-1], at)[-1]
    assert isinstance(found, Trade)
    return found


def screen(shown: Board, width: int) -> list[str]:
    """The lines of the board in a terminal of this width."""
    return plain(board(shown, width, Display()), width)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
def test_literal_screen(width: int, language: str) -> None:
    """The board looks as it does in tests/screens, to the last cell."""
    with in_language(language):
        marker = Sentence("MOCK")
        shown = Board(rows(), 41, 8, 1, rate=50.2, refused=1, pingpongs=3, marker=marker)
        assert screen(shown, width) == literal(f"board-{width}-{language}")


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("width", [80, 120, 200])
def test_literal_screen_with_trades(width: int, language: str) -> None:
    """With trades the last price, its change and rate, the volume and the newest trade."""
    trade = trade_of("h0stcnt0.txt", 1790053570.6)
    korean = book(captured("h0stasp0.txt")[-1], 1790053570.6)
    with in_language(language):
        quote = quote_of(korean, "삼성전자", trade)
        us = quote_of(book(SPY, AT), "SPDR S&P 500 USD", trade_of("hdfscnt0.txt", AT))
        shown = [
            Row(("H0STASP0", "005930"), quote, 12.5, 0.1, [277500, 277750, 278000]),
            Row(("HDFSASP0", "DAMSSPY"), us, 49.96, 0.04, MIDS),
            Row(("HDFSASP0", "DNASAAPL"), silence="others tick: thin"),
        ]
        whole = Board(shown, 3, 0, 0, 62.5, order=Sentence("% chg"), typed="s")
        assert screen(whole, width) == literal(f"board-trades-{width}-{language}")


@pytest.mark.parametrize(("change", "rate"), [("0.0000", "+0.00"), ("0", "-0.00")])
def test_a_change_of_zero_has_no_sign_and_the_decimals_of_the_price(change: str, rate: str) -> None:
    """As on the ladder, whatever sign and digits KIS gives a zero; so has a spread of zero."""
    text = with_fields(captured("hdfscnt0.txt")[-1], SIGN="3", DIFF=change, RATE=rate)
    trade = decode(text, AT)[-1]
    assert isinstance(trade, Trade)
    locked = book(with_field("PASK1", "752.1400"), AT)
    quote = quote_of(locked, "", trade)
    assert (quote.change, quote.change_rate, quote.spread) == ("0.0000", "0.00", "0.0000")


@pytest.mark.parametrize(("field", "value", "state"), [
    ("TRHT_YN", "Y", "trading halted"),
    ("PRDY_VRSS_SIGN", "1", "limit up"),
    ("PRDY_VRSS_SIGN", "4", "limit down"),
])  # fmt: skip
@pytest.mark.parametrize("width", [80, 120, 200])
def test_halts_and_limits_stand_in_the_row(field: str, value: str, state: str, width: int) -> None:
    """As on the ladder; the column is there only where a row has something in it."""
    at = 1790053570.6
    korean = book(captured("h0stasp0.txt")[-1], at)
    usual = captured("h0stcnt0.txt")[-1]
    rows = []
    for text in (usual, with_field(field, value, usual)):
        trade = decode(text, at)[-1]
        assert isinstance(trade, Trade)
        rows.append(Row(("H0STASP0", "005930"), quote_of(korean, "삼성전자", trade)))
    shown = screen(Board(rows, 2), width)
    assert "state" in shown[1]
    assert [state in line for line in shown[2:]] == [False, True]
    assert "state" not in screen(Board(rows[:1], 1), width)[1]


def test_prices_come_before_the_state_where_there_is_no_room_for_both() -> None:
    """A narrow board still has bid and ask of each key."""
    at = 1790053570.6
    text = with_fields(captured("h0stcnt0.txt")[-1], TRHT_YN="Y", PRDY_VRSS_SIGN="1")
    trade = decode(text, at)[-1]
    assert isinstance(trade, Trade)
    row = Row(("H0STASP0", "005930"), quote_of(book(captured("h0stasp0.txt")[-1], at), "", trade))
    shown = screen(Board([row], 1), 60)
    assert shown[1].split()[-2:] == ["bid", "ask"]
    assert "…" not in "".join(shown)


def test_same_key_under_several_trs_is_told_apart() -> None:
    """Where two rows have one tr_key, each says its TR."""
    shown = "\n".join(screen(Board([Row(("A1", "005930")), Row(("B2", "005930"))], 2), 80))
    assert "005930 A1" in shown
    assert "005930 B2" in shown


def test_bid_and_ask_have_the_colours_of_the_palette() -> None:
    """Bids red, asks blue; without colour the picked row is marked all the same."""
    shown = Board(rows()[:1], 1, picked=0)
    line = coloured(board(shown, 80, Display()), 80)[-1]
    assert "\x1b[1;91m752.1400" in line
    assert "\x1b[1;94m752.1700" in line
    assert screen(shown, 80)[-1].startswith("> DAMSSPY")


_TEXT = st.text(max_size=40) | st.text("한\x1b[]31mA\u200b\u202e\t\n/ ", max_size=40)


@given(_TEXT, _TEXT, _TEXT, st.integers(0, 10**18 - 1), st.integers(1, 220))
@example("DNASAAPL", "[/b]\x1b[2J", "한" * 40, 0, 33)
@settings(max_examples=100)
def test_no_text_breaks_the_columns(
    symbol: str, tr_key: str, refusal: str, size: int, width: int
) -> None:
    """Whatever comes from the wire: a line a row, none too wide, nothing that steers a terminal."""
    odd = with_field("SYMB", symbol.replace("^", "").replace("|", ""))
    quote = quote_of(book(with_field("VASK1", str(size), odd), AT))
    shown_rows = [*rows(), Row(("T", tr_key), quote), Row(("T", symbol), quote, refusal=refusal)]
    shown = screen(Board(shown_rows, len(shown_rows), picked=4), width)
    assert len(shown) == FRAME_LINES + len(shown_rows)
    assert all(cell_len(line) <= width for line in shown)
    assert all(line.isprintable() for line in shown)


@given(st.lists(st.floats(0, 1e18), max_size=70), st.integers(1, 60))
def test_course_has_a_step_a_sample(mids: list[float], width: int) -> None:
    """A sparkline has at most its width, its lowest sample at the bottom, its highest on top."""
    shown = sparkline(mids, width)
    assert len(shown) == min(len(mids), width)
    recent = mids[-width:]
    if recent and min(recent) < max(recent):
        assert shown[recent.index(min(recent))] == "▁"
        assert shown[recent.index(max(recent))] == "█"


@pytest.mark.parametrize(
    ("keys", "width", "height", "form"),
    [
        (1, 40, 8, Form.STACKED),
        (2, 118, 20, Form.BESIDE),
        (2, 117, 20, Form.STACKED),
        (2, 117, 19, Form.BOARD),
        (3, 178, 10, Form.BESIDE),
        (3, 177, 30, Form.STACKED),
        (3, 80, 22, Form.BOARD),
        (4, 400, 100, Form.BOARD),
    ],
)
def test_form_follows_from_keys_and_window(keys: int, width: int, height: int, form: Form) -> None:
    """Few keys are ladders where they have room, beside each other if they can; else a board."""
    assert form_of(keys, width, height) is form


def test_a_key_without_data_leaves_its_lines_to_the_others() -> None:
    """It takes what its sentence needs; the ladder beside it has the rest, up to what it wants."""
    assert share_out([27, 4], 24) == [20, 4]
    assert share_out([27, 4], 40) == [28, 4]


@given(st.lists(st.integers(10, 28), min_size=1, max_size=3), st.integers(30, 100))
def test_lines_are_shared_out(wanted: list[int], lines: int) -> None:
    """No more lines than there are, none below what a ladder needs."""
    shares = share_out(wanted, lines)
    assert len(shares) == len(wanted)
    assert sum(shares) <= lines
    assert min(shares) >= 10
