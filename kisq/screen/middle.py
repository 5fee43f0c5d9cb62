"""The line between asks and bids: the spread, or in an auction the expected price."""

from decimal import Decimal

from rich.text import Text

from kisq.locale.language import translated
from kisq.locale.sentence import Sentence
from kisq.screen import labels
from kisq.screen.display import NOTHING, Display
from kisq.screen.segments import cut, ruled
from kisq.screen.view import View, price_text

_SPREAD = Sentence("spread {spread}")
_SPREAD_AND_MID = Sentence("spread {spread} ({points} bp), mid {mid}")
_EXPECTED = Sentence("expected {price} x {size}")
_EXPECTED_AND_RATE = Sentence("expected {price} x {size} ({rate:+f}%)")


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
    spread = _grouped(ask - bid, view)
    mid = (bid + ask) / 2
    if not mid:
        return _SPREAD.format(spread=spread)
    digits = -int(min(bid.as_tuple().exponent, ask.as_tuple().exponent))
    exact = _grouped(round(mid, digits + 1), view)
    points = f"{(ask - bid) / mid * 10_000:.2f}"
    shown = exact.removesuffix("0").removesuffix(".")
    return _SPREAD_AND_MID.format(spread=spread, points=points, mid=shown)


def _expected(view: View) -> Sentence:
    book = view.book
    rate = book.decimal("expected_rate")
    size = labels.count(book.integer("expected_size"))
    price = price_text(book.expected_price, grouped=view.is_grouped, nothing=NOTHING)
    if rate is None:
        return _EXPECTED.format(price=price, size=size)
    return _EXPECTED_AND_RATE.format(price=price, size=size, rate=rate)


def _grouped(number: Decimal, view: View) -> str:
    if view.is_grouped:
        return f"{number:,f}"
    return f"{number:f}"
