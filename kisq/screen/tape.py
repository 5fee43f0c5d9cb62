"""The tape (체결): the newest trades of a key under its ladder, as a pure function to rich."""

from collections.abc import Sequence
from decimal import Decimal

from rich.console import Group, RenderableType
from rich.text import Text

from kisq.output.figures import NOTHING, SIDES, count_text
from kisq.screen import labels
from kisq.screen.ladder import COLOURS, Palette
from kisq.wire.trade import Side, Trade

LINES = 8  # with its two headings
_HEADINGS = 2
_CHANGE_OF_DAY = "전일대비 change {change}"
_CHANGE_AND_RATE = "전일대비 change {change} ({rate:+f}%)"
_STRENGTH = "체결강도 strength {strength}"
_VOLUME = "거래량 vol {volume}"
_TIME, _PRICE, _CHANGE, _SIZE = 8, 14, 12, 12
_FULL = _TIME + _PRICE + _CHANGE + _SIZE + 3 * 2 + 11


def tape(trades: Sequence[Trade], width: int, lines: int, palette: Palette) -> RenderableType:
    """The last ``lines`` - 2 of ``trades``, the newest on top, in ``width`` cells.

    First the state of the day after the newest one, then each with its Korean time, price, move
    against the trade before, size and side; a trade at the ask has the colour of the buyers, one at
    the bid that of the sellers.
    """
    ask, bid = COLOURS[palette]
    colours = {Side.BUY: bid, Side.SELL: ask, Side.UNKNOWN: ""}
    heads = ("시간 KST", "체결가 price", "직전 move", "체결량 size", "구분 side")
    rows = [_day(trades[-1], width), _line(heads, "dim", width)]
    shown = list(trades)[-lines:]
    for n in range(len(shown) - 1, max(-1, len(shown) - lines + _HEADINGS - 1), -1):
        trade, before = shown[n], shown[n - 1] if n else None
        rows.append(_line(_cells(trade, before), colours[trade.side], width))
    return Group(*rows)


def _day(trade: Trade, width: int) -> Text:
    """Change since the day before, strength and volume."""
    rate = trade.decimal("change_rate")
    change = _CHANGE_OF_DAY if rate is None else _CHANGE_AND_RATE
    texts = (
        change.format(change=trade.change_text or NOTHING, rate=rate),
        _STRENGTH.format(strength=trade.get("strength").strip() or NOTHING),
        _VOLUME.format(volume=count_text(trade.integer("volume")) or NOTHING),
    )
    line = labels.line(labels.BETWEEN.join(texts))
    line.truncate(width, overflow="ellipsis")
    return line


def _cells(trade: Trade, before: Trade | None) -> tuple[str, ...]:
    korean = trade.kst_time
    return (
        f"{korean:%H:%M:%S}" if korean else NOTHING,
        NOTHING if trade.price is None else f"{trade.price:f}",
        _move(trade.price, before.price if before else None),
        count_text(trade.size) or NOTHING,
        SIDES[trade.side],
    )


def _move(price: Decimal | None, before: Decimal | None) -> str:
    """Up or down against the trade before, and by how much."""
    if price is None or before is None or price == before:
        return ""
    return f"{'▲' if price > before else '▼'} {abs(price - before):f}"


def _line(cells: tuple[str, ...], style: str, width: int) -> Text:
    time, price, change, size, side = cells
    shown = [_right(time, _TIME), _right(price, _PRICE)]
    shown += [_right(change, _CHANGE)] if width >= _FULL else []
    shown += [_right(size, _SIZE), side]
    line = Text("  ".join(shown), style=style, no_wrap=True, overflow="ellipsis")
    line.truncate(width, overflow="ellipsis")
    return line


def _right(text: str, width: int) -> str:
    return " " * max(0, width - Text(text).cell_len) + text
