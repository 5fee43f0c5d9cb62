"""The check of a recording: the same measurements and verdict, by the recording's own clock."""

from collections.abc import Set
from dataclasses import replace
from datetime import UTC, datetime
from math import inf, nan
from typing import Protocol

from kisq.check import verdict
from kisq.check.listener import Listener, Watcher
from kisq.check.measure import Measure
from kisq.check.observation import Observation
from kisq.check.report import KeyReport, Stage, StageName, Status
from kisq.check.subscriptions import subscribed_key
from kisq.errors import ConnectionFailed, SubscriptionRefused, WrongUsage
from kisq.flow import Source
from kisq.locale.sentence import NO_SENTENCE, Plural, Sentence, verbatim
from kisq.reasons.silence import CalendarOf
from kisq.spec.limits import MOST_REGISTRATIONS
from kisq.spec.tables import TRS
from kisq.wire.frames import CLOSE, CONTROL, DATA, IN, OPEN, OUT, Frame, is_known
from kisq.wire.messages import Answer, Data, Key, parse
from kisq.wire.record import Record
from kisq.wire.refusal import concerned, next_step
from kisq.wire.trkey import names_key

_A_RECORDING = Sentence("a recording")
_RECORDING_OF = Sentence("a recording of {url}")
_READING = Sentence("reading, {share:.0%}")
_SESSION = Sentence("the recorded session")
_ENDS = Sentence("the recording ends with it")
_NO_KEY = Sentence("the recording holds no key that kisq can check")
_NAME_ONE = Sentence("name one, or another recording with -r")
_WITHOUT_TIMES = Plural(
    "{number} message, without receive times", "{number} messages, without receive times"
)


class Player(Source, Protocol):
    """A source that plays a recording."""

    @property
    def share(self) -> float | None:
        """How much of it was played; None if its length is not known."""


