"""What there is to say about a word, as data that any output can show.

Texts in it may come from the network: whoever shows them escapes them first.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

Value = str | int | bool | list[str] | dict[str, str | bool | None] | None


class Fact(NamedTuple):
    """One thing to know: its name in JSON, its name for people and its value.

    ``shown`` is what people see in place of ``value``, where that reads better.
    """

    key: str
    label: str
    value: Value
    shown: str = ""


class Table(NamedTuple):
    """Rows of values under ``columns``, which are (name in JSON, heading) pairs.

    ``key`` is its name in JSON. ``several`` marks one of a list of such tables. A column without
    a heading is for JSON alone.
    """

    key: str
    title: str
    columns: tuple[tuple[str, str], ...]
    rows: list[tuple[Value, ...]]
    several: bool = False


@dataclass(slots=True)
class Explanation:
    """Everything about one word; ``kind`` says what it is: code, tr, market, tr_key or message."""

    kind: str
    facts: list[Fact]
    tables: list[Table] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
