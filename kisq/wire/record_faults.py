"""What can be odd about a record."""

from enum import StrEnum
from typing import NamedTuple


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
