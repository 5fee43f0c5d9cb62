"""A trade: what a record of a trade TR means (protocol.md section 3)."""

from decimal import Decimal
from enum import Enum

from kisq.wire.record import Record

_FALLING = ("4", "5")  # 하한, 하락


class Side(Enum):
    """Who took the other's price: a buyer the ask (매수), or a seller the bid (매도)."""

    BUY = "buy"
    SELL = "sell"
    UNKNOWN = "unknown"


_SIDES = {"buy": Side.BUY, "sell": Side.SELL}


class Trade(Record):
    """One record of a trade TR."""

    __slots__ = ()

    @property
    def price(self) -> Decimal | None:
        return self.decimal("price")

    @property
    def size(self) -> int | None:
        """Shares."""
        return self.integer("size")

    @property
    def change_text(self) -> str:
        """The change since the day before as on the wire, but always with its minus sign.

        Overseas records have the sign in a field of its own.
        """
        text = self.get("change").strip()
        falls = self.get("sign").strip() in _FALLING
        is_unsigned = text[:1].isdigit() and text.strip("0.") != ""
        if falls and is_unsigned:
            return f"-{text}"
        return text

    @property
    def signed_values(self) -> list[str]:
        """The values with the sign of the change, and without a + before its rate."""
        places = self.layout.places
        values = self.values.copy()
        if "change" in places:
            values[places["change"]] = self.change_text
        if "change_rate" in places:
            rate_place = places["change_rate"]
            values[rate_place] = values[rate_place].lstrip("+")
        return values

    @property
    def told_side(self) -> Side:
        """The side that the record states; UNKNOWN if it states none."""
        code = self.get("side").strip()
        return _SIDES.get(self.layout.sides.get(code, ""), Side.UNKNOWN)

    @property
    def side(self) -> Side:
        """The side that the record states, or the one that follows from price, bid and ask."""
        if self.get("side").strip():
            return self.told_side
        price = self.price
        bid = self.decimal("bid")
        ask = self.decimal("ask")
        if price and ask and price >= ask:
            return Side.BUY
        if price and bid and price <= bid:
            return Side.SELL
        return Side.UNKNOWN
