"""The board: one row per key, as a pure function from rows to lines of text.

Every line is laid out in cells here, so that wide characters stand in line and nothing wraps.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rich.text import Text

from kisq.locale.sentence import Plural, Sentence, translated
from kisq.output.styles import WARNING
from kisq.screen.display import (
    Display,
    Segment,
    cells_of,
    cut,
    fitted,
    left_aligned,
    right_aligned,
)
from kisq.screen.quotes import Quote, sparkline
from kisq.screen.view import OLD_SECONDS, PINGPONGS, RATE, recording_text
from kisq.wire.escape import printable
from kisq.wire.messages import Key

FRAME_LINES = 2  # title 1, headings 1
NO_DATA = Sentence("no data yet")
NO_DATA_SINCE = Sentence("no data: {reason}")
_KEYS = Plural("{number} key", "{number} keys")
_KEYS_SHOWN = Sentence("{number} keys ({first} to {last})")
_REFUSED = Sentence("{number} refused")
_SORTED = Sentence("sorted by {order}")
_FILTER = Sentence("filter: {text}")
_GAP = "  "
_MARKS = 2  # which row is picked, which is old
_LONGEST = 24  # cells; what is longer is cut
_MOST_SPARKLINE = 60


@dataclass(slots=True)
class Row:
    """One key: what its newest book says, or why there is none.

    ``rate`` is updates per second, ``age`` the seconds since the last one, ``mids`` the mid price
    at equal intervals, ``refusal`` KIS's code and text, ``silence`` why nothing came, if known.
    """

    key: Key
    quote: Quote | None = None
    rate: float = 0.0
    age: float = 0.0
    mids: Sequence[float] = ()
    refusal: str = ""
    silence: str = ""

    @property
    def state(self) -> str:
        """What is shown in place of the figures; empty where there are some."""
        if self.refusal:
            return printable(self.refusal)
        if self.quote:
            return ""
        if self.silence:
            return printable(translated(NO_DATA_SINCE.format(reason=self.silence)))
        return translated(NO_DATA)


@dataclass(slots=True)
class Board:
    """The rows to show, from row number ``first`` (from 0) on, and what is known of all of them.

    ``total`` is the number of rows that could be shown, ``picked`` the index among ``rows`` of the
    one that is picked. ``rate`` is updates per second of all keys, ``marker`` what is to be known
    of the source, ``order`` what the rows are sorted by, ``typed`` the filter.
    """

    rows: list[Row]
    total: int
    first: int = 0
    picked: int | None = None
    rate: float = 0.0
    refused: int = 0
    pingpongs: int = 0
    marker: str = ""
    order: str = ""
    typed: str = ""
    recording: str = ""


class _Column(NamedTuple):
    name: str
    title: Sentence
    least: int
    left: bool = False


_KEY = _Column("key", Sentence("key"), 9, left=True)
_COURSE = _Column("mid", Sentence("mid"), 12, left=True)
_COLUMNS = (
    _KEY,
    _Column("name", Sentence("name"), 6, left=True),
    _Column("market", Sentence("market"), 6, left=True),
    _Column("state", Sentence("state"), 5, left=True),
    _Column("last", Sentence("last"), 8),
    _Column("change", Sentence("net chg"), 7),
    _Column("change_rate", Sentence("% chg"), 8),
    _Column("volume", Sentence("volume"), 7),
    _Column("bid_size", Sentence("bid size"), 8),
    _Column("bid", Sentence("bid"), 8),
    _Column("ask", Sentence("ask"), 8),
    _Column("ask_size", Sentence("ask size"), 8),
    _Column("spread", Sentence("spread"), 8),
    _Column("lag", Sentence("lag s"), 6),
    _Column("age", Sentence("age s"), 5),
    _Column("rate", Sentence("per s"), 5),
    _Column("trade", Sentence("newest trade"), 24, left=True),
    _COURSE,
)
_OF_TRADES = ("state", "last", "change", "change_rate", "volume", "trade")
# What goes first where there is no room for all.
_DISPENSABLE = (
    "mid", "market", "rate", "spread", "bid_size", "ask_size", "lag", "age", "name", "trade",
    "volume", "change", "change_rate", "state",
)  # fmt: skip
_Cells = dict[str, str]


def board(view: Board, width: int, display: Display) -> list[Text]:
    """The board in ``width`` cells: FRAME_LINES lines and one for each row."""
    trs_differ = len({row.key[1] for row in view.rows}) < len(view.rows)
    cells = [_cells(row, tell_tr=trs_differ) for row in view.rows]
    columns = _fitting(cells, width)
    lines = [_title(view, width, display), _headings(columns, display)]
    for number, (row, texts) in enumerate(zip(view.rows, cells, strict=True)):
        lines.append(_line(row, texts, columns, display, picked=number == view.picked))
    for line in lines:
        line.no_wrap = True
        if line.cell_len > width:
            line.truncate(width - 1)
            line.append(display.glyphs.more)
    return lines


def _cells(row: Row, *, tell_tr: bool) -> _Cells:
    tr_id, tr_key = row.key
    shown = f"{tr_key} {tr_id}" if tell_tr else tr_key
    cells = {"key": printable(shown)}
    if row.quote and not row.refusal:
        texts = row.quote._asdict()
        cells |= {name: printable(text) for name, text in texts.items() if isinstance(text, str)}
        cells["age"] = f"{row.age:,.1f}"
        cells["rate"] = f"{row.rate:,.1f}"
    return cells


def _fitting(cells: list[_Cells], width: int) -> dict[_Column, int]:
    """The columns that there is room for and their widths; the course takes what is left."""
    wanted = {}
    for column in _COLUMNS:
        widths = [_width(texts.get(column.name, "")) for texts in cells]
        if any(widths) or column.name not in _OF_TRADES:
            title = cells_of(translated(column.title))
            wanted[column] = max(column.least, title, *widths)
    for name in ("", *_DISPENSABLE):
        wanted = {column: cells for column, cells in wanted.items() if column.name != name}
        left = width - _MARKS - sum(wanted.values()) - len(_GAP) * (len(wanted) - 1)
        if left >= 0:
            break
    if _COURSE in wanted:
        wanted[_COURSE] = min(_MOST_SPARKLINE, wanted[_COURSE] + left)
    return wanted


def _width(text: str) -> int:
    return min(_LONGEST, cells_of(text))


def _title(view: Board, width: int, display: Display) -> Text:
    keys = _KEYS.of(view.total)
    if len(view.rows) != view.total:
        last = view.first + len(view.rows)
        keys = _KEYS_SHOWN.format(number=view.total, first=view.first + 1, last=last)
    segments = [Segment(translated(keys), "bold")]
    if view.refused:
        segments.append(Segment(translated(_REFUSED.format(number=view.refused)), WARNING))
    segments.append(Segment(translated(view.marker), WARNING))
    segments.append(Segment(recording_text(view.recording, display.glyphs), WARNING, 1))
    if view.typed:
        segments.append(Segment(translated(_FILTER.format(text=printable(view.typed))), "bold"))
    if view.order:
        segments.append(Segment(translated(_SORTED.format(order=view.order)), rank=2))
    segments.append(Segment(translated(RATE.format(rate=view.rate)), rank=3))
    segments.append(Segment(PINGPONGS.format(number=view.pingpongs), rank=4))
    return fitted(segments, width, display.glyphs.between, display.glyphs)


def _headings(columns: dict[_Column, int], display: Display) -> Text:
    titles = []
    for column, cells in columns.items():
        titles.append(_padded(translated(column.title), cells, column, display))
    return Text(" " * _MARKS + _GAP.join(titles), style="dim")


def _line(
    row: Row, cells: _Cells, columns: dict[_Column, int], display: Display, *, picked: bool
) -> Text:
    state = row.state
    is_old = row.age >= OLD_SECONDS and not state
    line = Text(end="\n")
    line.append(">" if picked else " ", "bold")
    line.append("!" if is_old else " ", WARNING)
    styles = _styles(row, display, picked=picked, is_old=is_old)
    for number, (column, width) in enumerate(columns.items()):
        text = cells.get(column.name, "")
        if column is _COURSE:
            text = sparkline(row.mids, width, display.glyphs.steps)
        if number:
            line.append(_GAP)
        line.append(_padded(text, width, column, display), styles.get(column.name, ""))
        if state:  # in place of the other columns
            style = WARNING if row.refusal or row.silence else "dim"
            return line.append(f"{_GAP}{state}", style)
    return line


def _styles(row: Row, display: Display, *, picked: bool, is_old: bool) -> dict[str, str]:
    """The style of each column that has one."""
    colours = display.colours
    styles = {"key": "bold", "ask": f"bold {colours.ask}", "bid": f"bold {colours.bid}"}
    if picked:
        styles["key"] = "bold reverse"
    if is_old:
        styles["age"] = WARNING
    if row.quote:
        direction = colours.of_sign(row.quote.direction)
        styles["last"] = f"bold {direction}".rstrip()
        styles["change"] = direction
        styles["change_rate"] = direction
        styles["state"] = WARNING
        styles["trade"] = colours.of_side(row.quote.side)
    return styles


def _padded(text: str, width: int, column: _Column, display: Display) -> str:
    text = cut(text, width, display.glyphs)
    if column.left:
        return left_aligned(text, width)
    return right_aligned(text, width)
