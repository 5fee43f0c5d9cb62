"""One run of ``kisq tap``: the tap, its display, its recording and its sentences."""

import shutil
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from kisq.capture.target import Target
from kisq.cli.listing_names import KeptFacts
from kisq.cli.sources import shown_lines, writing
from kisq.errors import SettingsFault
from kisq.flow import Sink
from kisq.hours.holidays import calendar_of
from kisq.locale.sentence import Sentence
from kisq.now import now
from kisq.output.counts import Counts
from kisq.output.notices import Notices
from kisq.output.raw import RawJson
from kisq.output.stream import stderr_lines
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

_LISTENING = Sentence(
    "passing on to {upstream} until Ctrl-C: give the program this KIS_WS_URL, and nothing else new"
)
_LISTENING_SIM = Sentence(
    "passing on to a simulator until Ctrl-C: give the program these two URLs, and any text as "
    "KIS_APP_KEY and KIS_APP_SECRET"
)
_OWN_ADDRESS = Sentence(
    "KIS_WS_URL (from {origin}) is the tap's own address, as the program needs it: passing on to "
    "{upstream} instead"
)
_TURN_SECONDS = 0.0005  # that showing may keep passing on waiting, where Python has 5 ms
_WSS = Sentence("{url} is wss, and a tap passes on to ws only, which is what KIS has")
_WSS_STEP = Sentence("set KIS_WS_URL to a ws:// address")


@dataclass(frozen=True, slots=True, kw_only=True)
class TapDisplay:
    """How messages are shown."""

    json: bool
    full: bool
    colour: bool


class TapSession:
    """A run for which everything but the port is settled."""

    def __init__(
        self, settings: Settings, notices: Notices, target: Target | None, display: TapDisplay
    ) -> None:
        if settings.ws_url.startswith("wss:"):
            raise SettingsFault(_WSS.format(url=settings.ws_url), _WSS_STEP)
        self._settings = settings
        self._notices = notices
        self._display = display
        self._target = target
        self._out = shown_lines(target)
        self._counts = Counts(raw=True)
        self._mask = Mask(notices.redact)
        self._program = Program()
        self._facts = KeptFacts(notices)
        self._advice = Advice(
            self._program, notices.say, self._mask, self._why_silent, self._facts.likely_keys
        )
        self._summary_wanted = False

    def run(self, port: int, duration: float | None) -> int:
        """Serve until a signal, or ``duration`` seconds; gives the exit code."""
        with ExitStack() as stack:
            _shorten_turns(stack)
            capture = self._capture(stack)
            events = EventQueue()
            server = stack.enter_context(TapServer(port, self._upstream_of, events.put))
            self._announce(server)
            delivery = self._delivery(server, events, capture)
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
        if outcome.failure:
            raise outcome.failure
        if capture and capture.failure:
            raise capture.failure
        return outcome.exit_code

    def _capture(self, stack: ExitStack) -> LastingRecorder | None:
        file = stack.enter_context(writing(self._target))
        if file is None:
            return None
        return LastingRecorder(file, self._notices.say)

    def _delivery(
        self, server: TapServer, events: EventQueue, capture: LastingRecorder | None
    ) -> Delivery:
        source = TapSource(
            server,
            events,
            self._mask,
            self._notices.say,
            self._advice.attempt,
            self._advice.judge,
        )
        streams = Streams(self._out, self._notices, self._counts)
        return Delivery(source, [self._sink(), self._advice], streams, capture)

    def _upstream_of(self, port: int) -> str:
        """KIS's address, which the program may have replaced by the tap's in a common file."""
        settings = self._settings
        if settings.environment != SIM and is_own(settings.ws_url, HOST, port):
            return kis_ws_url(settings.environment)
        return settings.ws_url

    def _announce(self, server: TapServer) -> None:
        """Print the address for the program, and say what it is for."""
        settings = self._settings
        notices = self._notices
        lines = self._out
        if self._display.json:
            lines = stderr_lines()
        lines.put(f"KIS_WS_URL={server.url}\n".encode())
        if settings.environment == SIM:
            lines.put(f"KIS_REST_URL={settings.rest_url}\n".encode())
        lines.flush()
        notices.release()
        if server.upstream != settings.ws_url:
            origin = settings.origins["KIS_WS_URL"]
            notices.say(_OWN_ADDRESS.format(origin=origin, upstream=server.upstream))
        if settings.environment == SIM:
            notices.say(_LISTENING_SIM)
        else:
            notices.say(_LISTENING.format(upstream=server.upstream))

    def _sink(self) -> Sink:
        out = self._out
        if self._display.json:
            return RawJson(out, self._counts)
        width: Callable[[], int] | None = None
        if out.is_tty and not self._display.full:
            width = _columns
        colour = self._display.colour and out.takes_colour
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
        left = self._out.left
        losses = delivery.losses.counts
        for sentence in summary(self._program, self._counts, delivery.seconds, left, losses):
            self._notices.say(sentence)


def _shorten_turns(stack: ExitStack) -> None:
    """Let passing on wait for showing no longer than it must; ``stack`` undoes it."""
    stack.callback(sys.setswitchinterval, sys.getswitchinterval())
    sys.setswitchinterval(_TURN_SECONDS)


def _columns() -> int:
    return shutil.get_terminal_size().columns
