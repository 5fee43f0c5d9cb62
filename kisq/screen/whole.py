"""One whole book where there is no terminal."""

from rich.console import Console

from kisq.output.stream import Lines
from kisq.screen.ladder import Palette, View, ladder
from kisq.screen.tape import tape
from kisq.wire.book import OrderBook
from kisq.wire.frames import Frame
from kisq.wire.trade import Trade


class WholeBook:
    """A sink of records for ``--once`` off a terminal: one whole book or trade, without colour.

    ``console`` writes to ``out``.
    """

    def __init__(self, console: Console, out: Lines, palette: Palette, depth: int) -> None:
        self._console, self._out = console, out
        self._palette, self._depth = palette, depth

    def write(self, frame: Frame, record: OrderBook | Trade) -> None:
        width = self._console.width
        if isinstance(record, Trade):
            self._console.print(tape([record], width, 3, self._palette))
        else:
            self._console.print(ladder(View(record), width, 1000, self._palette, self._depth))

    def flush(self, now: float) -> None:
        self._out.flush()

    def close(self) -> None:
        self._out.flush()
