"""What a run counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from kisq.locale.sentence import Plural
from kisq.wire.frames import DATA, IN, PINGPONG, Frame


class Loss(Enum):
    """Why a data message that came was not shown."""

    NOBODY = "nobody took the output"
    FULL = "the output could not be written"
    CAPTURE = "writing the capture took too long"
    SLOW = "kisq was too slow"


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
_BOTH_NOT_DECODABLE = "{messages} and {records} not decodable"
_FOREIGN = "{number} not asked for"
_SKIPPED = Plural("{number} line of the capture skipped", "{number} lines of the capture skipped")
_LOST = "{number} LOST, for {why}"
_SUMMARY = "{counts} in {seconds:.1f} s"
_UNDECODED = Plural(
    "{number} data message came in {seconds} s, none of which decodes: {reason}",
    "{number} data messages came in {seconds} s, none of which decodes: {reason}",
)
_UNDECODED_RECORDED = Plural(
    "{number} data message is in the recording, none of which decodes: {reason}",
    "{number} data messages are in the recording, none of which decodes: {reason}",
)
_UNASKED = Plural(
    "{number} data message came in {seconds} s, none of what was asked for",
    "{number} data messages came in {seconds} s, none of what was asked for",
)
_UNASKED_RECORDED = Plural(
    "{number} data message is in the recording, none of what was asked for",
    "{number} data messages are in the recording, none of what was asked for",
)


@dataclass(slots=True)
class Counts:
    """Counts of one run. ``shown`` is how much was shown.

    What is counted as shown depends on the command: records, or data messages (``raw``).
    ``malformed`` are messages and records that cannot be decoded, ``malformed_records`` those among
    them that stand in a message with others. ``odd`` are records shown that have a fault,
    ``notices`` encrypted order notices, which are not shown. ``foreign`` are records that nobody
    asked for, ``skipped`` lines of a capture that are no messages, ``reason`` is why the first
    record that could not be decoded could not be.
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
        return self.messages if self.raw else self.shown

    def see(self, frame: Frame) -> None:
        """Count a frame."""
        if frame.kind is DATA:
            self.messages += 1
        elif frame.kind is PINGPONG and frame.dir is IN:
            self.pingpongs += 1

    @property
    def _nouns(self) -> Plural:
        """What is shown, counted."""
        if self.trades:
            return _TRADES if self.trades == self.shown else _RECORDS
        return _BOOKS if self.books == self.shown else _RECORDS

    @property
    def _malformed(self) -> str:
        """How many messages and how many records of others cannot be decoded."""
        messages, records = self.malformed - self.malformed_records, self.malformed_records
        if not records:
            return _NOT_DECODABLE.of(messages)
        if not messages:
            return _RECORDS_NOT_DECODABLE.of(records)
        counted = {"messages": _MESSAGES.of(messages), "records": _RECORDS.of(records)}
        return _BOTH_NOT_DECODABLE.format(**counted)

    def sentence(self, seconds: float, unwritten: int, losses: Mapping[Loss, int]) -> str:
        """The summary: ``unwritten`` of what was shown nobody took, ``losses`` is all that is."""
        counts: list[str] = [] if self.raw else [self._nouns.of(self.shown - unwritten)]
        counts.append(_DATA_MESSAGES.of(self.messages))
        counts.append(_PINGPONGS.of(self.pingpongs))
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
        counts += [_LOST.format(number=lost, why=why.value) for why, lost in losses.items() if lost]
        return _SUMMARY.format(counts=", ".join(counts), seconds=seconds)

    def nothing(self, seconds: str) -> str:
        """What to say where data messages came and nothing useful was in them.

        ``seconds`` is how long that took, empty where they are in a recording.
        """
        if self.reason:
            sentence = _UNDECODED if seconds else _UNDECODED_RECORDED
        else:
            sentence = _UNASKED if seconds else _UNASKED_RECORDED
        return sentence.of(self.messages, seconds=seconds, reason=self.reason)
