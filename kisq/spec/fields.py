"""What a TR is made of: fields under KIS's own mnemonics, what they stand for, and its layouts."""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cached_property


class Kind(Enum):
    """What the text of a field must look like; an empty field is always allowed."""

    TEXT = "text"
    DATE = "YYYYMMDD"
    TIME = "HHMMSS"
    INTEGER = "integer"
    DECIMAL = "decimal"


class Shape(Enum):
    """What a record of a TR is: the values stand for it in the JSON of a line."""

    BOOK = "book"
    TRADE = "trade"
    RECORD = "record"


@dataclass(frozen=True, slots=True)
class Field:
    """One field: KIS's mnemonic, KIS's Korean name, an English name, its kind and its unit.

    ``roles`` are the terms of the field that it stands for (``bid_total``, ``price``), those of a
    level with the number of the level (``bid.1``). ``example`` is a value of it.
    """

    name: str
    korean: str
    english: str
    kind: Kind
    unit: str = ""
    roles: tuple[str, ...] = ()
    example: str = ""


@dataclass(frozen=True)
class Width:
    """One layout of a TR: the fields of a record in wire order.

    KIS sends it ``since`` that Korean date, ``date.min`` where nobody knows. Where another layout
    has as many fields, the field at ``place`` decides: it matches ``pattern`` in this one. The last
    ``unnamed`` fields have no name in any list; they are only numbered.
    """

    fields: tuple[Field, ...]
    since: date = date.min
    place: int = 0
    pattern: str = ""
    unnamed: int = 0

    @cached_property
    def index(self) -> dict[str, int]:
        """The place of each field by its mnemonic."""
        return {field.name: place for place, field in enumerate(self.fields)}

    @cached_property
    def roles(self) -> dict[str, str]:
        """The mnemonic of the field in each role."""
        return {role: field.name for field in self.fields for role in field.roles}

    @cached_property
    def levels(self) -> int:
        """How many levels a side are in an order book, none in anything else."""
        return sum(role.startswith("bid.") for role in self.roles)

    @cached_property
    def shape(self) -> Shape:
        """What a record is, as far as the roles of its fields tell."""
        if self.levels:
            return Shape.BOOK
        is_trade = "price" in self.roles and "size" in self.roles
        return Shape.TRADE if is_trade else Shape.RECORD


@dataclass(frozen=True)
class Tr:
    """One TR: where it is offered, which keys it goes with, how late it is, and its layouts.

    ``keys`` are names of ``key_forms.FORMS``, or a prefix and market codes (``D+NAS,NYS``).
    ``market`` is the market code where the key does not name it, ``trades`` the TR of the same
    keys' trades. ``widths`` are the layouts, the newest last. ``totals_add_up`` says whether the
    totals are known to equal the sums of the levels, ``is_signed`` that a price may be below zero,
    ``is_unfinished`` that prices are no finished decimals, ``is_notice`` that it brings encrypted
    notices of one's own orders. ``live`` is what is known of real frames, ``examples`` where the
    examples of its fields come from.
    """

    id: str
    korean: str
    english: str
    widths: tuple[Width, ...]
    keys: tuple[str, ...]
    page: str = ""
    market: str = ""
    trades: str = ""
    delay_minutes: int = 0
    on_mock: bool = False
    on_real: bool = True
    is_notice: bool = False
    totals_add_up: bool = False
    is_signed: bool = False
    is_unfinished: bool = False
    live: str = ""
    examples: str = ""

    @property
    def newest(self) -> Width:
        return self.widths[-1]

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields of the newest layout."""
        return self.newest.fields

    @property
    def roles(self) -> dict[str, str]:
        """The mnemonics of the newest layout by their roles."""
        return self.newest.roles

    @property
    def levels(self) -> int:
        """How many levels a side the newest layout has, none where it is no order book."""
        return self.newest.levels

    @property
    def shape(self) -> Shape:
        return self.newest.shape

    def width_on(self, day: date) -> Width:
        """The layout that KIS sent on ``day``, a Korean date, as far as is known."""
        return [width for width in self.widths if width.since <= day][-1]
