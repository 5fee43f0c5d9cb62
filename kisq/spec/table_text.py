"""The text of a TR's table, and the TR it describes.

The first lines hold a name and its value each. After an empty line follows one line per field:
mnemonic, Korean name, English name, kind, unit, roles, the layouts it is in (empty for all), an
example, separated by TABs. The fields between ``repeat FIRST LAST`` and ``end`` are repeated for
each number, which replaces ``#``. A line ``layout NAME WIDTH SINCE PLACE PATTERN`` is one layout,
the newest last; a table without such a line has one layout with all its fields.
"""

from collections.abc import Iterator
from datetime import date

from kisq.locale.sentence import Name, Sentence, from_table
from kisq.spec.fields import Field, Kind, Tr, Width

_COLUMNS = 8
_KINDS = {
    "text": Kind.TEXT,
    "date": Kind.DATE,
    "time": Kind.TIME,
    "integer": Kind.INTEGER,
    "decimal": Kind.DECIMAL,
}
# Units that are English words; the others (KRW, %) are the same in every language.
_UNITS: dict[str, str] = {
    "shares": Sentence("shares"),
    "contracts": Sentence("contracts"),
    "currency": Sentence("currency"),
    "exchange-local": Sentence("exchange-local"),
}
_NAMELESS = Sentence("not named in any list")
_Row = tuple[Field, tuple[str, ...]]  # a field, and the names of the layouts it is in


def parse_table(tr_id: str, text: str) -> Tr:
    """The TR ``tr_id`` whose table is ``text``. Raises ValueError or KeyError if it is not one."""
    head_text, _, body = text.partition("\n\n")
    lines = [line.split("\t") for line in head_text.splitlines()]
    head = {name: values[0] for name, *values in lines if name != "layout"}
    rows = list(_rows(body))
    layouts = [values for name, *values in lines if name == "layout"]
    widths = [_width(rows, *layout) for layout in layouts] or [_width(rows)]
    return Tr(
        tr_id,
        head["korean"],
        Name(head["english"], head["korean"]),
        tuple(widths),
        tuple(head["keys"].split(" ")),
        live=from_table(head.get("live", "")),
        examples=from_table(head.get("examples", "")),
        page=head.get("page", ""),
        market=head.get("market", ""),
        trades=head.get("trades", ""),
        delay_minutes=int(head.get("delay", 0)),
        on_mock=head.get("mock") == "yes",
        on_real=head.get("real") != "no",
        is_notice=head.get("encrypted") == "yes",
        totals_add_up=head.get("totals") == "yes",
        is_signed=head.get("signed") == "yes",
        is_unfinished=head.get("unfinished") == "yes",
    )


def _width(
    rows: list[_Row],
    name: str = "",
    width: str = "",
    since: str = "",
    place: str = "",
    pattern: str = "",
) -> Width:
    fields = [field for field, layouts in rows if not layouts or name in layouts]
    named = len(fields)
    total = int(width or named)
    fields += [_numbered(number) for number in range(named + 1, total + 1)]
    first_day = date.min
    if since:
        first_day = date.fromisoformat(since)
    return Width(tuple(fields), first_day, int(place or 0), pattern, unnamed=total - named)


def _numbered(number: int) -> Field:
    return Field(f"FIELD_{number}", "", _NAMELESS, Kind.TEXT)


def _rows(body: str) -> Iterator[_Row]:
    repeated: list[list[str]] | None = None
    first = last = 0
    for line in body.splitlines():
        row = line.split("\t")
        if row[0] == "repeat":
            repeated = []
            first = int(row[1])
            last = int(row[2])
        elif row[0] == "end":
            yield from _levels(repeated or [], first, last)
            repeated = None
        elif repeated is None:
            yield _row(row)
        else:
            repeated.append(row)


def _levels(repeated: list[list[str]], first: int, last: int) -> Iterator[_Row]:
    for place, number in enumerate(range(first, last + 1)):
        for row in repeated:
            yield _row(_of_level(row, str(number), place))


def _of_level(row: list[str], number: str, place: int) -> list[str]:
    """A repeated line for level ``number``; of its examples it takes the one at ``place``."""
    name, korean, english, kind, unit, roles, layouts, examples = _padded(row)
    example_of = dict(enumerate(examples.split(" ")))
    return [
        name.replace("#", number),
        korean.replace("#", number),
        english.replace("#", number),
        kind,
        unit,
        " ".join(f"{role}.{number}" for role in roles.split()),
        layouts,
        example_of.get(place, ""),
    ]


def _row(row: list[str]) -> _Row:
    """A line as a field, and the layouts it is in."""
    name, korean, english, kind, unit, roles, layouts, example = _padded(row)
    field = Field(
        name,
        korean,
        Name(english, korean),
        _KINDS[kind],
        _UNITS.get(unit, unit),
        tuple(roles.split()),
        example,
    )
    return field, tuple(layouts.split())


def _padded(row: list[str]) -> list[str]:
    """``row`` with its missing columns, which are empty."""
    return row + [""] * (_COLUMNS - len(row))
