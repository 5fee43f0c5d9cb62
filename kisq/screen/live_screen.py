"""The live screen of order books on a terminal: ladders of a few keys, a board of many."""

import os
import signal
import time
from collections.abc import Callable, Sequence

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from kisq.errors import SubscriptionRefused
from kisq.output.stream import in_front
from kisq.output.streams import Streams
from kisq.reasons.silence import WhySilent
from kisq.screen import board
from kisq.screen.keyboard import DOWN, END, ENTER, ESCAPE, HOME, PAGE_DOWN, PAGE_UP, UP
from kisq.screen.ladder import Palette
from kisq.screen.silences import Silences
from kisq.screen.stats import KeyStats, unnamed
from kisq.screen.tiling import Form, form_of, ladders, one
from kisq.spec.limits import MOST_REGISTRATIONS
from kisq.spec.tables import TRS
from kisq.wire.book import OrderBook
from kisq.wire.escape import printable
from kisq.wire.frames import Frame
from kisq.wire.messages import Key
from kisq.wire.record import Record

_DRAW_SECONDS = 0.1  # at most 10 times a second, whatever comes in
_IDLE_SECONDS = 0.5  # the age of the last update goes on
_LEFT_FREE = 2  # for the summary and the prompt after the end
_BOARD_KEYS = "↑↓ 고르기 pick · Enter 호가창 ladder · Esc 뒤로 back · Ctrl-C 끝 end"
_LADDER_KEYS = "Esc 뒤로 back · Ctrl-C 끝 end"
_ALL = MOST_REGISTRATIONS
_STEPS = {UP: -1, DOWN: 1, PAGE_UP: -10, PAGE_DOWN: 10, HOME: -_ALL, END: _ALL}
# A terminal that knows these shows a drawing only when it is whole; the others ignore them.
_BEGIN, _END = "\x1b[?2026h", "\x1b[?2026l"


