"""The order book as a Korean trader knows it (호가창): pure functions from a View to rich.

Asks stand on top with the best ask next to the spread, bids below it; ask sizes are left of the
price, bid sizes right of it, all bars on one scale.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Literal

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from kisq.protocol.book import Level, OrderBook
from kisq.protocol.escape import printable
from kisq.protocol.frames import is_known
from kisq.spec.markets import MARKETS

FRAME_LINES = 7  # head 2, headings 1, spread 1, foot 3
_LEAST_BAR = 4
_OLD_SECONDS = 5.0
_WIDE = 70  # from here on there is room for the exchange's date
_NOTHING = "–"


class Palette(Enum):
    """Whose colours: asks blue and bids red (Korea), or asks red and bids green (the US)."""

    KR = "kr"
    US = "us"


Side = Literal["left", "center", "right"]
_COLOURS = {Palette.KR: ("bright_blue", "bright_red"), Palette.US: ("red", "green")}


@dataclass(slots=True)
class View:
    """What a ladder shows: the last book, when it came (epoch seconds or NaN), and the counts.

    ``rate`` is updates a second, ``age`` the seconds since the last update, ``marker`` what is to
    be known of the source.
    """

    book: OrderBook
    at: float
    updates: int = 1
    rate: float = 0.0
    age: float = 0.0
    pingpongs: int = 0
    marker: str = ""
    notes: list[str] = field(default_factory=list)


def ladder(view: View, width: int, height: int, palette: Palette, depth: int) -> RenderableType:
    """The ladder of ``view`` in a place of ``width`` by ``height`` cells; never wraps."""
    notes = [*view.notes, *(fault.text for fault in view.book.faults())]
    if view.book.extra:
        notes.append(
            f"{len(view.book.extra)} surplus fields that KIS appended: {view.book.surplus}"
        )
    lines = height - FRAME_LINES - bool(notes)
    levels = max(1, min(depth, view.book.layout.tr.levels, lines // 2))
    asks, bids = view.book.asks[:levels], view.book.bids[:levels]
    table = _Columns(asks, bids, width, _COLOURS[palette])
    parts: list[RenderableType] = [
        *_head(view, width),
        table.of_asks(),
        _spread(view.book, width),
        table.of_bids(),
        *_foot(view, width, _COLOURS[palette]),
    ]
    parts += [_line((f"! {printable('; '.join(notes))}", "yellow"))] if notes else []
    return Group(*parts)


def _line(*parts: str | tuple[str, str]) -> Text:
    return Text.assemble(*parts, no_wrap=True, overflow="ellipsis")


def _head(view: View, width: int) -> list[Text]:
    book, tr = view.book, view.book.layout.tr
    market = MARKETS.get(book.market or "")
    name = f"{market.korean} {market.english}" if market else printable(book.market or "?")
    late = f"  {tr.delay_minutes}분 지연 {tr.delay_minutes} min delayed" if tr.delay_minutes else ""
    first = _line(
        (printable(book["SYMB"]), "bold"),
        f"  {name}  {printable(book['RSYM'])}  {tr.id}",
        (late, "bold yellow"),
        (f"  {view.marker}" if view.marker else "", "bold magenta"),
    )
    local, korean = book.exchange_time, book.kst_time
    lag = _lag(view.at - korean.timestamp(), tr.delay_minutes) if korean else _NOTHING
    form = "현지 {:%Y-%m-%d %H:%M:%S %Z}" if width >= _WIDE else "{:%H:%M:%S %Z}"
    second = _line(
        form.format(local) if local else f"현지 {_NOTHING}",
        f" · 한국 {korean:%H:%M:%S} KST" if korean else f" · 한국 {_NOTHING}",
        f" · 지연 lag {lag}",
    )
    return [first, second]


def _lag(seconds: float, delay_minutes: int) -> str:
    if is_known(seconds) and delay_minutes:
        return f"{delay_minutes} min {seconds - delay_minutes * 60:+.3f} s"
    return f"{seconds:.3f} s" if is_known(seconds) else _NOTHING


def _spread(book: OrderBook, width: int) -> Text:
    bid, ask = book.bids[0].price, book.asks[0].price
    if not bid or not ask:
        said = " 스프레드 spread – "
    else:
        mid, digits = (bid + ask) / 2, -int(min(bid.as_tuple().exponent, ask.as_tuple().exponent))
        exact = f"{mid:.{digits + 1}f}"
        shown = exact if exact[-1] != "0" or not digits else exact[:-1]
        points = f" ({(ask - bid) / mid * 10_000:.2f} bp)" if mid else ""
        said = f" 스프레드 spread {ask - bid}{points} · 중간 mid {shown} "
    line = Text(said, style="bold", no_wrap=True, overflow="ellipsis")
    line.align("center", width, "─")
    line.truncate(width, overflow="ellipsis")
    return line


class _Columns:
    """The columns of both sides, sized once so that asks and bids stand in line."""

    def __init__(
        self, asks: list[Level], bids: list[Level], width: int, colours: tuple[str, str]
    ) -> None:
        self._asks, self._bids = asks, bids
        self._ask_colour, self._bid_colour = colours
        every = asks + bids
        self._scale = max((level.size or 0 for level in every), default=0)
        self._price = max(10, *(len(_price(level)) for level in every))
        self._size = max(9, *(len(_count(level.size)) for level in every))
        self._change = max(8, *(len(_signed(level.change)) for level in every))
        beside = (width - self._price - 2) // 2 - self._size - 1
        self._bar = beside - self._change - 2
        if self._bar < _LEAST_BAR:
            self._bar = 0
        self._show_change = beside > self._change

    def of_asks(self) -> Table:
        """Headings and the asks, the best one last."""
        table = self._table(headings=True)
        for level in reversed(self._asks):
            size, change = _count(level.size), _signed(level.change)
            bar = bar_leftwards(level.size, self._scale, self._bar)
            cells = (bar, change, size, _price(level), "", "", "")
            table.add_row(*self._row(self._ask_colour, cells))
        return table

    def of_bids(self) -> Table:
        """The bids, the best one first."""
        table = self._table(headings=False)
        for level in self._bids:
            size, change = _count(level.size), _signed(level.change)
            bar = bar_rightwards(level.size, self._scale, self._bar)
            cells = ("", "", "", _price(level), size, change, bar)
            table.add_row(*self._row(self._bid_colour, cells))
        return table

    def _row(self, colour: str, cells: tuple[str, ...]) -> list[Text]:
        styles = (colour, "", "bold", f"bold {colour}", "bold", "", colour)
        shown = zip(cells, styles, self._kept, strict=True)
        return [Text(cell, style=style) for cell, style, keep in shown if keep]

    @property
    def _kept(self) -> tuple[bool, ...]:
        bar, change = bool(self._bar), self._show_change
        return (bar, change, True, True, True, change, bar)

    def _table(self, *, headings: bool) -> Table:
        table = Table(box=None, show_header=headings, padding=0, pad_edge=False, header_style="dim")
        bar, change, size = self._bar + 1, self._change + 1, self._size + 1
        ask, bid = ("잔량 size",) * 2 if self._bar else ("매도 ask", "매수 bid")
        columns: list[tuple[str, int, Side]] = [
            ("매도 ask", bar, "right"),
            ("대비 chg", change, "right"),
            (ask, size, "right"),
            ("호가 price", self._price + 2, "center"),
            (bid, size, "left"),
            ("대비 chg", change, "left"),
            ("매수 bid", bar, "left"),
        ]
        for (title, width, side), keep in zip(columns, self._kept, strict=True):
            if keep:
                table.add_column(title, width=width, justify=side, no_wrap=True, overflow="crop")
        return table


def bar_rightwards(size: int | None, scale: int, width: int) -> str:
    """A bar that grows to the right, in halves of a cell."""
    halves = _share(size, scale, width * 2)
    return "█" * (halves // 2) + "▌" * (halves % 2)


def bar_leftwards(size: int | None, scale: int, width: int) -> str:
    """A bar that grows to the left, in halves of a cell."""
    halves = _share(size, scale, width * 2)
    return "▐" * (halves % 2) + "█" * (halves // 2)


def _share(size: int | None, scale: int, whole: int) -> int:
    return round(max(0, size or 0) / scale * whole) if scale > 0 else 0


def _price(level: Level) -> str:
    return _NOTHING if not level.price else f"{level.price:f}"


def _count(number: int | None) -> str:
    return "" if number is None else f"{number:,}"


def _signed(number: int | None) -> str:
    return "" if not number else f"{number:+,}"


def _foot(view: View, width: int, colours: tuple[str, str]) -> list[Text]:
    book = view.book
    ask, bid = book.number("AVOL"), book.number("BVOL")
    totals = _line(
        ("총잔량 total  매도 ask ", "dim"), _total(ask, book.number("ADVL")),
        ("  매수 bid ", "dim"), _total(bid, book.number("BDVL")),
    )  # fmt: skip
    live = _line(
        f"갱신 updates {view.updates:,} · {view.rate:.1f}/s · ",
        (f"{view.age:.1f} s ago", "bold yellow" if view.age >= _OLD_SECONDS else ""),
        f" · PINGPONG {view.pingpongs}",
    )
    return [totals, _imbalance(ask or 0, bid or 0, width, colours), live]


def _total(total: int | None, change: int | None) -> str:
    return f"{_count(total) or _NOTHING} ({_signed(change) or '0'})"


def _imbalance(ask: int, bid: int, width: int, colours: tuple[str, str]) -> Text:
    """One bar across, asks from the left and bids from the right, by their share of both."""
    if ask + bid <= 0 or min(ask, bid) < 0:
        return _line(("매도 ask – 매수 bid –", "dim"))
    share = Decimal(ask) / (ask + bid)
    before, after = f"매도 {share:.1%} ", f" {1 - share:.1%} 매수"
    room = max(0, width - Text(before + after).cell_len)
    cells = round(share * room)
    return _line(before, ("█" * cells, colours[0]), ("█" * (room - cells), colours[1]), after)
