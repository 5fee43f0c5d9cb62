"""The ladder's literal screens in both languages, and that it never wraps."""

import pytest
from conftest import captured
from helpers.records import AT, HONG_KONG, SPY, with_field, with_fields
from helpers.records import book as book_at
from helpers.screens import coloured, in_language, korean_texts, literal, plain
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from kisq.locale.sentence import Sentence, translated
from kisq.screen import hints
from kisq.screen.display import ASCII, UNICODE, Display, bar, glyphs_for
from kisq.screen.ladder import ladder
from kisq.screen.view import ASK, View
from kisq.wire.book import OrderBook
from kisq.wire.decode import decode
from kisq.wire.trade import Trade

KOREAN_BOOK = captured("h0stasp0.txt")[-1]
KOREAN_TRADE = captured("h0stcnt0.txt")[-1]
KOREAN_AT = 1790053570.6  # 2026-09-22 14:06:10.6 KST
SIZES = [(60, 20), (80, 24), (100, 30), (120, 40), (200, 60)]
COUNTS = {"updates": 1234, "rate": 5.0, "age": 0.2, "pingpongs": 3}


def book(text: str) -> OrderBook:
    return book_at(text, AT)


def trade(text: str, at: float = KOREAN_AT) -> Trade:
    found = decode(text, at)[-1]
    assert isinstance(found, Trade)
    return found


def screen(shown: OrderBook, width: int, height: int, depth: int = 10, **view: object) -> list[str]:
    """The lines of the ladder in a place of this size."""
    return plain(ladder(View(shown, **view), width, height, Display(depth=depth)), width)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_literal_screen(width: int, height: int, language: str) -> None:
    """The captured book looks as it does in tests/screens, to the last cell."""
    with in_language(language):
        view = View(book(SPY), name="SPDR S&P 500 USD", session="pre-market", **COUNTS)
        shown = plain(ladder(view, width, height, Display(), translated(hints.LADDER)), width)
    assert shown == literal(f"spy-{width}x{height}-{language}")
    assert all(cell_len(line) <= width for line in shown)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_literal_screen_with_trades(width: int, height: int, language: str) -> None:
    """The captured Korean book with its trades, which stand beside it where there is room."""
    trades = [trade(KOREAN_TRADE)]
    for size, price in ((7, "278000"), (12, "277500")):
        changed = with_fields(KOREAN_TRADE, CNTG_VOL=f"{size}", STCK_PRPR=price)
        trades.append(trade(with_field("CCLD_DVSN", "1", changed)))
    with in_language(language):
        view = View(book_at(KOREAN_BOOK, KOREAN_AT), trade=trades[-1], name="삼성전자", **COUNTS)
        taped = trades if width >= 100 else ()
        lines = ladder(view, width, height, Display(), translated(hints.LADDER), taped)
        shown = plain(lines, width)
    assert shown == literal(f"samsung-{width}x{height}-{language}")
    assert all(cell_len(line) <= width for line in shown)


@pytest.mark.parametrize(("name", "text", "width", "height"), [
    ("hong-kong-80x24", HONG_KONG, 80, 24),
    ("spy-40x16", SPY, 40, 16),
])  # fmt: skip
def test_literal_screen_of_a_small_ladder(name: str, text: str, width: int, height: int) -> None:
    """One level of a delayed key, and a terminal of 40 by 16."""
    assert screen(book(text), width, height, **COUNTS) == literal(name)


@pytest.mark.parametrize(("width", "height", "levels"), [(80, 24, 10), (60, 20, 8), (80, 23, 10)])
def test_levels_come_first(width: int, height: int, levels: int) -> None:
    """Ten levels per side fit in 24 lines and seven and more in 20; no line is left empty."""
    shown = screen(book(SPY), width, height, **COUNTS)
    assert sum("752." in line and "spread" not in line for line in shown) == 2 * levels
    assert len(shown) == height
    assert all(shown)


def test_a_long_note_leaves_all_levels_and_the_keys_their_room() -> None:
    """In 24 lines it stands in the last one, cut before what stands at its end."""
    view = View(book(SPY), notes=["what happened " * 20], **COUNTS)
    shown = plain(ladder(view, 80, 24, Display(), translated(hints.LADDER)), 80)
    assert sum("752." in line and "spread" not in line for line in shown) == 20
    assert shown[-1].startswith("! what happened what happened")
    assert shown[-1].endswith(f"… {translated(hints.LADDER)}")


def test_best_ask_and_best_bid_stand_at_the_spread() -> None:
    """Asks are on top, the best one last; bids are below, the best one first; both are marked."""
    shown = screen(book(SPY), 100, 40)
    at = next(i for i, line in enumerate(shown) if "spread" in line)
    assert "[752.1700]" in shown[at - 1]
    assert "[752.1400]" in shown[at + 1]
    assert sum("[" in line for line in shown) == 2
    assert "spread 0.0300 (0.40 bp), mid 752.1550" in shown[at]


