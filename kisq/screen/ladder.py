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

from kisq.locale.sentence import Plural
from kisq.output.figures import NOTHING, bar, count_text, level_texts
from kisq.screen import labels
from kisq.spec.markets import MARKETS
from kisq.wire.book import Level, OrderBook
from kisq.wire.escape import printable

FRAME_LINES = 7  # head 2, headings 1, spread 1, foot 3
_SURPLUS = Plural(
    "{number} surplus field that KIS appended: {surplus}",
    "{number} surplus fields that KIS appended: {surplus}",
)
_LEAST_BAR = 4
_WIDE_BAR = 8  # from here on the heading has room for English
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
    be known of the source, ``name`` that of the listing.
    """

    book: OrderBook
    updates: int = 1
    rate: float = 0.0
    age: float = 0.0
    pingpongs: int = 0
    marker: str = ""
    name: str = ""
    notes: list[str] = field(default_factory=list)


def ladder(view: View, width: int, height: int, palette: Palette, depth: int) -> RenderableType:
    """The ladder of ``view`` in a place of ``width`` by ``height`` cells; never wraps."""
    notes = [*view.notes, *(fault.text for fault in view.book.faults())]
    notes += [_UNFINISHED] if view.book.layout.tr.is_unfinished else []
    if view.book.extra:
        notes.append(_SURPLUS.of(len(view.book.extra), surplus=view.book.surplus))
    lines, wanted = height - FRAME_LINES - bool(notes), min(depth, view.book.layout.levels)
    levels = max(1, min(wanted, lines // 2))
    cut = labels.SOME_LEVELS.format(shown=levels, wanted=wanted) if levels < wanted else ""
    asks, bids = view.book.asks[:levels], view.book.bids[:levels]
    table = _Columns(asks, bids, width, COLOURS[palette])
    parts: list[RenderableType] = [
        *_head(view, width),
        table.of_asks(),
        _between(view.book, width),
        table.of_bids(),
        *_foot(view, width, COLOURS[palette], cut),
    ]
    parts += [labels.line((f"! {printable('; '.join(notes))}", "yellow"))] if notes else []
    return Group(*parts)


def _head(view: View, width: int) -> list[Text]:
    book, tr = view.book, view.book.layout.tr
    market = MARKETS.get(book.market or "")
    name = printable(book.market or "?")
    if market:
        name = labels.MARKET.format(korean=market.korean, english=market.english)
    late = labels.DELAYED.format(minutes=tr.delay_minutes) if tr.delay_minutes else ""
    first = labels.line(
        (printable(book.symbol), "bold"),
        f"  {name}  {printable(book.tr_key)}  {tr.id}",
        (f"  {late}" if late else "", "bold yellow"),
        (f"  {view.marker}" if view.marker else "", "bold magenta"),
        (f"  {printable(view.name)}" if view.name else "", "bold"),
    )
    parts: list[str | tuple[str, str]] = [_clocks(book, width), labels.BETWEEN]
    parts.append(labels.lag(book.lag, tr.delay_minutes))
    if book.auction:
        auction = labels.AUCTION.format(korean=book.auction.korean, english=book.auction.english)
        parts += [labels.BETWEEN, (auction, "bold yellow")]
    return [first, labels.line(*parts)]


def _clocks(book: OrderBook, width: int) -> str:
    """The exchange's clock and the Korean one; on a Korean exchange both are the same."""
    dated = width >= _WIDE
    if book.layout.tr.market:
        return labels.korean_clock(book.exchange_time, dated=dated)
    local = labels.exchange_clock(book.exchange_time, dated=dated)
    return f"{local}{labels.BETWEEN}{labels.korean_clock(book.kst_time)}"


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
        return labels.SPREAD.format(spread=NOTHING)
    mid, digits = (bid + ask) / 2, -int(min(bid.as_tuple().exponent, ask.as_tuple().exponent))
    if not mid:
        return labels.SPREAD.format(spread=ask - bid)
    exact = f"{mid:.{digits + 1}f}"
    shown = exact.removesuffix("0").removesuffix(".")
    points = f"{(ask - bid) / mid * 10_000:.2f}"
    return labels.SPREAD_AND_MID.format(spread=ask - bid, points=points, mid=shown)


def _expected(book: OrderBook) -> str:
    rate = book.decimal("expected_rate")
    template = labels.EXPECTED if rate is None else labels.EXPECTED_AND_RATE
    size = count_text(book.integer("expected_size")) or NOTHING
    shown_rate = "" if rate is None else f"{rate:+f}"
    return template.format(price=f"{book.expected_price:f}", size=size, rate=shown_rate)


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
    totals = labels.line(
        (labels.ASK_TOTAL, "dim"), labels.total(ask, book.integer("ask_total_change")),
        (labels.BID_TOTAL, "dim"), labels.total(bid, book.integer("bid_total_change")),
    )  # fmt: skip
    balance = _imbalance(ask or 0, bid or 0, width, colours)
    return [totals, balance, labels.live(view, cut)]


def _imbalance(ask: int, bid: int, width: int, colours: tuple[str, str]) -> Text:
    """One bar across, asks from the left and bids from the right, by their share of both."""
    if ask + bid <= 0 or min(ask, bid) < 0:
        return labels.line((labels.NO_SHARES, "dim"))
    share = Decimal(ask) / (ask + bid)
    before = labels.ASK_SHARE.format(share=f"{share:.1%}")
    after = labels.BID_SHARE.format(share=f"{1 - share:.1%}")
    room = max(0, width - Text(before + after).cell_len - 1)
    cells = round(share * room)
    bars = ("█" * cells, colours[0]), " ", ("█" * (room - cells), colours[1])
    return labels.line(before, *bars, after)
