"""One run of ``kisq watch``: records on a screen, as lines or as NDJSON."""

from dataclasses import dataclass

from kisq.capture.target import Target
from kisq.cli.listing_names import ListingNames
from kisq.cli.live_input import input_of
from kisq.cli.order_notices import check_notices, hide_personal, notice_keys_for
from kisq.cli.recordings import REPLAY, Recording
from kisq.cli.sources import run
from kisq.cli.writing import shown_lines
from kisq.locale.language import translated
from kisq.locale.sentence import Sentence
from kisq.output.counts import Counts
from kisq.output.decoding import Decoding, RecordSink
from kisq.output.notices import Notices
from kisq.output.streams import Streams
from kisq.run.judgement import Input, Limits
from kisq.settings import MOCK, SIM, Settings
from kisq.spec.tables import TRS
from kisq.wire.matching import Asked
from kisq.wire.messages import Key

# What a person should know of where the data come from, by the environment.
_MARKERS = {SIM: Sentence("SIMULATED"), MOCK: Sentence("MOCK"), REPLAY: Sentence("REPLAY")}
_UNFINISHED = Sentence(
    "prices of {tr_id} are not finished decimals and are shown as they come: multiply them by 10 "
    "to the power of sCalcDesz, which is in KIS's file ffcode.mst"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDisplay:
    """How records are shown; ``personal`` data of order notices too."""

    json: bool
    depth: int
    palette: str
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
        sink = self._sink(run_input)
        press = getattr(sink, "press", None)  # only a live screen has it
        decoding = self._decoding(sink, run_input)
        return run(run_input, decoding, self._limits, self._streams, self._target, press)

    @property
    def _is_screen(self) -> bool:
        """Whether records are shown on a live screen."""
        if self._display.json or self._notice_keys:
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

    def _sink(self, run_input: Input) -> RecordSink:
        """What shows records: NDJSON, the live screen, one whole book or plain lines."""
        out = self._streams.out
        if self._display.json:
            from kisq.output.ndjson import RecordJson

            return RecordJson(out, self._display.depth)
        if self._is_screen:
            return self._screen(run_input)
        if self._once and not self._notice_keys:
            return self._whole_book()
        from kisq.output.lines import RecordLines

        return RecordLines(out)

    def _whole_book(self) -> RecordSink:
        from kisq.output.console import console
        from kisq.screen.ladder import Palette
        from kisq.screen.whole import WholeBook

        out = self._streams.out
        return WholeBook(
            console(out, colour=self._display.colour, errors="replace"),
            out,
            Palette(self._display.palette),
            self._display.depth,
            ListingNames(self._streams.notices).name,
        )

    def _screen(self, run_input: Input) -> RecordSink:
        from kisq.output.console import console
        from kisq.screen.ladder import Palette
        from kisq.screen.live_screen import LadderScreen

        return LadderScreen(
            console(self._streams.out, colour=self._display.colour, errors="replace"),
            self._streams,
            Palette(self._display.palette),
            self._display.depth,
            translated(_MARKERS.get(self._source.environment, "")),
            run_input.foot,
            keys=self._keys,
            refusals=run_input.source.refusals,
            once=self._once,
            why_silent=run_input.why_silent,
            name_of=ListingNames(self._streams.notices).name,
        )


def _say_unfinished(keys: list[Key], notices: Notices) -> None:
    """Say for which TRs the prices are not finished decimals (protocol.md section 3)."""
    for tr_id in dict.fromkeys(tr_id for tr_id, _ in keys):
        if TRS[tr_id].is_unfinished:
            notices.say(_UNFINISHED.format(tr_id=tr_id))