def test_depth_and_height_limit_the_levels() -> None:
    """--depth shows fewer levels, a low terminal too, but never less than one."""
    assert len(screen(book(SPY), 80, 40, depth=3)) == 3 + 3 + 6
    assert len(screen(book(SPY), 80, 20)) == 8 + 8 + 4
    assert "8 of 10 levels" in screen(book(SPY), 80, 20)[-1]
    assert len(screen(book(SPY), 80, 3)) == 1 + 1 + 3


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
    assert said in screen(book(with_field(name, value)), 100, 25)[-2]


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
    at = next(i for i, line in enumerate(shown) if "spread -" in line)
    assert shown[at - 1].strip() == "[-]"


def test_an_empty_side_is_said_in_words() -> None:
    """As at a limit price: no price of a side means that nobody offers there."""
    text = with_fields(SPY, **{f"PASK{n}": "0" for n in range(1, 11)})
    assert any(line.strip().endswith("no asks") for line in screen(book(text), 80, 24))


def test_prices_in_won_and_yen_are_grouped() -> None:
    """Long whole numbers are read by their thousands; the digits of dollars stay as they come."""
    shown = "\n".join(screen(book_at(KOREAN_BOOK, KOREAN_AT), 80, 24))
    assert "[278,000]" in shown
    assert "mid 277,750" in shown
    yen = with_fields(SPY, RSYM="RTSE7203", SYMB="7203", PASK1="1234567.0")
    assert "[1,234,567.0]" in "\n".join(screen(book(yen), 80, 24))


def test_colours_follow_the_close_of_the_day_before_where_it_is_known() -> None:
    """Above it red and below it blue on both sides; without trades by side."""
    view = View(book_at(KOREAN_BOOK, KOREAN_AT))
    at_278500 = next(ln for ln in coloured(ladder(view, 80, 24, Display()), 80) if "278,500" in ln)
    assert "\x1b[94m  278,500" in at_278500
    view.trade = trade(KOREAN_TRADE)  # 277,750, 3,750 above the close of 274,000
    lines = coloured(ladder(view, 80, 24, Display()), 80)
    assert "\x1b[91m  278,500" in next(ln for ln in lines if "278,500" in ln)
    assert "\x1b[94m  273,500" in next(ln for ln in lines if "273,500" in ln)
    assert "\x1b[91m" not in next(ln for ln in lines if " 274,000 " in ln).split("274,000")[0]


def test_what_changed_stands_out_and_changes_have_the_colour_of_their_sign() -> None:
    """A size that changed is reversed; more is red and less is blue, on both sides."""
    shown = book(SPY)
    view = View(shown, changed=frozenset({(ASK, shown.best_ask.price)}))
    lines = coloured(ladder(view, 120, 24, Display()), 120)
    assert "\x1b[1;7m145\x1b[0m" in "\n".join(lines)
    assert "\n".join(lines).count("\x1b[1;7m") == 1
    best_ask = next(line for line in lines if "752.1700" in line)
    assert "\x1b[91m     +60\x1b[0m" in best_ask
    assert "\x1b[94m-1,100  \x1b[0m" in next(line for line in lines if "752.1300" in line)


def test_cumulative_sizes_are_added_up_from_the_best_level() -> None:
    """In place of the changes, and the bars show them; the last one is the total of the side."""
    display = Display(cumulative=True)
    shown = plain(ladder(View(book(SPY)), 100, 30, display), 100)
    assert "cum." in shown[2]
    assert shown[3].split()[-3:] == ["1,950", "260", "752.2600"]
    assert shown[12].split()[-3:] == ["145", "145", "[752.1700]"]
    assert shown[3].startswith("█")


def test_a_book_that_stands_still_is_dimmed_and_says_so() -> None:
    """First thing in the second line of the head, all below it dim."""
    view = View(book(SPY), standing=Sentence("no update for 20 s, only PINGPONG"))
    lines = ladder(view, 80, 24, Display())
    assert lines[1].plain.startswith("no update for 20 s, only PINGPONG · ")
    assert all("\x1b[2" in line or ";2" in line for line in coloured(lines[2:], 80))


@pytest.mark.parametrize(("field", "value", "said"), [
    ("TRHT_YN", "Y", "trading halted"),
    ("PRDY_VRSS_SIGN", "1", "limit up"),
    ("PRDY_VRSS_SIGN", "4", "limit down"),
])  # fmt: skip
def test_halts_and_limits_are_said_in_words(field: str, value: str, said: str) -> None:
    """As the newest trade has them, and only where it does."""
    shown = book_at(KOREAN_BOOK, KOREAN_AT)
    newest = trade(with_field(field, value, KOREAN_TRADE))
    assert said in screen(shown, 80, 24, trade=newest)[0]
    assert said not in screen(shown, 80, 24, trade=trade(KOREAN_TRADE))[0]


