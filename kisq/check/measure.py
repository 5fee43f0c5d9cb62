"""What is measured of one key while it is listened to; pure, time comes in as an argument."""

from array import array
from collections import Counter
from statistics import median

from kisq.protocol.book import OrderBook
from kisq.protocol.decode import decode
from kisq.protocol.frames import Frame, is_known
from kisq.protocol.report import Lag

_MOST_LAGS = 100_000


class Measure:
    """Counts and measures the data messages of one key; times are monotonic seconds."""

    def __init__(self, tr_id: str, tr_key: str) -> None:
        self.tr_id, self.tr_key = tr_id, tr_key
        self.messages = self.records = self.malformed = self.most_records = self.stray = 0
        self.first_at: float | None = None
        self.decoded_at: float | None = None
        self.first_text = self.first_reason = ""
        self.longest_gap: float | None = None
        self.faults: Counter[str] = Counter()  # by kind
        self._examples: dict[str, str] = {}
        self.extra = 0
        self.surplus = ""
        self.clocks: set[str] = set()
        self._last_at = 0.0
        self._lags = array("d")

    def concerns(self, text: str) -> bool:
        """Whether a data message is of this key."""
        parts = text.split("|", 3)
        return len(parts) == 4 and parts[1] == self.tr_id and _begins(parts[3], self.tr_key)

    def may_concern(self, text: str) -> bool:
        """Whether a data message that is of no key may have been meant for this one."""
        parts = text.split("|", 3)
        return len(parts) < 4 or parts[1] == self.tr_id

    def see_stray(self, frame: Frame) -> None:
        """Count a data message that names no key, but is of this TR."""
        self.stray += 1
        for record in decode(frame.text):
            self.first_reason = self.first_reason or getattr(record, "reason", "it names no key")

    def see(self, frame: Frame, now: float) -> None:
        """Measure a data message that came at ``now``."""
        self._see_message(frame, now)
        records = decode(frame.text)
        self.most_records = max(self.most_records, len(records))
        for record in records:
            if isinstance(record, OrderBook):
                self.decoded_at = now if self.decoded_at is None else self.decoded_at
                self._see_book(record, frame.at)
            else:
                self.malformed += 1
                self.first_reason = self.first_reason or getattr(record, "reason", "")

    def _see_message(self, frame: Frame, now: float) -> None:
        self.messages += 1
        if self.first_at is None:
            self.first_at, self.first_text = now, frame.text
        else:
            self.longest_gap = max(self.longest_gap or 0.0, now - self._last_at)
        self._last_at = now

    def _see_book(self, book: OrderBook, at: float) -> None:
        self.records += 1
        for fault in book.faults():
            self.faults[fault.kind] += 1
            self._examples.setdefault(fault.kind, fault.text)
        if book.extra:
            self.extra, self.surplus = len(book.extra), book.surplus
        if len(self.clocks) < 2:
            self.clocks.add(book["KHMS"])
        korean = book.kst_time
        if korean and is_known(at) and len(self._lags) < _MOST_LAGS:
            self._lags.append(at - korean.timestamp())

    def odd(self) -> list[tuple[str, int]]:
        """What is odd about the books, an example of each kind, and how often."""
        return [(self._examples[kind], times) for kind, times in self.faults.most_common()]

    def rate(self, ended_at: float) -> float | None:
        """Messages a second from the first one to the end; None for no time at all."""
        if self.first_at is None or ended_at <= self.first_at:
            return None
        return self.messages / (ended_at - self.first_at)

    def quiet(self, ended_at: float) -> float:
        """Seconds from the last message to the end."""
        return ended_at - self._last_at if self.first_at is not None else 0.0

    @property
    def lived(self) -> float:
        """Seconds from the first to the last message."""
        return self._last_at - self.first_at if self.first_at is not None else 0.0

    @property
    def lag(self) -> Lag | None:
        """Of the records with a readable clock; None where there is none."""
        lags = self._lags
        return Lag(min(lags), median(lags), max(lags)) if lags else None


def _begins(payload: str, tr_key: str) -> bool:
    return payload.startswith(f"{tr_key}^")
