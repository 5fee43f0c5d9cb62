"""A message of the feed: the records of a data message field by field."""

import re

from kisq.explain.control import explain_control, without_secrets_in_text
from kisq.explain.explanation import Explanation, Fact, Table, Value
from kisq.explain.log_line import JSON_IN_JSON, Excerpt, message_in
from kisq.explain.request import explain_request
from kisq.explain.spec import english
from kisq.locale.sentence import Sentence
from kisq.spec.fields import Field, Kind
from kisq.spec.tables import TRS, codes_of
from kisq.wire.decode import decode
from kisq.wire.layouts import LAYOUTS
from kisq.wire.messages import Data, Malformed, load_object, parse
from kisq.wire.record import Record
from kisq.wire.request_form import is_request

_EXCERPT = 400
_STARTS = "The message begins at character {position} of the text."
_PYTHON = "It is written as Python prints a dict; on the wire a message has double quotes."
# What is meant as a request, though it cannot be read.
_BROKEN_REQUEST = re.compile(r"""\s*\{(?=.*["'](?:tr_type|custtype)["'])""", re.DOTALL)
_NO_TABLE = "kisq has no table of the fields of {tr_id}: they are only numbered"
_UNDOCUMENTED = {  # by the mark of a row
    "surplus": "{number} surplus: {width} fields a record are documented",
    "missing": "{number} missing: {width} fields a record are documented",
}
_MALFORMED = "not decodable: {reason}"
_OF_RECORD = "record {number}: {fault}"
_UNNAMED = Field("", "", Sentence(""), Kind.TEXT)
_RECORD_COLUMNS = (
    ("number", "#"),
    ("name", "field"),
    ("korean", "한글명"),
    ("english", "English"),
    ("value", "value"),
    ("meaning", "meaning"),
    ("unit", ""),
    ("mark", ""),
    ("", "unit"),
)
_MARK = _RECORD_COLUMNS.index(("mark", ""))


def explain_message(word: str) -> Explanation | None:
    """The message that ``word`` is, or that stands in it; None where there is none.

    A message that cannot be decoded is explained as such. Secrets are replaced by ***.
    """
    if is_request(word) or _BROKEN_REQUEST.match(word):
        return explain_request(word)
    if JSON_IN_JSON not in word and (explanation := _whole(word)):
        return explanation
    excerpt = message_in(word)
    if excerpt and (explanation := _excerpt(excerpt)):
        return explanation
    return _undecodable(word) if "|" in word or "^" in word or word.lstrip()[:1] == "{" else None


def _whole(text: str) -> Explanation | None:
    """A message that is all of ``text``."""
    message = parse(text)
    if isinstance(message, Data):
        return _data(message, text)
    value = load_object(text)
    return None if value is None else explain_control(message, value)


def _excerpt(excerpt: Excerpt) -> Explanation | None:
    """A message out of a longer text, with what was done to read it."""
    if is_request(excerpt.text):
        explanation: Explanation | None = explain_request(excerpt.text)
    else:
        explanation = _whole(excerpt.text)
    if explanation and excerpt.start:
        explanation.notes.append(_STARTS.format(position=excerpt.start + 1))
    if explanation and excerpt.is_python:
        explanation.notes.append(_PYTHON)
    return explanation


def _undecodable(text: str) -> Explanation:
    message = parse(text)
    reason = message.reason if isinstance(message, Malformed) else ""
    shown = without_secrets_in_text(text)
    excerpt = shown[:_EXCERPT] + ("…" if len(shown) > _EXCERPT else "")
    facts = [
        Fact("message", "message", "not decodable"),
        Fact("reason", "reason", reason),
        Fact("text", "text", excerpt),
    ]
    return Explanation("message", facts)


def _data(data: Data, text: str) -> Explanation:
    """A data message, its records apart."""
    fields = data.payload.split("^")
    facts = [
        Fact("message", "message", "data"),
        Fact("tr_id", "TR", data.tr_id, f"{data.tr_id}  {english(data.tr_id)}".rstrip()),
        Fact("encrypted", "encrypted", data.encrypted, "yes" if data.encrypted else "no"),
        Fact("count", "records", data.records),
        Fact("width", "fields in all", len(fields)),
    ]
    if data.encrypted:
        note = "The payload is encrypted (AES-256-CBC, base64), so it is not split."
        return Explanation("message", facts, [], [note])
    records = _records(fields, data)
    whole = f" of {data.records}" if len(records) == data.records else ""
    tables = [
        Table("records", f"record {n}{whole}", _RECORD_COLUMNS, rows, several=True)
        for n, rows in enumerate(records, 1)
    ]
    return Explanation("message", facts, tables, _data_notes(data, text, records))


def _records(fields: list[str], data: Data) -> list[list[tuple[Value, ...]]]:
    """The rows of each record. One that is too short gets rows for what is missing.

    The stride is fields ÷ count, as for the decoder (protocol.md section 3). Where that cannot
    be, the newest layout is the best guess.
    """
    spec = _documented(data, fields)
    stride, left = divmod(len(fields), data.records)
    if left or stride < max(1, len(spec)):
        stride = len(spec) or len(fields)
    starts = range(0, len(fields), stride)
    return [_rows(fields[i : i + stride], spec, data.tr_id) for i in starts]


def _rows(values: list[str], spec: tuple[Field, ...], tr_id: str) -> list[tuple[Value, ...]]:
    rows: list[tuple[Value, ...]] = []
    for i in range(max(len(values), len(spec))):
        field = spec[i] if i < len(spec) else _UNNAMED
        value = values[i] if i < len(values) else None
        mark = "missing" if value is None else "surplus" if spec and i >= len(spec) else ""
        names = (field.name, field.korean, field.english)
        words = codes_of(tr_id, field.name).get(value or "")
        meaning = f"{words.korean} {words.english}" if words else ""
        rows.append((i + 1, *names, value, meaning, field.unit, mark, mark or field.unit))
    return rows


def _documented(data: Data, fields: list[str]) -> tuple[Field, ...]:
    """The fields that a record with these ``fields`` has; none where that is not known."""
    layouts = LAYOUTS[data.tr_id]
    if layouts is None:
        return ()
    stride, left = divmod(len(fields), data.records)
    layout = None if left else layouts.choose(fields, stride)
    return (layout or layouts.newest).fields


def _data_notes(data: Data, text: str, records: list[list[tuple[Value, ...]]]) -> list[str]:
    notes = _faults(text)
    fields = data.payload.split("^")
    if data.tr_id not in TRS:
        notes = [_NO_TABLE.format(tr_id=data.tr_id)]
    width = len(_documented(data, fields))
    for mark, sentence in _UNDOCUMENTED.items():
        marked = sum(row[_MARK] == mark for rows in records for row in rows)
        if marked:
            notes.append(sentence.format(number=marked, width=width))
    return notes


def _faults(text: str) -> list[str]:
    """What the decoder finds wrong or odd, by record where there are several."""
    notes: list[str] = []
    decoded_records = decode(text)
    for n, record in enumerate(decoded_records, 1):
        sound = [record] if isinstance(record, Record) else []
        faults: list[str] = [fault.text for decoded in sound for fault in decoded.faults()]
        if isinstance(record, Malformed):
            faults.append(_MALFORMED.format(reason=record.reason))
        if len(decoded_records) > 1:
            faults = [_OF_RECORD.format(number=n, fault=fault) for fault in faults]
        notes += faults
    return notes
