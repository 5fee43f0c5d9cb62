"""What a TR is made of: fields under KIS's own mnemonics, what they stand for, and its layouts."""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cached_property
from typing import NamedTuple

from kisq.locale.sentence import Sentence

PERSONAL = "personal"  # the role of a field that says whose order it is


class Kind(Enum):
    """What the text of a field must look like; an empty field is always allowed."""

    TEXT = "text"
    DATE = "YYYYMMDD"
    TIME = "HHMMSS"
    INTEGER = "integer"
    DECIMAL = "decimal"


class Shape(Enum):
    """What a record of a TR is; the values are its ``type`` in JSON."""

    BOOK = "book"
    TRADE = "trade"
    RECORD = "record"


class Field(NamedTuple):
    """One field: KIS's mnemonic and Korean name, an English name, its kind and its unit.

    ``roles`` are the trading terms that it stands for (``bid_total``, ``price``), with the number
    of the level for the fields of a level (``bid.1``). ``example`` is a possible value.
    """

    name: str
    korean: str
    english: Sentence
    kind: Kind
    unit: str = ""
    roles: tuple[str, ...] = ()
    example: str = ""


@dataclass(frozen=True)
class Width:
    """One layout of a TR: the fields of a record in wire order.

    KIS has sent it ``since`` that Korean date (``date.min`` if unknown). If another layout has the
    same number of fields, the field at ``place`` decides: in this layout it matches ``pattern``.
    The last ``unnamed`` fields are not named in any list, only numbered.
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
        """How many levels each side of an order book has; 0 if it is not an order book."""
        return sum(role.startswith("bid.") for role in self.roles)

    @cached_property
    def shape(self) -> Shape:
        """What a record is, judged by the roles of its fields."""
        if self.levels:
            return Shape.BOOK
        if "price" in self.roles and "size" in self.roles:
            return Shape.TRADE
        return Shape.RECORD


@dataclass(frozen=True)
class Tr:
    """One TR: where it is offered, which keys it goes with, how delayed it is, and its layouts.

    ``keys`` are names of ``key_forms.FORMS``, or a prefix and market codes (``D+NAS,NYS``).
    ``market`` is the market code if the key does not name it, ``trades`` the TR for trades of the
    same keys. ``widths`` are the layouts, the newest last. ``totals_add_up`` tells whether the
    totals are known to equal the sums of the levels, ``is_signed`` whether a price may be negative,
    ``is_unfinished`` whether prices still need a decimal point, ``is_notice`` whether it carries
    encrypted notices of one's own orders. ``live`` is what real frames have shown, ``examples``
    where the example values come from.
    """

    id: str
    korean: str
    english: Sentence
    widths: tuple[Width, ...]
    keys: tuple[str, ...]
    live: Sentence
    examples: Sentence
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
        """How many levels each side has in the newest layout; 0 if it is not an order book."""
        return self.newest.levels

    @property
    def shape(self) -> Shape:
        return self.newest.shape

    def width_on(self, day: date) -> Width:
        """The layout that KIS sent on ``day``, a Korean date, as far as known."""
        return [width for width in self.widths if width.since <= day][-1]
