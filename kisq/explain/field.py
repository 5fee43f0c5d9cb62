"""A field of a record: in which TRs it stands, where, what it holds, and its row of a table."""

from typing import NamedTuple

from kisq.explain.explanation import (
    CODE_COLUMNS,
    FIELD_COLUMNS,
    Column,
    Explanation,
    Fact,
    Row,
    Table,
)
from kisq.locale.sentence import Sentence
from kisq.spec.fields import Field, Kind
from kisq.spec.tables import TRS, codes_of
from kisq.wire.request_keys import likely_keys

_COLUMNS = (Column("tr_id", Sentence("TR")), *FIELD_COLUMNS)
_PLACES = Sentence("where it stands")
_CODES = Sentence("its codes")
_SYMBOL = Sentence("If you mean the US symbol {symbol}, its keys are {keys}.")
_LONGEST_SYMBOL = 5  # of a US share; a field of such a name may be meant as one
_DIGITS = "0123456789"


class _Place(NamedTuple):
    """A field of a TR, and its number in a record, from 1."""

    tr_id: str
    number: int
    field: Field


def is_field(name: str) -> bool:
    """Whether a TR has a field called ``name``, upper case; PBID stands for PBID1 to PBID10."""
    return bool(_places(name))


def explain_field(name: str) -> Explanation:
    """A mnemonic of KIS, upper case, or one of a level without its number."""
    places = _places(name)
    first = places[0].field
    names = list(dict.fromkeys(place.field.name for place in places))
    tr_ids = list(dict.fromkeys(place.tr_id for place in places))
    facts = [
        Fact("field", Sentence("field"), name),
        Fact("korean", Sentence("Korean name"), first.korean),
        Fact("english", Sentence("English name"), first.english, is_english=True),
        Fact("names", Sentence("fields"), names, ", ".join(names)),
        Fact("tr_ids", Sentence("TRs"), tr_ids, ", ".join(tr_ids)),
    ]
    rows = [(place.tr_id, *field_row(place.number, place.field)) for place in places]
    tables = [*_codes(places), Table("places", _PLACES, _COLUMNS, rows)]
    return Explanation("field", facts, tables, _notes(name))


def _codes(places: list[_Place]) -> list[Table]:
    """The codes of these fields, each meaning once; without any, no table."""
    rows: dict[Row, None] = {}
    for tr_id, _, field in places:
        for code, words in codes_of(tr_id, field.name).items():
            rows[field.name, code, words.korean, words.english] = None
    if not rows:
        return []
    return [Table("codes", _CODES, CODE_COLUMNS, list(rows))]


def _places(name: str) -> list[_Place]:
    """The fields called ``name``, with or without the number of their level."""
    return [
        _Place(tr.id, number, field)
        for tr in TRS.values()
        for number, field in enumerate(tr.fields, 1)
        if name in (field.name.upper(), field.name.upper().rstrip(_DIGITS))
    ]


def _notes(name: str) -> list[str]:
    """The keys that it may be meant as, if it could be the symbol of a US share."""
    if len(name) > _LONGEST_SYMBOL or not name.isalpha():
        return []
    keys = likely_keys("HDFSASP0", name)
    if not keys:
        return []
    return [_SYMBOL.format(symbol=name, keys=", ".join(keys))]


# Dates and times are written as their pattern, in any language.
_FORMS = {
    Kind.TEXT: Sentence("text"),
    Kind.INTEGER: Sentence("integer"),
    Kind.DECIMAL: Sentence("decimal"),
}


def field_row(number: int, field: Field) -> Row:
    """A row of ``FIELD_COLUMNS``; ``number`` is the place in a record, from 1."""
    return (
        number,
        field.name,
        field.korean,
        field.english,
        _FORMS.get(field.kind, field.kind.value),
        field.unit,
        field.example,
    )
