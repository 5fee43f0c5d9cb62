"""One session of ``kisq check``: live or from a recording → a report."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from kisq.check import verdict
from kisq.check.listener import Listener, Watcher
from kisq.check.recorded_listener import RecordedListener
from kisq.check.report import KeyReport, Report, Stage, StageName, Status
from kisq.check.shared import SharedStages, Stopped
from kisq.cli.evidence import KeyEvidence, OneFile, control_for, no_file
from kisq.cli.order_notices import check_notices, notice_keys_for
from kisq.cli.recordings import Recording, Skipped
from kisq.cli.sources import approver_of
from kisq.errors import ConnectionFailed, OutputFailed, WrongUsage
from kisq.feed.approver import Approver
from kisq.feed.controlled import ControlledFeed
from kisq.flow import Recorder, Source
from kisq.hours.holidays import calendar_of
from kisq.locale.sentence import Sentence, verbatim
from kisq.now import now
from kisq.output.streams import Streams
from kisq.run.delivery import Delivery
from kisq.run.loop import Outcome, deliver
from kisq.settings import MOCK, SIM, Settings
from kisq.wire.messages import Key

if TYPE_CHECKING:
    from kisq.wire.notice_keys import NoticeKeys

OpenSettings = Callable[[], AbstractContextManager[Settings]]
_TIMEOUT_SECONDS = 20.0
_LISTEN_SECONDS = 10.0
_SHARED = (StageName.SETTINGS, StageName.APPROVAL, StageName.HANDSHAKE)
_ONE_SESSION = Sentence(
    "KIS allows one session per appkey: end other programs that use this appkey"
)
_KEY_GIVEN = Sentence("given")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOptions:
    """What a check is asked for.

    ``timeout`` are the seconds to wait for data, ``listen`` those to listen after the first; None
    is the default of the session. A silent key is looked into with a ``control`` key, and with a
    ``download`` of its symbol file. ``personal`` data of order notices may be shown.
    """

    timeout: float | None
    listen: float | None
    json: bool
    colour: bool
    control: bool
    download: bool
    personal: bool


class Check(ABC):
    """A check of ``keys``, which ``watcher`` shows; ``outcome`` is how it ended."""

    def __init__(
        self, keys: list[Key], options: CheckOptions, watcher: Watcher, streams: Streams
    ) -> None:
        self._keys = keys
        self._options = options
        self._watcher = watcher
        self._streams = streams
        self.outcome = Outcome()

    @abstractmethod
    def report(self, capture: Recorder | None) -> Report | None:
        """Check, recorded in ``capture``; None where a signal ended it. Raises WrongUsage."""

    def _deliver(self, source: Source, listener: Listener, capture: Recorder | None) -> None:
        delivery = Delivery(source, [listener], self._streams, capture)
        self.outcome = deliver(delivery, listener.over)
        failure = self.outcome.failure
        if isinstance(failure, WrongUsage):
            raise failure
        if failure and not isinstance(failure, OutputFailed):
            listener.fail(failure)


class RecordedCheck(Check):
    """A check of a recording; without keys, of those that it holds."""

    def __init__(
        self,
        recording: Recording,
        keys: list[Key],
        options: CheckOptions,
        watcher: Watcher,
        streams: Streams,
    ) -> None:
        super().__init__(keys, options, watcher, streams)
        self._recording = recording

    def report(self, capture: Recorder | None) -> Report | None:
        counts = self._streams.counts
        notices = self._streams.notices
        source = self._recording.source(counts, notices)
        listener = RecordedListener(
            source,
            self._keys,
            self._options.timeout or inf,
            self._options.listen or inf,
            self._watcher,
        )
        self._deliver(source, listener, capture)
        Skipped(counts, notices).say_total()
        if self.outcome.exit_code:
            return None
        return Report(listener.at, listener.reports(calendar_of))


class LiveCheck(Check):
    """A check of a session of its own, which it gives back."""

    def __init__(
        self,
        open_settings: OpenSettings,
        keys: list[Key],
        options: CheckOptions,
        watcher: Watcher,
        streams: Streams,
    ) -> None:
        super().__init__(keys, options, watcher, streams)
        self._open_settings = open_settings
        self._stages = SharedStages(watcher)
        self._notice_keys: NoticeKeys | None = None

    def report(self, capture: Recorder | None) -> Report | None:
        checked_at = time.time()
        with ExitStack() as stack:
            try:
                keys = self._key_reports(stack, capture)
            except Stopped as stopped:
                keys = [self._stages.report(key, stopped.error) for key in self._keys]
        if self.outcome.exit_code:
            return None
        return Report(checked_at, keys)

    def _key_reports(self, stack: ExitStack, capture: Recorder | None) -> list[KeyReport]:
        """The report of each key. Raises Stopped where a stage that all share fails."""
        notices = self._streams.notices
        settings = self._settings(stack)
        check_notices(settings, self._keys, notices, sends_all=False)
        self._notice_keys = notice_keys_for(self._keys)
        feed = self._feed(settings, self._approver(settings))
        began = feed.now()
        listener = self._listener(feed, settings, began)
        self._deliver(feed, listener, capture)
        failure = self.outcome.failure
        if isinstance(failure, ConnectionFailed) and len(self._stages.done) < len(_SHARED):
            self._stages.fail(StageName.HANDSHAKE, began, failure)
        return self._judged(feed, listener, settings)

    def _settings(self, stack: ExitStack) -> Settings:
        def loaded() -> Settings:
            settings = stack.enter_context(self._open_settings())
            approver_of(settings, self._streams.notices).require()
            return settings

        return self._stages.run(StageName.SETTINGS, loaded, lambda settings: settings.environment)

    def _approver(self, settings: Settings) -> Approver:
        """The approver, which has its approval key."""
        approver = approver_of(settings, self._streams.notices)
        origin = verbatim(settings.rest_url)
        if settings.approval_key:
            origin = _KEY_GIVEN
        self._stages.run(StageName.APPROVAL, approver.key, lambda _: origin)
        return approver

    def _feed(self, settings: Settings, approver: Approver) -> ControlledFeed:
        notices = self._streams.notices
        feed = ControlledFeed(
            settings.ws_url,
            self._keys,
            approver,
            notices.say,
            notices.redact,
            settings.custtype,
            notice_keys=self._notice_keys,
        )
        if self._options.control:
            feed.watch_silence(control_for, notices.detail)
        return feed

    def _listener(self, feed: ControlledFeed, settings: Settings, began: float) -> Listener:
        """Listens to ``feed``, whose handshake began at ``began`` by its clock."""

        def opened(at: float) -> None:
            self._stages.add(Stage(StageName.HANDSHAKE, Status.OK, at - began, settings.ws_url))
            if settings.environment != SIM and not feed.through_tap:
                self._streams.notices.say(_ONE_SESSION)

        return Listener(
            feed,
            self._keys,
            self._options.timeout or _TIMEOUT_SECONDS,
            self._options.listen or _LISTEN_SECONDS,
            self._watcher,
            opened,
            self._notice_keys,
        )

    def _judged(
        self, feed: ControlledFeed, listener: Listener, settings: Settings
    ) -> list[KeyReport]:
        notices = self._streams.notices
        fetch: Callable[[Key], None] = no_file
        if self._options.download:
            fetch = OneFile(settings, notices).fetch
        evidence = KeyEvidence(feed, notices, fetch)
        mock = settings.environment == MOCK
        return [
            verdict.report(
                seen, self._stages.done, now(), calendar_of, mock=mock, known=evidence.of
            )
            for seen in listener.observations()
        ]
