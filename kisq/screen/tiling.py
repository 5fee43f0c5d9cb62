"""How the ladders of a few keys share a window: beside each other, or one above the other."""

from enum import Enum

from rich.text import Text

from kisq.screen.display import Display
from kisq.screen.panel import lines_wanted, panel
from kisq.screen.segments import beside
from kisq.screen.stats import KeyStats

_MOST_LADDERS = 3
_BESIDE = 58  # cells in which a ladder still shows price, size and change of both sides
_GAP = 2
_LEAST_LINES = 10

Shown = list[tuple[KeyStats, str]]  # a key, and KIS's refusal of it or an empty text


class Form(Enum):
    """How the keys are shown."""

    BESIDE = "ladders side by side"
    STACKED = "ladders one above the other"
    BOARD = "a row for each key"


def form_of(keys: int, width: int, height: int) -> Form:
    """The form in which ``keys`` keys fit best into a window."""
    if keys > _MOST_LADDERS:
        return Form.BOARD
    if keys > 1 and _width_of_each(keys, width) >= _BESIDE:
        return Form.BESIDE
    if keys == 1 or height >= keys * _LEAST_LINES:
        return Form.STACKED
    return Form.BOARD


def _width_of_each(keys: int, width: int) -> int:
    return (width - _GAP * (keys - 1)) // keys


def ladders(
    form: Form, shown: Shown, width: int, height: int, display: Display, right: str = ""
) -> list[Text]:
    """The lines of the ladders; of a single one with ``right`` at the end of its last line."""
    if len(shown) == 1:
        return panel(*shown[0], width, height, display, right)
    if form is Form.BESIDE:
        return _side_by_side(shown, width, height, display)
    wanted = [_lines_wanted(*one, width, height, display) for one in shown]
    lines = []
    for (stats, refusal), share in zip(shown, share_out(wanted, height), strict=True):
        lines += panel(stats, refusal, width, share, display)
    return lines


def _lines_wanted(stats: KeyStats, refusal: str, width: int, height: int, display: Display) -> int:
    """How many lines show all that there is of a key; of one without data that is not much."""
    if stats.view is None:
        return len(panel(stats, refusal, width, height, display))
    return lines_wanted(stats, display)


def _side_by_side(shown: Shown, width: int, height: int, display: Display) -> list[Text]:
    cells = _width_of_each(len(shown), width)
    lines: list[Text] = []
    taken = 0
    for stats, refusal in shown:
        one = panel(stats, refusal, cells, height, display)
        lines = beside(lines, taken - _GAP, one, _GAP) if taken else one
        taken += cells + _GAP
    return lines


def share_out(wanted: list[int], lines: int) -> list[int]:
    """How many of ``lines`` each key gets: what every ladder needs, the rest where wanted."""
    heights = [lines]
    if len(wanted) > 1:
        heights = [min(_LEAST_LINES, least) for least in wanted]
    while sum(heights) + 2 <= lines:
        needy = [number for number, least in enumerate(heights) if least < wanted[number]]
        if not needy:
            break
        heights[min(needy, key=heights.__getitem__)] += 2
    return heights
