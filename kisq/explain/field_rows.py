"""The fields of a TR as rows of a table."""

from kisq.explain.explanation import Row
from kisq.locale.sentence import Sentence
from kisq.spec.fields import Field, Kind

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
