"""An explanation as one JSON object, or as tables for people."""

from typing import Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table as RichTable
from rich.text import Text

from kisq.explain.explanation import Column, Explanation, Fact, Row, Table, Value
from kisq.locale.sentence import Sentence, is_korean, translated
from kisq.output.json_text import as_json
from kisq.output.stream import Lines
from kisq.output.styles import REMARK
from kisq.wire.escape import printable

_MARK = "mark"  # the name of a column; a row with a value in it stands out
_EMPTY = (None, "")
_NO_ROWS = Sentence("none")


class ExplainJson:
    """A sink of explanations: one JSON object per line."""

    def __init__(self, out: Lines) -> None:
        self._out = out

    def write(self, explanation: Explanation) -> None:
        self._out.write(as_json(as_members(explanation)).encode())
        self._out.flush()


class ExplainTables:
    """A sink of explanations: tables in the user's language, with an empty line between two."""

    def __init__(self, out: Lines, console: Console) -> None:
        self._out = out
        self._console = console
        self._is_first = True

    def write(self, explanation: Explanation) -> None:
        with self._console.capture() as captured:
            if not self._is_first:
                self._console.print()
            self._console.print(as_tables(explanation))
        for line in captured.get().splitlines():
            self._out.write(line.rstrip().encode(self._out.encoding, "backslashreplace"))
        self._out.flush()
        self._is_first = False


def as_members(explanation: Explanation) -> dict[str, Any]:
    """The members of the JSON: kind, facts, tables as arrays of objects, notes; all in English."""
    members: dict[str, Any] = {"kind": explanation.kind}
    for fact in explanation.facts:
        members[fact.key] = fact.value
    for table in explanation.tables:
        rows = [_object(table, row) for row in table.rows]
        if table.several:
            members.setdefault(table.key, []).append(rows)
        else:
            members[table.key] = rows
    members["notes"] = explanation.notes
    return members


def _object(table: Table, row: Row) -> dict[str, Value]:
    named_values = zip(table.columns, row, strict=True)
    return {column.name: value for column, value in named_values if column.name}


def as_tables(explanation: Explanation) -> RenderableType:
    """The facts in a column, then each table under its title, then the notes."""
    blocks: list[RenderableType] = [_facts(explanation.facts)]
    for table in explanation.tables:
        blocks.append("")
        blocks.append(Text(printable(translated(table.title)), style="bold"))
        blocks.append(_table(table))
    if explanation.notes:
        blocks.append("")
    notes = [printable(translated(note)) for note in explanation.notes]
    blocks += [Text(note, style=REMARK) for note in notes]
    return Group(*blocks)


def _facts(facts: list[Fact]) -> RichTable:
    grid = RichTable.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for fact in facts:
        if fact.label and not _is_repeated(fact):
            grid.add_row(translated(fact.label), _cell(fact.shown or fact.value))
    return grid


def _table(table: Table) -> RenderableType:
    """Its rows; columns that are empty throughout are left out."""
    if not table.rows:
        return Text(translated(_NO_ROWS), style="dim")
    shown = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="dim")
    places = [place for place in range(len(table.columns)) if _is_shown(table, place)]
    for place in places:
        justify = _justified(table.rows[0][place])
        heading = translated(table.columns[place].heading)
        shown.add_column(heading, justify=justify, overflow="fold")
    for row in table.rows:
        shown.add_row(*(_cell(row[place]) for place in places), style=_style(table.columns, row))
    return shown


def _is_shown(table: Table, place: int) -> bool:
    column = table.columns[place]
    if not column.heading or _is_repeated(column):
        return False
    return any(row[place] not in _EMPTY for row in table.rows)


def _is_repeated(labelled: Fact | Column) -> bool:
    """Whether a reader of Korean has it already, under the label of its Korean."""
    return labelled.is_english and is_korean()


def _justified(value: Value) -> Any:
    """Where rich puts the values of a column, judged by one of them."""
    if isinstance(value, int):
        return "right"
    return "left"


def _style(columns: tuple[Column, ...], row: Row) -> str:
    for column, value in zip(columns, row, strict=True):
        if column.name == _MARK and value:
            return REMARK
    return ""


def _cell(value: Value) -> Text:
    if isinstance(value, list):
        lines = [_shown(item) for item in value]
    else:
        lines = [_shown(value)]
    return Text("\n".join(lines))


def _shown(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return printable(translated(value))
    return printable(str(value))
