"""The live screen of order books on a terminal: ladders of a few keys, a board of many."""

import os
import signal
import time
from datetime import UTC, datetime

from rich.console import Console, Group
from rich.live import Live

from kisq.output.notices import HINT_SECONDS
from kisq.output.streams import Streams
from kisq.reasons.silence import WhySilent
from kisq.screen.composition import Composition, ScreenSource
from kisq.screen.display import Display
from kisq.screen.keyboard import in_front
from kisq.screen.panel import Form
from kisq.screen.selection import Selection
from kisq.screen.stats import KeyStats
from kisq.spec.limits import MOST_REGISTRATIONS
from kisq.spec.tables import TRS
from kisq.wire.book import OrderBook
from kisq.wire.frames import Frame
from kisq.wire.messages import Key
from kisq.wire.record import Record

_DRAW_SECONDS = 0.1  # at most 10 times a second, whatever comes in
_IDLE_SECONDS = 0.5  # the age of the last update goes on, and nothing stands out any more
# A terminal that knows these shows a drawing only when it is whole; the others ignore them.
_BEGIN = "\x1b[?2026h"
_END = "\x1b[?2026l"


class LadderScreen:
    """A sink of order books: the ladder of each key or a board, which stays on the screen.

    With ``once`` what stays after the end is one book.
    """

    def __init__(
        self,
        console: Console,
        streams: Streams,
        display: Display,
        source: ScreenSource,
        *,
        once: bool = False,
    ) -> None:
        self._console = console
        self._out = streams.out
        self._notices = streams.notices
        self._name_of = source.name_of
        self._player = source.player
        self._once = once
        self._silences = Silences(source.why_silent)
        self._books = {_trades_of(key): key for key in source.keys}
        shown = (key for key in source.keys if key not in self._books)
        self._stats = {key: KeyStats(key, source.name_of(key)) for key in shown}
        self._selection = Selection()
        self._composition = Composition(self._stats, self._selection, display, streams, source)
        self._live: Live | None = None
        self._is_ready = False
        self._begun = False
        self._changed = False
        self._pressed = False
        self._drawn_at = 0.0
        self._stop_signal = 0

    @property
    def is_over(self) -> bool:
        """Whether a person ended the run."""
        return self._selection.is_over

    def write(self, frame: Frame, record: Record) -> None:
        stats = self._stats_of(record)
        if stats is None:
            return
        if not self._begun:
            self._begun = True
            self._notices.hold()
        stats.update(frame, record)
        self._changed = True

    def _stats_of(self, record: Record) -> KeyStats | None:
        """The figures of a record's key, made where there are none; trades join their books."""
        key = record.tr_id, record.tr_key
        stats = self._stats.get(self._books.get(key, key))
        if stats is None and len(self._stats) < MOST_REGISTRATIONS:  # a server may invent more
            stats = self._stats[key] = KeyStats(key, self._name_of(key))
            if isinstance(record, OrderBook):
                self._books[_trades_of(key)] = key
                stats.adopt(self._stats.pop(_trades_of(key), None))
        return stats

    def press(self, key: str) -> None:
        """Take a key of the keyboard; a replay gets those that are not typed into a filter."""
        if self._player and not self._selection.is_typing:
            self._player(key)
        is_board = self._composition.form(*self._console.size) is Form.BOARD
        rows = self._selection.rows(list(self._stats.values()))
        self._selection.press(key, [stats.key for stats in rows], is_board=is_board)
        self._pressed = True

    def flush(self, now: float) -> None:
        """Draw, if the last drawing is long enough ago in real time."""
        if not (self._is_ready or self._begun):  # the first requests are on their way
            self._is_ready = True
            self._composition.get_ready(datetime.now(UTC))
        if now >= self._silences.due:
            self._silences.explain(self._stats, now)
        if self._stop_signal:
            self._stand_still(self._stop_signal)
        since = time.monotonic() - self._drawn_at
        pause = _IDLE_SECONDS
        if self._changed or self._pressed:
            pause = _DRAW_SECONDS
        if self._begun and since >= pause and in_front():
            self._draw(now)

    def close(self) -> None:
        """Leave the last state on the screen, of a board all rows."""
        if self._live:
            if hasattr(signal, "SIGTSTP"):
                signal.signal(signal.SIGTSTP, signal.SIG_DFL)
            self._live.stop()
            self._live = None
        if self._begun:
            self._leave_last()
            self._out.flush()
        self._notices.release()

    def _draw(self, now: float) -> None:
        self._console.file.write(_BEGIN)
        if self._live is None:
            self._live = Live(console=self._console, screen=True, auto_refresh=False)
            self._live.start()
            if hasattr(signal, "SIGTSTP"):
                signal.signal(signal.SIGTSTP, self._suspend)
        for stats in self._stats.values():
            stats.measure(now)
        lines = self._composition.live(*self._console.size, now)
        self._live.update(Group(*lines), refresh=True)
        self._console.file.write(_END)
        self._out.flush()
        self._changed = False
        self._pressed = False
        self._drawn_at = time.monotonic()

    def _leave_last(self) -> None:
        """What stays after the end; of --once the one ladder."""
        if self._once:
            for key in [key for key, stats in self._stats.items() if not stats.heard]:
                del self._stats[key]
        self._console.print(Group(*self._composition.last(*self._console.size)))

    def _suspend(self, number: int, _: object) -> None:
        """Ctrl-Z, which may come in the middle of a drawing: noted for the next flush."""
        self._stop_signal = number

    def _stand_still(self, number: int) -> None:
        """Give the screen back until the shell brings us to the front again."""
        self._stop_signal = 0
        if self._live:
            self._live.stop()
            self._out.flush()
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)  # here the process stands still
            signal.signal(number, self._suspend)
            if in_front():
                self._live.start()
            else:  # begun again when it is drawn, and that is not in the background
                self._live = None


def _trades_of(key: Key) -> Key:
    """The key of the trades of a book's key; with an empty TR where it has none."""
    tr_id, tr_key = key
    return TRS[tr_id].trades, tr_key


class Silences:
    """Finds out every 10 s why some keys are silent.

    ``due`` is when to ask the next time, by the clock of the source.
    """

    def __init__(self, why_silent: WhySilent | None) -> None:
        self._why_silent = why_silent
        self.due = float("-inf")

    def explain(self, stats_of: dict[Key, KeyStats], now: float) -> None:
        """Note the reason with each key of which nothing came; at first only begin to wait."""
        has_waited = self.due > float("-inf")
        self.due = now + HINT_SECONDS
        if self._why_silent is None or not has_waited:
            return
        ticking = [key for key, stats in stats_of.items() if stats.heard]
        for key, stats in stats_of.items():
            if not stats.heard:
                stats.silence = self._why_silent(key, ticking)
