"""The order book as a Korean trader knows it (호가창): pure functions from a View to rich.

Asks stand on top with the best ask next to the spread, bids below it; ask sizes are left of the
price, bid sizes right of it, all bars on one scale. Levels come first: what else there is to say
takes the lines that they leave.
"""

from collections.abc import Sequence
from decimal import Decimal

from rich.text import Text

from kisq.locale.language import translated
from kisq.locale.sentence import Plural, Sentence
from kisq.screen import labels
from kisq.screen.display import NOTHING, WARNING, Display
from kisq.screen.head import LEAST_LINES, LINES, head
from kisq.screen.levels import Levels
from kisq.screen.segments import (
    Segment,
    beside,
    cells_of,
    cut,
    fitted,
    ruled,
    whole,
    with_right_end,
)
from kisq.screen.tape import WIDTH as TAPE_WIDTH
from kisq.screen.tape import tape
from kisq.screen.view import View, price_text
from kisq.wire.book import OrderBook
from kisq.wire.escape import printable
from kisq.wire.trade import Trade

_SURPLUS = Plural(
    "{number} surplus field that KIS appended: {surplus}",
    "{number} surplus fields that KIS appended: {surplus}",
)
_UNFINISHED = Sentence(
    "prices are not finished decimals: times 10 to the power of sCalcDesz (ffcode.mst)"
)
_SPREAD = Sentence("spread {spread}")
_SPREAD_AND_MID = Sentence("spread {spread} ({points} bp), mid {mid}")
_EXPECTED = Sentence("expected {price} x {size}")
_EXPECTED_AND_RATE = Sentence("expected {price} x {size} ({rate:+f}%)")
_TOTALS = Sentence("ask total {ask}, bid total {bid}")
_TOTALS_AND_CHANGES = Sentence("ask total {ask} ({ask_change}), bid total {bid} ({bid_change})")
_ASK_SHARE = Sentence("ask {share}")
_BID_SHARE = Sentence("bid {share}")
_SOME_LEVELS = Sentence("{shown} of {all} levels")
_GAP = 2  # between levels and tape
_MIDDLE = 1  # the line between asks and bids


def lines_of(view: View, depth: int) -> int:
    """How many lines a ladder takes that shows all of its levels and says everything else."""
    price = LINES - LEAST_LINES if view.trade else 0
    notes = 1 if _notes(view) else 0
    headings, totals, balance = 1, 1, 1
    least = least_lines(min(depth, view.book.layout.levels))
    return least + price + notes + headings + totals + balance


def least_lines(levels: int) -> int:
    """How many lines so many levels per side take, with the head and nothing else."""
    return LEAST_LINES + 2 * levels + _MIDDLE


def ladder(
    view: View,
    width: int,
    height: int,
    display: Display,
    right: str = "",
    trades: Sequence[Trade] = (),
) -> list[Text]:
    """The lines of the ladder of ``view`` in ``width`` by ``height`` cells; none ever wraps.

    ``right`` is what stands at the right end of the last line, ``trades`` those beside the levels.
    """
    wanted = min(display.depth, view.book.layout.levels)
    notes = _notes(view)
    levels = _levels(wanted, height, needs_foot=bool(right or notes))
    spare = height - least_lines(levels)
    has_foot = spare >= 1
    has_note_line = bool(notes) and spare >= 2
    spare -= has_foot + has_note_line
    has_price_line = view.trade is not None and spare >= 1
    spare -= has_price_line
    has_headings = spare >= 1
    has_balance = spare >= 2
    spare -= has_headings + has_balance
    body_width = width
    if trades:
        body_width -= TAPE_WIDTH + _GAP
    body = _body(view, body_width, levels, display, has_headings=has_headings)
    if trades:
        tape_lines = tape(trades, TAPE_WIDTH, len(body) + max(0, spare), display)
        body = beside(body, body_width, tape_lines, _GAP)
    lines = head(view, width, LINES if has_price_line else LEAST_LINES, display)
    lines += body
    if has_balance:
        lines.append(_balance(view.book, width, display))
    note = whole(f"! {printable('; '.join(notes))}", WARNING, width, display.glyphs)
    if has_note_line:
        lines.append(note)
    if has_foot and notes and not has_note_line:
        lines.append(with_right_end(note, right, width))
    elif has_foot:
        lines.append(_foot(view, width, levels, wanted, right, display))
    if view.standing:
        for line in lines[LEAST_LINES:]:
            line.stylize("dim")
    return lines


def _body(
    view: View, width: int, levels: int, display: Display, *, has_headings: bool
) -> list[Text]:
    """The levels of both sides and the line between them."""
    columns = Levels(view, levels, width, display)
    lines = [*columns.asks(), _between(view, width, display), *columns.bids()]
    if has_headings:
        return [columns.headings(), *lines]
    return lines


