"""One whole book where there is no terminal."""

from rich.console import Console

from kisq.output.ladder import Palette, View, ladder
from kisq.protocol.book import OrderBook
from kisq.protocol.frames import Frame


class WholeBook:
    """A sink of order books for ``--once`` off a terminal: one whole book, without colour."""

    def __init__(self, console: Console, palette: Palette, depth: int) -> None:
        self._console, self._palette, self._depth = console, palette, depth

    def write(self, frame: Frame, book: OrderBook) -> None:
        shown = ladder(View(book, frame.at), self._console.width, 1000, self._palette, self._depth)
        self._console.print(shown)

    def flush(self, now: float) -> None:
        self._console.file.flush()

    def close(self) -> None:
        self._console.file.flush()
