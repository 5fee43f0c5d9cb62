"""One record of a data message: what order books and trades have in common."""

from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from kisq.protocol.durations import in_words
from kisq.protocol.frames import is_known
from kisq.protocol.layout import Layout
from kisq.protocol.moments import exchange_time, kst_time

_CLOCKS_AGREE = timedelta(seconds=5)


class FaultKind(StrEnum):
    """What can be odd about a record; the values are stable."""

    CROSSED = "crossed"  # the best bid is not below the best ask
    ORDER = "order"  # levels are not in the order of their prices
    SUM = "sum"  # a total is not the sum of its levels
    DIGITS = "digits"  # a price has other digits than the record says
    NEGATIVE = "negative"  # a price or a size is below zero
    KEY = "key"  # the key is not that of the symbol
    CLOCKS = "clocks"  # the two clocks are apart
    UNREADABLE_CLOCK = "unreadable clock"

    @property
    def contradicts(self) -> bool:
        """Whether the record contradicts itself, so that some field is not what it seems."""
        return self not in (FaultKind.CROSSED, FaultKind.UNREADABLE_CLOCK)


class Fault(NamedTuple):
    """Something odd about a record: its kind, and what is said of it."""

    kind: FaultKind
    text: str


class Record:
    """One record.

    ``values`` are the fields of the layout as they came, ``extra`` the surplus ones that KIS
    appended, ``json_ready`` whether each value may stand in JSON as it is, ``text`` the whole
    message that the record came in, ``at`` when that came (epoch seconds, NaN where unknown).
    """

    __slots__ = ("at", "extra", "json_ready", "layout", "text", "values")

    def __init__(
        self,
        layout: Layout,
        values: list[str],
        extra: list[str],
        json_ready: bool,
        text: str,
        at: float,
    ) -> None:
        self.layout, self.values, self.extra = layout, values, extra
        self.json_ready, self.text, self.at = json_ready, text, at

    def __getitem__(self, name: str) -> str:
        """The text of the field with KIS's mnemonic ``name``, as it came."""
        return self.values[self.layout.index[name]]

    def get(self, role: str) -> str:
        """The text of the field in that role; empty where this TR has none."""
        place = self.layout.places.get(role)
        return "" if place is None else self.values[place]

    def integer(self, role: str) -> int | None:
        """The integer in that role, None where it is empty."""
        return integer(self.get(role))

    def decimal(self, role: str) -> Decimal | None:
        """The number in that role with the digits of the wire, None where it is empty."""
        return decimal(self.get(role))

    def number(self, name: str) -> int | None:
        """The integer field with KIS's mnemonic ``name``, None where it is empty."""
        return integer(self[name])

    @property
    def surplus(self) -> str:
        """The surplus fields for people, the first ten of them."""
        more = f" and {len(self.extra) - 10} more" if len(self.extra) > 10 else ""
        return f"{', '.join(self.extra[:10])}{more}"

    @property
    def tr_id(self) -> str:
        return self.layout.tr.id

    @property
    def tr_key(self) -> str:
        return self.get("tr_key")

    @property
    def symbol(self) -> str:
        return self.get("symbol")

    @property
    def market(self) -> str | None:
        """The market code, None where there is none."""
        return market_of(self.layout, self.tr_key)

    @property
    def kst_time(self) -> datetime | None:
        """The Korean clock of the record; None where it is no time."""
        return kst_time(*self.layout.clock(self.values, self.at)[2:])

    @property
    def exchange_time(self) -> datetime | None:
        """The exchange's clock of the record, in its zone; None where it is no time."""
        date, time, *korean = self.layout.clock(self.values, self.at)
        return exchange_time(date, time, self.market, *korean)

    @property
    def lag(self) -> float | None:
        """Seconds from the Korean clock of the record to its arrival; None where unknown."""
        korean = self.kst_time
        return self.at - korean.timestamp() if korean and is_known(self.at) else None

    def faults(self) -> list[Fault]:
        """What is odd, at most one fault of each kind; an odd record is shown all the same."""
        exchange, korean = self.exchange_time, self.kst_time
        if exchange is None or korean is None:
            if not is_known(self.at) and "korean_date" not in self.layout.places:
                return []  # without a receive time there is no date to know it by
            return [Fault(FaultKind.UNREADABLE_CLOCK, "its clock cannot be read")]
        apart = abs(exchange - korean)
        if apart <= _CLOCKS_AGREE:
            return []
        said = f"its exchange clock and its Korean clock are {in_words(apart)} apart"
        return [Fault(FaultKind.CLOCKS, said)]


def market_of(layout: Layout, tr_key: str) -> str | None:
    """The market code of a record: the TR's own, or the one in its key (protocol.md section 4)."""
    return layout.tr.market or tr_key[1:4] or None


def integer(text: str) -> int | None:
    """An integer from the wire, None where it is empty."""
    return int(text) if text.strip() else None


def decimal(text: str) -> Decimal | None:
    """A number from the wire with its digits, None where it is empty."""
    text = text.strip()
    return Decimal(text) if text else None
