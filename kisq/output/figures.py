"""Figures as screens show them: prices, sizes, bars and the course of a price, as plain text."""

from collections.abc import Sequence
from typing import NamedTuple

from kisq.wire.book import Level
from kisq.wire.trade import Side

NOTHING = "–"
SIDES = {Side.BUY: "매수 buy", Side.SELL: "매도 sell", Side.UNKNOWN: NOTHING}
_STEPS = "▁▂▃▄▅▆▇█"


class Blocks(NamedTuple):
    """What a bar is drawn with: a whole cell, its left and its right half (empty: no halves)."""

    full: str
    left_half: str
    right_half: str


BLOCKS = Blocks("█", "▌", "▐")


class LevelTexts(NamedTuple):
    """A level as text: its price with the digits of the wire, its size, its change."""

    price: str
    size: str
    change: str


def level_texts(level: Level) -> LevelTexts:
    """A level as a ladder shows it; a missing size or change is empty."""
    price = NOTHING
    if level.price:
        price = f"{level.price:f}"
    return LevelTexts(price, count_text(level.size), signed_text(level.change))


def bar(
    size: int | None, scale: int, width: int, *, leftwards: bool, blocks: Blocks = BLOCKS
) -> str:
    """A bar of up to ``width`` cells for a size; ``scale`` fills it."""
    if scale <= 0:
        return ""
    share = max(0, size or 0) / scale
    if not blocks.left_half:
        return blocks.full * round(share * width)
    cells, halves = divmod(round(share * width * 2), 2)
    whole = blocks.full * cells
    if not halves:
        return whole
    if leftwards:
        return blocks.right_half + whole
    return whole + blocks.left_half


def spread_text(bid: Level, ask: Level) -> str:
    """The spread with the digits of the wire."""
    if bid.price and ask.price:
        return f"{ask.price - bid.price:f}"
    return NOTHING


def count_text(number: int | None) -> str:
    """A number of shares; empty if it is not known."""
    if number is None:
        return ""
    return f"{number:,}"


def signed_text(number: int | None) -> str:
    """A change of a number of shares; empty if there is none."""
    if not number:
        return ""
    return f"{number:+,}"


def sparkline(values: Sequence[float], width: int, steps: str = _STEPS) -> str:
    """The last ``width`` of ``values`` as a sparkline, the lowest and the highest at its ends."""
    shown = values[-width:]
    low = min(shown, default=0.0)
    high = max(shown, default=0.0)
    if low == high:
        return steps[len(steps) // 2] * len(shown)
    top = len(steps) - 1
    return "".join(steps[round((value - low) / (high - low) * top)] for value in shown)
