"""The check of a recording: the same measuring and verdict, by the recording's own clock."""

from collections.abc import Set
from dataclasses import replace
from datetime import UTC, datetime
from math import inf, nan
from typing import Protocol

from kisq.check import verdict
from kisq.check.listener import Listener, Watcher
from kisq.check.measure import Measure
from kisq.check.observation import Observation
from kisq.check.report import KeyReport, Name, Stage, Status
from kisq.check.subscriptions import subscribed_key
from kisq.errors import ConnectionFailed, SubscriptionRefused, WrongUsage
from kisq.flow import Source
from kisq.locale.sentence import Plural
from kisq.reasons.silence import CalendarOf
from kisq.spec.limits import MOST_REGISTRATIONS
from kisq.spec.tables import TRS
from kisq.wire.frames import CLOSE, CONTROL, DATA, IN, OPEN, OUT, Frame, is_known
from kisq.wire.messages import Answer, Data, Key, parse
from kisq.wire.record import Record
from kisq.wire.refusal import concerned, next_step
from kisq.wire.trkey import names_key

_RECORDING = Stage(Name.SETTINGS, Status.SKIPPED, None, "a recording")


class Player(Source, Protocol):
    """A source that plays a recording; ``share`` is how much of it was played, if that is known."""

    @property
    def share(self) -> float | None:
        """None where nobody knows how long it is."""


class RecordedListener(Listener):
    """Listens to a recording; without ``keys`` it learns them from what it holds.

    ``at`` is the newest receive time (epoch seconds), NaN where none is known.
    """

    recorded = True

    def __init__(
        self, source: Player, keys: list[Key], timeout: float, listen: float, watcher: Watcher
    ) -> None:
        super().__init__(source, keys, timeout, listen, watcher)
        self._player = source
        self._learns = not keys
        self._limited = min(timeout, listen) < inf
        self._doubtful: Key | None = None  # in the place of a key, but none by its form
        self.at = nan
        self._where = _RECORDING._replace(name=Name.HANDSHAKE)

    def flush(self, now: float) -> None:
        """Show the stages that are known to be well by now, and how much was read."""
        for stage in self.shared if not self._learns else ():
            self._watcher.stage("", stage)
        if is_known(self.at) and not self._learns:
            self._show()
        if self._player.share is not None:
            self._watcher.waiting(f"reading, {self._player.share:.0%}")

    def over(self, _: float) -> bool:
        """Whether it has listened for as long as was asked for."""
        return self._done

    def chosen(self) -> list[Key]:
        """The keys to report of: those given, else those subscribed, else those that had data."""
        keys = list(self._measures)
        if not self._learns:
            return keys
        subscribed = [key for key in keys if self._subscriptions[key].sent_at is not None]
        return subscribed or [key for key in keys if key != self._doubtful] or keys

    @property
    def shared(self) -> list[Stage]:
        """The stages that a recording has behind it."""
        return [_RECORDING, _RECORDING._replace(name=Name.APPROVAL), self._where]

    def _is_enough(self, tick: float) -> bool:
        """Whether the time of each key was over before ``tick``."""
        enough_at = self._enough_at(set(), 0.0) if self._measures else self._timeout
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
            self._where = self._where._replace(detail=f"a recording of {frame.text}")
        elif frame.kind is CLOSE and frame.dir is IN:
            step = "the recording ends with it" if frame.text else ""
            self._lost = ConnectionFailed("the recorded session", frame.text, step)
        super()._see(frame)

    def _learn(self, frame: Frame) -> None:
        """A key that is subscribed or answered, or that data came for."""
        if len(self._measures) >= MOST_REGISTRATIONS:
            return
        if frame.kind is DATA:
            self._learn_from_data(frame.text)
        elif frame.kind is CONTROL and frame.dir is OUT:
            if key := subscribed_key(frame.text):
                self._add(*key)
        elif answer := frame.answer:
            self._add(answer.tr_id, answer.tr_key)

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
        """KIS sends no data of what it refused: where they come, the refusal was another's."""
        keys = super()._see_data(frame)
        if self._refused:
            self._refused = [r for r in self._refused if not keys & set(r.keys)]
        return keys

    def _add(self, tr_id: str, tr_key: str) -> None:
        if tr_id in TRS and tr_key:
            self.measure((tr_id, tr_key))

    def _see_answer(self, answer: Answer, at: float) -> None:
        """Note a refusal, of which a later acceptance is the end."""
        if key := self._subscriptions.answer(answer, at):
            self._refused = [refusal for refusal in self._refused if key not in refusal.keys]
        if answer.accepted:
            return
        unsent = self._open_keys()
        unanswered = self._subscriptions.pending() or unsent
        keys = concerned(answer, self._measures, unanswered, unsent)
        if not keys:
            self._unclaimed = f"{answer.msg_cd} {answer.msg1}"
            return
        for key in keys:
            self._subscriptions.add(key).answered = True
        self._refused = [r for r in self._refused if not set(keys) & set(r.keys)]
        step = next_step(answer.msg_cd, keys)
        self._refused.append(SubscriptionRefused(keys, answer.msg_cd, answer.msg1, step))

    def _open_keys(self) -> list[Key]:
        """The keys that were neither accepted nor refused, nor had any data on this connection."""
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
        """The reports of the chosen keys. Raises WrongUsage where there is no key to check."""
        chosen = self.chosen()
        if not chosen:
            raise WrongUsage("the recording holds no key that kisq can check", "name one")
        return [
            self._report(seen, calendar_of)
            for seen in self.observations()
            if (seen.measure.tr_id, seen.measure.tr_key) in chosen
        ]

    def _report(self, seen: Observation, calendar_of: CalendarOf) -> KeyReport:
        moment = datetime.fromtimestamp(self.at, UTC) if is_known(self.at) else None
        report = verdict.report(seen, self.shared, moment, calendar_of, mock=False)
        return report if moment else _without_times(report)


def _without_times(report: KeyReport) -> KeyReport:
    """``report`` without what nobody knows who has no receive times."""
    return replace(
        report,
        stages=[stage._replace(seconds=None) for stage in report.stages],
        rate=None,
        first_data_seconds=None,
        longest_gap_seconds=None,
        measured=_counted_without_times(report.messages),
    )


_WITHOUT_TIMES = Plural(
    "{number} message, without receive times", "{number} messages, without receive times"
)


def _counted_without_times(messages: int) -> str:
    if not messages:
        return ""
    return _WITHOUT_TIMES.of(messages)
