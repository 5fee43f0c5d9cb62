"""An order book: what a record of an order-book TR stands for (protocol.md section 3)."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from kisq.spec.tables import CodeWords
from kisq.wire.layout import Form, Places
from kisq.wire.record import Record
from kisq.wire.record_faults import Fault, FaultKind

_MOST_KEPT = 4096
_CROSSED = "best bid {bid} is not below best ask {ask}"
_NOT_IN_ORDER = "its levels are not in the order of their prices"
_OTHER_SUM = "{name} is {total}, but its levels add up to {added}"


class _Digits(dict[str, int]):
    """The digits of a regular number as an integer, without its point; kept by the text.

    Prices and sizes come again and again, so that most need not be worked out anew.
    """

    def __missing__(self, text: str) -> int:
        if len(self) >= _MOST_KEPT:
            self.clear()
        digits = self[text] = int(text.replace(".", ""))
        return digits


_DIGITS = _Digits()
_digits_of = _DIGITS.__getitem__


class Level(NamedTuple):
    """One level of one side: price as on the wire, size and change in shares; None if empty."""

    price: Decimal | None
    size: int | None
    change: int | None


class OrderBook(Record):
    """One record of an order-book TR."""

    __slots__ = ()

    @property
    def bids(self) -> list[Level]:
        """The bid levels, best first."""
        return [self._level(at) for at in self.layout.bids]

    @property
    def asks(self) -> list[Level]:
        """The ask levels, best first."""
        return [self._level(at) for at in self.layout.asks]

    @property
    def best_bid(self) -> Level:
        return self._level(self.layout.bids[0])

    @property
    def best_ask(self) -> Level:
        return self._level(self.layout.asks[0])

    @property
    def expected_price(self) -> Decimal | None:
        """The price at which an auction would end now; None or 0 where there is no auction."""
        return self.decimal("expected_price")

    @property
    def auction(self) -> CodeWords | None:
        """The auction that the book stands in; None where it stands in none that is known."""
        place = self.layout.auction_place
        return None if place is None else self.layout.auctions.get(self.values[place])

    def _level(self, at: Places) -> Level:
        values = self.values  # what is not there is empty; the texts are taken apart in place, as
        price = values[at[0]].strip()  # a drawing asks for twenty levels
        size = values[at[1]].strip()
        change = "" if at[2] is None else values[at[2]].strip()
        return Level(
            Decimal(price) if price else None,
            int(size) if size else None,
            int(change) if change else None,
        )

    def _levels_are_sound(self) -> bool:
        layout, values = self.layout, self.values
        for total, column in layout.sums:
            if _DIGITS[values[total]] != sum(map(_digits_of, values[column])):
                return False
        if self.form is Form.EVEN:  # prices of one length are in order as their texts are
            rising = values[layout.bid_prices_rising] + values[layout.ask_prices]
            best_differ = rising[layout.levels - 1] != rising[layout.levels]
            if best_differ and rising == sorted(rising):
                return True
        return self._is_in_order()

    def _is_in_order(self) -> bool:
        """Whether levels and best prices are in order; a price of 0 is none."""
        layout, values = self.layout, self.values
        bids = list(map(_digits_of, values[layout.bid_prices]))
        asks = list(map(_digits_of, values[layout.ask_prices]))
        if not (_ordered(bids[::-1]) and _ordered(asks)):
            return False
        return bids[0] < asks[0] or not (bids[0] and asks[0]) or bool(self.expected_price)

    def search_faults(self) -> Iterator[Fault]:
        """What is odd about the levels and totals, and what may be odd about any record."""
        bids, asks = self.bids, self.asks
        crossed = bids[0].price and asks[0].price and bids[0].price >= asks[0].price
        if crossed and not self.expected_price:  # in an auction, bids and asks may cross
            sentence = _CROSSED.format(bid=bids[0].price, ask=asks[0].price)
            yield Fault(FaultKind.CROSSED, sentence)
        prices = ([level.price for level in side] for side in (bids[::-1], asks))
        if not all(map(_ordered, prices)):
            yield Fault(FaultKind.ORDER, _NOT_IN_ORDER)
        if sums := "; ".join(self._sums(bids, asks)):
            yield Fault(FaultKind.SUM, sums)
        yield from super().search_faults()

    def _sums(self, bids: list[Level], asks: list[Level]) -> Iterator[str]:
        """What is said of each total that is not the sum of its levels."""
        if not self.layout.tr.totals_add_up:
            return
        yield from self._sum("bid_total", [level.size for level in bids])
        yield from self._sum("ask_total", [level.size for level in asks])
        if "bid_size_change.1" in self.layout.roles:
            yield from self._sum("bid_total_change", [level.change for level in bids])
            yield from self._sum("ask_total_change", [level.change for level in asks])

    def _sum(self, role: str, levels: list[int | None]) -> Iterator[str]:
        total, added = self.integer(role), sum(filter(None, levels))
        if total is not None and total != added:
            name = self.layout.roles[role]
            yield _OTHER_SUM.format(name=name, total=total, added=added)


def _ordered(rising: Sequence[Decimal | int | None]) -> bool:
    prices = [price for price in rising if price]
    return prices == sorted(prices)
