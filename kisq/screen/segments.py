"""Facts in a row on one line, of which the least important ones go where there is no room."""

from collections.abc import Iterable
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from kisq.screen.glyphs import Glyphs


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
    for segment in kept:
        if line:
            line.append(between)
        line.append(cut(segment.text, width, glyphs), segment.style)
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