@pytest.mark.parametrize(("change", "rate"), [("0.0000", "+0.00"), ("0", "-0.00")])
def test_a_change_of_zero_has_no_sign_and_the_decimals_of_the_price(change: str, rate: str) -> None:
    """Whatever sign and digits KIS gives a zero."""
    text = with_fields(captured("hdfscnt0.txt")[-1], SIGN="3", DIFF=change, RATE=rate)
    assert "752.1600  0.0000  0.00%" in screen(book(SPY), 80, 40, trade=trade(text, AT))[1]


def test_a_change_of_zero_of_the_expected_price_has_no_sign() -> None:
    """In an auction, where the other rates have one."""
    for rate, shown in (("0.00", "(0.00%)"), ("1.46", "(+1.46%)"), ("-1.46", "(-1.46%)")):
        text = with_fields(
            KOREAN_BOOK, HOUR_CLS_CODE="B", ANTC_CNPR="278000", ANTC_CNTG_PRDY_CTRT=rate
        )
        assert any(shown in line for line in screen(book_at(text, KOREAN_AT), 80, 40))


@pytest.mark.parametrize(("code", "said"), [
    ("A", "closing auction"), ("B", "opening auction"), ("C", "auction (VI)"),
    ("D", "after-hours auction"), ("0", "regular session"),
])  # fmt: skip
def test_which_auction_it_is_stands_in_the_head(code: str, said: str) -> None:
    """By the field of KIS; without an auction the session that KIS says it is."""
    shown = book_at(with_field("HOUR_CLS_CODE", code, KOREAN_BOOK), KOREAN_AT)
    assert said in screen(shown, 80, 24)[0]


def test_ascii_draws_with_ascii() -> None:
    """Bars, the line, arrows and separators are one cell wide in every terminal."""
    view = View(book(SPY), trade=trade(KOREAN_TRADE), recording="night.ndjson 12.3 MB")
    lines = ladder(view, 120, 40, Display(glyphs=ASCII), "? keys", [trade(KOREAN_TRADE)] * 3)
    shown = "\n".join(plain(lines, 120))
    assert shown.isascii()
    assert "----- spread" in shown
    assert "* REC night.ndjson 12.3 MB" in shown


@pytest.mark.parametrize(("encoding", "glyphs"), [
    ("utf-8", UNICODE), ("cp949", ASCII), ("ascii", ASCII), ("latin-1", ASCII),
])  # fmt: skip
def test_marks_that_an_encoding_lacks_are_drawn_with_ascii(encoding: str, glyphs: object) -> None:
    """A terminal in CP949 has no bars."""
    assert glyphs_for(encoding, ascii_only=False) is glyphs
    assert glyphs_for(encoding, ascii_only=True) is ASCII


def test_korean_of_the_screens_exists_in_cp949() -> None:
    """A Korean terminal of Windows shows every label and every sentence."""
    texts = [text for file, text in korean_texts() if file.startswith("kisq/screen/")]
    assert len(texts) > 90
    assert all(texts)
    "".join(texts).encode("cp949")


def test_korean_ladder_exists_in_cp949() -> None:
    """With the marks that such a terminal gets."""
    with in_language("ko"):
        view = View(book(SPY), trade=trade(KOREAN_TRADE), **COUNTS)
        lines = ladder(view, 120, 40, Display(glyphs=ASCII), "? keys", [trade(KOREAN_TRADE)])
        "\n".join(plain(lines, 120)).encode("cp949")


@given(st.integers(20, 220), st.integers(1, 70), st.integers(0, 10**12))
@settings(max_examples=50)
def test_never_wraps(width: int, height: int, size: int) -> None:
    """Whatever the terminal and the numbers, no line is wider than it, and none becomes two."""
    text = with_field("VBID1", str(size), with_field("VASK2", str(size), SPY))
    shown = screen(book(text), width, height)
    assert all(cell_len(line) <= width for line in shown)
    assert len(shown) <= max(height, 1 + 1 + 4 + 1)
    assert len(shown) == len(screen(book(text), 300, height))


@given(st.integers(0, 10**12), st.integers(1, 10**12), st.integers(0, 100))
def test_bars_share_one_scale(size: int, scale: int, width: int) -> None:
    """A bar is never longer than its column, and the largest size fills it."""
    size = min(size, scale)
    for blocks in (UNICODE.blocks, ASCII.blocks):
        for leftwards in (True, False):
            drawn = {"leftwards": leftwards, "blocks": blocks}
            assert len(bar(size, scale, width, **drawn)) <= width
            assert len(bar(scale, scale, width, **drawn)) == width
            assert bar(0, scale, width, **drawn) == ""
            assert bar(None, 0, width, **drawn) == ""
