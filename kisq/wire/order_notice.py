"""A notice of one's own order: what a decrypted record of a notice TR says (section 3)."""

from decimal import Decimal, InvalidOperation

from kisq.spec.notices import ACTIONS, IMPLIED_DIGITS, OrderAction
from kisq.spec.tables import codes_of
from kisq.wire.escape import MASK
from kisq.wire.record import Record

_PERSONAL = "personal"
_WON = "KRW"


class OrderNotice(Record):
    """One record of a notice TR."""

    __slots__ = ()

    @property
    def action(self) -> OrderAction:
        """What became of the order."""
        if self.get("fill_number").strip():
            return OrderAction.FILLED
        for role, actions in ACTIONS:
            action = actions.get(self.get(role).strip())
            if action:
                return action
        return OrderAction.ACCEPTED

    @property
    def side(self) -> tuple[str, str]:
        """Sell or buy, Korean and English; the code itself where it is none that is known."""
        code = self.get("order_side").strip()
        words = codes_of(self.tr_id, self.layout.roles.get("order_side", "")).get(code)
        return (words.korean, words.english) if words else (code, "")

    @property
    def price_text(self) -> str:
        """The price without leading zeros, its implied point set where that is known.

        Else, as for derivatives, as it came; empty where there is none.
        """
        text, place = self.get("order_price").strip(), self.layout.places["order_price"]
        if "order_market" in self.layout.roles:
            digits = IMPLIED_DIGITS.get(self.get("order_market").strip())
            return text if digits is None else _number(text, digits)
        is_whole = self.layout.fields[place].unit == _WON
        return _number(text, 0) if is_whole else text

    @property
    def size_text(self) -> str:
        """The size of the order or of the fill, without leading zeros."""
        return _number(self.get("order_size").strip(), 0)

    def without_personal(self) -> "OrderNotice":
        """The same, with the values masked that say whose order it is."""
        fields = zip(self.layout.fields, self.values, strict=True)
        values = [MASK if value and _PERSONAL in field.roles else value for field, value in fields]
        return OrderNotice(
            self.layout, values, self.extra, self.form, self.json_ready, self.text, self.at
        )


def _number(text: str, digits: int) -> str:
    """A whole number of the wire with a point in front of its last ``digits``."""
    try:
        number = Decimal(text).scaleb(-digits)
    except InvalidOperation:
        return text
    return f"{number:f}"
