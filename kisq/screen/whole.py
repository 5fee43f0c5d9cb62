"""One whole book, trade or record where there is no terminal."""

from collections.abc import Callable

from rich.console import Console, Group

from kisq.output.stream import Lines
from kisq.screen.display import Display
from kisq.screen.panel import lines_wanted, panel
from kisq.screen.stats import KeyStats
from kisq.wire.frames import Frame
from kisq.wire.messages import Key
from kisq.wire.record import Record


class WholeBook:
    """A sink of records for ``--once`` without a terminal: one of them whole, without colour.

    ``console`` writes to ``out``; ``name_of`` gives the name of a key's listing.
    """

    def __init__(
        self, console: Console, out: Lines, display: Display, name_of: Callable[[Key], str]
    ) -> None:
        self._console = console
        self._out = out
        self._display = display
        self._name_of = name_of

    def write(self, frame: Frame, record: Record) -> None:
        key = record.tr_id, record.tr_key
        stats = KeyStats(key, self._name_of(key))
        stats.update(frame, record)
        lines = lines_wanted(stats, self._display)
        self._console.print(Group(*panel(stats, "", self._console.width, lines, self._display)))

    def flush(self, now: float) -> None:
        self._out.flush()

    def close(self) -> None:
        self._out.flush()
