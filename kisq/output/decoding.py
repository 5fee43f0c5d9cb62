"""Decodes frames for a sink of records; what cannot be decoded is said and counted."""

from typing import Protocol

from kisq.locale.sentence import Plural
from kisq.output.streams import Streams
from kisq.spec.limits import MOST_REGISTRATIONS
from kisq.wire.decode import Message, decode
from kisq.wire.frames import BINARY, CONTROL, DATA, IN, PINGPONG, Frame
from kisq.wire.matching import Asked
from kisq.wire.messages import EncryptedNotice, Key, Malformed
from kisq.wire.notice_keys import NotDecrypted, NoticeKeys
from kisq.wire.order_notice import OrderNotice
from kisq.wire.record import Record
from kisq.wire.record_faults import Fault, FaultKind
from kisq.wire.trade import Trade

_EXCERPT = 160
_NOT_DECRYPTED = "a notice of {tr_id} is not decrypted, only counted: {reason}"
_RECORDED = "no recording holds the key of its session"
_SURPLUS = Plural(
    "a record of {tr_id} has {fields} fields, {number} more than the {width} that kisq knows; "
    "it is kept as surplus: {surplus}",
    "a record of {tr_id} has {fields} fields, {number} more than the {width} that kisq knows; "
    "they are kept as surplus: {surplus}",
)
_FOREIGN = "{tr_key} ({tr_id}) comes without being asked for: not shown"
_NAMELESS = "a nameless key ({tr_id}) comes without being asked for: not shown"
_MALFORMED = "not decodable: {reason}: {text}"
_ODD = "odd: {tr_id} {tr_key}: {fault}; more of this kind and key is only counted"
_NO_BINARY = "a binary message, which KIS never sends"
_MOST_FOREIGN = 100  # keys that are named; a server may invent more
_MOST_FAULTS_SAID = MOST_REGISTRATIONS * len(FaultKind)  # a server may invent keys without end


class RecordSink(Protocol):
    """Where records go."""

    def write(self, frame: Frame, record: Record) -> None:
        """Take ``record``, which came in ``frame``."""

    def flush(self, now: float) -> None:
        """Nothing more is there right now; ``now`` is by the clock of the source."""

    def close(self) -> None:
        """Nothing more will come."""


