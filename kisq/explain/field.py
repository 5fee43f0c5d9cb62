"""A field of a record: in which TRs it stands, where, and what it holds."""

from kisq.explain.explanation import Explanation, Fact, Table, Value
from kisq.spec.fields import Field, Tr
from kisq.spec.tables import TRS, codes_of
from kisq.wire.request_keys import likely_keys

_COLUMNS = (
    ("tr_id", "TR"),
    ("number", "#"),
    ("name", "field"),
    ("korean", "한글명"),
    ("english", "English"),
    ("form", "form"),
    ("unit", "unit"),
    ("example", "such as"),
)
_CODE_COLUMNS = (("field", "field"), ("code", "code"), ("korean", "한글"), ("english", "English"))
_LONGEST_SYMBOL = 5  # of a US share; a field of such a name may be meant as one
_DIGITS = "0123456789"


def is_field(name: str) -> bool:
    """Whether a TR has a field called ``name``, upper case; PBID stands for PBID1 to PBID10."""
    return bool(_fields(name))


def explain_field(name: str) -> Explanation:
    """A mnemonic of KIS, upper case, or one of a level without its number."""
    fields = _fields(name)
    names = dict.fromkeys(field.name for _, _, field in fields)
    trs = dict.fromkeys(tr.id for tr, _, _ in fields)
    facts = [
        Fact("field", "field", name),
        Fact("korean", "Korean name", fields[0][2].korean),
        Fact("english", "what", fields[0][2].english),
        Fact("names", "fields", list(names), ", ".join(names)),
        Fact("tr_ids", "TRs", list(trs), ", ".join(trs)),
    ]
    rows: list[tuple[Value, ...]] = [
        (
            tr.id,
            number,
            field.name,
            field.korean,
            field.english,
            field.kind.value,
            field.unit,
            field.example,
        )
        for tr, number, field in fields
    ]
    tables = [*_codes(fields), Table("places", "where it stands", _COLUMNS, rows)]
    return Explanation("field", facts, tables, _notes(name))


def _codes(fields: list[tuple[Tr, int, Field]]) -> list[Table]:
    """What the codes of these fields mean, each meaning once."""
    rows: list[tuple[Value, ...]] = [
        (field.name, code, words.korean, words.english)
        for tr, _, field in fields
        for code, words in codes_of(tr.id, field.name).items()
    ]
    return [Table("codes", "its codes", _CODE_COLUMNS, list(dict.fromkeys(rows)))] if rows else []


def _fields(name: str) -> list[tuple[Tr, int, Field]]:
    """The fields of that name with their TR and place, from 1."""
    numbered = [
        (tr, number, field) for tr in TRS.values() for number, field in enumerate(tr.fields, 1)
    ]
    return [row for row in numbered if name in _names(row[2].name.upper())]


def _names(mnemonic: str) -> tuple[str, str]:
    """A mnemonic, and the same without the number of its level."""
    return mnemonic, mnemonic.rstrip(_DIGITS)


def _notes(name: str) -> list[str]:
    """Which keys it may be meant as, where it could be the symbol of a US share."""
    keys = likely_keys("HDFSASP0", name) if len(name) <= _LONGEST_SYMBOL and name.isalpha() else []
    if not keys:
        return []
    return [f"If you mean the US symbol {name}, its keys are {', '.join(keys)}."]
