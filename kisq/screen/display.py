"""How a screen is drawn: colours, marks, depth, and what a person has turned on."""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from kisq.screen.glyphs import UNICODE, Glyphs
from kisq.wire.trade import Side


class Palette(Enum):
    """Whose colours: asks blue and bids red (Korea), or asks red and bids green (the US)."""

    KR = "kr"
    US = "us"


@dataclass(frozen=True, slots=True)
class Colours:
    """The colour of each side; what rises has that of the bids, what falls that of the asks."""

    ask: str
    bid: str

    @property
    def rising(self) -> str:
        return self.bid

    @property
    def falling(self) -> str:
        return self.ask

    def of_sign(self, number: int | Decimal) -> str:
        """The colour of a change; none for 0."""
        if number > 0:
            return self.rising
        if number < 0:
            return self.falling
        return ""

    def of_side(self, side: Side) -> str:
        """Buyers have the colour of the bids, sellers that of the asks."""
        if side is Side.BUY:
            return self.bid
        if side is Side.SELL:
            return self.ask
        return ""


COLOURS = {Palette.KR: Colours("bright_blue", "bright_red"), Palette.US: Colours("red", "green")}
# Yellow, which others warn with, cannot be read on a light background.
WARNING = "bold magenta"
NOTHING = "-"  # the mark for a value that is not there, which every encoding has


@dataclass(frozen=True, slots=True)
class Display:
    """``depth`` is the number of levels per side at most.

    ``cumulative`` shows sizes added up from the best level on, ``taped`` the trades, if there are
    any.
    """

    palette: Palette = Palette.KR
    depth: int = 10
    glyphs: Glyphs = UNICODE
    cumulative: bool = False
    taped: bool = True

    @property
    def colours(self) -> Colours:
        return COLOURS[self.palette]
