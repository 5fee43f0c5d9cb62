"""The live ladder on a terminal, and one whole book off it."""

import os
import signal
import time
from collections import deque
from collections.abc import Callable

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from kisq.output.ladder import FRAME_LINES, Palette, View, ladder
from kisq.output.people import People
from kisq.output.tally import Tally
from kisq.protocol.book import OrderBook
from kisq.protocol.escape import printable
from kisq.protocol.frames import Frame
from kisq.protocol.trade import Trade

_DRAW_SECONDS = 0.1  # at most 10 times a second, whatever comes in
_IDLE_SECONDS = 0.5  # the age of the last update goes on
_RATE_SECONDS = 5.0
_LEFT_FREE = 2  # for the summary and the prompt after the end
_LEAST_LINES = 10
_MOST_VIEWS = 41


class LadderScreen:
    """A sink of order books: the live ladder of each key, which stays on the screen at the end.

    ``foot`` gives the last line of the screen while it is live, an empty one for none.
    """

    def __init__(
        self,
        console: Console,
        people: People,
        tally: Tally,
        palette: Palette,
        depth: int,
        marker: str,
        foot: Callable[[], str] = str,
    ) -> None:
        self._foot = foot
        self._console, self._people, self._tally = console, people, tally
        self._palette, self._depth, self._marker = palette, depth, marker
        self._views: dict[str, _Meter] = {}
        self._live: Live | None = None
        self._changed, self._drawn_at = False, 0.0

    def write(self, frame: Frame, record: OrderBook | Trade) -> None:
        if not isinstance(record, OrderBook):
            return
        book = record
        meter = self._views.get(book.tr_key)
        if meter is None and len(self._views) == _MOST_VIEWS:
            return  # more keys than can be registered: the server invents them
        if meter is None:
            self._people.hold()
            self._views[book.tr_key] = _Meter(View(book, marker=self._marker))
        else:
            meter.update(book)
        self._changed = True

    def flush(self, now: float) -> None:
        """Draw, if something changed and the last drawing is long enough ago, in real time."""
        if self._changed:
            for meter in self._views.values():
                meter.look(now)
        since = time.monotonic() - self._drawn_at
        if self._views and since >= (_DRAW_SECONDS if self._changed else _IDLE_SECONDS):
            self._draw(now)

    def close(self) -> None:
        """Leave the last ladder on the screen."""
        if self._live:
            if hasattr(signal, "SIGTSTP"):
                signal.signal(signal.SIGTSTP, signal.SIG_DFL)
            self._live.stop()
            self._live = None
        if self._views:
            self._console.print(self._ladders())
        self._people.release()

    def _draw(self, now: float) -> None:
        if self._live is None:
            self._live = Live(console=self._console, screen=True, auto_refresh=False)
            self._live.start()
            if hasattr(signal, "SIGTSTP"):
                signal.signal(signal.SIGTSTP, self._suspend)
        for meter in self._views.values():
            meter.measure(now)
            meter.view.pingpongs = self._tally.pingpongs
            meter.view.notes = [self._people.last] if self._people.last else []
        self._live.update(self._ladders(self._foot()), refresh=True)
        self._changed, self._drawn_at = False, time.monotonic()

    def _suspend(self, number: int, _: object) -> None:
        """Ctrl-Z: give the screen back until the shell brings us to the front again."""
        if self._live:
            self._live.stop()
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)  # here the process stands still
            signal.signal(number, self._suspend)
            self._live.start()

    def _ladders(self, foot: str = "") -> RenderableType:
        width, height = self._console.size
        height -= bool(foot)
        views = [meter.view for meter in self._views.values()]
        heights = share_out([self._wanted(view) for view in views], height - _LEFT_FREE)
        parts = [
            ladder(view, width, lines, self._palette, self._depth)
            for view, lines in zip(views, heights, strict=False)
        ]
        hidden = [printable(view.book.tr_key) for view in views[len(heights) :]]
        if hidden:
            said = f"+{len(hidden)} more need a higher window: {' '.join(hidden)}"
            parts.append(Text(said, style="yellow", no_wrap=True, overflow="ellipsis"))
        if foot:
            parts.append(Text(printable(foot), style="dim", no_wrap=True, overflow="ellipsis"))
        return Group(*parts)

    def _wanted(self, view: View) -> int:
        return FRAME_LINES + 1 + 2 * min(self._depth, view.book.layout.tr.levels)


def share_out(wanted: list[int], lines: int) -> list[int]:
    """How many of ``lines`` each ladder gets: as many ladders as fit, the rest where it is wanted.

    One line is kept for those that do not fit; the first ladder always gets its place.
    """
    fitting = max(1, min(len(wanted), lines // _LEAST_LINES))
    lines -= fitting < len(wanted)
    given = [_LEAST_LINES] * fitting if fitting > 1 else [lines]
    while sum(given) + 2 <= lines:
        needy = [n for n in range(fitting) if given[n] < wanted[n]]
        if not needy:
            break
        given[min(needy, key=given.__getitem__)] += 2
    return given


class _Meter:
    """A View and what its rate and age are worked out from, in seconds of the source's clock."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._seen_at: float | None = None
        self._seen_updates = 0
        self._samples: deque[tuple[float, int]] = deque()

    def update(self, book: OrderBook) -> None:
        self.view.book = book
        self.view.updates += 1

    def look(self, now: float) -> None:
        """Note when the newest update was seen."""
        if self._seen_updates != self.view.updates:
            self._seen_updates, self._seen_at = self.view.updates, now

    def measure(self, now: float) -> None:
        """Work out rate and age."""
        self._samples.append((now, self.view.updates))
        while now - self._samples[0][0] > _RATE_SECONDS:
            self._samples.popleft()
        since, before = self._samples[0]
        self.view.rate = (self.view.updates - before) / (now - since) if now > since else 0.0
        self.view.age = now - (self._seen_at if self._seen_at is not None else now)


class WholeBook:
    """A sink of order books for ``--once`` off a terminal: one whole book, without colour."""

    def __init__(self, console: Console, palette: Palette, depth: int) -> None:
        self._console, self._palette, self._depth = console, palette, depth

    def write(self, frame: Frame, record: OrderBook | Trade) -> None:
        if not isinstance(record, OrderBook):
            return
        shown = ladder(View(record), self._console.width, 1000, self._palette, self._depth)
        self._console.print(shown)

    def flush(self, now: float) -> None:
        self._console.file.flush()

    def close(self) -> None:
        self._console.file.flush()
