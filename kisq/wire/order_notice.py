"""A notice of one's own order: what a decrypted record of a notice TR says (section 3)."""

from decimal import Decimal, InvalidOperation

from kisq.spec.fields import PERSONAL
from kisq.spec.notices import ACTIONS, IMPLIED_DIGITS, OrderAction
from kisq.spec.tables import codes_of
from kisq.wire.escape import MASK
from kisq.wire.record import Record

_WON = "KRW"


class OrderNotice(Record):
    """One record of a notice TR."""

    __slots__ = ()

    @property
    def action(self) -> OrderAction:
        """What happened to the order."""
        if self.get("fill_number").strip():
            return OrderAction.FILLED
        for role, actions in ACTIONS:
            action = actions.get(self.get(role).strip())
            if action:
                return action
        return OrderAction.ACCEPTED

    @property
    def side(self) -> tuple[str, str]:
        """Sell or buy, in Korean and in English; an unknown code stays a code."""
        code = self.get("order_side").strip()
        words = codes_of(self.tr_id, self.layout.roles.get("order_side", "")).get(code)
        if words is None:
            return code, ""
        return words.korean, words.english

    @property
    def price_text(self) -> str:
        """The price without leading zeros, with its implied decimal point if that is known.

        Otherwise, as for derivatives, as it came; empty if there is none.
        """
        text = self.get("order_price").strip()
        decimals = self._price_decimals()
        if decimals is None:
            return text
        return _number(text, decimals)

    def _price_decimals(self) -> int | None:
        """How many decimals the price has; None if unknown."""
        if "order_market" in self.layout.roles:
            return IMPLIED_DIGITS.get(self.get("order_market").strip())
        place = self.layout.places["order_price"]
        if self.layout.fields[place].unit == _WON:
            return 0
        return None

    @property
    def size_text(self) -> str:
        """The size of the order or of the fill, without leading zeros."""
        return _number(self.get("order_size").strip(), 0)

    def without_personal(self) -> "OrderNotice":
        """A copy in which the values that say whose order it is are masked."""
        values = list(self.values)
        for place, field in enumerate(self.layout.fields):
            if values[place] and PERSONAL in field.roles:
                values[place] = MASK
        return OrderNotice(
            self.layout, values, self.extra, self.form, self.json_ready, self.text, self.at
        )


def _number(text: str, digits: int) -> str:
    """A whole number from the wire with a decimal point before its last ``digits``."""
    try:
        number = Decimal(text).scaleb(-digits)
    except InvalidOperation:
        return text
    return f"{number:f}"
