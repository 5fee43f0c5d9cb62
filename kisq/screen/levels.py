"""The levels of an order book, side by side with the bars of their sizes, as lines of text.

Ask sizes are left of the price and bid sizes right of it; all bars are on one scale.
"""

from typing import NamedTuple

from rich.text import Text

from kisq.locale.sentence import Sentence, translated
from kisq.screen.display import (
    NOTHING,
    Display,
    bar,
    centred,
    cut,
    left_aligned,
    right_aligned,
    ruled,
)
from kisq.screen.view import (
    ASK,
    BID,
    Side,
    View,
    count_or_mark,
    count_text,
    number_text,
    price_text,
    signed_number_text,
    signed_text,
)
from kisq.wire.book import Level

_LEAST_BAR = 3
_LEAST_PRICE = 8
_AROUND_PRICE = 4  # the brackets of the best level, and a blank on both sides
_LEAST_SIZE = 7
_LEAST_CHANGE = 7
_ASK = Sentence("ask")
_BID = Sentence("bid")
_PRICE = Sentence("price")
_SIZE = Sentence("size")
_CHANGE = Sentence("change")
_SUM = Sentence("cum.")
_NO_SIDE = {ASK: Sentence("no asks"), BID: Sentence("no bids")}


class _Row(NamedTuple):
    """A level as it is shown; ``drawn`` is the size of its bar.

    The price has its colour against the close of the day before where that is known, else that of
    the side. The size is reverse where it changed just now.
    """

    price: str
    price_style: str
    size: str
    size_style: str
    change: str
    change_style: str
    drawn: int


_Titles = tuple[str, str, str]  # of size, change and bar


