"""One run of ``kisq watch``: records on a screen, as lines or as NDJSON."""

from typing import TYPE_CHECKING, NamedTuple

from kisq.capture.target import Target
from kisq.cli.listing_names import ListingNames
from kisq.cli.live_input import input_of
from kisq.cli.order_notices import check_notices, hide_personal, notice_keys_for
from kisq.cli.recordings import REPLAY, Recording
from kisq.cli.sources import ScreenKeys, run, shown_lines
from kisq.errors import WrongUsage
from kisq.locale.sentence import Sentence
from kisq.output.counts import Counts
from kisq.output.decoding import Decoding, RecordSink
from kisq.output.notices import Notices
from kisq.output.streams import Streams
from kisq.run.judgement import Input, Limits
from kisq.settings import MOCK, SIM, Settings
from kisq.spec.fields import Shape
from kisq.spec.tables import TRS
from kisq.wire.matching import Asked
from kisq.wire.messages import Key

if TYPE_CHECKING:
    from rich.console import Console

    from kisq.screen.display import Display
    from kisq.screen.live_screen import LadderScreen

# What a person should know of where the data come from, by the environment.
_MARKERS = {SIM: Sentence("SIMULATED"), MOCK: Sentence("MOCK"), REPLAY: Sentence("REPLAY")}
_UNFINISHED = Sentence(
    "prices of {tr_id} are not finished decimals and are shown as they come: multiply them by 10 "
    "to the power of sCalcDesz, which is in KIS's file ffcode.mst"
)

_NO_COLUMNS = Sentence(
    "--csv has columns for order books and trades only, and {tr_id} is neither: use --json"
)
_COLUMNS = {Shape.BOOK, Shape.TRADE}


class RecordDisplay(NamedTuple):
    """How records are shown; ``personal`` data of order notices too."""

    json: bool
    csv: bool
    depth: int
    palette: str
    ascii_only: bool
    colour: bool
    personal: bool


class WatchSession:
    """A run for which everything is settled: where the records come from and how they are shown.

    Raises WrongUsage for order notices that cannot work (``check_notices``).
    """

    def __init__(
        self,
        source: Settings | Recording,
        keys: list[Key],
        limits: Limits,
        display: RecordDisplay,
        notices: Notices,
        target: Target | None,
    ) -> None:
        self._source = source
        self._keys = keys
        self._limits = limits
        self._display = display
        self._target = target
        self._streams = Streams(shown_lines(target), notices, Counts())
        self._once = limits.count == 1
        if display.csv:
            _check_columns(keys)
        check_notices(source, keys, notices, sends_all=False)
        hide_personal(keys, notices, self._streams.out, personal=display.personal)
        self._notice_keys = notice_keys_for(keys)

    def run(self, *, control: bool) -> int:
        """Show records until a limit or an interrupt; gives the exit code.

        With ``control`` a control key may be registered beside one that stays silent.
        """
        run_input = input_of(
            self._source,
            self._keys,
            self._limits,
            self._streams,
            screen=self._is_screen,
            control=control,
            notice_keys=self._notice_keys,
        )
        _say_unfinished(self._keys, self._streams.notices)
        screen_keys: ScreenKeys | None = None
        if self._is_screen:
            screen = self._screen(run_input)
            screen_keys = ScreenKeys(screen.press, lambda: screen.is_over)
            sink: RecordSink = screen
        else:
            sink = self._sink()
        decoding = self._decoding(sink, run_input)
        return run(run_input, decoding, self._limits, self._streams, self._target, screen_keys)

    @property
    def _is_screen(self) -> bool:
        """Whether records are shown on a live screen."""
        if self._display.json or self._display.csv or self._notice_keys:
            return False
        return self._streams.out.terminal

    def _decoding(self, sink: RecordSink, run_input: Input) -> Decoding:
        asked: Asked | None = Asked(self._keys)
        if isinstance(self._source, Recording):
            asked = self._source.asked
        return Decoding(
            sink,
            self._streams,
            asked,
            self._limits.count,
            tells=not run_input.source.recorded,
            notice_keys=self._notice_keys,
            personal=self._display.personal,
        )

    def _sink(self) -> RecordSink:
        """What shows records without a screen: NDJSON, one whole book or plain lines."""
        out = self._streams.out
        if self._display.json:
            from kisq.output.ndjson import RecordJson

            return RecordJson(out, self._display.depth)
        if self._display.csv:
            from kisq.output.csv_rows import RecordCsv

            return RecordCsv(self._streams, self._display.depth, self._shapes)
        if self._once and not self._notice_keys:
            return self._whole_book()
        from kisq.output.lines import RecordLines

        return RecordLines(out)

    @property
    def _shapes(self) -> set[Shape]:
        """What the records may be: a recording may hold order books and trades."""
        if isinstance(self._source, Recording):
            return _COLUMNS
        return {TRS[tr_id].shape for tr_id, _ in self._keys}

    def _whole_book(self) -> RecordSink:
        from kisq.screen.whole import WholeBook

        name_of = ListingNames(self._streams.notices).name
        return WholeBook(self._console(), self._streams.out, self._drawing(), name_of)

    def _screen(self, run_input: Input) -> "LadderScreen":
        from kisq.hours.holidays import calendar_of
        from kisq.screen.composition import ScreenSource
        from kisq.screen.live_screen import LadderScreen
        from kisq.screen.recorded import recorded_in

        file: str | None = None
        if self._target:
            file = self._target.name
        source = ScreenSource(
            keys=self._keys,
            refusals=run_input.source.refusals,
            marker=_MARKERS.get(self._source.environment, ""),
            foot=run_input.foot,
            player=run_input.press,
            recording=recorded_in(file),
            why_silent=run_input.why_silent,
            name_of=ListingNames(self._streams.notices).name,
            calendar_of=calendar_of,
        )
        return LadderScreen(
            self._console(), self._streams, self._drawing(), source, once=self._once
        )

    def _console(self) -> "Console":
        from kisq.output.streams import console

        return console(self._streams.out, colour=self._display.colour, errors="replace")

    def _drawing(self) -> "Display":
        """How a screen draws records."""
        from kisq.screen.display import COLOURS, Display, Palette, glyphs_for

        glyphs = glyphs_for(self._streams.out.encoding, ascii_only=self._display.ascii_only)
        colours = COLOURS[Palette(self._display.palette)]
        return Display(colours, self._display.depth, glyphs)


def _check_columns(keys: list[Key]) -> None:
    """Raise WrongUsage for a TR whose records have no columns in CSV."""
    for tr_id, _ in keys:
        if TRS[tr_id].shape not in _COLUMNS:
            raise WrongUsage(_NO_COLUMNS.format(tr_id=tr_id))


def _say_unfinished(keys: list[Key], notices: Notices) -> None:
    """Say for which TRs the prices are not finished decimals (protocol.md section 3)."""
    for tr_id in dict.fromkeys(tr_id for tr_id, _ in keys):
        if TRS[tr_id].is_unfinished:
            notices.say(_UNFINISHED.format(tr_id=tr_id))
