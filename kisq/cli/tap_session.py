"""One run of ``kisq tap``: the tap, its display, its recording and what is said."""

import shutil
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from kisq.capture.target import Target
from kisq.cli.recordings import shown_lines, writing
from kisq.cli.tap_symbols import KeptFacts
from kisq.errors import SettingsFault
from kisq.flow import Sink
from kisq.hours.holidays import calendar_of
from kisq.now import now
from kisq.output.counts import Counts
from kisq.output.notices import Notices
from kisq.output.raw import RawJson
from kisq.output.stream import Lines, stderr_lines
from kisq.output.streams import Streams
from kisq.reasons.evidence import Evidence
from kisq.reasons.silence import Silence, silence
from kisq.run.delivery import Delivery
from kisq.run.loop import deliver
from kisq.settings import MOCK, SIM, Settings, kis_ws_url
from kisq.tap.advice import Advice
from kisq.tap.lines import TapLines
from kisq.tap.masking import Mask
from kisq.tap.program import Program
from kisq.tap.recording import LastingRecorder
from kisq.tap.server import HOST, TapServer
from kisq.tap.source import EventQueue, TapSource
from kisq.tap.summary import summary
from kisq.tap.upstream import is_own
from kisq.wire.messages import Key

_LISTENING = (
    "passing on to {upstream} until Ctrl-C: give the program this KIS_WS_URL, and nothing else new"
)
_LISTENING_SIM = (
    "passing on to a simulator until Ctrl-C: give the program these two, and as KIS_APP_KEY and "
    "KIS_APP_SECRET any text"
)
_OWN_ADDRESS = (
    "KIS_WS_URL (from {origin}) is this tap's own address, as the program needs it: passing on to "
    "{upstream} instead"
)
_TURN_SECONDS = 0.0005  # that showing may keep passing on waiting, where Python has 5 ms
_WSS = "{url} is wss, and a tap passes on to ws only, as KIS has it"
_WSS_STEP = "set KIS_WS_URL to a ws:// address"


@dataclass(frozen=True, slots=True)
class Shown:
    """How messages are shown."""

    json: bool
    full: bool
    colour: bool


class TapSession:
    """A run for which everything but the port is settled."""

    def __init__(
        self, settings: Settings, notices: Notices, target: Target | None, shown: Shown
    ) -> None:
        if settings.ws_url.startswith("wss:"):
            raise SettingsFault(_WSS.format(url=settings.ws_url), _WSS_STEP)
        self._settings, self._notices, self._shown = settings, notices, shown
        self._target = target
        self._out = shown_lines(target)
        self._counts = Counts(raw=True)
        self._mask, self._program = Mask(notices.redact), Program()
        self._facts = KeptFacts(notices)
        self._advice = Advice(
            self._program, notices.say, self._mask, self._why_silent, self._facts.likely_keys
        )
        self._summary_wanted = False

    def run(self, port: int, duration: float | None) -> int:
        """Serve until a signal, or ``duration`` seconds; gives the exit code."""
        events = EventQueue()
        with ExitStack() as stack:
            stack.callback(sys.setswitchinterval, sys.getswitchinterval())
            sys.setswitchinterval(_TURN_SECONDS)
            file = stack.enter_context(writing(self._target))
            capture = LastingRecorder(file, self._notices.say) if file else None
            server = stack.enter_context(TapServer(port, self._upstream_of, events.put))
            self._announce(server)
            source = TapSource(
                server, events, self._mask, self._notices.say, self._advice.attempt,
                self._advice.judge,
            )  # fmt: skip
            streams = Streams(self._out, self._notices, self._counts)
            delivery = Delivery(source, [self._sink(), self._advice], streams, capture)
            self._arrange_summary()
            outcome = deliver(
                delivery,
                lambda seconds: duration is not None and seconds >= duration,
                lambda: self._summarize_if_wanted(delivery),
                duration,
            )
            delivery.count_losses()
        if not outcome.quiet:
            self._summarize(delivery)
        if failure := outcome.failure or (capture and capture.failure):
            raise failure
        return outcome.exit_code

    def _upstream_of(self, port: int) -> str:
        """KIS's address, which the program may have replaced by the tap's in a common file."""
        settings = self._settings
        if settings.environment != SIM and is_own(settings.ws_url, HOST, port):
            return kis_ws_url(settings.environment)
        return settings.ws_url

    def _announce(self, server: TapServer) -> None:
        settings, notices = self._settings, self._notices
        text = f"KIS_WS_URL={server.url}\n"
        if settings.environment == SIM:
            text += f"KIS_REST_URL={settings.rest_url}\n"
        lines: Lines = stderr_lines() if self._shown.json else self._out
        lines.put(text.encode())
        lines.flush()
        notices.release()
        if server.upstream != settings.ws_url:
            names = {"origin": settings.origins["KIS_WS_URL"], "upstream": server.upstream}
            notices.say(_OWN_ADDRESS.format(**names))
        template = _LISTENING_SIM if settings.environment == SIM else _LISTENING
        notices.say(template.format(upstream=server.upstream))

    def _sink(self) -> Sink:
        out, shown = self._out, self._shown
        if shown.json:
            return RawJson(out, self._counts)
        width = None if shown.full or not out.is_tty else _columns
        colour = shown.colour and out.takes_colour
        return TapLines(out, self._counts, width, colour=colour)

    def _why_silent(self, key: Key, ticking: Sequence[Key]) -> Silence:
        mock = self._settings.environment == MOCK
        evidence = Evidence(self._facts.of(key))
        return silence(*key, now(), calendar_of, mock=mock, ticking=ticking, evidence=evidence)

    def _arrange_summary(self) -> None:
        """SIGUSR1 asks for the summary from here on."""
        if hasattr(signal, "SIGUSR1"):
            signal.signal(signal.SIGUSR1, self._want_summary)

    def _want_summary(self, *_: object) -> None:
        self._summary_wanted = True

    def _summarize_if_wanted(self, delivery: Delivery) -> None:
        if self._summary_wanted:
            self._summary_wanted = False
            self._summarize(delivery)

    def _summarize(self, delivery: Delivery) -> None:
        left, losses = self._out.left, delivery.losses.counts
        for sentence in summary(self._program, self._counts, delivery.seconds, left, losses):
            self._notices.say(sentence)


def _columns() -> int:
    return shutil.get_terminal_size().columns
