"""How a screen is drawn: colours and marks, what a person turned on, and texts on a line."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from kisq.wire.trade import Side


class Blocks(NamedTuple):
    """What a bar is drawn with: a whole cell, its left and its right half (empty: no halves)."""

    full: str
    left_half: str
    right_half: str


@dataclass(frozen=True, slots=True)
class Glyphs:
    """One set of marks, each one cell wide but for ``between``.

    ``blocks`` draws bars, ``rule`` the line between asks and bids, ``more`` ends what is cut,
    ``between`` stands between two facts, ``steps`` are those of a sparkline from low to high.
    """

    blocks: Blocks
    rule: str
    up: str
    down: str
    more: str
    between: str
    dot: str
    steps: str

    def is_encodable(self, encoding: str) -> bool:
        """Whether a stream of that encoding can show them all."""
        texts = (*self.blocks, self.rule, self.up, self.down, self.more, self.between, self.dot)
        try:
            "".join((*texts, self.steps)).encode(encoding)
        except (UnicodeEncodeError, LookupError):
            return False
        return True


UNICODE = Glyphs(Blocks("█", "▌", "▐"), "─", "▲", "▼", "…", " · ", "●", "▁▂▃▄▅▆▇█")
# One cell wide in every terminal, also in those that draw bars, lines and arrows in two.
ASCII = Glyphs(Blocks("#", "", ""), "-", "^", "v", "~", " | ", "*", "_.-=*#")


def glyphs_for(encoding: str, *, ascii_only: bool) -> Glyphs:
    """The marks for a stream of that encoding; those of ASCII where it lacks any, as CP949 does."""
    if ascii_only or not UNICODE.is_encodable(encoding):
        return ASCII
    return UNICODE


class Palette(Enum):
    """Whose colours: asks blue and bids red (Korea), or asks red and bids green (the US)."""

    KR = "kr"
    US = "us"


@dataclass(frozen=True, slots=True)
class Colours:
    """The colour of each side; what rises has that of the bids, what falls that of the asks."""

    ask: str
    bid: str

    def of_sign(self, number: int | Decimal) -> str:
        """The colour of a change; none for 0."""
        if number > 0:
            return self.bid
        if number < 0:
            return self.ask
        return ""

    def of_side(self, side: Side) -> str:
        """Buyers have the colour of the bids, sellers that of the asks."""
        if side is Side.BUY:
            return self.bid
        if side is Side.SELL:
            return self.ask
        return ""


COLOURS = {Palette.KR: Colours("bright_blue", "bright_red"), Palette.US: Colours("red", "green")}
NOTHING = "-"  # the mark for a value that is not there, which every encoding has


@dataclass(frozen=True, slots=True)
class Display:
    """``depth`` is the number of levels per side at most.

    ``cumulative`` shows sizes added up from the best level on, ``taped`` the trades, if there are
    any.
    """

    colours: Colours = COLOURS[Palette.KR]
    depth: int = 10
    glyphs: Glyphs = UNICODE
    cumulative: bool = False
    taped: bool = True


class Segment(NamedTuple):
    """A text on a line; of several, the one with the highest ``rank`` goes first."""

    text: str
    style: str = ""
    rank: int = 0


def cells_of(text: str) -> int:
    """How many cells ``text`` takes."""
    if text.isascii():
        return len(text)
    return cell_len(text)


def cut(text: str, width: int, glyphs: Glyphs) -> str:
    """``text`` in at most ``width`` cells; what is longer ends with the mark for more."""
    if cells_of(text) <= width:
        return text
    if width < 1:
        return ""
    return set_cell_size(text, width - 1).rstrip() + glyphs.more


def right_aligned(text: str, width: int) -> str:
    return " " * (width - cells_of(text)) + text


def left_aligned(text: str, width: int) -> str:
    return text + " " * (width - cells_of(text))


def centred(text: str, width: int) -> str:
    blanks = max(0, width - cells_of(text))
    return " " * (blanks // 2) + text + " " * (blanks - blanks // 2)


def ruled(text: str, width: int, rule: str) -> str:
    """``text`` in the middle of a line that is drawn with ``rule``."""
    blanks = max(0, width - cells_of(text))
    return rule * (blanks // 2) + text + rule * (blanks - blanks // 2)


def fitted(segments: Iterable[Segment], width: int, between: str, glyphs: Glyphs) -> Text:
    """The segments with ``between`` between them on a line of at most ``width`` cells."""
    kept = [segment for segment in segments if segment.text]
    gap = cells_of(between)
    room = width + gap - sum(cells_of(segment.text) + gap for segment in kept)
    while room < 0 and len(kept) > 1:
        last = max(reversed(kept), key=lambda segment: segment.rank)
        kept.remove(last)
        room += cells_of(last.text) + gap
    line = Text(no_wrap=True, end="\n")
    if kept and room < 0:  # the only one that is left
        kept[0] = kept[0]._replace(text=cut(kept[0].text, width, glyphs))
    for text, style, _ in kept:
        if line:
            line.append(between)
        line.append(text, style)
    return line


def whole(text: str, style: str, width: int, glyphs: Glyphs) -> Text:
    """One text on a line of at most ``width`` cells."""
    return Text(cut(text, width, glyphs), style=style, no_wrap=True)


def with_right_end(line: Text, right: str, width: int) -> Text:
    """``line`` with a dim text at its right end, which is left out where there is no room."""
    gap = width - line.cell_len - cells_of(right)
    if right and gap >= 1:
        line.append(" " * gap)
        line.append(right, "dim")
    return line


def wrapped(text: str, style: str, width: int) -> list[Text]:
    """``text`` on as many lines as it needs, broken between words."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".lstrip()
        if lines[-1] and cells_of(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return [Text(set_cell_size(line, width).rstrip(), style=style, no_wrap=True) for line in lines]


def beside(left: list[Text], width: int, right: list[Text], gap: int) -> list[Text]:
    """The lines of ``left``, which has ``width`` cells, and those of ``right`` beside them."""
    lines = []
    for number in range(max(len(left), len(right))):
        line = left[number] if number < len(left) else Text(no_wrap=True)
        if number < len(right):
            line.append(" " * (width - line.cell_len + gap))
            line.append_text(right[number])
        lines.append(line)
    return lines


def bar(
    size: int | None, scale: int, width: int, *, leftwards: bool, blocks: Blocks = UNICODE.blocks
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
