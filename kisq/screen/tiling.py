"""How the ladders of a few keys share a window: beside each other, or one above the other."""

from enum import Enum

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from kisq.screen.board import NO_DATA
from kisq.screen.fields import fields_table, wanted_lines
from kisq.screen.ladder import FRAME_LINES, Palette, ladder
from kisq.screen.stats import KeyStats
from kisq.screen.tape import LINES as TAPE_LINES
from kisq.screen.tape import tape
from kisq.wire.escape import printable

_MOST_LADDERS = 3
_BESIDE = 58  # cells in which a ladder still shows price, size and change of both sides
_GAP = 2
_LEAST_LINES = 10
_UNKNOWN_LINES = 2
_NO_BOOK = "호가 없음 no order book"


class Form(Enum):
    """How the keys are shown."""

    BESIDE = "ladders side by side"
    STACKED = "ladders one above the other"
    BOARD = "a row for each key"


def form_of(keys: int, width: int, height: int, *, taped: bool = False) -> Form:
    """The form in which ``keys`` keys fit best into a window; ``taped`` with their trades."""
    least = _LEAST_LINES + TAPE_LINES * taped
    if keys > _MOST_LADDERS:
        return Form.BOARD
    if keys > 1 and _beside(keys, width) >= _BESIDE:
        return Form.BESIDE
    return Form.STACKED if keys == 1 or height >= keys * least else Form.BOARD


def _beside(keys: int, width: int) -> int:
    return (width - _GAP * (keys - 1)) // keys


def ladders(
    form: Form,
    shown: list[tuple[KeyStats, str]],
    width: int,
    height: int,
    palette: Palette,
    depth: int,
) -> RenderableType:
    """The ladders of the keys, each with KIS's refusal of it or an empty text."""
    if form is Form.BESIDE:
        cells = _beside(len(shown), width)
        grid = Table.grid(padding=(0, _GAP, 0, 0))
        for _ in shown:
            grid.add_column(width=cells)
        grid.add_row(*(one(*item, cells, height, palette, depth) for item in shown))
        return grid
    wanted = [_wanted(stats, depth) + TAPE_LINES * bool(stats.trades) for stats, _ in shown]
    heights = share_out(wanted, height)
    return Group(
        *(one(*item, width, n, palette, depth) for item, n in zip(shown, heights, strict=True))
    )


def one(
    stats: KeyStats, refusal: str, width: int, height: int, palette: Palette, depth: int
) -> RenderableType:
    """The ladder of a key, or what is known of a key without any book; its tape below."""
    lines = _tape_lines(stats, height, depth)
    upper = _upper(stats, refusal, width, height - lines, palette, depth)
    return Group(upper, tape(stats.trades, width, lines, palette)) if lines else upper


def _tape_lines(stats: KeyStats, height: int, depth: int) -> int:
    """How many lines the tape gets: what the ladder leaves, and some of it in any case."""
    if not stats.trades:
        return 0
    ladder_lines = _wanted(stats, depth) if stats.view else _UNKNOWN_LINES
    return max(min(TAPE_LINES, height - _LEAST_LINES), height - ladder_lines, 0)


def _upper(
    stats: KeyStats, refusal: str, width: int, height: int, palette: Palette, depth: int
) -> RenderableType:
    if stats.view:
        return ladder(stats.view, width, height, palette, depth)
    if stats.fields:
        return fields_table(stats.fields, width, height)
    tr_id, tr_key = stats.key
    head = Text.assemble((printable(tr_key), "bold"), f"  {printable(tr_id)}")
    head.no_wrap = True
    head.truncate(width, overflow="ellipsis")
    return Group(head, _state(stats, refusal, width))


def _state(stats: KeyStats, refusal: str, width: int) -> Text:
    """Why there is no order book: on one line, but for a silence, which takes what it needs."""
    if stats.silence and not refusal:
        return Text(printable(f"{stats.silence.reason} {stats.silence.next_step}"), style="yellow")
    line = Text(printable(refusal), style="yellow")
    if not refusal:
        line = Text(_NO_BOOK if stats.trades else NO_DATA, style="dim")
    line.no_wrap = True
    line.truncate(width, overflow="ellipsis")
    return line


def _wanted(stats: KeyStats, depth: int) -> int:
    if stats.fields:
        return wanted_lines(stats.fields)
    levels = min(depth, stats.view.book.layout.levels) if stats.view else 1
    return FRAME_LINES + 1 + 2 * levels


def share_out(wanted: list[int], lines: int) -> list[int]:
    """How many of ``lines`` each ladder gets: what every ladder needs, the rest where wanted."""
    heights = [_LEAST_LINES] * len(wanted) if len(wanted) > 1 else [lines]
    while sum(heights) + 2 <= lines:
        needy = [n for n, least in enumerate(heights) if least < wanted[n]]
        if not needy:
            break
        heights[min(needy, key=heights.__getitem__)] += 2
    return heights