class Levels:
    """The levels of both sides that are shown, laid out for so many cells."""

    def __init__(self, view: View, levels: int, width: int, display: Display) -> None:
        self._view = view
        self._display = display
        self._blocks = display.glyphs.blocks
        self._width = width
        self._close = view.previous_close
        self._asks = self._rows(ASK, view.book.asks[:levels])
        self._bids = self._rows(BID, view.book.bids[:levels])
        rows = self._asks + self._bids
        self._scale = max(row.drawn for row in rows)
        self._has_changes = any(row.change for row in rows)
        self._price = _AROUND_PRICE + max(_LEAST_PRICE, *(len(row.price) for row in rows))
        self._size = max(_LEAST_SIZE, *(len(row.size) for row in rows))
        self._change = max(_LEAST_CHANGE, *(len(row.change) for row in rows))
        self._size_columns()

    def _rows(self, side: Side, levels: list[Level]) -> list[_Row]:
        colours = self._display.colours
        rows: list[_Row] = []
        total = 0
        for level in levels:
            total += level.size or 0
            price = price_text(level.price, grouped=self._view.is_grouped, nothing=NOTHING)
            price_style = colours.ask if side == ASK else colours.bid
            if self._close is not None and level.price:
                price_style = colours.of_sign(level.price - self._close)
            if not rows:
                price_style = f"bold {price_style}".rstrip()
            size = count_text(level.size)
            size_style = "bold"
            if level.price is not None and (side, level.price) in self._view.changed:
                size_style = "bold reverse"
            change = f"{total:,}"
            change_style = ""
            drawn = total
            if not self._display.cumulative:
                change = signed_text(level.change)
                if level.change:
                    change_style = colours.of_sign(level.change)
                drawn = level.size or 0
            rows.append(_Row(price, price_style, size, size_style, change, change_style, drawn))
        return rows

    def _size_columns(self) -> None:
        """Give the bars what the texts leave, and find out what there is room for."""
        self._beside = max(self._size + 1, (self._width - self._price) // 2)
        self._texts = self._size + 1
        with_change = self._texts + self._change + 1
        self._has_changes = self._has_changes and with_change <= self._beside
        if self._has_changes:
            self._texts = with_change
        self._bar = self._beside - self._texts
        if self._bar < _LEAST_BAR:
            self._bar = 0

    def headings(self) -> Text:
        """What stands in each column."""
        change = translated(_SUM if self._display.cumulative else _CHANGE)
        size = translated(_SIZE)
        ask = translated(_ASK)
        bid = translated(_BID)
        if not self._bar:
            return self._line((ask, "", ""), translated(_PRICE), (bid, "", ""))
        return self._line((size, change, ask), translated(_PRICE), (size, change, bid))

    def _line(self, left: _Titles, price: str, right: _Titles) -> Text:
        """A line of headings: size, change and bar of both sides around the price."""
        parts = [right_aligned(left[0], self._size + 1)]
        if self._has_changes:
            parts.insert(0, right_aligned(left[1], self._change + 1))
        before = right_aligned(left[2], self._bar) + "".join(parts)
        parts = [left_aligned(right[0], self._size + 1)]
        if self._has_changes:
            parts.append(left_aligned(right[1], self._change + 1))
        after = "".join(parts) + right[2]
        middle = centred(price, self._price)
        text = right_aligned(before, self._beside) + middle + after
        return Text(text.rstrip(), style="dim", no_wrap=True)

    def asks(self) -> list[Text]:
        """The asks, the best one last."""
        prices = self._prices(ASK, self._asks)
        return list(map(self._ask_line, prices, self._asks))[::-1]

    def bids(self) -> list[Text]:
        """The bids, the best one first."""
        prices = self._prices(BID, self._bids)
        return list(map(self._bid_line, prices, self._bids))

    def _ask_line(self, price: str, row: _Row) -> Text:
        line = Text(" " * (self._beside - self._texts - self._bar), no_wrap=True)
        if self._bar:
            drawn = bar(row.drawn, self._scale, self._bar, leftwards=True, blocks=self._blocks)
            line.append(drawn.rjust(self._bar), self._display.colours.ask)
        if self._has_changes:
            line.append(row.change.rjust(self._change + 1), row.change_style)
        line.append(" " * (self._size + 1 - len(row.size)))
        line.append(row.size, row.size_style)
        line.append(price, row.price_style)
        line.rstrip()
        return line

    def _bid_line(self, price: str, row: _Row) -> Text:
        line = Text(" " * self._beside, no_wrap=True)
        line.append(price, row.price_style)
        line.append(row.size, row.size_style)
        line.append(" " * (self._size + 1 - len(row.size)))
        if self._has_changes:
            line.append(row.change.ljust(self._change + 1), row.change_style)
        if self._bar:
            drawn = bar(row.drawn, self._scale, self._bar, leftwards=False, blocks=self._blocks)
            line.append(drawn, self._display.colours.bid)
        line.rstrip()
        return line

    def _prices(self, side: Side, rows: list[_Row]) -> list[str]:
        """The price of each level, that of the best in brackets; in words that a side is empty."""
        prices = [f"{row.price:^{self._price}}" for row in rows]
        best = f"[{rows[0].price}]"
        if all(row.price == NOTHING for row in rows):
            best = cut(translated(_NO_SIDE[side]), self._price, self._display.glyphs)
        prices[0] = centred(best, self._price)
        return prices


_SPREAD = Sentence("spread {spread}")
_SPREAD_AND_MID = Sentence("spread {spread} ({points} bp), mid {mid}")
_EXPECTED = Sentence("expected {price} x {size}")
_EXPECTED_AND_RATE = Sentence("expected {price} x {size} ({rate}%)")


def between_line(view: View, width: int, display: Display) -> Text:
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
    spread = number_text(ask - bid, grouped=view.is_grouped)
    mid = (bid + ask) / 2
    if not mid:
        return _SPREAD.format(spread=spread)
    digits = -int(min(bid.as_tuple().exponent, ask.as_tuple().exponent))
    exact = number_text(round(mid, digits + 1), grouped=view.is_grouped)
    points = f"{(ask - bid) / mid * 10_000:.2f}"
    shown = exact.removesuffix("0").removesuffix(".")
    return _SPREAD_AND_MID.format(spread=spread, points=points, mid=shown)


def _expected(view: View) -> Sentence:
    book = view.book
    rate = book.decimal("expected_rate")
    size = count_or_mark(book.integer("expected_size"))
    price = price_text(book.expected_price, grouped=view.is_grouped, nothing=NOTHING)
    if rate is None:
        return _EXPECTED.format(price=price, size=size)
    return _EXPECTED_AND_RATE.format(price=price, size=size, rate=signed_number_text(rate))
