"""Everything on the screen: ladders of a few keys, a board of many, notes and the last line."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from rich.text import Text

from kisq.errors import SubscriptionRefused
from kisq.locale.sentence import translated
from kisq.output.streams import Streams
from kisq.output.styles import WARNING
from kisq.reasons.silence import WhySilent
from kisq.screen import board, hints
from kisq.screen.display import Display, beside, whole
from kisq.screen.head import CalendarOf, SessionNames, moment_of, no_calendar
from kisq.screen.ladder import least_lines
from kisq.screen.panel import TAPED_WIDTH, Form, form_of, ladders, panel
from kisq.screen.selection import Selection
from kisq.screen.stats import KeyStats, unnamed
from kisq.wire.escape import printable
from kisq.wire.layouts import LAYOUTS
from kisq.wire.messages import Key
from kisq.wire.record import market_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenSource:
    """The source of a run.

    ``keys`` are those known beforehand, ``refusals`` the growing list of those that KIS refused,
    ``marker`` what is to be known of the source. ``foot`` gives the last line of a replay, an empty
    one for none, and ``player`` takes its keys; ``recording`` gives name and size of what is
    recorded. ``why_silent`` is asked for keys of which nothing came for 10 s while others have
    data, ``name_of`` for the name of a listing, ``calendar_of`` for the holidays of a market.
    """

    keys: Sequence[Key] = ()
    refusals: Sequence[SubscriptionRefused] = ()
    marker: str = ""
    foot: Callable[[], str] = str
    player: Callable[[str], None] | None = None
    recording: Callable[[], str] = str
    why_silent: WhySilent | None = None
    name_of: Callable[[Key], str] = unnamed
    calendar_of: CalendarOf = no_calendar


_BOARD_WIDTH = 98  # cells that a board keeps when a ladder is beside it
_LADDER_WIDTH = 58
_GAP = 2
_LEAST_LEVELS = 3  # of a ladder below a board


class Composition:
    """What is drawn of the keys in ``stats``, which grow; ``selection`` is what a person chose."""

    def __init__(
        self,
        stats: dict[Key, KeyStats],
        selection: Selection,
        display: Display,
        streams: Streams,
        source: ScreenSource,
    ) -> None:
        self._stats = stats
        self._selection = selection
        self._display = display
        self._counts = streams.counts
        self._notices = streams.notices
        self._source = source
        self._sessions = SessionNames(source.calendar_of)
        self._first = 0  # row of the board

    def get_ready(self, at: datetime) -> None:
        """Work out, before anything came, what the first drawing of each key would wait for."""
        for tr_id, tr_key in self._source.keys:
            layouts = LAYOUTS[tr_id]
            if layouts:
                self._sessions.of(market_of(layouts.newest, tr_key), at)

    @property
    def display(self) -> Display:
        """How it is drawn, with what a person turned on or off."""
        chosen = self._selection
        return replace(self._display, cumulative=chosen.cumulative, taped=chosen.taped)

    def form(self, width: int, height: int) -> Form:
        """How the keys are shown in a window."""
        return form_of(len(self._stats), width, height - bool(self._source.foot()))

    def live(self, width: int, height: int, now: float) -> list[Text]:
        """The lines of the live screen at ``now``, by the clock of the source."""
        if self._selection.helps:
            return hints.page(width, height, self.display)
        foot = printable(translated(self._source.foot()))
        lines = self._body(width, height - bool(foot), now, has_foot=bool(foot))
        if foot:
            lines.append(whole(foot, "dim", width, self._display.glyphs))
        return lines[:height]

    def last(self, width: int, height: int) -> list[Text]:
        """What stays after the end: the ladders, or all rows of the board."""
        self._prepare(self._stats.values(), None)
        if self.form(width, height) is Form.BOARD:
            return self._rows(list(self._stats.values()), width, 0, len(self._stats), None)
        return self._ladders(width, height - 1, "")

    def _body(self, width: int, height: int, now: float, *, has_foot: bool) -> list[Text]:
        is_board = self.form(width, height) is Form.BOARD
        if not is_board:
            self._prepare(self._stats.values(), now)
            return self._few(width, height, has_foot=has_foot)
        rows = self._selection.rows(list(self._stats.values()))
        place = self._selection.place([stats.key for stats in rows])
        hint = hints.BOARD
        if self._selection.is_typing:
            hint = hints.TYPING.format(text=self._selection.typed)
        if not (self._selection.opened and rows):
            lines = self._board(rows, place, width, height - 1, now)
        else:
            hint = hints.LADDER_OF_BOARD
            lines = self._panel_of(rows[place], width, height - 1, now)
        return self._with_hint(lines, translated(hint), width, height)

    def _with_hint(self, lines: list[Text], hint: str, width: int, height: int) -> list[Text]:
        """The lines with the keys in the last line of the screen."""
        blanks = [Text("") for _ in range(height - 1 - len(lines))]
        return [*lines, *blanks, whole(hint, "dim", width, self._display.glyphs)]

    def _few(self, width: int, height: int, *, has_foot: bool) -> list[Text]:
        """The ladders of a few keys; a single one has room for the keys in its last line."""
        hint = translated(hints.LADDER)
        if has_foot:
            return self._ladders(width, height, "")
        lines = self._ladders(width, height, hint)
        if lines and lines[-1].plain.endswith(hint):
            return lines
        return self._with_hint(self._ladders(width, height - 1, ""), hint, width, height)

    def _ladders(self, width: int, height: int, right: str) -> list[Text]:
        refused = self._refused()
        shown = [(stats, refused.get(key, "")) for key, stats in self._stats.items()]
        return ladders(self.form(width, height), shown, width, height, self.display, right)

    def _board(
        self, rows: list[KeyStats], place: int, width: int, height: int, now: float
    ) -> list[Text]:
        """The rows that there is room for, and the ladder of the picked key where there is more."""
        note = self._notices.last
        room = max(1, height - bool(note))
        spare = room - board.FRAME_LINES - len(rows)
        side = min(TAPED_WIDTH, width - _BOARD_WIDTH - _GAP)
        if side >= _LADDER_WIDTH and spare < least_lines(self._display.depth) and rows:
            lines = self._scrolled(rows, place, width - side - _GAP, room)
            ladder = self._panel_of(rows[place], side, room, now)
            lines = beside(lines, width - side - _GAP, ladder, _GAP)
        elif spare > least_lines(_LEAST_LEVELS) and rows:
            lines = self._scrolled(rows, place, width, room)
            lines += self._below([*rows[place:], *rows[:place]], width, spare, now)
        else:
            lines = self._scrolled(rows, place, width, room)
        if note:
            lines.append(whole(f"! {note}", WARNING, width, self._display.glyphs))
        return lines

    def _below(self, rows: list[KeyStats], width: int, height: int, now: float) -> list[Text]:
        """The ladder of the first of ``rows``, and those of the next that have data and fit."""
        others = [stats for stats in rows[1:] if stats.view]
        fitting = height // (least_lines(self._display.depth) + 1)
        shown = [rows[0], *others[: max(0, fitting - 1)]]
        lines: list[Text] = []
        for number, stats in enumerate(shown):
            share = (height - len(lines)) // (len(shown) - number)
            lines += self._under_a_rule(stats, width, share, now)
        return lines

    def _under_a_rule(self, stats: KeyStats, width: int, height: int, now: float) -> list[Text]:
        rule = Text(self._display.glyphs.rule * width, style="dim", no_wrap=True)
        return [rule, *self._panel_of(stats, width, height - 1, now)]

    def _scrolled(self, rows: list[KeyStats], place: int, width: int, height: int) -> list[Text]:
        """The rows around the picked one that fit."""
        room = max(1, height - board.FRAME_LINES)
        self._first = min(self._first, place, max(0, len(rows) - room))
        self._first = max(self._first, place - room + 1)
        return self._rows(rows, width, self._first, room, place - self._first)

    def _rows(
        self, rows: list[KeyStats], width: int, first: int, number: int, picked: int | None
    ) -> list[Text]:
        refused = self._refused()
        shown = rows[first : first + number]
        view = board.Board(
            [stats.row(refused.get(stats.key, "")) for stats in shown],
            len(rows),
            first,
            picked,
            sum(stats.rate for stats in self._stats.values()),
            len(refused),
            self._counts.pingpongs,
            self._source.marker,
            self._selection.order.value,
            self._selection.typed,
            self._source.recording(),
        )
        return board.board(view, width, self.display)

    def _panel_of(self, stats: KeyStats, width: int, height: int, now: float) -> list[Text]:
        self._prepare([stats], now)
        return panel(stats, self._refused().get(stats.key, ""), width, height, self.display)

    def _prepare(self, shown: Iterable[KeyStats], now: float | None) -> None:
        """Work out what the ladders of these keys say; without ``now`` nothing stands out."""
        refused = self._refused()
        recording = self._source.recording()
        for stats in shown:
            view = stats.view
            if view is None:
                continue
            if now is None:
                view.changed = frozenset()
            else:
                stats.look(now, time.monotonic(), self._counts.pingpongs)
            notes = (refused.get(stats.key, ""), self._notices.last)
            view.notes = [note for note in notes if note]
            view.marker = self._source.marker
            view.recording = recording
            view.session = self._sessions.of(view.record.market, moment_of(view.record))

    def _refused(self) -> dict[Key, str]:
        return {key: refusal.answer for refusal in self._source.refusals for key in refusal.keys}