class RecordedListener(Listener):
    """Listens to a recording; without ``keys`` it learns them from the recording.

    ``at`` is the newest receive time (epoch seconds), NaN if none is known.
    """

    recorded = True

    def __init__(
        self, source: Player, keys: list[Key], timeout: float, listen: float, watcher: Watcher
    ) -> None:
        super().__init__(source, keys, timeout, listen, watcher)
        self._player = source
        self._learns = not keys
        self._limited = min(timeout, listen) < inf
        self._doubtful: Key | None = None  # in the place of a key, but not of its form
        self.at = nan
        self._session = _A_RECORDING  # or its URL

    def flush(self, now: float) -> None:
        """Show the stages that are known to have gone well, and how much was read."""
        if not self._learns:
            for stage in self.shared:
                self._watcher.stage("", stage)
            if is_known(self.at):
                self._show()
        if self._player.share is not None:
            self._watcher.waiting(_READING.format(share=self._player.share))

    def over(self, _: float) -> bool:
        """Whether it has listened for as long as was asked for."""
        return self._done

    def chosen(self) -> list[Key]:
        """The keys to report of: those given, else those subscribed, else those that had data."""
        keys = list(self._measures)
        if not self._learns:
            return keys
        subscribed = [key for key in keys if self._subscriptions[key].sent_at is not None]
        certain = [key for key in keys if key != self._doubtful]
        return subscribed or certain or keys

    @property
    def shared(self) -> list[Stage]:
        """The stages that a recording has behind it."""
        return [
            Stage(StageName.SETTINGS, Status.SKIPPED, None, _A_RECORDING),
            Stage(StageName.APPROVAL, Status.SKIPPED, None, _A_RECORDING),
            Stage(StageName.HANDSHAKE, Status.SKIPPED, None, self._session),
        ]

    def _is_enough(self, tick: float) -> bool:
        """Whether the time of each key was over before ``tick``."""
        enough_at = self._timeout
        if self._measures:
            enough_at = self._enough_at(set(), 0.0)
        if tick < enough_at:
            return False
        self._ended = enough_at
        return True

    def write(self, frame: Frame) -> None:
        """Take in one frame; none any more after its time."""
        self._done = self._done or (self._limited and self._is_enough(frame.tick))
        if not self._done:
            self._ended = frame.tick
            self._see(frame)

    def _see(self, frame: Frame) -> None:
        if is_known(frame.at):
            self.at = frame.at
        if self._learns:
            self._learn(frame)
        if frame.kind is OPEN:
            self._lost = None
            self._session = _RECORDING_OF.format(url=frame.text)
        elif frame.kind is CLOSE and frame.dir is IN:
            step = NO_SENTENCE
            if frame.text:
                step = _ENDS
            self._lost = ConnectionFailed(_SESSION, verbatim(frame.text), step)
        super()._see(frame)

    def _learn(self, frame: Frame) -> None:
        """Learn a key that is subscribed or answered, or for which data came."""
        if len(self._measures) >= MOST_REGISTRATIONS:
            return
        if frame.kind is DATA:
            self._learn_from_data(frame.text)
        elif frame.kind is CONTROL and frame.dir is OUT:
            key = subscribed_key(frame.text)
            if key:
                self._add(*key)
        elif frame.answer:
            self._add(frame.answer.tr_id, frame.answer.tr_key)

    def _learn_from_data(self, text: str) -> None:
        message = parse(text)
        if not isinstance(message, Data):
            return
        key = message.tr_id, message.payload.partition("^")[0]
        if names_key(*key):
            self._add(*key)
        elif not self._measures:
            self._doubtful = key
            self._add(*key)

    def _key_of(self, record: object, tr_id: str, first: str) -> Key:
        """As for a live feed; a record of a key that is not known yet makes it known."""
        if self._learns and isinstance(record, Record):
            self._add(record.tr_id, record.tr_key)
        return super()._key_of(record, tr_id, first)

    def _see_data(self, frame: Frame) -> Set[Key]:
        """KIS does not send data of a key that it refused: if they come, it refused another."""
        keys = super()._see_data(frame)
        self._forget_refusals(keys)
        return keys

    def _forget_refusals(self, keys: Set[Key]) -> None:
        """Take back the refusals of any of ``keys``."""
        if self._refused:
            self._refused = [refusal for refusal in self._refused if not keys & {*refusal.keys}]

    def _add(self, tr_id: str, tr_key: str) -> None:
        if tr_id in TRS and tr_key:
            self.measure((tr_id, tr_key))

    def _see_answer(self, answer: Answer, at: float) -> None:
        """Note a refusal, of which a later acceptance is the end."""
        accepted_key = self._subscriptions.answer(answer, at)
        if accepted_key:
            self._forget_refusals({accepted_key})
        if answer.accepted:
            return
        unsent = self._open_keys()
        unanswered = self._subscriptions.pending() or unsent
        keys = concerned(answer, self._measures, unanswered, unsent)
        if not keys:
            self._unclaimed.refusal = f"{answer.msg_cd} {answer.msg1}"
            return
        for key in keys:
            self._subscriptions.add(key).answered = True
        self._forget_refusals(set(keys))
        step = next_step(answer.msg_cd, keys)
        self._refused.append(SubscriptionRefused(keys, answer.msg_cd, answer.msg1, step))

    def _open_keys(self) -> list[Key]:
        """The keys neither accepted nor refused, and without data, on this connection."""
        refused = {key for refusal in self._refused for key in refusal.keys}
        pending = set(self._subscriptions.pending())
        return [
            key
            for key, measure in self._measures.items()
            if key not in refused and (key in pending or self._is_open(key, measure))
        ]

    def _is_open(self, key: Key, measure: Measure) -> bool:
        return not self._subscriptions[key].answered and not measure.messages

    def reports(self, calendar_of: CalendarOf) -> list[KeyReport]:
        """The reports of the chosen keys. Raises WrongUsage if there is no key to check."""
        chosen = self.chosen()
        if not chosen:
            raise WrongUsage(_NO_KEY, _NAME_ONE)
        return [
            self._report(seen, calendar_of)
            for seen in self.observations()
            if (seen.measure.tr_id, seen.measure.tr_key) in chosen
        ]

    def _report(self, seen: Observation, calendar_of: CalendarOf) -> KeyReport:
        if not is_known(self.at):
            report = verdict.report(seen, self.shared, None, calendar_of, mock=False)
            return _without_times(report)
        moment = datetime.fromtimestamp(self.at, UTC)
        return verdict.report(seen, self.shared, moment, calendar_of, mock=False)


def _without_times(report: KeyReport) -> KeyReport:
    """``report`` without the figures that need receive times."""
    measured = NO_SENTENCE
    if report.messages:
        measured = _WITHOUT_TIMES.of(report.messages)
    return replace(
        report,
        stages=[stage._replace(seconds=None) for stage in report.stages],
        rate=None,
        first_data_seconds=None,
        longest_gap_seconds=None,
        measured=measured,
    )
