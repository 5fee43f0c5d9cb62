"""The counts of one run, its losses and its summary."""

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from kisq.flow import Recorder, Source
from kisq.locale.sentence import Plural, Sentence, joined
from kisq.output.stream import Lines
from kisq.wire.frames import DATA, IN, PINGPONG, Frame


class Loss(Enum):
    """Why a data message that came was not shown."""

    NOBODY = Sentence("nobody took the output")
    FULL = Sentence("the output could not be written")
    CAPTURE = Sentence("writing the recording took too long")
    SLOW = Sentence("kisq was too slow")


_BOOKS = Plural("{number} order book", "{number} order books")
_TRADES = Plural("{number} trade", "{number} trades")
_MESSAGES = Plural("{number} message", "{number} messages")
_RECORDS = Plural("{number} record", "{number} records")
_DATA_MESSAGES = Plural("{number} data message", "{number} data messages")
_PINGPONGS = Plural("{number} PINGPONG", "{number} PINGPONGs")
_ODD_RECORDS = Plural("{number} odd record", "{number} odd records")
_NOTICES = Plural("{number} encrypted notice", "{number} encrypted notices")
_NOT_DECODABLE = Plural("{number} message not decodable", "{number} messages not decodable")
_RECORDS_NOT_DECODABLE = Plural("{number} record not decodable", "{number} records not decodable")
_BOTH_NOT_DECODABLE = Sentence("{messages} and {records} not decodable")
_FOREIGN = Sentence("{number} not asked for")
_SKIPPED = Plural(
    "{number} line of the recording skipped", "{number} lines of the recording skipped"
)
_LOST = Sentence("{number} LOST because {reason}")
_SUMMARY = Sentence("{counts} in {seconds:.1f} s")
_UNDECODED = Plural(
    "{number} data message came in {seconds} s, but it could not be decoded: {reason}",
    "{number} data messages came in {seconds} s, but none could be decoded: {reason}",
)
_UNDECODED_RECORDED = Plural(
    "{number} data message is in the recording, but it cannot be decoded: {reason}",
    "{number} data messages are in the recording, but none can be decoded: {reason}",
)
_ENCRYPTED = Plural(
    "{number} data message came in {seconds} s, an order notice that could not be decrypted",
    "{number} data messages came in {seconds} s, order notices that could not be decrypted",
)
_ENCRYPTED_RECORDED = Plural(
    "{number} data message is in the recording, an order notice that cannot be decrypted",
    "{number} data messages are in the recording, order notices that cannot be decrypted",
)
_UNASKED = Plural(
    "{number} data message came in {seconds} s, but it was not asked for",
    "{number} data messages came in {seconds} s, but none of them was asked for",
)
_UNASKED_RECORDED = Plural(
    "{number} data message is in the recording, but it was not asked for",
    "{number} data messages are in the recording, but none of them was asked for",
)