class LadderScreen:
    """A sink of order books: the ladder of each key or a board, which stays on the screen.

    ``foot`` gives the last line of the screen while it is live, an empty one for none. ``keys``
    are those known beforehand, ``refusals`` the growing list of those that KIS refused; with
    ``once`` what stays after the end is one book. ``why_silent`` is asked for keys of which nothing
    came for 10 s while others have data, ``name_of`` for the name of a listing.
    """

    def __init__(
        self,
        console: Console,
        streams: Streams,
        palette: Palette,
        depth: int,
        marker: str,
        foot: Callable[[], str] = str,
        *,
        keys: Sequence[Key] = (),
        refusals: Sequence[SubscriptionRefused] = (),
        once: bool = False,
        why_silent: WhySilent | None = None,
        name_of: Callable[[Key], str] = unnamed,
    ) -> None:
        self._foot, self._refusals, self._name_of = foot, refusals, name_of
        self._silences = Silences(why_silent)
        self._console, self._out = console, streams.out
        self._notices, self._counts = streams.notices, streams.counts
        self._palette, self._depth, self._marker = palette, depth, marker
        self._books = {_trades_of(key): key for key in keys}
        shown = (key for key in keys if key not in self._books)
        self._stats = {key: KeyStats(key, name_of(key)) for key in shown}
        self._live: Live | None = None
        self._begun = self._changed = self._pressed = False
        self._drawn_at = 0.0
        self._picked = self._first = 0
        self._opened = False
        self._stop_signal = 0
        self._once = once

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
        """The figures of a record's key, made where there is none; trades join their books."""
        key = record.tr_id, record.tr_key
        stats = self._stats.get(self._books.get(key, key))
        if stats is None and len(self._stats) < _ALL:  # a server may invent more
            stats = self._stats[key] = KeyStats(key, self._name_of(key))
            if isinstance(record, OrderBook):
                self._books[_trades_of(key)] = key
                stats.adopt(self._stats.pop(_trades_of(key), None))
        return stats

    def press(self, key: str) -> None:
        """Take a key of the keyboard: pick a row of the board, open its ladder, go back."""
        if self._opened:
            self._opened = key != ESCAPE
        elif self._form() is Form.BOARD:
            step = _STEPS.get(key, 0)
            self._picked = min(max(0, self._picked + step), len(self._stats) - 1)
            self._opened = key == ENTER
        self._pressed = True

    def flush(self, now: float) -> None:
        """Draw, if a key was pressed or the last drawing is long enough ago, in real time."""
        if now >= self._silences.due:
            self._silences.explain(self._stats, now)
        if self._stop_signal:
            self._stand_still(self._stop_signal)
        since = time.monotonic() - self._drawn_at
        due = since >= (_DRAW_SECONDS if self._changed else _IDLE_SECONDS)
        if self._begun and (due or self._pressed) and in_front():
            self._draw(now)

    def close(self) -> None:
        """Leave the last state on the screen, of a board all rows."""
        if self._live:
            if hasattr(signal, "SIGTSTP"):
                signal.signal(signal.SIGTSTP, signal.SIG_DFL)
            self._live.stop()
            self._live = None
        if self._begun:
            self._console.print(self._last())
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
        self._live.update(self._whole(), refresh=True)
        self._console.file.write(_END)
        self._out.flush()
        self._changed = self._pressed = False
        self._drawn_at = time.monotonic()

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

    def _form(self) -> Form:
        width, height = self._console.size
        taped = any(stats.trades for stats in self._stats.values())
        lines = height - _LEFT_FREE - bool(self._foot())
        return form_of(len(self._stats), width, lines, taped=taped)

    def _whole(self) -> RenderableType:
        """Everything on the live screen."""
        foot = self._foot()
        width, height = self._console.size
        height -= bool(foot)
        parts: list[RenderableType]
        if self._opened:
            stats, refusal = self._shown()[self._picked]
            parts = [one(stats, refusal, width, height - 1, self._palette, self._depth)]
            parts.append(_line(_LADDER_KEYS, "dim"))
        elif self._form() is Form.BOARD:
            parts = self._board(width, height)
        else:
            parts = [self._ladders(width, height)]
        return Group(*parts, *([_line(printable(foot), "dim")] if foot else []))

    def _last(self) -> RenderableType:
        """What stays after the end; of --once the one ladder."""
        if self._once:
            self._stats = {key: stats for key, stats in self._stats.items() if stats.heard}
        width, height = self._console.size
        if self._form() is Form.BOARD:
            return self._rows(width, 0, len(self._stats))
        return self._ladders(width, height)

    def _ladders(self, width: int, height: int) -> RenderableType:
        height -= _LEFT_FREE
        return ladders(self._form(), self._shown(), width, height, self._palette, self._depth)

    def _board(self, width: int, height: int) -> list[RenderableType]:
        """The rows that there is room for, scrolled to the one that is picked."""
        note = self._notices.last
        room = max(1, height - board.FRAME_LINES - bool(note) - 1)
        self._first = min(self._first, self._picked, max(0, len(self._stats) - room))
        self._first = max(self._first, self._picked - room + 1)
        parts = [self._rows(width, self._first, room, picked=self._picked - self._first)]
        parts += [_line(f"! {note}", "yellow")] if note else []
        return [*parts, _line(_BOARD_KEYS, "dim")]

    def _rows(
        self, width: int, first: int, number: int, picked: int | None = None
    ) -> RenderableType:
        stats, refused = list(self._stats.values()), self._refused()
        shown = board.Board(
            [stats.row(refused.get(stats.key, "")) for stats in stats[first : first + number]],
            len(stats),
            first,
            picked,
            sum(stats.rate for stats in stats),
            len(refused),
            self._counts.pingpongs,
            self._marker,
        )
        return board.board(shown, width, self._palette)

    def _shown(self) -> list[tuple[KeyStats, str]]:
        """The figures of the keys and their refusals, with all that their ladders say."""
        refused = self._refused()
        for stats in self._stats.values():
            for view in stats.views:
                notes = (refused.get(stats.key, ""), self._notices.last)
                view.notes = [note for note in notes if note]
                view.pingpongs, view.marker = self._counts.pingpongs, self._marker
        return [(stats, refused.get(key, "")) for key, stats in self._stats.items()]

    def _refused(self) -> dict[Key, str]:
        return {key: refusal.answer for refusal in self._refusals for key in refusal.keys}


def _trades_of(key: Key) -> Key:
    """The key of the trades of a book's key; with an empty TR where it has none."""
    tr_id, tr_key = key
    return TRS[tr_id].trades, tr_key


def _line(text: str, style: str) -> Text:
    return Text(text, style=style, no_wrap=True, overflow="ellipsis")
