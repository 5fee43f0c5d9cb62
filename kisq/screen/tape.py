"""The tape (체결): the newest trades of a key beside or below its ladder, as lines of text."""

from collections.abc import Sequence
from decimal import Decimal

from rich.text import Text

from kisq.locale.sentence import Sentence, translated
from kisq.screen.display import NOTHING, Display, cut, left_aligned, right_aligned
from kisq.screen.view import count_or_mark, is_grouped, price_text, time_of_day
from kisq.wire.trade import Side, Trade

WIDTH = 41  # cells in which all columns have room
LEAST_LINES = 4  # headings and three trades
_HEADINGS = 1
_HEADS = {
    "time": Sentence("time"),
    "price": Sentence("price"),
    "move": Sentence("move"),
    "size": Sentence("qty"),
    "side": Sentence("side"),
}
_SIDES = {Side.BUY: Sentence("buy"), Side.SELL: Sentence("sell")}
_TIME = 8
_PRICE = 9
_MOVE = 9
_SIZE = 7


def tape(trades: Sequence[Trade], width: int, lines: int, display: Display) -> list[Text]:
    """The last ``lines`` - 1 of ``trades``, the newest on top, in ``width`` cells.

    Each with its Korean time, price, move against the trade before, size and side. The arrow of the
    move has the colour of its direction, the side that of the side.
    """
    heads = {name: translated(sentence) for name, sentence in _HEADS.items()}
    rows = [_headings(heads, width, display)]
    shown = list(trades)[-lines:]
    last = max(0, len(shown) - lines + _HEADINGS)
    for number in range(len(shown) - 1, last - 1, -1):
        before = shown[number - 1] if number else None
        rows.append(_line(shown[number], before, width, display))
    return rows


def _headings(heads: dict[str, str], width: int, display: Display) -> Text:
    time = left_aligned(heads["time"], _TIME)
    price = right_aligned(heads["price"], _PRICE)
    move = right_aligned(heads["move"], _MOVE)
    size = right_aligned(heads["size"], _SIZE)
    text = f"{time} {price} {move} {size} {heads['side']}"
    return Text(cut(text, width, display.glyphs), style="dim", no_wrap=True)


def _line(trade: Trade, before: Trade | None, width: int, display: Display) -> Text:
    time = time_of_day(trade.kst_time)
    grouped = is_grouped(trade)
    price = price_text(trade.price, grouped=grouped, nothing=NOTHING)
    move = _move_of(trade, before)
    line = Text(left_aligned(time, _TIME), no_wrap=True)
    line.append(" " + right_aligned(price, _PRICE), "bold")
    move_text = _move_text(move, display, grouped=grouped)
    line.append(" " + right_aligned(move_text, _MOVE), display.colours.of_sign(move))
    line.append(" " + right_aligned(count_or_mark(trade.size), _SIZE))
    side = translated(_SIDES.get(trade.side, NOTHING))
    line.append(" ")
    line.append(side, display.colours.of_side(trade.side))
    line.truncate(width)
    return line


def _move_of(trade: Trade, before: Trade | None) -> Decimal:
    """How much the price moved against the trade before; 0 where that is not known."""
    if before is None or trade.price is None or before.price is None:
        return Decimal(0)
    return trade.price - before.price


def _move_text(move: Decimal, display: Display, *, grouped: bool) -> str:
    if not move:
        return ""
    arrow = display.glyphs.up if move > 0 else display.glyphs.down
    return f"{arrow} {price_text(abs(move), grouped=grouped, nothing='')}"
