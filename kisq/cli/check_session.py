"""``kisq check``: a live session or a recording → a verdict on stdout."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import inf

from kisq.capture.target import Target
from kisq.check import verdict
from kisq.check.json_report import CheckJson
from kisq.check.listener import Listener
from kisq.check.recorded_listener import RecordedListener
from kisq.check.report import KeyReport, Report, Stage, StageName, Status
from kisq.check.shared import SharedStages, Stopped
from kisq.check.text_report import CheckText
from kisq.cli.evidence import KeyEvidence, OneFile, control_for, no_file
from kisq.cli.listing_names import ListingNames
from kisq.cli.order_notices import check_notices, hide_personal, notice_keys_for
from kisq.cli.recordings import Recording, say_skipped, shown_lines, writing
from kisq.cli.sources import approver_of
from kisq.errors import ConnectionFailed, Interrupted, OutputFailed, WrongKey, WrongUsage
from kisq.feed.controlled import ControlledFeed
from kisq.flow import Recorder, Source
from kisq.hours.clock import NO_SESSION, SessionFacts, key_status
from kisq.hours.holidays import calendar_of
from kisq.now import now
from kisq.output.console import console
from kisq.output.counts import Counts
from kisq.output.notices import Notices
from kisq.output.stream import Lines
from kisq.output.streams import Streams
from kisq.run.delivery import Delivery
from kisq.run.loop import Outcome, deliver
from kisq.settings import MOCK, SIM, Settings
from kisq.wire.frames import is_known
from kisq.wire.messages import Key
from kisq.wire.trkey import parse_tr_key

OpenSettings = Callable[[], AbstractContextManager[Settings]]
_WAIT_SECONDS, _LISTEN_SECONDS = 20.0, 10.0
_ONE_SESSION = "KIS allows one session per appkey: end other programs that use this one"
_SHARED = (StageName.SETTINGS, StageName.APPROVAL, StageName.HANDSHAKE)
_ENDED = "the check was ended before its verdict"


@dataclass(frozen=True, slots=True)
class Looks:
    """How a silent key is looked into: with a control key, and with a file of symbols fetched.

    ``personal`` says whether the values of order notices that say whose they are may be shown.
    """

    control: bool
    download: bool
    personal: bool = False


def check_keys(
    source: OpenSettings | Recording,
    keys: list[Key],
    times: tuple[float | None, float | None],
    notices: Notices,
    target: Target | None = None,
    *,
    json: bool,
    colour: bool,
    looks: Looks,
) -> int:
    """Check ``keys``, ``times`` being the seconds to wait for data and to listen; the exit code."""
    watcher: CheckJson | CheckText
    out = shown_lines(target)
    if json:
        watcher = CheckJson(out, notices.redact)
    else:
        watcher = CheckText(console(out, colour=colour), out, notices, several=len(keys) > 1)
    hide_personal(keys, notices, out, personal=looks.personal)
    recorded = isinstance(source, Recording)
    try:
        with writing(target, notices.personal.clean) as capture:
            check = Check(keys, times, watcher, out, notices, capture, looks)
            report = (
                check.of_recording(source) if isinstance(source, Recording) else check.live(source)
            )
    except Interrupted:
        notices.say(_ENDED)
        raise
    if report is None:
        notices.say(_ENDED)
        return check.outcome.exit_code
    if check.outcome.quiet:
        return 0
    names = ListingNames(notices)
    for key in report.keys:
        if listing := names.listing((key.tr_id, key.tr_key)):
            key.name, key.currency = listing.name, listing.currency
        if json:
            key.session = _session(key, report, replayed=recorded)
    out.deadline = None
    watcher.close(report)
    if isinstance(check.outcome.failure, OutputFailed):
        raise check.outcome.failure
    return report.verdict.exit_code


@dataclass(slots=True)
class Check:
    """One check of ``keys``; ``outcome`` is how it ended."""

    keys: list[Key]
    times: tuple[float | None, float | None]
    watcher: CheckJson | CheckText
    out: Lines
    notices: Notices
    capture: Recorder | None
    looks: Looks
    outcome: Outcome = field(default_factory=Outcome)

    def live(self, open_settings: OpenSettings) -> Report | None:
        """Of a session of its own, which is given back; None where a signal ended it."""
        stages, checked_at = SharedStages(self.watcher), time.time()
        try:
            with ExitStack() as stack:
                keys = self._live(open_settings, stages, stack)
        except Stopped as stopped:
            keys = [stages.report(key, stopped.error) for key in self.keys]
        return None if self.outcome.exit_code else Report(checked_at, keys)

    def _live(
        self, open_settings: OpenSettings, stages: SharedStages, stack: ExitStack
    ) -> list[KeyReport]:
        def ready() -> Settings:
            loaded = stack.enter_context(open_settings())
            approver_of(loaded, self.notices).require()
            return loaded

        settings = stages.run(StageName.SETTINGS, ready, lambda ready: ready.environment)
        check_notices(settings, self.keys, self.notices, sends_all=False)
        notice_keys = notice_keys_for(self.keys)
        approver = approver_of(settings, self.notices)
        origin = "given" if settings.approval_key else settings.rest_url
        stages.run(StageName.APPROVAL, approver.key, lambda _: origin)
        feed = ControlledFeed(
            settings.ws_url, self.keys, approver, self.notices.say, self.notices.redact,
            settings.custtype, notice_keys=notice_keys,
        )  # fmt: skip
        if self.looks.control:
            feed.watch_silence(control_for, self.notices.detail)
        wait, listen = self.times
        began = feed.now()

        def opened(at: float) -> None:
            stages.add(Stage(StageName.HANDSHAKE, Status.OK, at - began, settings.ws_url))
            if settings.environment != SIM and not feed.through_tap:
                self.notices.say(_ONE_SESSION)

        listener = Listener(
            feed,
            self.keys,
            wait or _WAIT_SECONDS,
            listen or _LISTEN_SECONDS,
            self.watcher,
            opened,
            notice_keys,
        )
        self._deliver(feed, listener)
        failure = self.outcome.failure
        if isinstance(failure, ConnectionFailed) and len(stages.done) < len(_SHARED):
            stages.fail(StageName.HANDSHAKE, began, failure)
        mock = settings.environment == MOCK
        fetch = OneFile(settings, self.notices) if self.looks.download else no_file
        evidence = KeyEvidence(feed, self.notices, fetch)
        return [
            verdict.report(seen, stages.done, now(), calendar_of, mock=mock, known=evidence.of)
            for seen in listener.observations()
        ]

    def of_recording(self, recording: Recording) -> Report | None:
        """Of a recording; None where a signal ended it."""
        counts = Counts(raw=True)
        source = recording.source(counts, self.notices)
        wait, listen = self.times
        listener = RecordedListener(source, self.keys, wait or inf, listen or inf, self.watcher)
        self._deliver(source, listener)
        say_skipped(counts, self.notices)
        if self.outcome.exit_code:
            return None
        return Report(listener.at, listener.reports(calendar_of))

    def _deliver(self, source: Source, listener: Listener) -> None:
        streams = Streams(self.out, self.notices, Counts(raw=True))
        self.outcome = deliver(Delivery(source, [listener], streams, self.capture), listener.over)
        failure = self.outcome.failure
        if failure and not isinstance(failure, (OutputFailed, WrongUsage)):
            listener.fail(failure)
        elif isinstance(failure, WrongUsage):
            raise failure


def _session(key: KeyReport, report: Report, *, replayed: bool) -> SessionFacts:
    """The session of the market of ``key``: now, or at the end of a recording."""
    if replayed and not is_known(report.checked_at):
        return NO_SESSION
    at = datetime.fromtimestamp(report.checked_at, UTC) if replayed else now()
    try:
        parsed = parse_tr_key(key.tr_key, key.tr_id)
    except WrongKey:
        return NO_SESSION
    return key_status(parsed, at, calendar_of(parsed.market)).session
