"""What a TR is made of: fields under KIS's own mnemonics, and what they stand for."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default
from enum import Enum


class Kind(Enum):
    """What the text of a field must look like; an empty field is always allowed."""

    TEXT = "text"
    DATE = "YYYYMMDD"
    TIME = "HHMMSS"
    INTEGER = "integer"
    DECIMAL = "decimal"


@dataclass(frozen=True, slots=True)
class Field:
    """One field: KIS's mnemonic, KIS's Korean name, an English name, its kind and its unit."""

    name: str
    korean: str
    english: str
    kind: Kind
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Tr:
    """One TR: where it is offered, how late it is and the fields of a record in wire order.

    ``levels`` a side are in an order book, none in a trade. ``roles`` maps the terms of the field
    (``bid_total``, ``price``) to mnemonics; those of a level get its number behind them
    (``bid`` to ``PBID``: PBID1 to PBID10). Where there are ``decimals``, each price has so many.
    ``trades`` is the TR of the same keys' trades.
    ``market`` is the market code where the key does not name it. ``least`` is how few fields real
    records have, 0 for all of them. ``totals_add_up`` says whether the totals are known to equal
    the sums of the levels, ``live`` what real frames are known to have beyond the documented
    fields.
    """

    id: str
    korean: str
    english: str
    page: str
    fields: tuple[Field, ...]
    roles: Mapping[str, str] = default(hash=False)
    levels: int = 0
    delay_minutes: int = 0
    on_mock: bool = False
    totals_add_up: bool = False
    trades: str = ""
    market: str = ""
    least: int = 0
    live: str = ""


def table(text: str) -> tuple[Field, ...]:
    """Fields from lines of ``mnemonic | Korean name | English name | kind | unit``."""
    rows = (map(str.strip, line.split("|")) for line in text.strip().splitlines())
    return tuple(
        Field(name, korean, english, Kind[kind], *unit)
        for name, korean, english, kind, *unit in rows
    )


def numbered(template: tuple[Field, ...], levels: int) -> list[tuple[Field, ...]]:
    """The fields of ``template`` for each level from 1 to ``levels``."""
    return [
        tuple(
            Field(f"{f.name}{n}", f"{f.korean}{n}", f"{f.english} {n}", f.kind, f.unit)
            for f in template
        )
        for n in range(1, levels + 1)
    ]
