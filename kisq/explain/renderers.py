"""An explanation as one JSON object, or as tables for a person."""

from typing import Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table as RichTable
from rich.text import Text

from kisq.explain.explanation import Explanation, Fact, Table, Value
from kisq.output.json_object import as_json
from kisq.output.stream import Lines
from kisq.wire.escape import printable

_MARKED = "yellow"


class ExplainJson:
    """A sink of explanations: one JSON object a line."""

    def __init__(self, out: Lines) -> None:
        self._out = out

    def write(self, explanation: Explanation) -> None:
        self._out.write(as_json(as_members(explanation)).encode())
        self._out.flush()


class ExplainTables:
    """A sink of explanations: tables, an empty line between two explanations."""

    def __init__(self, out: Lines, console: Console) -> None:
        self._out, self._console, self._first = out, console, True

    def write(self, explanation: Explanation) -> None:
        parts = [] if self._first else [""]
        with self._console.capture() as captured:
            self._console.print(*parts, as_tables(explanation), sep="\n")
        for line in captured.get().splitlines():
            self._out.write(line.rstrip().encode(self._out.encoding, "backslashreplace"))
        self._out.flush()
        self._first = False


def as_members(explanation: Explanation) -> dict[str, Any]:
    """What stands in JSON: the kind, the facts, the tables as arrays of objects, the notes."""
    members: dict[str, Any] = {"kind": explanation.kind}
    members |= {fact.key: fact.value for fact in explanation.facts}
    for table in explanation.tables:
        rows = [_object(table, row) for row in table.rows]
        if table.several:
            members.setdefault(table.key, []).append(rows)
        else:
            members[table.key] = rows
    members["notes"] = explanation.notes
    return members


def _object(table: Table, row: tuple[Value, ...]) -> dict[str, Value]:
    pairs = zip(table.columns, row, strict=True)
    return {name: value for (name, _), value in pairs if name}


def as_tables(explanation: Explanation) -> RenderableType:
    """The facts in a column, then each table under its title, then the notes."""
    parts: list[RenderableType] = [_facts(explanation.facts)]
    for table in explanation.tables:
        parts += ["", Text(printable(table.title), style="bold"), _table(table)]
    parts += [""] if explanation.notes else []
    parts += [Text(printable(note), style=_MARKED) for note in explanation.notes]
    return Group(*parts)


def _facts(facts: list[Fact]) -> RichTable:
    grid = RichTable.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for fact in facts:
        if fact.label:
            grid.add_row(fact.label, _cell(fact.shown or fact.value))
    return grid


def _table(table: Table) -> RenderableType:
    """Its rows; columns that are empty throughout are left out."""
    if not table.rows:
        return Text("none", style="dim")
    kept = [
        i
        for i, (_, heading) in enumerate(table.columns)
        if heading and any(row[i] not in (None, "") for row in table.rows)
    ]
    shown = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="dim")
    for i in kept:
        number = isinstance(table.rows[0][i], int)
        shown.add_column(
            table.columns[i][1], justify="right" if number else "left", overflow="fold"
        )
    marks = [i for i, (name, _) in enumerate(table.columns) if name == "mark"]
    for row in table.rows:
        style = _MARKED if any(row[i] for i in marks) else ""
        shown.add_row(*(_cell(row[i]) for i in kept), style=style)
    return shown


def _cell(value: Value) -> Text:
    lines = value if isinstance(value, list) else ["" if value is None else str(value)]
    return Text("\n".join(map(printable, lines)))
