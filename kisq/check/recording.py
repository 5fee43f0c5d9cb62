"""The check of a recording: the same measuring and verdict, by the recording's own clock."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from math import inf, nan

from kisq.check import verdict
from kisq.check.ear import TICK, Ear, Watcher
from kisq.check.stages import Heard
from kisq.errors import ConnectionFailed, SubscriptionRefused, WrongUsage
from kisq.feed.replay import Replay
from kisq.flow import Source
from kisq.protocol.frames import CLOSE, CONTROL, DATA, IN, OPEN, OUT, Frame, is_known
from kisq.protocol.messages import Answer, Data, Key, load_object, parse, part
from kisq.protocol.refusal import next_step
from kisq.protocol.report import KeyReport, Name, Report, Stage, Status
from kisq.protocol.silence import CalendarOf
from kisq.spec.codes import WHOLE_SESSION
from kisq.spec.limits import MOST_REGISTRATIONS
from kisq.spec.trs import TRS

_SUBSCRIBE = "1"
_RECORDING = Stage(Name.SETTINGS, Status.SKIPPED, None, "a recording")


def check_recording(
    source: Replay,
    keys: list[Key],
    limits: tuple[float | None, float | None],
    watcher: Watcher,
    calendar_of: CalendarOf,
    record: Callable[[list[Frame]], None],
) -> Report:
    """Check ``keys``, or those of the recording where there are none.

    ``limits`` are the recorded seconds to wait for data and to listen, None for all there are;
    ``record`` is given what was heard. Raises WrongUsage where there is no key to check.
    """
    ear = RecordedEar(keys, limits[0] or inf, limits[1] or inf, watcher)
    try:
        for batch in source.batches(TICK):
            record(batch)
            if ear.has_enough(batch, source):
                break
            if source.share is not None:
                watcher.waiting(f"reading, {source.share:.0%}")
    finally:
        source.close()
    if not (chosen := ear.chosen()):
        raise WrongUsage("the recording holds no key that kisq can check", "name one")
    reports = [
        _report(heard, ear, calendar_of)
        for heard in ear.heard(source)
        if (heard.measure.tr_id, heard.measure.tr_key) in chosen
    ]
    return Report(ear.at, reports)


class RecordedEar(Ear):
    """Listens to a recording; without ``keys`` it learns them from what it hears.

    ``at`` is the newest receive time (epoch seconds), NaN where none is known.
    """

    def __init__(self, keys: list[Key], timeout: float, listen: float, watcher: Watcher) -> None:
        super().__init__(keys, timeout, listen, watcher, started=0.0)
        self._learns = not keys
        self.at = nan
        self._where = _RECORDING._replace(name=Name.HANDSHAKE)

    def has_enough(self, batch: list[Frame], source: Source) -> bool:
        """Listen to ``batch``; whether that is as long as was asked for."""
        for frame in batch:
            if self._is_enough(frame.tick):
                return True
            self._ended = frame.tick
            self._see(frame, frame.tick)
        for stage in self.shared if not self._learns else ():
            self._watcher.stage("", stage)
        if is_known(self.at) and not self._learns:
            self._show(source)
        return False

    def chosen(self) -> list[Key]:
        """The keys to report of: those given, else those subscribed, else those that had data."""
        subscribed = [key for key in self._measures if key in self._sent_at]
        return subscribed if self._learns and subscribed else list(self._measures)

    def heard(self, feed: Source) -> list[Heard]:
        asked = [key in self._sent_at or key in self._accepted for key in self._measures]
        found = zip(super().heard(feed), asked, strict=True)
        return [replace(heard, asked=was) for heard, was in found]

    @property
    def shared(self) -> list[Stage]:
        """The stages that a recording has behind it."""
        return [_RECORDING, _RECORDING._replace(name=Name.APPROVAL), self._where]

    def _is_enough(self, at: float) -> bool:
        firsts = [measure.first_at for measure in self._measures.values()]
        heard = [first for first in firsts if first is not None]
        waiting = len(heard) < len(firsts) or not firsts
        since, limit = (0.0, self._timeout) if waiting else (max(heard), self._listen)
        if at - since >= limit:
            self._ended = since + limit
            return True
        return False

    def _see(self, frame: Frame, at: float) -> None:
        if is_known(frame.at):
            self.at = frame.at
        if self._learns:
            self._learn(frame)
        if frame.kind is OPEN:
            self._lost = None
            self._where = self._where._replace(detail=f"a recording of {frame.text}")
        elif frame.kind is CLOSE and frame.dir is IN:
            step = "the recording ends with it" if frame.text else ""
            self._lost = ConnectionFailed("the recorded session", frame.text, step)
        elif frame.kind is CONTROL and frame.dir is IN:
            self._see_answer(frame.text)
        super()._see(frame, at)

    def _learn(self, frame: Frame) -> None:
        """A key that is subscribed, or that data came for."""
        if len(self._measures) >= MOST_REGISTRATIONS:
            return
        if frame.kind is DATA:
            message = parse(frame.text)
            if isinstance(message, Data):
                self._add(message.tr_id, message.payload.partition("^")[0])
        elif frame.kind is CONTROL and frame.dir is OUT:
            request = load_object(frame.text) or {}
            asked = part(part(request, "body"), "input")
            if part(request, "header").get("tr_type") == _SUBSCRIBE:
                self._add(asked.get("tr_id"), asked.get("tr_key"))

    def _add(self, tr_id: object, tr_key: object) -> None:
        if isinstance(tr_id, str) and isinstance(tr_key, str) and tr_id in TRS and tr_key:
            self.measure((tr_id, tr_key))

    def _see_answer(self, text: str) -> None:
        """Note a refusal, of which a later acceptance is the end."""
        answer = parse(text)
        if not isinstance(answer, Answer):
            return
        if answer.accepted:
            if self._learns:
                self._add(answer.tr_id, answer.tr_key)
            meant = self._meant(answer)
            self._refused = [refusal for refusal in self._refused if meant not in refusal.keys]
            return
        pending = [key for key in self._sent_at if key not in self._accepted]
        named = (answer.tr_id, answer.tr_key)
        keys = [named] if answer.tr_key else pending
        keys = list(self._measures) if answer.msg_cd in WHOLE_SESSION or not keys else keys
        self._refused = [r for r in self._refused if not set(keys) & set(r.keys)]
        step = next_step(answer.msg_cd, keys)
        self._refused.append(SubscriptionRefused(keys, answer.msg_cd, answer.msg1, step))


def _report(heard: Heard, ear: RecordedEar, calendar_of: CalendarOf) -> KeyReport:
    moment = datetime.fromtimestamp(ear.at, UTC) if is_known(ear.at) else None
    report = verdict.report(heard, ear.shared, moment, calendar_of, mock=False)
    return report if moment else _without_times(report)


def _without_times(report: KeyReport) -> KeyReport:
    """``report`` without what nobody knows who has no receive times."""
    return replace(
        report,
        stages=[stage._replace(seconds=None) for stage in report.stages],
        rate=None,
        first_data_seconds=None,
        longest_gap_seconds=None,
        measured=f"{report.messages} messages, without receive times" if report.messages else "",
    )
