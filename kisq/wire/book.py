"""An order book: what a record of an order-book TR means (protocol.md section 3)."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from kisq.locale.sentence import Sentence, joined
from kisq.spec.tables import CodeWords
from kisq.wire.layout import EVEN, Places
from kisq.wire.record import Record
from kisq.wire.record_faults import Fault, FaultKind

_MOST_KEPT = 4096
_CROSSED = Sentence("the best bid {bid} is not below the best ask {ask}")
_NOT_IN_ORDER = Sentence("its levels are not in order of price")
_OTHER_SUM = Sentence("{name} is {total}, but its levels add up to {added}")


class _Digits(dict[str, int]):
    """The digits of a regular number as an integer, without its point; cached by the text.

    The same prices and sizes come again and again, so most are looked up rather than parsed.
    """

    def __missing__(self, text: str) -> int:
        if len(self) >= _MOST_KEPT:
            self.clear()
        digits = int(text.replace(".", ""))
        self[text] = digits
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
        return self._levels(self.layout.bids)

    @property
    def asks(self) -> list[Level]:
        """The ask levels, best first."""
        return self._levels(self.layout.asks)

    @property
    def best_bid(self) -> Level:
        return self._levels(self.layout.bids[:1])[0]

    @property
    def best_ask(self) -> Level:
        return self._levels(self.layout.asks[:1])[0]

    @property
    def expected_price(self) -> Decimal | None:
        """The price at which an auction would end now; None or 0 outside an auction."""
        return self.decimal("expected_price")

    @property
    def auction(self) -> CodeWords | None:
        """The auction that the book belongs to; None in continuous trading or if unknown."""
        place = self.layout.auction_place
        if place is None:
            return None
        return self.layout.auctions.get(self.values[place])

    def _levels(self, places: list[Places]) -> list[Level]:
        # The texts are converted in place, because a screen asks for twenty levels at once. KIS
        # sends nan and -nan for what it cannot work out (protocol.md section 3).
        values = self.values
        levels = []
        for price_place, size_place, change_place in places:
            price: Decimal | None = None
            size: int | None = None
            change: int | None = None
            text = values[price_place].strip()
            if text and not text.endswith("nan"):
                price = Decimal(text)
            text = values[size_place].strip()
            if text and not text.endswith("nan"):
                size = int(text)
            if change_place is not None:
                text = values[change_place].strip()
                if text and not text.endswith("nan"):
                    change = int(text)
            levels.append(Level(price, size, change))
        return levels

    def _levels_are_sound(self) -> bool:
        layout = self.layout
        values = self.values
        for total, column in layout.sums:
            if _DIGITS[values[total]] != sum(map(_digits_of, values[column])):
                return False
        if self.form is EVEN:  # prices of one length sort in the same order as their texts
            rising = values[layout.bid_prices_rising] + values[layout.ask_prices]
            best_differ = rising[layout.levels - 1] != rising[layout.levels]
            if best_differ and rising == sorted(rising):
                return True
        return self._is_in_order()

    def _is_in_order(self) -> bool:
        """Whether levels and best prices are in order; a price of 0 means no level."""
        bids = [_DIGITS[text] for text in self.values[self.layout.bid_prices]]
        asks = [_DIGITS[text] for text in self.values[self.layout.ask_prices]]
        if not (_ordered(bids[::-1]) and _ordered(asks)):
            return False
        one_side_is_empty = bids[0] == 0 or asks[0] == 0
        return bids[0] < asks[0] or one_side_is_empty or bool(self.expected_price)

    def search_faults(self) -> Iterator[Fault]:
        """The faults of levels and totals, and those that any record may have."""
        bids = self.bids
        asks = self.asks
        if self._is_crossed():
            sentence = _CROSSED.format(bid=bids[0].price, ask=asks[0].price)
            yield Fault(FaultKind.CROSSED, sentence)
        rising_bids = [level.price for level in reversed(bids)]
        rising_asks = [level.price for level in asks]
        if not (_ordered(rising_bids) and _ordered(rising_asks)):
            yield Fault(FaultKind.ORDER, _NOT_IN_ORDER)
        wrong_sums = list(self._sums(bids, asks))
        if wrong_sums:
            yield Fault(FaultKind.SUM, joined("; ", wrong_sums))
        yield from super().search_faults()

    def _is_crossed(self) -> bool:
        bid = self.best_bid.price
        ask = self.best_ask.price
        if not bid or not ask or self.expected_price:  # in an auction, bids and asks may cross
            return False
        return bid >= ask

    def _sums(self, bids: list[Level], asks: list[Level]) -> Iterator[Sentence]:
        """A sentence for each total that is not the sum of its levels."""
        if not self.layout.tr.totals_add_up:
            return
        yield from self._sum("bid_total", [level.size for level in bids])
        yield from self._sum("ask_total", [level.size for level in asks])
        if "bid_size_change.1" in self.layout.roles:
            yield from self._sum("bid_total_change", [level.change for level in bids])
            yield from self._sum("ask_total_change", [level.change for level in asks])

    def _sum(self, role: str, levels: list[int | None]) -> Iterator[Sentence]:
        total = self.integer(role)
        added = sum(size for size in levels if size)
        if total is not None and total != added:
            name = self.layout.roles[role]
            yield _OTHER_SUM.format(name=name, total=total, added=added)


def _ordered(rising: Sequence[Decimal | int | None]) -> bool:
    prices = [price for price in rising if price]
    return prices == sorted(prices)
