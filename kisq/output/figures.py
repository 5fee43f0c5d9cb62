"""Figures as screens show them: prices, sizes, bars and the course of a price, as plain text."""

from collections.abc import Sequence

from kisq.wire.book import Level
from kisq.wire.trade import Side

NOTHING = "–"
SIDES = {Side.BUY: "매수 buy", Side.SELL: "매도 sell", Side.UNKNOWN: NOTHING}
_STEPS = "▁▂▃▄▅▆▇█"


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


def price_text(level: Level) -> str:
    """The price with the digits of the wire."""
    return NOTHING if not level.price else f"{level.price:f}"


def spread_text(bid: Level, ask: Level) -> str:
    """The spread with the digits of the wire."""
    return f"{ask.price - bid.price:f}" if bid.price and ask.price else NOTHING


def count_text(number: int | None) -> str:
    """A number of shares, empty where there is none."""
    return "" if number is None else f"{number:,}"


def signed_text(number: int | None) -> str:
    """A change of a number of shares, empty where there is none."""
    return "" if not number else f"{number:+,}"


def sparkline(values: Sequence[float], width: int) -> str:
    """The last ``width`` of ``values`` as a sparkline, the lowest and the highest at its ends."""
    shown = values[-width:]
    low, high = min(shown, default=0.0), max(shown, default=0.0)
    if low == high:
        return _STEPS[len(_STEPS) // 2] * len(shown)
    top = len(_STEPS) - 1
    return "".join(_STEPS[round((value - low) / (high - low) * top)] for value in shown)
