"""The records of a data message as rows of a table, a row for each field."""

from typing import NamedTuple

from kisq.explain.explanation import JSON_ONLY, NAME_COLUMNS, NUMBER, PEOPLE_ONLY, Column
from kisq.locale.sentence import Sentence
from kisq.spec.fields import PERSONAL, Field, Kind
from kisq.spec.tables import codes_of
from kisq.wire.escape import MASK
from kisq.wire.layouts import LAYOUTS
from kisq.wire.messages import Data

COLUMNS = (
    NUMBER,
    *NAME_COLUMNS,
    Column("value", Sentence("value")),
    Column("meaning", JSON_ONLY),
    Column(PEOPLE_ONLY, Sentence("meaning")),
    Column("unit", JSON_ONLY),
    Column("mark", JSON_ONLY),
    Column(PEOPLE_ONLY, Sentence("unit")),
)
SURPLUS = Sentence("surplus")
MISSING = Sentence("missing")
_UNNAMED = Field("", "", Sentence(""), Kind.TEXT)


class FieldRow(NamedTuple):
    """A field of a record, in the order of ``COLUMNS``; ``value`` is None if it is missing.

    ``meaning`` is that of a code in both languages, ``meaning_shown`` in the reader's. ``mark`` is
    SURPLUS, MISSING or empty, and ``unit_shown`` the mark or else the unit.
    """

    number: int
    name: str
    korean: str
    english: str
    value: str | None
    meaning: str
    meaning_shown: str
    unit: str
    mark: str
    unit_shown: str


def documented_fields(data: Data, fields: list[str]) -> tuple[Field, ...]:
    """The fields that a record of this message should have; empty if they are not known."""
    layouts = LAYOUTS[data.tr_id]
    if layouts is None:
        return ()
    stride, left = divmod(len(fields), data.records)
    layout = None
    if not left:
        layout = layouts.choose(fields, stride)
    return (layout or layouts.newest).fields


def rows_of_records(
    data: Data, fields: list[str], documented: tuple[Field, ...]
) -> list[list[FieldRow]]:
    """The rows of each record. One that is too short gets rows for what is missing.

    The stride is fields ÷ count, as for the decoder (protocol.md section 3). If that is impossible,
    the newest layout is the best guess.
    """
    stride, left = divmod(len(fields), data.records)
    if left or stride < max(1, len(documented)):
        stride = len(documented) or len(fields)
    starts = range(0, len(fields), stride)
    return [_rows(fields[start : start + stride], documented, data.tr_id) for start in starts]


def _rows(values: list[str], documented: tuple[Field, ...], tr_id: str) -> list[FieldRow]:
    rows: list[FieldRow] = []
    for place in range(max(len(values), len(documented))):
        field = _UNNAMED
        value = None
        mark = ""
        if place < len(documented):
            field = documented[place]
        elif documented:
            mark = SURPLUS
        if place < len(values):
            value = values[place]
        else:
            mark = MISSING
        rows.append(_row(place + 1, field, value, mark, tr_id))
    return rows


def _row(number: int, field: Field, value: str | None, mark: str, tr_id: str) -> FieldRow:
    if value and PERSONAL in field.roles:
        value = MASK
    words = codes_of(tr_id, field.name).get(value or "")
    meaning = ""
    meaning_shown = ""
    if words:
        meaning = f"{words.korean} {words.english}"
        meaning_shown = words.english
    return FieldRow(
        number,
        field.name,
        field.korean,
        field.english,
        value,
        meaning,
        meaning_shown,
        field.unit,
        mark,
        mark or field.unit,
    )
