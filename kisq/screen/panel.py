"""What is shown of one key: its ladder with the tape, its fields, or why there is nothing yet."""

from rich.text import Text

from kisq.locale.language import translated
from kisq.locale.sentence import Sentence, joined
from kisq.screen.board import NO_DATA
from kisq.screen.display import WARNING, Display
from kisq.screen.fields import FieldsView, fields_table, wanted_lines
from kisq.screen.head import LINES as HEAD_LINES
from kisq.screen.head import head
from kisq.screen.ladder import ladder, lines_of
from kisq.screen.segments import Segment, fitted, whole, wrapped
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
