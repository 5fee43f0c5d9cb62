"""What can be odd about a record."""

from enum import StrEnum
from typing import NamedTuple

from kisq.locale.sentence import Sentence


class FaultKind(StrEnum):
    """A kind of fault in a record; the values are stable."""

    CROSSED = "crossed"  # the best bid is not below the best ask
    ORDER = "order"  # levels are not in order of price
    SUM = "sum"  # a total is not the sum of its levels
    DIGITS = "digits"  # a price has other decimals than the record says
    NEGATIVE = "negative"  # a price or a size is below zero
    KEY = "key"  # the key does not belong to the symbol
    CLOCKS = "clocks"  # the two clocks are apart
    UNREADABLE_CLOCK = "unreadable clock"

    @property
    def contradicts(self) -> bool:
        """Whether the record contradicts itself, so some field is not what it seems."""
        return self not in (FaultKind.CROSSED, FaultKind.UNREADABLE_CLOCK)


class Fault(NamedTuple):
    """Something odd about a record: its kind, and a sentence about it."""

    kind: FaultKind
    text: Sentence
