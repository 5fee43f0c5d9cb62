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

from kisq.output.figures import (
    NOTHING,
    bar,
    count_text,
    level_texts,
    signed_text,
)
from kisq.spec.markets import MARKETS
from kisq.wire.book import Level, OrderBook
from kisq.wire.escape import printable
from kisq.wire.plural import Plural

FRAME_LINES = 7  # head 2, headings 1, spread 1, foot 3
_SURPLUS = Plural(
    "{number} surplus field that KIS appended: {surplus}",
    "{number} surplus fields that KIS appended: {surplus}",
)
_LEAST_BAR = 4
_WIDE_BAR = 8  # from here on the heading has room for English
OLD_SECONDS = 5.0
_UNFINISHED = "prices are not finished decimals: times 10 to the power of sCalcDesz (ffcode.mst)"
_WIDE = 70  # from here on there is room for the exchange's date


class Palette(Enum):
    """Whose colours: asks blue and bids red (Korea), or asks red and bids green (the US)."""

    KR = "kr"
    US = "us"


Side = Literal["left", "center", "right"]
COLOURS = {Palette.KR: ("bright_blue", "bright_red"), Palette.US: ("red", "green")}


@dataclass(slots=True)
class View:
    """What a ladder shows: the last book, and the counts.

    ``rate`` is updates a second, ``age`` the seconds since the last update, ``marker`` what is to
    be known of the source.
    """

    book: OrderBook
    updates: int = 1
    rate: float = 0.0
    age: float = 0.0
    pingpongs: int = 0
    marker: str = ""
    notes: list[str] = field(default_factory=list)


