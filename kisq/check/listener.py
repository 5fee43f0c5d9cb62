"""A sink that listens: it keeps what comes for each key, from whatever source."""

from collections.abc import Callable, Set
from math import inf
from typing import Protocol

from kisq.check.measure import Measure
from kisq.check.observation import NO_TR, Heartbeats, Observation, Unclaimed
from kisq.check.report import Stage, StageName, Status
from kisq.check.stages import EARLY
from kisq.check.subscriptions import Subscriptions, subscribed_key
from kisq.errors import KisqError
from kisq.errors import SubscriptionRefused as Refused
from kisq.flow import Source
from kisq.locale.sentence import Sentence
from kisq.spec.notices import is_notice
from kisq.wire.frames import CONTROL, DATA, OPEN, OUT, Frame
from kisq.wire.matching import Asked
from kisq.wire.messages import Answer, EncryptedNotice, Key, Malformed
from kisq.wire.notice_keys import NoticeKeys, decoded_with
from kisq.wire.record import Record
from kisq.wire.trkey import names_key

_WAITING = Sentence("waiting for data, {seconds:.0f} s")
_LISTENING = Sentence("listening, {seconds:.0f} s left")


class Watcher(Protocol):
    """What shows a check while it runs."""

    def stage(self, key: str, stage: Stage) -> None:
        """Show a stage that ended; ``key`` is empty for one that all keys share."""

    def waiting(self, sentence: Sentence) -> None:
        """Show what is being waited for."""