def _levels(wanted: int, height: int, *, needs_foot: bool) -> int:
    """How many levels per side are shown: all before there is a foot, unless it is needed."""
    foot = 1 if needs_foot else 0
    if least_lines(wanted) + foot <= height:
        return wanted
    return max(1, min(wanted, (height - least_lines(0) - 1) // 2))


def _notes(view: View) -> list[str]:
    """What is odd about the book, and what happened besides."""
    book = view.book
    notes = [*view.notes, *(fault.text for fault in book.faults())]
    if book.layout.tr.is_unfinished:
        notes.append(_UNFINISHED)
    if book.extra:
        notes.append(_SURPLUS.of(len(book.extra), surplus=book.surplus))
    return [translated(note) for note in notes]


def _between(view: View, width: int, display: Display) -> Text:
    """The line between asks and bids: the spread, or in an auction the expected price."""
    label = _spread(view)
    if view.book.expected_price:
        label = _expected(view)
    text = cut(f" {translated(label)} ", width, display.glyphs)
    return Text(ruled(text, width, display.glyphs.rule), style="bold", no_wrap=True)


def _spread(view: View) -> Sentence:
    book = view.book
    bid = book.best_bid.price
    ask = book.best_ask.price
    if not bid or not ask:
        return _SPREAD.format(spread=NOTHING)
    spread = _grouped(ask - bid, view)
    mid = (bid + ask) / 2
    if not mid:
        return _SPREAD.format(spread=spread)
    digits = -int(min(bid.as_tuple().exponent, ask.as_tuple().exponent))
    exact = _grouped(round(mid, digits + 1), view)
    points = f"{(ask - bid) / mid * 10_000:.2f}"
    shown = exact.removesuffix("0").removesuffix(".")
    return _SPREAD_AND_MID.format(spread=spread, points=points, mid=shown)


def _expected(view: View) -> Sentence:
    book = view.book
    rate = book.decimal("expected_rate")
    size = labels.count(book.integer("expected_size"))
    price = price_text(book.expected_price, grouped=view.is_grouped, nothing=NOTHING)
    if rate is None:
        return _EXPECTED.format(price=price, size=size)
    return _EXPECTED_AND_RATE.format(price=price, size=size, rate=rate)


def _grouped(number: Decimal, view: View) -> str:
    if view.is_grouped:
        return f"{number:,f}"
    return f"{number:f}"


def _foot(view: View, width: int, levels: int, wanted: int, right: str, display: Display) -> Text:
    """The totals, with their changes where there is room, and how many levels are left out."""
    book = view.book
    totals = {
        "ask": labels.count(book.integer("ask_total")),
        "bid": labels.count(book.integer("bid_total")),
    }
    changes = {
        "ask_change": labels.change(book.integer("ask_total_change")),
        "bid_change": labels.change(book.integer("bid_total_change")),
    }
    some = ""
    if levels < wanted:
        some = translated(_SOME_LEVELS.format(shown=levels, all=wanted))
    room = width - cells_of(right) - 1
    form = translated(_TOTALS_AND_CHANGES.format(**totals, **changes))
    if cells_of(form) + cells_of(some) + len(display.glyphs.between) > room:
        form = translated(_TOTALS.format(**totals))
    segments = (Segment(form), Segment(some, WARNING, 1))
    line = fitted(segments, room, display.glyphs.between, display.glyphs)
    return with_right_end(line, right, width)


def _balance(book: OrderBook, width: int, display: Display) -> Text:
    """One bar across, asks from the left and bids from the right, by their share of both."""
    ask = book.integer("ask_total") or 0
    bid = book.integer("bid_total") or 0
    if ask + bid <= 0 or min(ask, bid) < 0:
        before = translated(_ASK_SHARE.format(share=NOTHING))
        after = translated(_BID_SHARE.format(share=NOTHING))
        return Text(cut(f"{before} {after}", width, display.glyphs), style="dim", no_wrap=True)
    share = Decimal(ask) / (ask + bid)
    before = translated(_ASK_SHARE.format(share=f"{share:.1%}"))
    after = translated(_BID_SHARE.format(share=f"{1 - share:.1%}"))
    room = max(0, width - cells_of(before) - cells_of(after) - 3)
    cells = round(share * room)
    block = display.glyphs.blocks.full
    line = Text(no_wrap=True)
    line.append(f"{before} ")
    line.append(block * cells, display.colours.ask)
    line.append(" ")
    line.append(block * (room - cells), display.colours.bid)
    line.append(f" {after}")
    line.truncate(width)
    return line
