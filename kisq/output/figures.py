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
    """What a ladder shows of a level; empty texts where there is no size or no change."""
    price, size, change = level
    return LevelTexts(
        f"{price:f}" if price else NOTHING,
        "" if size is None else f"{size:,}",
        f"{change:+,}" if change else "",
    )


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
    return f"{ask.price - bid.price:f}" if bid.price and ask.price else NOTHING


def count_text(number: int | None) -> str:
    """A number of shares, empty where there is none."""
    return "" if number is None else f"{number:,}"


def signed_text(number: int | None) -> str:
    """A change of a number of shares, empty where there is none."""
    return "" if not number else f"{number:+,}"


def sparkline(values: Sequence[float], width: int, steps: str = _STEPS) -> str:
    """The last ``width`` of ``values`` as a sparkline, the lowest and the highest at its ends."""
    shown = values[-width:]
    low = min(shown, default=0.0)
    high = max(shown, default=0.0)
    if low == high:
        return steps[len(steps) // 2] * len(shown)
    top = len(steps) - 1
    return "".join(steps[round((value - low) / (high - low) * top)] for value in shown)
