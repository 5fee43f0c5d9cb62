"""Decodes frames for a sink of records; reports and counts what cannot be decoded."""

from typing import Protocol

from kisq.locale.sentence import Plural, Sentence
from kisq.output.streams import Streams
from kisq.spec.limits import MOST_REGISTRATIONS
from kisq.wire.decode import Message, decode
from kisq.wire.frames import BINARY, CONTROL, DATA, IN, Frame
from kisq.wire.matching import Asked
from kisq.wire.messages import EncryptedNotice, Key, Malformed
from kisq.wire.notice_keys import NotDecrypted, NoticeKeys
from kisq.wire.order_notice import OrderNotice
from kisq.wire.record import Record
from kisq.wire.record_faults import Fault, FaultKind
from kisq.wire.trade import Trade

_EXCERPT = 160
_NOT_DECRYPTED = Sentence("a notice of {tr_id} is not decrypted, only counted: {reason}")
_RECORDED = Sentence("a recording does not hold the key of its session")
_SURPLUS = Plural(
    "a record of {tr_id} has {fields} fields, {number} more than the {width} that kisq knows; "
    "it is kept as surplus: {surplus}",
    "a record of {tr_id} has {fields} fields, {number} more than the {width} that kisq knows; "
    "they are kept as surplus: {surplus}",
)
_FOREIGN = Sentence("{tr_key} ({tr_id}) was not asked for: not shown")
_NAMELESS = Sentence("a record of {tr_id} without a key was not asked for: not shown")
_MALFORMED = Sentence("not decodable: {reason}: {text}")
_ODD = Sentence("odd: {tr_id} {tr_key}: {fault}; more of this kind and key is only counted")
_NO_BINARY = Sentence("a binary message, which KIS never sends")
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
    """A sink of frames that passes the records ``asked`` for, at most ``most``, on to ``sink``.

    With ``tells`` each key that was not asked for is reported once. ``notice_keys`` open order
    notices, whose personal values are masked unless ``personal``.
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
        self._sink = sink
        self._counts = streams.counts
        self._notices = streams.notices
        self._asked = asked
        self._most = most
        self._tells = tells
        self._notice_keys = notice_keys
        self._personal = personal
        self._foreign_said: set[Key] = set()
        self._notices_said: set[tuple[str, str]] = set()
        self._surplus_said: set[tuple[str, int]] = set()
        self._faults_said: set[tuple[str, str, FaultKind]] = set()

    def write(self, frame: Frame) -> None:
        if frame.dir is not IN:
            return
        if frame.kind is DATA:
            self._take(frame, decode(frame.text, frame.at))
        else:
            self._check(frame)

    def _take(self, frame: Frame, records: list[Message]) -> None:
        """Show the records asked for, report faults; the records of a notice are taken in turn."""
        for record in records:
            if self._counts.shown == self._most:
                return
            if isinstance(record, Record):
                if self._is_asked(record):
                    self._show(frame, record)
            elif isinstance(record, Malformed):
                if not self._counts.reason:
                    self._counts.reason = record.reason
                self._say_malformed(record, of_several=len(records) > 1)
            elif isinstance(record, EncryptedNotice):
                self._open(frame, record)

    def flush(self, now: float) -> None:
        self._sink.flush(now)

    def close(self) -> None:
        self._sink.close()

    def _show(self, frame: Frame, record: Record) -> None:
        counts = self._counts
        counts.shown += 1
        if record.layout.is_book:
            counts.books += 1
        elif isinstance(record, Trade):
            counts.trades += 1
        elif isinstance(record, OrderNotice) and not self._personal:
            record = record.without_personal()
        self._sink.write(frame, record)
        faults = record.faults()
        if faults:
            counts.odd += 1
            self._say_odd(record, faults)
        if record.extra:
            self._say_surplus(record)

    def _check(self, frame: Frame) -> None:
        """Report what cannot be understood; the feed handles answers."""
        if frame.kind is CONTROL and isinstance(frame.control, Malformed):
            self._say_malformed(frame.control)
        elif frame.kind is BINARY:
            self._say_malformed(Malformed(frame.text, _NO_BINARY))

    def _is_asked(self, record: Record) -> bool:
        """Whether a record was asked for; one that was not is neither counted nor shown."""
        layout = record.layout
        asked = self._asked
        if asked is None or (layout.tr.id, record.values[layout.key_place]) in asked.keys:
            return True
        if isinstance(record, OrderNotice):
            return True
        if asked.key_of(record.tr_id, record.tr_key, record.symbol):
            return True
        self._counts.foreign += 1
        if self._tells:
            self._say_foreign(record.tr_id, record.tr_key)
        return False

    def _say_foreign(self, tr_id: str, tr_key: str) -> None:
        """Report a key that was not asked for, once."""
        key = (tr_id, tr_key)
        if key in self._foreign_said or len(self._foreign_said) >= _MOST_FOREIGN:
            return
        self._foreign_said.add(key)
        if tr_key:
            self._notices.say(_FOREIGN.format(tr_id=tr_id, tr_key=tr_key))
        else:
            self._notices.say(_NAMELESS.format(tr_id=tr_id))

    def _say_malformed(self, message: Malformed, *, of_several: bool = False) -> None:
        self._counts.malformed += 1
        self._counts.malformed_records += of_several
        excerpt = message.text
        if len(excerpt) > _EXCERPT:
            excerpt = f"{excerpt[:_EXCERPT]}…"
        self._notices.say(_MALFORMED.format(reason=message.reason, text=excerpt))

    def _open(self, frame: Frame, notice: EncryptedNotice) -> None:
        """Take the records of a notice; of one that stays encrypted, say why."""
        if self._notice_keys is None:
            self._say_not_decrypted(notice.tr_id, _RECORDED)
            return
        try:
            self._take(frame, self._notice_keys.open(notice, frame.tick, frame.at))
        except NotDecrypted as why:
            self._say_not_decrypted(notice.tr_id, why.args[0])  # str(why) is English

    def _say_not_decrypted(self, tr_id: str, reason: str) -> None:
        """Report once for each TR and reason that its notices are not shown."""
        self._counts.notices += 1
        if (tr_id, reason) not in self._notices_said:
            self._notices_said.add((tr_id, reason))
            self._notices.remark(_NOT_DECRYPTED.format(tr_id=tr_id, reason=reason))

    def _say_odd(self, record: Record, faults: list[Fault]) -> None:
        """Report a fault once for each kind and key; the summary counts all."""
        tr_id = record.tr_id
        tr_key = record.tr_key
        for kind, text in faults:
            reported = (tr_id, tr_key, kind)
            if reported not in self._faults_said and len(self._faults_said) < _MOST_FAULTS_SAID:
                self._faults_said.add(reported)
                self._notices.remark(_ODD.format(tr_id=tr_id, tr_key=tr_key, fault=text))

    def _say_surplus(self, record: Record) -> None:
        """Report surplus fields once for each TR and number of them."""
        surplus = len(record.extra)
        if (record.tr_id, surplus) in self._surplus_said:
            return
        self._surplus_said.add((record.tr_id, surplus))
        width = record.layout.width
        sentence = _SURPLUS.of(
            surplus,
            tr_id=record.tr_id,
            fields=width + surplus,
            width=width,
            surplus=record.surplus,
        )
        self._notices.say(sentence)
