"""Listening: what comes for each key, from whatever source."""

from collections import Counter
from collections.abc import Callable, Set
from typing import Protocol

from kisq.check.measure import Measure
from kisq.check.observation import Keepalive, Observation, Others
from kisq.check.report import Name, Stage, Status
from kisq.check.stages import EARLY
from kisq.check.subscriptions import Subscriptions, subscribed_key
from kisq.errors import KisqError
from kisq.errors import SubscriptionRefused as Refused
from kisq.flow import Source
from kisq.spec.notices import is_notice
from kisq.wire.frames import CONTROL, DATA, IN, OPEN, OUT, PINGPONG, Frame
from kisq.wire.matching import Asked
from kisq.wire.messages import Answer, EncryptedNotice, Key, Malformed
from kisq.wire.notice_keys import NoticeKeys, decoded_with
from kisq.wire.record import Record
from kisq.wire.trkey import names_key

_MOST_FOREIGN = 100  # keys that were not asked for; a server may invent more
_NO_TR = ""


class Watcher(Protocol):
    """Who is shown a check while it runs."""

    def stage(self, key: str, stage: Stage) -> None:
        """A stage ended; ``key`` is empty for one that all keys share."""

    def waiting(self, sentence: str) -> None:
        """What is being waited for."""


class Listener:
    """A sink that keeps what comes for each key from ``source``; times are by its clock.

    Each key is waited for ``timeout`` seconds from its own subscribe, then listened to for
    ``listen`` seconds. ``opened`` is told when a connection stands.
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
        self._notice_keys = notice_keys
        self._source, self._timeout, self._listen = source, timeout, listen
        self._watcher, self._opened = watcher, opened
        started = source.now()
        self._asked = Asked()
        self._measures: dict[Key, Measure] = {}
        self._subscriptions = Subscriptions()
        for key in keys:
            self.measure(key)
        self._started = self._ended = self._heard_at = started
        self._quiet = 0.0
        self._pingpong_at: float | None = None
        self._pingpongs = self._answered = 0
        self._nameless: Counter[str] = Counter()  # by TR
        self._nameless_reasons: dict[str, str] = {}
        self._foreign: Counter[Key] = Counter()
        self._shown: set[tuple[Key, Name]] = set()
        self._lost: KisqError | None = None
        self._refused: list[Refused] = []
        self._done = False
        self._unclaimed: str = ""  # the last refusal that concerns no key that was asked for

    def measure(self, key: Key) -> None:
        """Measure ``key`` from now on."""
        if key not in self._measures:
            self._asked.add(key)
            self._measures[key] = Measure(*key)
            self._subscriptions.add(key)

    def flush(self, now: float) -> None:
        """Show the stages that are known to be well by ``now``."""
        self._ended = now
        self._show()

    def close(self) -> None:
        """Nothing more will come; what is known stays."""

    def fail(self, error: KisqError) -> None:
        """The source ended with ``error``."""
        if isinstance(error, Refused):
            self._refused.append(error)
        else:
            self._lost = error

    def observations(self) -> list[Observation]:
        """What is known of each key."""
        refusals = {key: r for r in (*self._source.refusals, *self._refused) for key in r.keys}
        return [self._observation(key, refusals.get(key)) for key in self._measures]

    def _observation(self, key: Key, refusal: Refused | None) -> Observation:
        subscription = self._subscriptions[key]
        unsubscribed_at = subscription.unsubscribed_at
        return Observation(
            self._measures[key],
            self._started,
            subscription.sent_at,
            subscription.accepted_at,
            subscription.accepted,
            unsubscribed_at,
            self._ended if unsubscribed_at is None else unsubscribed_at,
            self._ended,
            self._keepalive(),
            self._others(key[0]),
            refusal,
            self._lost,
            self.recorded,
            not self.recorded or subscription.is_known,
        )

    def _keepalive(self) -> Keepalive:
        told = self._subscriptions.requests or self._answered or not self.recorded
        quiet = max(self._quiet, self._ended - self._heard_at)
        answered = self._answered if told else None
        return Keepalive(self._pingpong_at, self._pingpongs, answered, quiet)

    def _others(self, tr_id: str) -> Others:
        decoded = sum(m.records for (tr, _), m in self._measures.items() if tr == tr_id)
        nameless = self._nameless[tr_id] + self._nameless[_NO_TR]
        reason = self._nameless_reasons.get(tr_id) or self._nameless_reasons.get(_NO_TR, "")
        foreign = dict(self._foreign)
        ticking = tuple(key for key, measure in self._measures.items() if measure.records)
        return Others(nameless, reason, decoded, foreign, self._unclaimed, ticking)

    def write(self, frame: Frame) -> None:
        """Take in one frame; none any more after its time, or when kisq itself unsubscribes."""
        leaving = frame.kind is CONTROL and frame.dir is OUT and not subscribed_key(frame.text)
        self._done = self._done or leaving
        if not self._done:
            self._see(frame)

    def _see(self, frame: Frame) -> None:
        if frame.dir is IN:
            self._quiet = max(self._quiet, frame.tick - self._heard_at)
            self._heard_at = frame.tick
        if frame.kind is DATA:
            self._see_data(frame)
        elif frame.kind is PINGPONG:
            self._see_pingpong(frame)
        elif frame.kind is OPEN:
            self._opened(frame.tick)
            self._subscriptions.reconnect()
        elif frame.kind is CONTROL and frame.dir is OUT:
            self._subscriptions.request(frame.text, frame.tick)
        elif answer := frame.answer:
            self._see_answer(answer, frame.tick)

    def _see_answer(self, answer: Answer, at: float) -> None:
        self._subscriptions.answer(answer, at)

    def _see_pingpong(self, frame: Frame) -> None:
        self._pingpongs += frame.dir is IN
        self._answered += frame.dir is OUT
        if self._pingpong_at is None:
            self._pingpong_at = frame.tick

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
                self._nameless[tr_id] += 1
                self._nameless_reasons.setdefault(tr_id, record.reason)
            elif key in self._foreign or len(self._foreign) < _MOST_FOREIGN:
                self._foreign[key] += 1
        for key, records in shares.items():
            self._measures[key].see(text, records, frame.tick)
        return shares.keys()

    def _key_of(self, record: object, tr_id: str, first: str) -> Key:
        """The key of a record: one that was asked for, or else the one that it names."""
        if is_notice(tr_id):  # it names whoever ordered, in whatever case
            return self._asked.key_of(tr_id, "", "") or (tr_id, first)
        if isinstance(record, Record):
            named = record.tr_id, record.tr_key
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
        left = self._enough_at(refused, float("inf")) - self._ended
        self._done = left <= 0
        if self._done:
            return True
        waiting = any(m.first_at is None for k, m in self._measures.items() if k not in refused)
        if waiting:
            self._watcher.waiting(f"waiting for data, {self._ended - self._started:.0f} s")
        else:
            self._watcher.waiting(f"listening, {left:.0f} s left")
        return False

    def _enough_at(self, refused: set[Key], unsent: float) -> float:
        """When each key will have had its time; ``unsent`` is when that of one not sent began."""
        ends = [self._started]
        for key, measure in self._measures.items():
            sent_at = self._subscriptions[key].sent_at
            if key in refused:
                continue
            if measure.first_at is not None:
                ends.append(measure.first_at + self._listen)
            else:
                ends.append((unsent if sent_at is None else sent_at) + self._timeout)
        return max(ends)


def _named(text: str) -> Key:
    """The TR of a data message and the first field of its payload, which names the key."""
    parts = text.split("|", 3)
    if len(parts) < 4:
        return _NO_TR, ""
    return parts[1], parts[3].partition("^")[0]