class Decoding:
    """A sink of frames in front of a sink of records, of which those ``asked`` for are passed on.

    No more than ``most`` of them. With ``tells`` each key that comes without being asked for is
    said, once. ``notice_keys`` open order notices, whose personal values are masked unless
    ``personal``.
    """

    def __init__(
        self,
        sink: RecordSink,
        streams: Streams,
        asked: Asked | None = None,
        most: int | None = None,
        *,
        tells: bool = True,
        notice_keys: NoticeKeys | None = None,
        personal: bool = False,
    ) -> None:
        self._notice_keys, self._personal = notice_keys, personal
        self._sink, self._counts, self._notices = sink, streams.counts, streams.notices
        self._asked, self._most, self._tells = asked, most, tells
        self._foreign_said: set[Key] = set()
        self._notices_said: set[tuple[str, str]] = set()
        self._surplus_said: set[tuple[str, int]] = set()
        self._faults_said: set[tuple[str, str, FaultKind]] = set()

    def write(self, frame: Frame) -> None:
        if frame.dir is not IN or frame.kind is PINGPONG:
            return
        if frame.kind is not DATA:
            self._check(frame)
            return
        self._take(frame, decode(frame.text, frame.at))

    def _take(self, frame: Frame, records: list[Message]) -> None:
        """Show what is asked for, say what is wrong; a notice is opened, and taken in turn."""
        for record in records:
            if self._counts.shown == self._most:
                return
            if isinstance(record, Record):
                if self._is_asked(record):
                    self._show(frame, record)
            elif isinstance(record, Malformed):
                self._counts.reason = self._counts.reason or record.reason
                self._say_malformed(record, of_several=len(records) > 1)
            elif isinstance(record, EncryptedNotice):
                self._open(frame, record)

    def flush(self, now: float) -> None:
        self._sink.flush(now)

    def close(self) -> None:
        self._sink.close()

    def _show(self, frame: Frame, record: Record) -> None:
        self._counts.shown += 1
        self._counts.books += record.layout.is_book
        self._counts.trades += isinstance(record, Trade)
        if isinstance(record, OrderNotice) and not self._personal:
            record = record.without_personal()
        self._sink.write(frame, record)
        if faults := record.faults():
            self._counts.odd += 1
            self._say_odd(record, faults)
        if record.extra:
            self._say_surplus(record)

    def _check(self, frame: Frame) -> None:
        """Answers are the feed's business; only what nobody understands is said here."""
        if frame.kind is CONTROL and isinstance(frame.control, Malformed):
            self._say_malformed(frame.control)
        elif frame.kind is BINARY:
            self._say_malformed(Malformed(frame.text, _NO_BINARY))

    def _is_asked(self, record: Record) -> bool:
        """Whether a record was asked for; one that was not does not count and is not shown."""
        layout, asked = record.layout, self._asked
        if asked is None or (layout.tr.id, record.values[layout.key_place]) in asked.keys:
            return True
        identity = record.tr_id, record.tr_key, record.symbol
        if asked.key_of(*identity) or isinstance(record, OrderNotice):
            return True
        self._counts.foreign += 1
        key = identity[:2]
        if (
            self._tells
            and key not in self._foreign_said
            and len(self._foreign_said) < _MOST_FOREIGN
        ):
            self._foreign_said.add(key)
            sentence = _FOREIGN if key[1] else _NAMELESS
            self._notices.say(sentence.format(tr_id=key[0], tr_key=key[1]))
        return False

    def _say_malformed(self, message: Malformed, *, of_several: bool = False) -> None:
        self._counts.malformed += 1
        self._counts.malformed_records += of_several
        more = "…" if len(message.text) > _EXCERPT else ""
        excerpt = f"{message.text[:_EXCERPT]}{more}"
        self._notices.say(_MALFORMED.format(reason=message.reason, text=excerpt))

    def _open(self, frame: Frame, notice: EncryptedNotice) -> None:
        """Take the records of a notice; of one that stays encrypted, say why."""
        if self._notice_keys is None:
            self._say_not_decrypted(notice.tr_id, _RECORDED)
            return
        try:
            self._take(frame, self._notice_keys.open(notice, frame.tick, frame.at))
        except NotDecrypted as why:
            self._say_not_decrypted(notice.tr_id, str(why))

    def _say_not_decrypted(self, tr_id: str, reason: str) -> None:
        """Say once of each TR and reason that its notices are not shown."""
        self._counts.notices += 1
        if (tr_id, reason) not in self._notices_said:
            self._notices_said.add((tr_id, reason))
            self._notices.remark(_NOT_DECRYPTED.format(tr_id=tr_id, reason=reason))

    def _say_odd(self, record: Record, faults: list[Fault]) -> None:
        """Say what is odd, once of each kind and key; the summary counts all."""
        for kind, text in faults:
            told = (record.tr_id, record.tr_key, kind)
            if told not in self._faults_said and len(self._faults_said) < _MOST_FAULTS_SAID:
                self._faults_said.add(told)
                key = {"tr_id": record.tr_id, "tr_key": record.tr_key}
                self._notices.remark(_ODD.format(fault=text, **key))

    def _say_surplus(self, record: Record) -> None:
        told = (record.tr_id, len(record.extra))
        if told not in self._surplus_said:
            self._surplus_said.add(told)
            width, more = record.layout.width, len(record.extra)
            fields = {"tr_id": record.tr_id, "fields": width + more, "width": width}
            self._notices.say(_SURPLUS.of(more, surplus=record.surplus, **fields))
