"""The course of a check: stage after stage, one connection, everything given back at the end."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from itertools import chain
from typing import TypeVar

from kisq.check import verdict
from kisq.check.listener import TICK, Listener, Watcher
from kisq.check.observation import Observation
from kisq.errors import ApprovalRefused, ConnectionFailed, KisqError, SettingsFault
from kisq.feed.approval import Approver
from kisq.feed.live import LiveFeed
from kisq.interrupts import INTERRUPTS
from kisq.now import now
from kisq.protocol.escape import Redactor
from kisq.protocol.frames import Frame
from kisq.protocol.messages import Key
from kisq.protocol.report import KeyReport, Name, Report, Stage, Status
from kisq.protocol.silence import CalendarOf
from kisq.settings import MOCK, Settings

Result = TypeVar("Result")


class _Stopped(Exception):
    """A stage that all keys share failed; it says how."""

    def __init__(self, error: KisqError) -> None:
        self.error = error
        super().__init__(str(error))


class Course:
    """One check of ``keys``: at most ``timeout`` seconds until data, then ``listen`` seconds.

    ``settings`` gives the settings of the run when it is entered, ``approver`` what issues keys
    from them.
    """

    def __init__(
        self,
        settings: Callable[[], AbstractContextManager[Settings]],
        approver: Callable[[Settings], Approver],
        watcher: Watcher,
        calendar_of: CalendarOf,
        redact: Redactor,
        record: Callable[[list[Frame]], None] = lambda _: None,
    ) -> None:
        self._record = record
        self._settings, self._approver = settings, approver
        self._watcher, self._calendar_of, self._redact = watcher, calendar_of, redact
        self._shared: list[Stage] = []
        self._mock = False

    def run(
        self, keys: list[Key], timeout: float, listen: float, tell: Callable[[str], None]
    ) -> Report:
        """Check, and give back the session whatever happens."""
        checked_at = time.time()
        try:
            with ExitStack() as stack:
                feed = self._feed(stack, keys, tell)
                batches = feed.batches(TICK)
                first = self._stage(Name.HANDSHAKE, lambda: next(batches))
                listener = Listener(keys, timeout, listen, self._watcher, feed.now())
                listener.listen(self._taken(chain([first], batches)), feed)
        except _Stopped as stopped:
            return Report(checked_at, [self._stopped(key, stopped.error) for key in keys])
        return Report(checked_at, [self._report(seen) for seen in listener.observations(feed)])

    def _feed(self, stack: ExitStack, keys: list[Key], tell: Callable[[str], None]) -> LiveFeed:
        """The stages up to the approval key, and the feed to listen to."""
        settings = self._stage(Name.SETTINGS, lambda: self._ready(stack))
        approver = self._approver(settings)
        self._stage(Name.APPROVAL, approver.key)
        feed = LiveFeed(settings.ws_url, keys, approver, tell, self._redact, settings.custtype)
        stack.callback(lambda: self._record(feed.close()))
        return feed

    def _taken(self, batches: Iterator[list[Frame]]) -> Iterator[list[Frame]]:
        """The batches, recorded and taken out of the feed's list: what stays there comes again."""
        for batch in batches:
            with INTERRUPTS:
                frames = batch.copy()
                batch.clear()
            self._record(frames)
            yield frames

    def _ready(self, stack: ExitStack) -> Settings:
        settings = stack.enter_context(self._settings())
        self._approver(settings).require()
        self._mock = settings.environment == MOCK
        self._where = {
            Name.SETTINGS: f"{settings.environment}",
            Name.APPROVAL: "given" if settings.approval_key else settings.rest_url,
            Name.HANDSHAKE: settings.ws_url,
        }
        return settings

    def _stage(self, name: Name, action: Callable[[], Result]) -> Result:
        """Run a stage that all keys share. Raises _Stopped where it fails."""
        started = time.monotonic()
        try:
            result = action()
        except (SettingsFault, ApprovalRefused, ConnectionFailed) as error:
            self._add(Stage(name, Status.FAILED, time.monotonic() - started, error.what))
            raise _Stopped(error) from None
        self._add(Stage(name, Status.OK, time.monotonic() - started, self._where[name]))
        return result

    def _add(self, stage: Stage) -> None:
        self._shared.append(stage)
        self._watcher.stage("", stage)

    def _stopped(self, key: Key, error: KisqError) -> KeyReport:
        done = len(self._shared)
        rest = [Stage(name, Status.SKIPPED) for name in list(Name)[done:]]
        step = error.next_step or "Correct the setting, or try --sim."
        stages = [*self._shared, *rest]
        return KeyReport(
            *key, verdict.VERDICTS[type(error)], f"{error.what}.", verdict.sentence(step), stages
        )

    def _report(self, seen: Observation) -> KeyReport:
        return verdict.report(seen, self._shared, now(), self._calendar_of, mock=self._mock)