@dataclass(slots=True)
class Counts:
    """Counts of one run. ``shown`` is how much was shown.

    What is counted as shown depends on the command: records, or data messages (``raw``).
    ``malformed`` are messages and records that cannot be decoded, ``malformed_records`` those among
    them that stand in a message with others. ``odd`` are records shown that have a fault,
    ``notices`` encrypted order notices, which are not shown. ``foreign`` are records that were not
    asked for, ``skipped`` lines of a capture that hold no message; ``reason`` is why the first
    record that could not be decoded failed.
    """

    raw: bool = False
    shown: int = 0
    books: int = 0  # among those shown
    trades: int = 0
    messages: int = 0
    malformed: int = 0
    foreign: int = 0
    malformed_records: int = 0
    odd: int = 0
    notices: int = 0
    pingpongs: int = 0
    skipped: int = 0
    reason: str = ""

    @property
    def useful(self) -> int:
        """How much came of what ends and judges a run: records that decode, or data messages."""
        if self.raw:
            return self.messages
        return self.shown

    def see(self, frame: Frame) -> None:
        """Count a frame."""
        if frame.kind is DATA:
            self.messages += 1
        elif frame.kind is PINGPONG and frame.dir is IN:
            self.pingpongs += 1

    def sentence(self, seconds: float, unwritten: int, losses: Mapping[Loss, int]) -> Sentence:
        """The summary: ``unwritten`` of the records shown were not taken, ``losses`` not shown."""
        counts = [_DATA_MESSAGES.of(self.messages), _PINGPONGS.of(self.pingpongs)]
        if not self.raw:
            counts.insert(0, self._noun.of(self.shown - unwritten))
        if self.odd:
            counts.append(_ODD_RECORDS.of(self.odd))
        if self.notices:
            counts.append(_NOTICES.of(self.notices))
        if self.malformed:
            counts.append(self._malformed)
        if self.foreign:
            counts.append(_FOREIGN.format(number=self.foreign))
        if self.skipped:
            counts.append(_SKIPPED.of(self.skipped))
        for loss, number in losses.items():
            if number:
                counts.append(_LOST.format(number=number, reason=loss.value))
        return _SUMMARY.format(counts=joined(", ", counts), seconds=seconds)

    @property
    def _noun(self) -> Plural:
        """The name of the records that were shown."""
        if self.trades and self.trades == self.shown:
            return _TRADES
        if not self.trades and self.books == self.shown:
            return _BOOKS
        return _RECORDS

    @property
    def _malformed(self) -> Sentence:
        """How many messages, and how many records of other messages, could not be decoded."""
        records = self.malformed_records
        messages = self.malformed - records
        if not records:
            return _NOT_DECODABLE.of(messages)
        if not messages:
            return _RECORDS_NOT_DECODABLE.of(records)
        return _BOTH_NOT_DECODABLE.format(
            messages=_MESSAGES.of(messages), records=_RECORDS.of(records)
        )

    def nothing(self, seconds: str) -> Sentence:
        """The sentence for data messages of which none was useful.

        ``seconds`` is how long they took, empty if they are in a recording.
        """
        if self.reason and seconds:
            sentence = _UNDECODED
        elif self.reason:
            sentence = _UNDECODED_RECORDED
        elif self.notices == self.messages and seconds:
            sentence = _ENCRYPTED
        elif self.notices == self.messages:
            sentence = _ENCRYPTED_RECORDED
        elif seconds:
            sentence = _UNASKED
        else:
            sentence = _UNASKED_RECORDED
        return sentence.of(self.messages, seconds=seconds, reason=self.reason)


class Losses:
    """The losses of one run; ``counts`` are data messages by their reason."""

    def __init__(self, source: Source, out: Lines, capture: Recorder | None) -> None:
        self._source = source
        self._out = out
        self._capture = capture
        self.counts: Counter[Loss] = Counter()
        self._seen = 0  # of the losses of the source
        self._looked_at = 0.0
        self._out_seconds = 0.0
        self._capture_seconds = 0.0

    def add(self, reason: Loss, number: int) -> None:
        """Count ``number`` more messages that were lost for ``reason``."""
        self.counts[reason] += number

    def look(self) -> None:
        """If the source lost any since the last look, count them for what took the most time."""
        now = time.monotonic()
        lost = self._source.lost
        out_seconds = self._out.seconds
        capture_seconds = 0.0
        if self._capture:
            capture_seconds = self._capture.seconds
        if lost > self._seen:
            shares = {
                Loss.NOBODY: out_seconds - self._out_seconds,
                Loss.CAPTURE: capture_seconds - self._capture_seconds,
                Loss.SLOW: (now - self._looked_at) / 2,
            }
            self.add(max(shares, key=shares.__getitem__), lost - self._seen)
        self._seen = lost
        self._looked_at = now
        self._out_seconds = out_seconds
        self._capture_seconds = capture_seconds

    def end(self, waiting: int, *, unwritable: bool) -> None:
        """Count as lost what will not be shown: ``waiting`` messages and what is not written."""
        self.look()
        reason = Loss.FULL if unwritable else Loss.NOBODY
        self.add(reason, waiting + self._out.left)
