"""What the ladder of a key shows."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from kisq.spec.markets import MARKETS
from kisq.wire.book import OrderBook
from kisq.wire.record import Record, decimal
from kisq.wire.trade import Trade

Side = Literal["ask", "bid"]
ASK: Side = "ask"
BID: Side = "bid"
Change = tuple[Side, Decimal]  # side and price of a level
# Currencies whose prices are long whole numbers, written in groups of three digits.
_GROUPED = ("KRW", "JPY")


@dataclass(slots=True)
class View:
    """The newest record of a key, its newest trade where trades are shown, and the counts.

    ``rate`` is updates per second, ``age`` the seconds since the last update, ``marker`` what is
    to be known of the source, ``name`` that of the listing, ``session`` that of the market now.
    ``changed`` are the levels that stand out because they changed just now. ``standing`` says why
    the book is not to be relied upon, for example because only PINGPONG comes; empty otherwise.
    ``recording`` is what is recorded and how much.
    """

    record: Record
    updates: int = 1
    rate: float = 0.0
    age: float = 0.0
    pingpongs: int = 0
    marker: str = ""
    name: str = ""
    notes: list[str] = field(default_factory=list)
    trade: Trade | None = None
    session: str = ""
    changed: frozenset[Change] = frozenset()
    standing: str = ""
    recording: str = ""

    @property
    def book(self) -> OrderBook:
        """The record of a key of order books."""
        assert isinstance(self.record, OrderBook)  # noqa: S101 - whoever asks has looked
        return self.record

    @property
    def is_grouped(self) -> bool:
        """Whether its prices are written in groups of three digits."""
        return is_grouped(self.record)

    @property
    def previous_close(self) -> Decimal | None:
        """The close of the day before, as the newest trade tells by its change; else None."""
        if self.trade is None:
            return None
        price = self.trade.price
        change = decimal(self.trade.change_text)
        if price is None or change is None:
            return None
        return price - change


def is_grouped(record: Record) -> bool:
    """Whether the prices of its market are long whole numbers, as those in won and yen are."""
    market = MARKETS.get(record.market or "")
    return market is not None and market.currency in _GROUPED


def price_text(price: Decimal | None, *, grouped: bool, nothing: str) -> str:
    """A price with the digits of the wire; ``nothing`` where it is missing or 0."""
    if not price:
        return nothing
    if grouped:
        return f"{price:,f}"
    return f"{price:f}"
