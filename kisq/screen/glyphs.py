"""The marks that a screen is drawn with, for terminals that have them and for those that do not."""

from dataclasses import dataclass

from kisq.output.figures import Blocks


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