class Listener:
    """A sink that keeps what comes for each key from ``source``; times are by its clock.

    Each key is waited for ``timeout`` seconds from its own subscribe, then listened to for
    ``listen`` seconds. ``opened`` is called when a connection stands.
    """

    recorded = False

    def __init__(
        self,
        source: Source,
        keys: list[Key],
        timeout: float,
        listen: float,
        watcher: Watcher,
        opened: Callable[[float], None] = lambda _: None,
        notice_keys: NoticeKeys | None = None,
    ) -> None:
        self._source = source
        self._timeout = timeout
        self._listen = listen
        self._watcher = watcher
        self._opened = opened
        self._notice_keys = notice_keys
        self._started = source.now()
        self._ended = self._started
        self._asked = Asked()
        self._measures: dict[Key, Measure] = {}
        self._subscriptions = Subscriptions()
        self._heartbeats = Heartbeats(self._started)
        self._unclaimed = Unclaimed()
        self._shown: set[tuple[Key, StageName]] = set()
        self._lost: KisqError | None = None
        self._refused: list[Refused] = []
        self._done = False
        for key in keys:
            self.measure(key)

    def measure(self, key: Key) -> None:
        """Measure ``key`` from now on."""
        if key not in self._measures:
            self._asked.add(key)
            self._measures[key] = Measure(*key)
            self._subscriptions.add(key)

    def flush(self, now: float) -> None:
        """Show the stages that are known to have gone well by ``now``."""
        self._ended = now
        self._show()

    def close(self) -> None:
        """Do nothing: nothing more will come, and what is known stays."""

    def fail(self, error: KisqError) -> None:
        """Note that the source ended with ``error``."""
        if isinstance(error, Refused):
            self._refused.append(error)
        else:
            self._lost = error

    def observations(self) -> list[Observation]:
        """What is known of each key."""
        refusals: dict[Key, Refused] = {}
        for refusal in (*self._source.refusals, *self._refused):
            refusals.update(dict.fromkeys(refusal.keys, refusal))
        return [self._observation(key, refusals.get(key)) for key in self._measures]

    def _observation(self, key: Key, refusal: Refused | None) -> Observation:
        subscription = self._subscriptions[key]
        ended_at = subscription.unsubscribed_at
        if ended_at is None:
            ended_at = self._ended
        is_answer_known = bool(
            not self.recorded or self._subscriptions.requests or self._heartbeats.answered
        )
        tr_id = key[0]
        decoded = sum(m.records for m in self._measures.values() if m.tr_id == tr_id)
        ticking = tuple(key for key, measure in self._measures.items() if measure.records)
        return Observation(
            self._measures[key],
            self._started,
            subscription.sent_at,
            subscription.accepted_at,
            subscription.accepted,
            subscription.unsubscribed_at,
            ended_at,
            self._ended,
            self._heartbeats.until(self._ended, is_answer_known=is_answer_known),
            self._unclaimed.others(tr_id, decoded, ticking),
            refusal,
            self._lost,
            self.recorded,
            not self.recorded or subscription.is_known,
        )

    def write(self, frame: Frame) -> None:
        """Take in one frame; none any more after its time, or when kisq itself unsubscribes."""
        leaving = frame.kind is CONTROL and frame.dir is OUT and not subscribed_key(frame.text)
        self._done = self._done or leaving
        if not self._done:
            self._see(frame)

    def _see(self, frame: Frame) -> None:
        self._heartbeats.see(frame)
        if frame.kind is DATA:
            self._see_data(frame)
        elif frame.kind is OPEN:
            self._opened(frame.tick)
            self._subscriptions.reconnect()
        elif frame.kind is CONTROL and frame.dir is OUT:
            self._subscriptions.request(frame.text, frame.tick)
        elif frame.answer:
            self._see_answer(frame.answer, frame.tick)

    def _see_answer(self, answer: Answer, at: float) -> None:
        self._subscriptions.answer(answer, at)

    def _see_data(self, frame: Frame) -> Set[Key]:
        """Give each record to the key that it belongs to; those keys."""
        text = frame.text
        tr_id, first = _named(text)
        shares: dict[Key, list[Record | Malformed]] = {}
        for record in decoded_with(self._notice_keys, text, frame.tick, frame.at):
            key = self._key_of(record, tr_id, first)
            if key in self._measures and isinstance(record, (Record, Malformed)):
                shares.setdefault(key, []).append(record)
            elif key in self._measures and isinstance(record, EncryptedNotice):
                shares.setdefault(key, [])  # a message, in which nothing can be seen
            elif isinstance(record, Malformed) and not names_key(tr_id, first):
                self._unclaimed.see_nameless(tr_id, record.reason)
            else:
                self._unclaimed.see_foreign(key)
        for key, records in shares.items():
            self._measures[key].see(text, records, frame.tick)
        return shares.keys()

    def _key_of(self, record: object, tr_id: str, first: str) -> Key:
        """The key of a record: one that was asked for, or else the one that it names."""
        if is_notice(tr_id):  # it names whoever ordered, in whatever case
            return self._asked.key_of(tr_id, "", "") or (tr_id, first)
        if isinstance(record, Record):
            named = (record.tr_id, record.tr_key)
            return self._asked.key_of(*named, record.symbol) or named
        return tr_id, first

    def _show(self) -> None:
        if len(self._shown) == len(self._measures) * len(EARLY):
            return
        for observation in self.observations():
            key = observation.measure.tr_id, observation.measure.tr_key
            for name, judge in EARLY.items():
                stage = judge(observation)
                if stage.status is Status.OK and (key, name) not in self._shown:
                    self._shown.add((key, name))
                    self._watcher.stage(key[1], stage)

    def over(self, _: float) -> bool:
        """Whether each key was waited for and listened to, each from its own subscribe."""
        refused = {key for refusal in self._source.refusals for key in refusal.keys}
        left = self._enough_at(refused, inf) - self._ended
        self._done = left <= 0
        if self._done:
            return True
        open_keys = self._measures.keys() - refused
        if any(self._measures[key].first_at is None for key in open_keys):
            self._watcher.waiting(_WAITING.format(seconds=self._ended - self._started))
        else:
            self._watcher.waiting(_LISTENING.format(seconds=left))
        return False

    def _enough_at(self, refused: set[Key], unsent: float) -> float:
        """When each key will have had its time; ``unsent`` is when that of one not sent began."""
        ends = [self._started]
        for key, measure in self._measures.items():
            if key in refused:
                continue
            if measure.first_at is not None:
                ends.append(measure.first_at + self._listen)
                continue
            sent_at = self._subscriptions[key].sent_at
            if sent_at is None:
                sent_at = unsent
            ends.append(sent_at + self._timeout)
        return max(ends)


def _named(text: str) -> Key:
    """The TR of a data message and the first field of its payload, which names the key."""
    parts = text.split("|", 3)
    if len(parts) < 4:
        return NO_TR, ""
    return parts[1], parts[3].partition("^")[0]
