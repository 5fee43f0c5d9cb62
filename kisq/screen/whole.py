"""One whole book, trade or record where there is no terminal."""

from collections.abc import Callable

from rich.console import Console

from kisq.output.stream import Lines
from kisq.screen.fields import FieldsView, fields_table
from kisq.screen.ladder import Palette, View, ladder
from kisq.screen.tape import tape
from kisq.wire.book import OrderBook
from kisq.wire.frames import Frame
from kisq.wire.messages import Key
from kisq.wire.record import Record
from kisq.wire.trade import Trade

_ROOM = 1000  # lines


class WholeBook:
    """A sink of records for ``--once`` off a terminal: one of them whole, without colour.

    ``console`` writes to ``out``; ``name_of`` gives the name of a key's listing.
    """

    def __init__(
        self,
        console: Console,
        out: Lines,
        palette: Palette,
        depth: int,
        name_of: Callable[[Key], str],
    ) -> None:
        self._console, self._out, self._name_of = console, out, name_of
        self._palette, self._depth = palette, depth

    def write(self, frame: Frame, record: Record) -> None:
        width = self._console.width
        if isinstance(record, Trade):
            self._console.print(tape([record], width, 3, self._palette))
        elif isinstance(record, OrderBook):
            view = View(record, name=self._name_of((record.tr_id, record.tr_key)))
            self._console.print(ladder(view, width, _ROOM, self._palette, self._depth))
        else:
            self._console.print(fields_table(FieldsView(record), width, _ROOM))

    def flush(self, now: float) -> None:
        self._out.flush()

    def close(self) -> None:
        self._out.flush()
