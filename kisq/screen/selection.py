"""What a person chose with the keyboard on a live screen."""

from collections.abc import Sequence
from enum import Enum

from kisq.locale.sentence import Sentence
from kisq.screen.keyboard import (
    BACKSPACE,
    DOWN,
    END,
    ENTER,
    ESCAPE,
    HOME,
    PAGE_DOWN,
    PAGE_UP,
    SPACE,
    UP,
)
from kisq.screen.stats import KeyStats
from kisq.wire.messages import Key

_ALL = 1_000_000
_STEPS = {
    UP: -1, "k": -1, DOWN: 1, "j": 1, PAGE_UP: -10, PAGE_DOWN: 10, HOME: -_ALL, END: _ALL,
}  # fmt: skip
_MOST_TYPED = 40


class Order(Enum):
    """What the rows of a board are sorted by; the value names it, that of the first is empty."""

    GIVEN = Sentence("")
    KEY = Sentence("key")
    CHANGE = Sentence("% chg")
    RATE = Sentence("updates per second")


_ORDERS = list(Order)


class Selection:
    """The state that keys change; ``is_over`` once ``q`` was pressed.

    ``opened`` is that the ladder of the picked key has the whole screen.
    """

    def __init__(self) -> None:
        self.picked: Key | None = None
        self.opened = False
        self.helps = False
        self.taped = True
        self.cumulative = False
        self.order = Order.GIVEN
        self.typed = ""
        self.is_typing = False
        self.is_over = False

    def rows(self, stats: Sequence[KeyStats]) -> list[KeyStats]:
        """Those of ``stats`` that the filter lets through, in the order of the board."""
        typed = self.typed.casefold()
        kept = [one for one in stats if typed in f"{one.key[1]} {one.name}".casefold()]
        if self.order is Order.KEY:
            kept.sort(key=lambda one: one.key[1])
        elif self.order is Order.CHANGE:
            kept.sort(key=lambda one: one.rate_of_change, reverse=True)
        elif self.order is Order.RATE:
            kept.sort(key=lambda one: one.rate, reverse=True)
        return kept

    def place(self, keys: Sequence[Key]) -> int:
        """Where the picked key is among ``keys``, the first where it is none of them."""
        if self.picked in keys:
            return keys.index(self.picked)
        return 0

    def press(self, key: str, keys: Sequence[Key], *, is_board: bool) -> None:
        """Take a key while ``keys`` are on the screen, each with a row if ``is_board``."""
        if self.is_typing:
            self._type(key)
        elif self.helps:
            self.helps = False
            self.is_over = key == "q"
        elif key == "q":
            self.is_over = True
        elif key == "?":
            self.helps = True
        elif key == "t":
            self.taped = not self.taped
        elif key == "c":
            self.cumulative = not self.cumulative
        elif self.opened:
            self._leave(key, keys)
        elif is_board:
            self._choose(key, keys)

    def _choose(self, key: str, keys: Sequence[Key]) -> None:
        """A key on the board."""
        if key == "s":
            self.order = _ORDERS[(_ORDERS.index(self.order) + 1) % len(_ORDERS)]
        elif key == "/":
            self.is_typing = True
        elif key == ESCAPE:
            self.typed = ""
        elif key == ENTER and keys:
            self.picked = keys[self.place(keys)]
            self.opened = True
        else:
            self._move(key, keys)

    def _leave(self, key: str, keys: Sequence[Key]) -> None:
        """A key on the ladder of one of the keys of a board: the next one, or back."""
        if key == ESCAPE:
            self.opened = False
        else:
            self._move(key, keys)

    def _move(self, key: str, keys: Sequence[Key]) -> None:
        step = _STEPS.get(key, 0)
        if step and keys:
            place = min(max(0, self.place(keys) + step), len(keys) - 1)
            self.picked = keys[place]

    def _type(self, key: str) -> None:
        """A key while the filter is typed."""
        if key == ENTER:
            self.is_typing = False
        elif key == ESCAPE:
            self.is_typing = False
            self.typed = ""
        elif key == BACKSPACE:
            self.typed = self.typed[:-1]
        elif key == SPACE:
            self.typed += " "
        elif len(key) == 1 and key.isprintable() and len(self.typed) < _MOST_TYPED:
            self.typed += key
