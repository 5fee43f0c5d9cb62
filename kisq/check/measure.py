"""Measurements of one key while it is listened to; pure, time comes in as an argument."""

from collections import Counter
from collections.abc import Sequence
from math import inf
from typing import TYPE_CHECKING

from kisq.check.report import Lag
from kisq.wire.messages import Malformed
from kisq.wire.record import Record
from kisq.wire.record_faults import FaultKind
from kisq.wire.trkey import delay_minutes

if TYPE_CHECKING:
    from kisq.wire.layout import Layout

LATE_SECONDS = 60.0  # later than documented: more of it is degraded (contract, exit code 8)
_STILL_MESSAGES = 5  # that show one second of the exchange's clock
_FINEST = 0.001  # seconds
_MOST_BUCKETS = 10_000


class Distribution:
    """The least, the median and the greatest of any number of values, in bounded memory.

    Values are counted to the millisecond, and ten times coarser each time there are too many
    different ones.
    """

    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()
        self._step = _FINEST
        self._least = inf
        self._most = -inf

    def add(self, value: float) -> None:
        self._least = min(self._least, value)
        self._most = max(self._most, value)
        self._counts[round(value / self._step)] += 1
        if len(self._counts) > _MOST_BUCKETS:
            self._coarsen()

    @property
    def lag(self) -> Lag | None:
        """The three of them; None if there was no value."""
        if not self._counts:
            return None
        return Lag(self._least, self._median(), self._most)

    def _coarsen(self) -> None:
        self._step *= 10
        finer = self._counts
        self._counts = Counter()
        for bucket, times in finer.items():
            self._counts[round(bucket / 10)] += times

    def _median(self) -> float:
        half = (self._counts.total() + 1) // 2
        counted = 0
        for bucket in sorted(self._counts):
            counted += self._counts[bucket]
            if counted >= half:
                break
        return min(max(bucket * self._step, self._least), self._most)


class StandingClock:
    """The longest time for which the clock of the records showed one second, in five or more."""

    def __init__(self) -> None:
        self._shown = ""
        self._since = 0.0
        self._messages = 0
        self.longest = 0.0

    def see(self, clock: str, now: float) -> None:
        """Note a message with this clock that came ``now``."""
        if clock != self._shown or not clock:
            self._shown = clock
            self._since = now
            self._messages = 0
        self._messages += 1
        if self._messages >= _STILL_MESSAGES:
            self.longest = max(self.longest, now - self._since)


class Measure:
    """Counts and measures the data messages of one key; times are monotonic seconds.

    ``malformed`` counts records that cannot be decoded, ``late`` those that were later than
    documented by more than 60 s, ``contradictory`` those that contradict themselves.
    """

    def __init__(self, tr_id: str, tr_key: str) -> None:
        self.tr_id = tr_id
        self.tr_key = tr_key
        self.delay = delay_minutes(tr_id, tr_key) * 60
        self.messages = 0
        self.records = 0
        self.malformed = 0
        self.most_records = 0
        self.late = 0
        self.contradictory = 0
        self.first_at: float | None = None
        self.decoded_at: float | None = None
        self.first_text = ""
        self.first_reason = ""
        self.longest_gap: float | None = None
        self.faults: Counter[FaultKind] = Counter()
        self._examples: dict[FaultKind, str] = {}
        self.with_surplus = 0
        self.surplus_fields = 0
        self.width = 0
        self.surplus = ""
        self.layout: Layout | None = None  # that of the newest record
        self.clock = StandingClock()
        self._last_at = 0.0
        self._lags = Distribution()

    def see(self, text: str, records: Sequence[Record | Malformed], now: float) -> None:
        """Measure the ``records`` of this key in the message ``text``, which came at ``now``."""
        self._see_message(text, now)
        self.most_records = max(self.most_records, len(records))
        for record in records:
            if isinstance(record, Malformed):
                self.malformed += 1
                if not self.first_reason:
                    self.first_reason = record.reason
            else:
                if self.decoded_at is None:
                    self.decoded_at = now
                self._see_record(record)
        clocks = [record.get("korean_time") for record in records if isinstance(record, Record)]
        if clocks:
            self.clock.see(clocks[-1], now)

    def _see_message(self, text: str, now: float) -> None:
        self.messages += 1
        if self.first_at is None:
            self.first_at = now
            self.first_text = text
        else:
            self.longest_gap = max(self.longest_gap or 0.0, now - self._last_at)
        self._last_at = now

    def _see_record(self, record: Record) -> None:
        self.records += 1
        self.layout = record.layout
        faults = record.faults()
        for fault in faults:
            self.faults[fault.kind] += 1
            self._examples.setdefault(fault.kind, fault.text)
        self.contradictory += any(fault.kind.contradicts for fault in faults)
        if record.extra:
            self.with_surplus += 1
            self.surplus_fields = len(record.extra)
            self.surplus = record.surplus
            self.width = record.layout.width + len(record.extra)
        lag = record.lag
        if lag is not None:
            self._lags.add(lag)
            self.late += lag - self.delay > LATE_SECONDS

    def odd(self) -> list[tuple[FaultKind, str, int]]:
        """What is odd about the records: the kinds, an example of each, and how often."""
        return [(kind, self._examples[kind], times) for kind, times in self.faults.most_common()]

    def rate(self, ended_at: float) -> float | None:
        """Messages per second from the first one to the end; None for fewer than two."""
        if self.first_at is None or self.messages < 2 or ended_at <= self.first_at:
            return None
        return self.messages / (ended_at - self.first_at)

    def quiet(self, ended_at: float) -> float:
        """Seconds from the last message to the end."""
        if self.first_at is None:
            return 0.0
        return ended_at - self._last_at

    @property
    def lived(self) -> float:
        """Seconds from the first to the last message."""
        if self.first_at is None:
            return 0.0
        return self._last_at - self.first_at

    @property
    def lag(self) -> Lag | None:
        """Of the records with a readable clock; None if there are none."""
        return self._lags.lag
