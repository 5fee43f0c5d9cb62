"""A message of the feed or a request to it: its kind, and its records field by field."""

import re

from kisq.explain.control import explain_control, parts_table, without_secrets_in_text
from kisq.explain.explanation import JSON_ONLY, Column, Explanation, Fact, Row, Table
from kisq.explain.log_line import JSON_IN_JSON, Excerpt, message_in
from kisq.explain.record_rows import COLUMNS, MISSING, SURPLUS, documented_fields, rows_of_records
from kisq.explain.tr import named_tr
from kisq.locale.sentence import Plural, Sentence
from kisq.spec.notices import is_notice
from kisq.spec.tables import TRS
from kisq.wire.decode import decode
from kisq.wire.escape import MASK
from kisq.wire.messages import Data, Malformed, load_object, parse
from kisq.wire.record import Record
from kisq.wire.request_form import is_request, read_request
from kisq.wire.request_judgement import judge_request

_EXCERPT = 400
_STARTS = Sentence("The message begins at character {position} of the text.")
_PYTHON = Sentence(
    "It is written as Python prints a dict; on the wire a message has double quotes."
)
# What is meant as a request, though it cannot be read.
_BROKEN_REQUEST = re.compile(r"""\s*\{(?=.*["'](?:tr_type|custtype)["'])""", re.DOTALL)
_NO_TABLE = Sentence("kisq has no table of the fields of {tr_id}: they are only numbered")
_SURPLUS = Plural(
    "{number} surplus field: a record is documented with {width}",
    "{number} surplus fields: a record is documented with {width}",
)
_MISSING = Plural(
    "{number} missing field: a record is documented with {width}",
    "{number} missing fields: a record is documented with {width}",
)
_MALFORMED = Sentence("not decodable: {reason}")
_OF_RECORD = Sentence("record {number}: {fault}")
_NOT_DECODABLE = Sentence("not decodable")
_DATA = Sentence("data")
_YES = Sentence("yes")
_NO = Sentence("no")
_ENCRYPTED = Sentence("The payload is encrypted (AES-256-CBC, base64), so it is not split.")
_RECORD = Sentence("record {number}")
_RECORD_OF = Sentence("record {number} of {total}")


def explain_message(word: str) -> Explanation | None:
    """The message that ``word`` is or contains; None if there is none.

    A message that cannot be decoded is explained as such. Secrets are replaced by ***.
    """
    if is_request(word) or _BROKEN_REQUEST.match(word):
        return explain_request(word)
    if JSON_IN_JSON not in word:
        explanation = _whole(word)
        if explanation:
            return explanation
    excerpt = message_in(word)
    if excerpt:
        explanation = _excerpt(excerpt)
        if explanation:
            return explanation
    if _looks_like_message(word):
        return _undecodable(word)
    return None


def _looks_like_message(word: str) -> bool:
    return "|" in word or "^" in word or word.lstrip().startswith("{")


def _whole(text: str) -> Explanation | None:
    """A message that is all of ``text``."""
    message = parse(text)
    if isinstance(message, Data):
        return _data(message, text)
    value = load_object(text)
    if value is None:
        return None
    return explain_control(message, value)


def _excerpt(excerpt: Excerpt) -> Explanation | None:
    """A message out of a longer text, with notes on how it was read."""
    if is_request(excerpt.text):
        explanation: Explanation | None = explain_request(excerpt.text)
    else:
        explanation = _whole(excerpt.text)
    if explanation is None:
        return None
    if excerpt.start:
        explanation.notes.append(_STARTS.format(position=excerpt.start + 1))
    if excerpt.is_python:
        explanation.notes.append(_PYTHON)
    return explanation


def _undecodable(text: str) -> Explanation:
    message = parse(text)
    reason = ""
    if isinstance(message, Malformed):
        reason = message.reason
    excerpt = without_secrets_in_text(text)
    if len(excerpt) > _EXCERPT:
        excerpt = f"{excerpt[:_EXCERPT]}…"
    facts = [
        Fact("message", Sentence("message"), _NOT_DECODABLE),
        Fact("reason", Sentence("reason"), reason),
        Fact("text", Sentence("text as it came"), excerpt),
    ]
    return Explanation("message", facts)


def _data(data: Data, text: str) -> Explanation:
    """A data message, record by record."""
    fields = data.payload.split("^")
    encrypted = _NO
    if data.encrypted:
        encrypted = _YES
    facts = [
        Fact("message", Sentence("message"), _DATA),
        Fact("tr_id", Sentence("TR"), data.tr_id, named_tr(data.tr_id)),
        Fact("encrypted", Sentence("encrypted"), data.encrypted, encrypted),
        Fact("count", Sentence("records"), data.records),
        Fact("width", Sentence("fields in all"), len(fields)),
    ]
    if data.encrypted:
        return Explanation("message", facts, notes=[_ENCRYPTED])
    documented = documented_fields(data, fields)
    records = rows_of_records(data, fields, documented)
    tables = []
    for number, rows in enumerate(records, 1):
        title = _RECORD.format(number=number)
        if len(records) == data.records:
            title = _RECORD_OF.format(number=number, total=data.records)
        tables.append(Table("records", title, COLUMNS, rows, several=True))
    notes = _faults(text)
    if data.tr_id not in TRS:
        notes = [_NO_TABLE.format(tr_id=data.tr_id)]
    marks = [row.mark for rows in records for row in rows]
    if SURPLUS in marks:
        notes.append(_SURPLUS.of(marks.count(SURPLUS), width=len(documented)))
    if MISSING in marks:
        notes.append(_MISSING.of(marks.count(MISSING), width=len(documented)))
    return Explanation("message", facts, tables, notes)


def _faults(text: str) -> list[str]:
    """The faults that the decoder sees, by record if there are several."""
    notes: list[str] = []
    records = decode(text)
    for number, record in enumerate(records, 1):
        faults: list[str] = []
        if isinstance(record, Record):
            faults = [fault.text for fault in record.faults()]
        elif isinstance(record, Malformed):
            faults = [_MALFORMED.format(reason=record.reason)]
        if len(records) > 1:
            faults = [_OF_RECORD.format(number=number, fault=fault) for fault in faults]
        notes += faults
    return notes


_FAULTS = Sentence("what is wrong")
_FAULT_COLUMNS = (
    Column("field", Sentence("field")),
    Column("kind", JSON_ONLY),
    Column("sentence", _FAULTS),
    Column("code", Sentence("code that fits")),
)
_REQUEST = Sentence("a request of a client")
_RIGHT = Sentence("nothing is wrong with it")
_WRONG = Sentence("not right, see below")


def explain_request(text: str) -> Explanation:
    """The request ``text`` as a client sends it, even if it cannot be read."""
    judgement = judge_request(text)
    value = read_request(text).value
    is_right = not judgement.faults
    shown = _WRONG
    if is_right:
        shown = _RIGHT
    right = judgement.right
    if is_notice(right.tr_id):  # the key of which is an HTS ID
        right = right._replace(tr_key=MASK)
    facts = [
        Fact("message", Sentence("message"), _REQUEST),
        Fact("right", Sentence("verdict"), is_right, shown),
        Fact("right_request", Sentence("a right request"), right.to_text()),
    ]
    rows: list[Row] = [
        (fault.field, fault.kind.value, fault.sentence, fault.code) for fault in judgement.faults
    ]
    tables = []
    if rows:
        tables.append(Table("faults", _FAULTS, _FAULT_COLUMNS, rows))
    if value:
        tables.append(parts_table(value))
    return Explanation("message", facts, tables)
