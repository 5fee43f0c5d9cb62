"""The course of a check: stage after stage, one connection, everything given back at the end."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, datetime
from itertools import chain
from typing import Protocol, TypeVar

from kisq.check import verdict
from kisq.check.measure import Measure
from kisq.check.verdict import Heard
from kisq.errors import ApprovalRefused, ConnectionFailed, KisqError, SettingsFault
from kisq.errors import SubscriptionRefused as Refused
from kisq.feed.approval import Approver
from kisq.feed.live import LiveFeed
from kisq.protocol.escape import Redactor
from kisq.protocol.frames import CONTROL, DATA, IN, OUT, PINGPONG, Frame
from kisq.protocol.messages import Answer, Key, load_object, parse, part
from kisq.protocol.report import KeyReport, Name, Report, Stage, Status, Verdict
from kisq.protocol.silence import CalendarOf
from kisq.settings import MOCK, Settings

_TICK = 0.1
_VERDICTS: dict[type[KisqError], Verdict] = {
    SettingsFault: Verdict.SETTINGS,
    ApprovalRefused: Verdict.APPROVAL,
    ConnectionFailed: Verdict.UNREACHABLE,
}
Result = TypeVar("Result")


def now() -> datetime:
    """The time of day; in one place, so that a test can have another."""
    return datetime.now(UTC)


class Watcher(Protocol):
    """Who is shown a check while it runs."""

    def stage(self, key: str, stage: Stage) -> None:
        """A stage ended; ``key`` is empty for one that all keys share."""

    def waiting(self, sentence: str) -> None:
        """What is being waited for."""


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
    ) -> None:
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
                batches = feed.batches(_TICK)
                first = self._stage(Name.HANDSHAKE, lambda: next(batches))
                ear = Ear(keys, timeout, listen, self._watcher)
                ear.listen(chain([first], batches), feed)
        except _Stopped as stopped:
            return Report(checked_at, [self._stopped(key, stopped.error) for key in keys])
        return Report(checked_at, [self._report(heard) for heard in ear.heard(feed)])

    def _feed(self, stack: ExitStack, keys: list[Key], tell: Callable[[str], None]) -> LiveFeed:
        """The stages up to the approval key, and the feed to listen to."""
        settings = self._stage(Name.SETTINGS, lambda: self._ready(stack))
        approver = self._approver(settings)
        self._stage(Name.APPROVAL, approver.key)
        feed = LiveFeed(settings.ws_url, keys, approver, tell, self._redact, settings.custtype)
        stack.callback(feed.close)
        return feed

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
        return KeyReport(*key, _VERDICTS[type(error)], f"{error.what}.", step, stages)

    def _report(self, heard: Heard) -> KeyReport:
        return verdict.report(heard, self._shared, now(), self._calendar_of, mock=self._mock)


class Ear:
    """Listens to a feed and keeps what it heard of each key; times are monotonic seconds."""

    def __init__(self, keys: list[Key], timeout: float, listen: float, watcher: Watcher) -> None:
        self._timeout, self._listen, self._watcher = timeout, listen, watcher
        self._measures = {key: Measure(*key) for key in keys}
        self._started = self._ended = time.monotonic()
        self._sent_at: dict[Key, float] = {}
        self._accepted_at: dict[Key, float] = {}
        self._pingpong_at: float | None = None
        self._pingpongs = 0
        self._shown: set[tuple[str, Name]] = set()
        self._lost: KisqError | None = None
        self._refused: list[Refused] = []

    def listen(self, batches: Iterator[list[Frame]], feed: LiveFeed) -> None:
        """Listen until everything is known, or its time is over."""
        try:
            for batch in batches:
                self._ended = time.monotonic()
                for frame in batch:
                    self._see(frame, frame.tick)
                self._show(feed)
                if self._over(feed):
                    return
        except ConnectionFailed as error:
            self._lost = error
        except Refused as error:
            self._refused.append(error)

    def heard(self, feed: LiveFeed) -> list[Heard]:
        """What was heard of each key."""
        refusals = {key: r for r in (*feed.refusals, *self._refused) for key in r.keys}
        return [
            Heard(
                measure,
                self._sent_at.get(key, self._started),
                self._accepted_at.get(key),
                self._ended,
                self._pingpong_at,
                self._pingpongs,
                refusals.get(key),
                self._lost,
            )
            for key, measure in self._measures.items()
        ]

    def _see(self, frame: Frame, at: float) -> None:
        if frame.kind is DATA:
            concerned = [m for m in self._measures.values() if m.concerns(frame.text)]
            for measure in concerned or self._measures.values():
                measure.see(frame, at)
        elif frame.kind is PINGPONG and frame.dir is IN:
            self._pingpongs += 1
            self._pingpong_at = at if self._pingpong_at is None else self._pingpong_at
        elif frame.kind is CONTROL and frame.dir is OUT:
            asked = part(part(load_object(frame.text) or {}, "body"), "input")
            self._sent_at.setdefault((asked["tr_id"], asked["tr_key"]), at)
        elif frame.kind is CONTROL:
            answer = parse(frame.text)
            if isinstance(answer, Answer) and answer.accepted:
                self._accepted_at.setdefault((answer.tr_id, answer.tr_key), at)

    def _show(self, feed: LiveFeed) -> None:
        """Show the stages that are known to be well by now."""
        if len(self._shown) == len(self._measures) * len(verdict.EARLY):
            return
        for heard in self.heard(feed):
            tr_key = heard.measure.tr_key
            for name, judge in verdict.EARLY.items():
                stage = judge(heard)
                if stage.status is Status.OK and (tr_key, name) not in self._shown:
                    self._shown.add((tr_key, name))
                    self._watcher.stage(tr_key, stage)

    def _over(self, feed: LiveFeed) -> bool:
        refused = {key for refusal in feed.refusals for key in refusal.keys}
        firsts = [m.first_at for key, m in self._measures.items() if key not in refused]
        heard = [first for first in firsts if first is not None]
        waited = self._ended - self._started
        if len(heard) < len(firsts) and waited < self._timeout:
            self._watcher.waiting(f"waiting for data, {waited:.0f} s")
            return False
        listened = self._ended - max(heard, default=float("-inf"))
        if listened < self._listen:
            self._watcher.waiting(f"listening, {self._listen - listened:.0f} s left")
            return False
        return True
