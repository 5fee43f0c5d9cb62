"""Which levels of a book changed just now, so that a screen can let them stand out."""

from kisq.screen.view import ASK, BID, Change
from kisq.wire.book import OrderBook

_STANDS_OUT_SECONDS = 0.5

_Sizes = dict[Change, int | None]


class Changes:
    """The changes from one drawing to the next, each for half a second."""

    def __init__(self) -> None:
        self._book: OrderBook | None = None
        self._sizes: _Sizes = {}
        self._until: dict[Change, float] = {}

    def look(self, book: OrderBook, now: float) -> frozenset[Change]:
        """The levels that stand out at ``now`` (monotonic seconds), which ``book`` is drawn at."""
        if book is not self._book:
            sizes = _sizes(book)
            if self._book is not None:
                self._note(sizes, now + _STANDS_OUT_SECONDS)
            self._book = book
            self._sizes = sizes
        self._until = {change: until for change, until in self._until.items() if until > now}
        return frozenset(self._until)

    def _note(self, sizes: _Sizes, until: float) -> None:
        for change, size in sizes.items():
            if self._sizes.get(change, 0) != size:
                self._until[change] = until


def _sizes(book: OrderBook) -> _Sizes:
    """The size at each price of both sides."""
    sizes: _Sizes = {}
    for side, levels in ((ASK, book.asks), (BID, book.bids)):
        for level in levels:
            if level.price:
                sizes[side, level.price] = level.size
    return sizes
