"""An explanation as data that any output can show.

Texts in it may come from the network: whoever shows them escapes them first. Those for people are
sentences, which the output for people translates.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from kisq.locale.sentence import Sentence

Value = str | int | bool | list[str] | dict[str, str | bool | None] | None
Row = tuple[Value, ...]
JSON_ONLY = Sentence("")  # the label of a fact, or the heading of a column, that people do not see
PEOPLE_ONLY = ""  # the name of a column that is not in JSON


class Fact(NamedTuple):
    """One fact: its name in JSON, its label for people and its value.

    People see ``shown`` in place of ``value`` if that reads better. ``is_english`` marks a fact
    whose Korean is a fact of its own.
    """

    key: str
    label: Sentence
    value: Value
    shown: str = ""
    is_english: bool = False


class Column(NamedTuple):
    """A column of a table: its name in JSON and its heading for people.

    ``is_english`` marks one whose Korean is in a column of its own.
    """

    name: str
    heading: Sentence
    is_english: bool = False


class Table(NamedTuple):
    """Rows of values under ``columns``.

    ``key`` is its name in JSON. ``several`` marks one of a list of such tables.
    """

    key: str
    title: Sentence
    columns: tuple[Column, ...]
    rows: Sequence[Row]
    several: bool = False


# The columns of tables that show fields of a record, or their codes.
NUMBER = Column("number", Sentence("#"))
NAME_COLUMNS = (
    Column("name", Sentence("field")),
    Column("korean", Sentence("Korean name")),
    Column("english", Sentence("English name"), is_english=True),
)
FIELD_COLUMNS = (
    NUMBER,
    *NAME_COLUMNS,
    Column("form", Sentence("form")),
    Column("unit", Sentence("unit")),
    Column("example", Sentence("example")),
)
CODE_COLUMNS = (
    Column("field", Sentence("field")),
    Column("code", Sentence("code")),
    Column("korean", Sentence("Korean")),
    Column("english", Sentence("English"), is_english=True),
)


@dataclass(slots=True)
class Explanation:
    """Everything about one word; ``kind`` is its kind: code, tr, market, tr_key or message."""

    kind: str
    facts: list[Fact]
    tables: list[Table] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
