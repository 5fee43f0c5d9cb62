"""What is shown of each key, with its tape or why there is nothing, and how keys share a window."""

from enum import Enum

from rich.text import Text

from kisq.locale.sentence import Sentence, joined, translated
from kisq.output.styles import WARNING
from kisq.screen.board import NO_DATA
from kisq.screen.display import Display, Segment, beside, fitted, whole, wrapped
from kisq.screen.fields import FieldsView, fields_table, wanted_lines
from kisq.screen.head import LINES as HEAD_LINES
from kisq.screen.head import head
from kisq.screen.ladder import ladder, lines_of
from kisq.screen.stats import KeyStats
from kisq.screen.tape import LEAST_LINES as TAPE_LEAST
from kisq.screen.tape import tape
from kisq.wire.book import OrderBook
from kisq.wire.escape import printable

TAPED_WIDTH = 100  # from here on the tape stands beside the ladder
_NO_BOOK = Sentence("no order book")


def panel(
    stats: KeyStats, refusal: str, width: int, height: int, display: Display, right: str = ""
) -> list[Text]:
    """The lines of a key; ``right`` is what stands at the end of the last one of a ladder."""
    view = stats.view
    if view is None:
        return _nothing_yet(stats, refusal, width, display)
    if isinstance(view, FieldsView):
        return fields_table(view, width, height, display)
    if not isinstance(view.record, OrderBook):
        return _trades_alone(stats, width, height, display)
    if not (stats.trades and display.taped):
        return ladder(view, width, height, display, right)
    if width >= TAPED_WIDTH:
        return ladder(view, width, height, display, right, stats.trades)
    wanted = lines_of(view, display.depth)
    if height - wanted < TAPE_LEAST:
        return ladder(view, width, height, display, right)
    trades = tape(stats.trades, width, height - wanted, display)
    return [*ladder(view, width, wanted, display), *trades]


def lines_wanted(stats: KeyStats, display: Display) -> int:
    """How many lines show all of a key, its tape as far as it is below."""
    view = stats.view
    if view is None:
        return 0
    if isinstance(view, FieldsView):
        return wanted_lines(view)
    if not isinstance(view.record, OrderBook):
        return HEAD_LINES + 1 + len(stats.trades)
    return lines_of(view, display.depth)


def _trades_alone(stats: KeyStats, width: int, height: int, display: Display) -> list[Text]:
    """The head and the tape of a key of which no book came."""
    assert stats.view is not None  # noqa: S101 - there is a trade
    lines = head(stats.view, width, HEAD_LINES, display)
    lines.append(whole(translated(_NO_BOOK), "dim", width, display.glyphs))
    if height > len(lines):
        lines += tape(stats.trades, width, height - len(lines), display)
    return lines[:height]


def _nothing_yet(stats: KeyStats, refusal: str, width: int, display: Display) -> list[Text]:
    """The key, and why nothing is shown of it."""
    tr_id, tr_key = stats.key
    glyphs = display.glyphs
    segments = (Segment(printable(tr_key), "bold"), Segment(printable(tr_id), rank=1))
    head_line = fitted(segments, width, "  ", glyphs)
    if refusal:
        return [head_line, whole(printable(refusal), WARNING, width, glyphs)]
    if stats.silence is None:
        return [head_line, whole(translated(NO_DATA), "dim", width, glyphs)]
    why = translated(joined(" ", (stats.silence.reason, stats.silence.next_step)))
    return [head_line, *wrapped(printable(why), WARNING, width)]


_MOST_LADDERS = 3
_BESIDE = 58  # cells in which a ladder still shows price, size and change of both sides
_GAP = 2
_LEAST_LINES = 10

Shown = list[tuple[KeyStats, str]]  # a key, and KIS's refusal of it or an empty text


class Form(Enum):
    """How the keys are shown."""

    BESIDE = "ladders side by side"
    STACKED = "ladders one above the other"
    BOARD = "a row for each key"


def form_of(keys: int, width: int, height: int) -> Form:
    """The form in which ``keys`` keys fit best into a window."""
    if keys > _MOST_LADDERS:
        return Form.BOARD
    if keys > 1 and _width_of_each(keys, width) >= _BESIDE:
        return Form.BESIDE
    if keys == 1 or height >= keys * _LEAST_LINES:
        return Form.STACKED
    return Form.BOARD


def _width_of_each(keys: int, width: int) -> int:
    return (width - _GAP * (keys - 1)) // keys


def ladders(
    form: Form, shown: Shown, width: int, height: int, display: Display, right: str = ""
) -> list[Text]:
    """The lines of the ladders; of a single one with ``right`` at the end of its last line."""
    if len(shown) == 1:
        return panel(*shown[0], width, height, display, right)
    if form is Form.BESIDE:
        return _side_by_side(shown, width, height, display)
    wanted = [_lines_wanted(*one, width, height, display) for one in shown]
    shares = share_out(wanted, height)
    taped = [stats for stats, _ in shown if stats.trades and display.taped]
    tape_lines = (height - sum(shares)) // max(1, len(taped))
    lines = []
    for (stats, refusal), share in zip(shown, shares, strict=True):
        room = share + tape_lines if stats in taped else share
        lines += panel(stats, refusal, width, room, display)
    return lines


def _lines_wanted(stats: KeyStats, refusal: str, width: int, height: int, display: Display) -> int:
    """How many lines show all that there is of a key; of one without data that is not much."""
    if stats.view is None:
        return len(panel(stats, refusal, width, height, display))
    return lines_wanted(stats, display)


def _side_by_side(shown: Shown, width: int, height: int, display: Display) -> list[Text]:
    cells = _width_of_each(len(shown), width)
    lines: list[Text] = []
    taken = 0
    for stats, refusal in shown:
        one = panel(stats, refusal, cells, height, display)
        lines = beside(lines, taken - _GAP, one, _GAP) if taken else one
        taken += cells + _GAP
    return lines


def share_out(wanted: list[int], lines: int) -> list[int]:
    """How many of ``lines`` each key gets: what every ladder needs, the rest where wanted."""
    heights = [lines]
    if len(wanted) > 1:
        heights = [min(_LEAST_LINES, least) for least in wanted]
    while sum(heights) + 2 <= lines:
        needy = [number for number, least in enumerate(heights) if least < wanted[number]]
        if not needy:
            break
        heights[min(needy, key=heights.__getitem__)] += 2
    return heights
