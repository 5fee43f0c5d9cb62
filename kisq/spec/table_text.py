"""The text of a table of a TR, and what it stands for.

First lines of a name and its value, then an empty line, then a line a field: mnemonic, Korean name,
English name, kind, unit, roles, the layouts it is in (empty for all), an example; everything
between TABs. The fields between ``repeat FIRST LAST`` and ``end`` come once for each number, which
stands in place of ``#``. A line ``layout NAME WIDTH SINCE PLACE PATTERN`` is one layout, the newest
last; a table without one has one layout with all its fields.
"""

from collections.abc import Iterator
from datetime import date

from kisq.spec.fields import Field, Kind, Tr, Width

_COLUMNS = 8
_KINDS = {
    "text": Kind.TEXT,
    "date": Kind.DATE,
    "time": Kind.TIME,
    "integer": Kind.INTEGER,
    "decimal": Kind.DECIMAL,
}
_Row = tuple[Field, tuple[str, ...]]  # a field, and the names of the layouts it is in


def parse_table(tr_id: str, text: str) -> Tr:
    """The TR ``tr_id`` whose table is ``text``. Raises ValueError or KeyError for any other."""
    head_text, _, body = text.partition("\n\n")
    lines = [line.split("\t") for line in head_text.splitlines()]
    head = {name: values[0] for name, *values in lines if name != "layout"}
    rows = list(_rows(body))
    layouts = [values for name, *values in lines if name == "layout"]
    widths = [_width(rows, *layout) for layout in layouts] or [_width(rows)]
    return Tr(
        tr_id,
        head["korean"],
        head["english"],
        tuple(widths),
        tuple(head["keys"].split(" ")),
        head.get("page", ""),
        head.get("market", ""),
        head.get("trades", ""),
        int(head.get("delay", 0)),
        head.get("mock") == "yes",
        head.get("real") != "no",
        head.get("encrypted") == "yes",
        head.get("totals") == "yes",
        head.get("signed") == "yes",
        head.get("unfinished") == "yes",
        head.get("live", ""),
        head.get("examples", ""),
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
    unnamed = int(width or len(fields)) - len(fields)
    fields += [_numbered(number) for number in range(len(fields) + 1, len(fields) + unnamed + 1)]
    return Width(
        tuple(fields),
        date.fromisoformat(since) if since else date.min,
        int(place or 0),
        pattern,
        unnamed,
    )


def _numbered(number: int) -> Field:
    return Field(f"FIELD_{number}", "", "no list names this field", Kind.TEXT)


def _rows(body: str) -> Iterator[_Row]:
    repeated: list[list[str]] | None = None
    first = last = 0
    for line in body.splitlines():
        row = line.split("\t")
        if row[0] == "repeat":
            repeated, first, last = [], int(row[1]), int(row[2])
        elif row[0] == "end":
            yield from _levels(repeated or [], first, last)
            repeated = None
        elif repeated is None:
            yield _row(row)
        else:
            repeated.append(row)


def _levels(repeated: list[list[str]], first: int, last: int) -> Iterator[_Row]:
    for number in range(first, last + 1):
        for row in repeated:
            yield _row(row, number, number - first)


def _row(row: list[str], number: int | None = None, place: int = 0) -> _Row:
    """A line as a field, ``number`` in place of ``#``; of its examples the one at ``place``."""
    row = row + [""] * (_COLUMNS - len(row))
    name, korean, english, kind, unit, roles, layouts, example = row
    roles_of_it = tuple(roles.split())
    if number is not None:
        name, korean, english = (text.replace("#", str(number)) for text in (name, korean, english))
        roles_of_it = tuple(f"{role}.{number}" for role in roles_of_it)
        example = (example.split(" ") + [""] * (place + 1))[place]
    field = Field(name, korean, english, _KINDS[kind], unit, roles_of_it, example)
    return field, tuple(layouts.split())
