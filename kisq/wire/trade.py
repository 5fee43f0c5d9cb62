"""A trade: what a record of a trade TR stands for (protocol.md section 3)."""

from decimal import Decimal
from enum import Enum

from kisq.wire.record import Record

_FALLING = ("4", "5")  # 하한, 하락


class Side(Enum):
    """Who came to the other: a buyer to the ask (매수), or a seller to the bid (매도)."""

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
        """The change since the day before, with its sign: overseas it is on the wire without one.

        As it came but for that; empty where it is empty.
        """
        text = self.get("change").strip()
        falls = self.get("sign").strip() in _FALLING
        return f"-{text}" if falls and text[:1].isdigit() and text.strip("0.") else text

    @property
    def told_side(self) -> Side:
        """The side as the wire says it, UNKNOWN where it does not."""
        code = self.get("side").strip()
        return _SIDES.get(self.layout.sides.get(code, ""), Side.UNKNOWN)

    @property
    def side(self) -> Side:
        """The side as the wire says it, or else from where the price stands."""
        if self.get("side").strip():
            return self.told_side
        price, bid, ask = self.price, self.decimal("bid"), self.decimal("ask")
        if price and ask and price >= ask:
            return Side.BUY
        return Side.SELL if price and bid and price <= bid else Side.UNKNOWN
