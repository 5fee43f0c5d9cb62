"""The course of a check: stage after stage, one connection, everything given back at the end."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, datetime
from itertools import chain
from typing import Protocol, TypeVar

from kisq.check import verdict
from kisq.check.measure import Measure
from kisq.check.stages import EARLY, Heard
from kisq.errors import ApprovalRefused, ConnectionFailed, KisqError, SettingsFault
from kisq.errors import SubscriptionRefused as Refused
from kisq.feed.approval import Approver
from kisq.feed.live import LiveFeed
from kisq.protocol.escape import Redactor
from kisq.protocol.frames import CONTROL, DATA, IN, OUT, PINGPONG, Frame
from kisq.protocol.messages import Answer, Key, load_object, parse, part
from kisq.protocol.report import KeyReport, Name, Report, Stage, Status
from kisq.protocol.silence import CalendarOf
from kisq.settings import MOCK, Settings

_TICK = 0.1
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
        return KeyReport(
            *key, verdict.VERDICTS[type(error)], f"{error.what}.", verdict.sentence(step), stages
        )

    def _report(self, heard: Heard) -> KeyReport:
        return verdict.report(heard, self._shared, now(), self._calendar_of, mock=self._mock)


class Ear:
    """Listens to a feed and keeps what it heard of each key; times are monotonic seconds."""

    def __init__(self, keys: list[Key], timeout: float, listen: float, watcher: Watcher) -> None:
        self._timeout, self._listen, self._watcher = timeout, listen, watcher
        self._measures = {key: Measure(*key) for key in keys}
        self._started = self._ended = time.monotonic()
        self._sent_at: dict[Key, float] = {}
        self._accepted: dict[Key, tuple[float, str]] = {}
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
        except (ConnectionFailed, ApprovalRefused, SettingsFault) as error:
            self._lost = error
        except Refused as error:
            self._refused.append(error)

    def heard(self, feed: LiveFeed) -> list[Heard]:
        """What was heard of each key."""
        refusals = {key: r for r in (*feed.refusals, *self._refused) for key in r.keys}
        found = []
        for key, measure in self._measures.items():
            accepted_at, said = self._accepted.get(key, (None, ""))
            heard = Heard(
                measure,
                self._sent_at.get(key, self._started),
                accepted_at,
                said,
                self._ended,
                self._pingpong_at,
                self._pingpongs,
                refusals.get(key),
                self._lost,
            )
            found.append(heard)
        return found

    def _see(self, frame: Frame, at: float) -> None:
        if frame.kind is DATA:
            self._see_data(frame, at)
        elif frame.kind is PINGPONG and frame.dir is IN:
            self._pingpongs += 1
            self._pingpong_at = at if self._pingpong_at is None else self._pingpong_at
        elif frame.kind is CONTROL and frame.dir is OUT:
            asked = part(part(load_object(frame.text) or {}, "body"), "input")
            self._sent_at.setdefault((asked["tr_id"], asked["tr_key"]), at)
        elif frame.kind is CONTROL:
            answer = parse(frame.text)
            if isinstance(answer, Answer) and answer.accepted:
                said = f"{answer.msg_cd} {answer.msg1}"
                self._accepted.setdefault(self._meant(answer), (at, said))

    def _meant(self, answer: Answer) -> Key:
        """The key that an answer is for; tr_key may be missing, then it is the only one asked."""
        pending = [key for key in self._sent_at if key not in self._accepted]
        nameless = not answer.tr_key and len(pending) == 1
        return pending[0] if nameless else (answer.tr_id, answer.tr_key)

    def _see_data(self, frame: Frame, at: float) -> None:
        text = frame.text
        measure = next((m for m in self._measures.values() if m.concerns(text)), None)
        if measure:
            measure.see(frame, at)
            return
        for key, other in self._measures.items():
            if key in self._sent_at and other.may_concern(text):
                other.see_stray(frame)

    def _show(self, feed: LiveFeed) -> None:
        """Show the stages that are known to be well by now."""
        if len(self._shown) == len(self._measures) * len(EARLY):
            return
        for heard in self.heard(feed):
            tr_key = heard.measure.tr_key
            for name, judge in EARLY.items():
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
