"""An explanation as one JSON object, or as tables for a person."""

import json

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table as RichTable
from rich.text import Text

from kisq.output.stream import Lines
from kisq.protocol.escape import json_text, printable
from kisq.protocol.explanation import Explanation, Fact, Table, Value

_MARKED = "yellow"


class ExplainJson:
    """A sink of explanations: one JSON object a line."""

    def __init__(self, out: Lines) -> None:
        self._out = out

    def write(self, explanation: Explanation) -> None:
        self._out.write(as_json(explanation).encode())
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
            self._out.write(line.rstrip().encode(self._out.encoding, "replace"))
        self._out.flush()
        self._first = False


def as_json(explanation: Explanation) -> str:
    """One object on one line: the kind, the facts, the tables as arrays of objects, the notes."""
    members = {"kind": json_text(explanation.kind)}
    members |= {fact.key: _json(fact.value) for fact in explanation.facts}
    for table in explanation.tables:
        rows = f"[{','.join(_object(table, row) for row in table.rows)}]"
        if table.several and table.key in members:
            rows = f"{members[table.key][:-1]},{rows}]"
        elif table.several:
            rows = f"[{rows}]"
        members[table.key] = rows
    members["notes"] = _json(explanation.notes)
    return f"{{{','.join(f'{json_text(key)}:{value}' for key, value in members.items())}}}"


def _object(table: Table, row: tuple[Value, ...]) -> str:
    pairs = zip(table.columns, row, strict=True)
    return f"{{{','.join(f'{json_text(n)}:{_json(v)}' for (n, _), v in pairs if n)}}}"


def _json(value: Value) -> str:
    if isinstance(value, str):
        return json_text(value)
    if isinstance(value, list):
        return f"[{','.join(map(json_text, value))}]"
    return json.dumps(value, separators=(",", ":"))


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
