"""Figures as screens show them: prices, sizes, bars and the course of a price, as plain text."""

from collections.abc import Sequence
from typing import NamedTuple

from kisq.wire.book import Level
from kisq.wire.trade import Side

NOTHING = "–"
SIDES = {Side.BUY: "매수 buy", Side.SELL: "매도 sell", Side.UNKNOWN: NOTHING}
_STEPS = "▁▂▃▄▅▆▇█"


class LevelTexts(NamedTuple):
    """A level as text: its price with the digits of the wire, its size, its change."""

    price: str
    size: str
    change: str


def level_texts(level: Level) -> LevelTexts:
    """What a ladder shows of a level; empty texts where there is no size or no change."""
    price, size, change = level
    return LevelTexts(
        f"{price:f}" if price else NOTHING,
        "" if size is None else f"{size:,}",
        f"{change:+,}" if change else "",
    )


def bar(size: int | None, scale: int, width: int, *, leftwards: bool) -> str:
    """A bar of up to ``width`` cells for a size, in halves of a cell; ``scale`` fills it."""
    halves = round(max(0, size or 0) / scale * width * 2) if scale > 0 else 0
    if leftwards:
        return "▐" * (halves % 2) + "█" * (halves // 2)
    return "█" * (halves // 2) + "▌" * (halves % 2)


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
