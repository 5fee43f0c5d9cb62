"""The board: one row per key, as a pure function from rows to rich.

Every line is laid out in cells here, so that wide characters stand in line and nothing wraps.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.console import Group, RenderableType
from rich.text import Text

from kisq.output.figures import sparkline
from kisq.screen import labels
from kisq.screen.ladder import COLOURS, Palette
from kisq.wire.escape import printable
from kisq.wire.messages import Key

FRAME_LINES = 3  # title 1, headings 2
NO_DATA = "데이터 없음 no data yet"
NO_DATA_SINCE = "데이터 없음 no data: {reason}"
_KEYS = "{number} 종목 keys"
_KEYS_SHOWN = "{number} 종목 keys ({first}–{last})"
_REFUSED = "{number} 거부 refused"
_RATE = "{rate:,.1f}/s · PINGPONG {pingpongs}"
_GAP = "  "
_MARKS = 2  # which row is picked, which is old
_LONGEST = 24  # cells; what is longer ends with …
_MOST_SPARKLINE = 60


class Quote(NamedTuple):
    """What a row shows of a book, each as text; prices with the digits of the wire."""

    name: str
    bid_size: str
    bid: str
    ask: str
    ask_size: str
    spread: str
    lag: str


@dataclass(slots=True)
class Row:
    """One key: what its newest book says, or why there is none.

    ``rate`` is updates a second, ``age`` the seconds since the last one, ``mids`` the mid price
    at equal intervals, ``refusal`` KIS's code and text where it refused the key, ``silence`` why
    nothing came, where that is known.
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
            return self.refusal
        if self.quote:
            return ""
        return NO_DATA_SINCE.format(reason=self.silence) if self.silence else NO_DATA


@dataclass(slots=True)
class Board:
    """The rows to show, from row number ``first`` (from 0) on, and what is said of all of them.

    ``picked`` is the index among ``rows`` of the one that is picked. ``rate`` is updates a second
    of all keys, ``marker`` what is to be known of the source.
    """

    rows: list[Row]
    total: int
    first: int = 0
    picked: int | None = None
    rate: float = 0.0
    refused: int = 0
    pingpongs: int = 0
    marker: str = ""


class _Column(NamedTuple):
    name: str
    korean: str
    english: str
    least: int
    left: bool = False


_COLUMNS = (
    _Column("key", "종목", "key", 9, left=True),
    _Column("name", "시장", "market", 6, left=True),
    _Column("bid_size", "잔량", "size", 6),
    _Column("bid", "매수", "bid", 8),
    _Column("ask", "매도", "ask", 8),
    _Column("ask_size", "잔량", "size", 6),
    _Column("spread", "스프레드", "spread", 8),
    _Column("lag", "지연", "lag s", 6),
    _Column("age", "경과", "age s", 5),
    _Column("rate", "갱신", "per s", 5),
    _Column("mid", "중간", "mid", 12, left=True),
)
# What goes first where there is no room for all.
_DISPENSABLE = ("mid", "rate", "name", "spread", "age", "lag", "bid_size", "ask_size")


def board(view: Board, width: int, palette: Palette) -> RenderableType:
    """The board in ``width`` cells: FRAME_LINES lines and one for each row."""
    several = len({row.key[1] for row in view.rows}) < len(view.rows)
    cells = [_cells(row, tell_tr=several) for row in view.rows]
    columns = _fitting(cells, width)
    lines = [_title(view), *_headings(columns)]
    for n, (row, texts) in enumerate(zip(view.rows, cells, strict=True)):
        lines.append(_line(row, texts, columns, COLOURS[palette], picked=n == view.picked))
    for line in lines:
        line.no_wrap = True
        line.truncate(width, overflow="ellipsis")
    return Group(*lines)


def _cells(row: Row, *, tell_tr: bool) -> dict[str, str]:
    tr_id, tr_key = row.key
    cells = {"key": printable(f"{tr_key} {tr_id}" if tell_tr else tr_key)}
    if row.quote and not row.refusal:
        cells |= {name: printable(text) for name, text in row.quote._asdict().items()}
        cells |= {"age": f"{row.age:,.1f}", "rate": f"{row.rate:,.1f}"}
    return cells


def _fitting(cells: list[dict[str, str]], width: int) -> dict[_Column, int]:
    """The columns that there is room for and their widths; the course takes what is left."""
    wanted = {
        column: max([column.least, *(_width(texts.get(column.name, "")) for texts in cells)])
        for column in _COLUMNS
    }
    for name in ("", *_DISPENSABLE):
        wanted = {column: wide for column, wide in wanted.items() if column.name != name}
        left = width - _MARKS - sum(wanted.values()) - len(_GAP) * (len(wanted) - 1)
        if left >= 0:
            break
    last = _COLUMNS[-1]
    if last in wanted:
        wanted[last] = min(_MOST_SPARKLINE, wanted[last] + left)
    return wanted


def _width(text: str) -> int:
    return min(_LONGEST, len(text) if text.isascii() else cell_len(text))


def _title(view: Board) -> Text:
    keys = _KEYS if len(view.rows) == view.total else _KEYS_SHOWN
    last = view.first + len(view.rows)
    parts: list[str | tuple[str, str]] = [
        (keys.format(number=view.total, first=view.first + 1, last=last), "bold")
    ]
    if view.refused:
        parts += [labels.BETWEEN, (_REFUSED.format(number=view.refused), "bold yellow")]
    parts += [labels.BETWEEN, _RATE.format(rate=view.rate, pingpongs=view.pingpongs)]
    parts.append((f"  {view.marker}" if view.marker else "", "bold magenta"))
    return labels.line(*parts)


def _headings(columns: dict[_Column, int]) -> list[Text]:
    lines = []
    for language in ("korean", "english"):
        titles = [_padded(getattr(c, language), cells, c.left) for c, cells in columns.items()]
        lines.append(Text(" " * _MARKS + _GAP.join(titles), style="dim"))
    return lines


def _line(
    row: Row,
    cells: dict[str, str],
    columns: dict[_Column, int],
    colours: tuple[str, str],
    *,
    picked: bool,
) -> Text:
    state = row.state
    old = row.age >= labels.OLD_SECONDS and not state
    line = Text.assemble(
        (">" if picked else " ", "bold"), ("!" if old else " ", "bold yellow"), end="\n"
    )
    styles = {"key": "bold reverse" if picked else "bold"}
    styles |= {"ask": f"bold {colours[0]}", "bid": f"bold {colours[1]}"}
    styles |= {"age": "bold yellow" if old else ""}
    for n, (column, width) in enumerate(columns.items()):
        text = sparkline(row.mids, width) if column.name == "mid" else cells.get(column.name, "")
        line.append(_GAP if n else "")
        line.append(_padded(text, width, column.left), styles.get(column.name, ""))
        if state:  # in place of the other columns
            style = "yellow" if row.refusal or row.silence else "dim"
            return line.append(f"{_GAP}{printable(state)}", style)
    return line


def _padded(text: str, width: int, left: bool) -> str:
    cells = len(text) if text.isascii() else cell_len(text)
    if cells > width:
        return set_cell_size(text, width - 1) + "…"
    pad = " " * (width - cells)
    return text + pad if left else pad + text