def ladder(view: View, width: int, height: int, palette: Palette, depth: int) -> RenderableType:
    """The ladder of ``view`` in a place of ``width`` by ``height`` cells; never wraps."""
    notes = [*view.notes, *(fault.text for fault in view.book.faults())]
    notes += [_UNFINISHED] if view.book.layout.tr.is_unfinished else []
    if view.book.extra:
        notes.append(_SURPLUS.of(len(view.book.extra), surplus=view.book.surplus))
    lines, wanted = height - FRAME_LINES - bool(notes), min(depth, view.book.layout.levels)
    levels = max(1, min(wanted, lines // 2))
    cut = f" · {levels}/{wanted} 호가 levels" if levels < wanted else ""
    asks, bids = view.book.asks[:levels], view.book.bids[:levels]
    table = _Columns(asks, bids, width, COLOURS[palette])
    parts: list[RenderableType] = [
        *_head(view, width),
        table.of_asks(),
        _between(view.book, width),
        table.of_bids(),
        *_foot(view, width, COLOURS[palette], cut),
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
        (printable(book.symbol), "bold"),
        f"  {name}  {printable(book.tr_key)}  {tr.id}",
        (late, "bold yellow"),
        (f"  {view.marker}" if view.marker else "", "bold magenta"),
    )
    local, korean = book.exchange_time, book.kst_time
    lag = NOTHING if book.lag is None else _lag(book.lag, tr.delay_minutes)
    form = "{:%Y-%m-%d %H:%M:%S %Z}" if width >= _WIDE else "{:%H:%M:%S %Z}"
    here = f"한국 {korean:%H:%M:%S} KST" if korean else f"한국 {NOTHING}"
    if tr.market:  # a Korean exchange, where both are the same
        clocks = f"한국 {form.format(local)}" if local else here
    else:
        clocks = f"{'현지 ' if width >= _WIDE else ''}{form.format(local)}" if local else "현지 –"
        clocks += f" · {here}"
    auction = f" · {book.auction.korean} {book.auction.english}" if book.auction else ""
    return [first, _line(clocks, f" · 지연 lag {lag}", (auction, "bold yellow"))]


def _lag(seconds: float, delay_minutes: int) -> str:
    if not delay_minutes:
        return f"{seconds:.3f} s"
    return f"{delay_minutes} min {seconds - delay_minutes * 60:+.3f} s"


def _between(book: OrderBook, width: int) -> Text:
    """The line between asks and bids: the spread, or in an auction the expected price."""
    label = _expected(book) if book.expected_price else _spread(book)
    line = Text(f" {label} ", style="bold", no_wrap=True, overflow="ellipsis")
    line.align("center", width, "─")
    line.truncate(width, overflow="ellipsis")
    return line


def _spread(book: OrderBook) -> str:
    bid, ask = book.best_bid.price, book.best_ask.price
    if not bid or not ask:
        return f"스프레드 spread {NOTHING}"
    mid, digits = (bid + ask) / 2, -int(min(bid.as_tuple().exponent, ask.as_tuple().exponent))
    exact = f"{mid:.{digits + 1}f}"
    shown = exact.removesuffix("0").removesuffix(".")
    points = f" ({(ask - bid) / mid * 10_000:.2f} bp)" if mid else ""
    return f"스프레드 spread {ask - bid}{points} · 중간 mid {shown}"


def _expected(book: OrderBook) -> str:
    size, rate = book.integer("expected_size"), book.decimal("expected_rate")
    against = f" ({rate:+f}%)" if rate is not None else ""
    return f"예상체결 expected {book.expected_price:f} x {count_text(size) or NOTHING}{against}"


class _Columns:
    """The columns of both sides, sized once so that asks and bids stand in line."""

    def __init__(
        self, asks: list[Level], bids: list[Level], width: int, colours: tuple[str, str]
    ) -> None:
        self._ask_colour, self._bid_colour = colours
        every = asks + bids
        self._scale = max((level.size or 0 for level in every), default=0)
        self._asks = [(level.size, level_texts(level)) for level in asks]
        self._bids = [(level.size, level_texts(level)) for level in bids]
        texts = [text for _, text in self._asks + self._bids]
        self._price = max([10, *(len(text.price) for text in texts)])
        self._size = max([9, *(len(text.size) for text in texts)])
        self._change = max([8, *(len(text.change) for text in texts)])
        self._size_bars(width, has_changes=any(level.change is not None for level in every))

    def _size_bars(self, width: int, *, has_changes: bool) -> None:
        """Give the bars what the texts leave of ``width``, and find out what there is room for."""
        beside = (width - self._price - 2) // 2 - self._size - 1
        self._bar = beside - self._change - 2
        if self._bar < _LEAST_BAR:
            self._bar = 0
        elif not has_changes:
            self._bar += self._change + 1
        has_bar, has_change = bool(self._bar), has_changes and beside > self._change
        self._kept = (has_bar, has_change, True, True, True, has_change, has_bar)

    def of_asks(self) -> Table:
        """Headings and the asks, the best one last."""
        table, colour = self._table(headings=True), self._ask_colour
        styles = (colour, "", "bold", f"bold {colour}", "", "", "")
        for size, texts in reversed(self._asks):
            drawn = bar(size, self._scale, self._bar, leftwards=True)
            self._add(table, (drawn, texts.change, texts.size, texts.price, "", "", ""), styles)
        return table

    def of_bids(self) -> Table:
        """The bids, the best one first."""
        table, colour = self._table(headings=False), self._bid_colour
        styles = ("", "", "", f"bold {colour}", "bold", "", colour)
        for size, texts in self._bids:
            drawn = bar(size, self._scale, self._bar, leftwards=False)
            self._add(table, ("", "", "", texts.price, texts.size, texts.change, drawn), styles)
        return table

    def _add(self, table: Table, cells: tuple[str, ...], styles: tuple[str, ...]) -> None:
        """Add a row of those cells that there is room for."""
        shown = zip(cells, styles, self._kept, strict=True)
        table.add_row(*[Text(cell, style=style) for cell, style, keep in shown if keep])

    def _table(self, *, headings: bool) -> Table:
        table = Table(box=None, show_header=headings, padding=0, pad_edge=False, header_style="dim")
        beside, change, size = self._bar + 1, self._change + 1, self._size + 1
        ask, bid = ("잔량 size",) * 2 if self._bar else ("매도 ask", "매수 bid")
        asks, bids = ("매도 ask", "매수 bid") if beside >= _WIDE_BAR else ("매도", "매수")
        columns: list[tuple[str, int, Side]] = [
            (asks, beside, "right"),
            ("대비 chg", change, "right"),
            (ask, size, "right"),
            ("호가 price", self._price + 2, "center"),
            (bid, size, "left"),
            ("대비 chg", change, "left"),
            (bids, beside, "left"),
        ]
        for (title, width, side), keep in zip(columns, self._kept, strict=True):
            if keep:
                table.add_column(title, width=width, justify=side, no_wrap=True, overflow="crop")
        return table


def _foot(view: View, width: int, colours: tuple[str, str], cut: str) -> list[Text]:
    """Totals, their balance, and how live it is; ``cut`` says that levels are left out."""
    book = view.book
    ask, bid = book.integer("ask_total"), book.integer("bid_total")
    totals = _line(
        ("총잔량 total  매도 ask ", "dim"), _total(ask, book.integer("ask_total_change")),
        ("  매수 bid ", "dim"), _total(bid, book.integer("bid_total_change")),
    )  # fmt: skip
    live = _line(
        f"갱신 updates {view.updates:,} · {view.rate:.1f}/s · ",
        (f"{view.age:.1f} s ago", "bold yellow" if view.age >= OLD_SECONDS else ""),
        f" · PINGPONG {view.pingpongs}{cut}",
    )
    return [totals, _imbalance(ask or 0, bid or 0, width, colours), live]


def _total(total: int | None, change: int | None) -> str:
    return f"{count_text(total) or NOTHING} ({signed_text(change) or '0'})"


def _imbalance(ask: int, bid: int, width: int, colours: tuple[str, str]) -> Text:
    """One bar across, asks from the left and bids from the right, by their share of both."""
    if ask + bid <= 0 or min(ask, bid) < 0:
        return _line(("매도 ask – 매수 bid –", "dim"))
    share = Decimal(ask) / (ask + bid)
    before, after = f"매도 {share:.1%} ", f" {1 - share:.1%} 매수"
    room = max(0, width - Text(before + after).cell_len - 1)
    cells = round(share * room)
    bars = ("█" * cells, colours[0]), " ", ("█" * (room - cells), colours[1])
    return _line(before, *bars, after)
