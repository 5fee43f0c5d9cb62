"""The order book as a Korean trader knows it (호가창): pure functions from a View to rich.

Asks stand on top with the best ask next to the spread, bids below it; ask sizes are left of the
price, bid sizes right of it, all bars on one scale. Levels come first: what else there is to say
takes the lines that they leave.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from rich.text import Text

from kisq.locale.sentence import Plural, Sentence, translated
from kisq.output.styles import WARNING
from kisq.screen.display import (
    NOTHING,
    Display,
    Segment,
    beside,
    cells_of,
    cut,
    fitted,
    whole,
    with_right_end,
)
from kisq.screen.head import LEAST_LINES, LINES, head
from kisq.screen.levels import Levels, between_line
from kisq.screen.tape import WIDTH as TAPE_WIDTH
from kisq.screen.tape import tape
from kisq.screen.view import View, count_or_mark, signed_or_zero
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
_TOTALS = Sentence("ask total {ask}, bid total {bid}")
_TOTALS_AND_CHANGES = Sentence("ask total {ask} ({ask_change}), bid total {bid} ({bid_change})")
_ASK_SHARE = Sentence("ask {share}")
_BID_SHARE = Sentence("bid {share}")
_SOME_LEVELS = Sentence("{shown} of {all} levels")
_GAP = 2  # between levels and tape
_HEADINGS = 1
_BALANCE = 1
_FOOT = 1
_MIDDLE = 1  # the line between asks and bids


def lines_of(view: View, depth: int) -> int:
    """How many lines a ladder takes that shows all of its levels and says everything else."""
    lines = least_lines(min(depth, view.book.layout.levels)) + _HEADINGS + _BALANCE + _FOOT
    if view.trade:
        lines += LINES - LEAST_LINES
    if _notes(view):
        lines += 1
    return lines


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
    notes = _notes(view)
    plan = _plan(view, height, display.depth, has_notes=bool(notes), needs_foot=bool(right))
    lines = head(view, width, plan.head_lines, display)
    lines += _body(view, width, plan, trades, display)
    if plan.has_balance:
        lines.append(_balance(view.book, width, display))
    note = f"! {printable('; '.join(notes))}"
    if plan.has_note_line:
        lines.append(whole(note, WARNING, width, display.glyphs))
    if plan.has_foot and notes and not plan.has_note_line:
        lines.append(_note_foot(note, width, right, display))
    elif plan.has_foot:
        lines.append(_foot(view, width, plan.levels, right, display))
    if view.standing:
        for line in lines[LEAST_LINES:]:
            line.stylize("dim")
    return lines


class _Plan(NamedTuple):
    """What there is room for; ``spare`` lines are left over."""

    levels: int
    has_foot: bool
    has_note_line: bool
    head_lines: int
    has_headings: bool
    has_balance: bool
    spare: int


def _plan(view: View, height: int, depth: int, *, has_notes: bool, needs_foot: bool) -> _Plan:
    """Levels first, then the last line, then the rest in the order of its importance."""
    wanted = min(depth, view.book.layout.levels)
    levels = _levels(wanted, height, needs_foot=needs_foot or has_notes)
    spare = height - least_lines(levels)
    has_foot = spare >= 1
    has_note_line = has_notes and spare >= 2
    spare -= has_foot + has_note_line
    head_lines = LEAST_LINES
    if view.trade is not None and spare >= 1:
        head_lines = LINES
        spare -= 1
    has_headings = spare >= 1
    has_balance = spare >= 2
    spare = max(0, spare - has_headings - has_balance)
    return _Plan(levels, has_foot, has_note_line, head_lines, has_headings, has_balance, spare)


def _body(
    view: View, width: int, plan: _Plan, trades: Sequence[Trade], display: Display
) -> list[Text]:
    """The levels of both sides with the line between them, and the trades beside them."""
    levels_width = width
    if trades:
        levels_width -= TAPE_WIDTH + _GAP
    columns = Levels(view, plan.levels, levels_width, display)
    lines = [*columns.asks(), between_line(view, levels_width, display), *columns.bids()]
    if plan.has_headings:
        lines.insert(0, columns.headings())
    if not trades:
        return lines
    taped = tape(trades, TAPE_WIDTH, len(lines) + plan.spare, display)
    return beside(lines, levels_width, taped, _GAP)


def _levels(wanted: int, height: int, *, needs_foot: bool) -> int:
    """How many levels per side are shown: they go before a foot, unless that is needed."""
    foot = 1 if needs_foot else 0
    if least_lines(wanted) + foot <= height:
        return wanted
    return max(1, min(wanted, (height - least_lines(0) - foot) // 2))


def _notes(view: View) -> list[str]:
    """What is odd about the book, and what happened besides."""
    book = view.book
    notes = [*view.notes, *(fault.text for fault in book.faults())]
    if book.layout.tr.is_unfinished:
        notes.append(_UNFINISHED)
    if book.extra:
        notes.append(_SURPLUS.of(len(book.extra), surplus=book.surplus))
    return [translated(note) for note in notes]


def _foot(view: View, width: int, levels: int, right: str, display: Display) -> Text:
    """The totals, with their changes where there is room, and how many levels are left out."""
    wanted = min(display.depth, view.book.layout.levels)
    book = view.book
    totals = {
        "ask": count_or_mark(book.integer("ask_total")),
        "bid": count_or_mark(book.integer("bid_total")),
    }
    changes = {
        "ask_change": signed_or_zero(book.integer("ask_total_change")),
        "bid_change": signed_or_zero(book.integer("bid_total_change")),
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


def _note_foot(note: str, width: int, right: str, display: Display) -> Text:
    """The note in the last line, cut so that what stands at its end has room."""
    room = width
    if right:
        room = max(width - cells_of(right) - 1, width // 2)
    return with_right_end(whole(note, WARNING, room, display.glyphs), right, width)


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
