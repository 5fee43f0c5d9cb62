"""Notices of made-up orders: an order is accepted, then filled, amended, cancelled or refused."""

from datetime import datetime
from itertools import count
from typing import NamedTuple

from kisq.simulator.faults import NO_FAULTS, Faults
from kisq.spec.fields import Tr, Width
from kisq.wire.clocks import KST
from kisq.wire.trkey import TrKey


class _Stock(NamedTuple):
    """What is ordered: symbol, name and price as they stand in a notice, and the market's code."""

    symbol: str
    name: str
    price: str
    market: str = ""


_KOREAN = _Stock("005930", "삼성전자", "000070000")
_STOCKS = {  # by the beginning of the tr_id; the market's code is that of H0GSCNI0
    "H0GSCNI": _Stock("AAPL", "애플", "002315600", "6"),
    "H0IFCNI": _Stock("A01612", "F 202612", "000035000"),
    "H0MFCNI": _Stock("A01612", "F 202612", "000035000"),
    "H0EUCNI": _Stock("B01612350", "C 202612 350.0", "000000250"),
    "HDFFF1C": _Stock("CNHU26", "", "7.12345"),
    "HDFFF2C": _Stock("CNHU26", "", "7.12345"),
}
# The fields of the notices of one order, one after another, by role.
_ACCEPTED = {"order_filled": "1", "order_accepted": "1", "order_answer": "02"}
_STEPS = (
    _ACCEPTED,
    {"order_filled": "2", "order_accepted": "2"},
    _ACCEPTED | {"order_change": "1"},
    _ACCEPTED | {"order_change": "2"},
    _ACCEPTED | {"order_refused": "1", "order_answer": "03"},
)
_PERSONAL = {
    "ACNT_NO": "5012345601",
    "ACCT_NO": "5012345601",
    "ACNT_NAME": "홍길동",
    "WORK_EMPL": "홍길동",
}


class OrderMaker:
    """Makes one notice after another of the orders of one HTS ID, each as its plaintext."""

    def __init__(self, tr: Tr, key: TrKey, width: Width | None = None) -> None:
        self._tr = tr
        self._key = key
        self._fields = (width or tr.newest).fields
        self._stock = _STOCKS.get(tr.id[:7], _KOREAN)
        self._steps = count()

    def message(self, now: datetime, faults: Faults = NO_FAULTS) -> str:
        """The next notice as a message that is still to be encrypted; ``now`` has its zone."""
        values = self._values(next(self._steps), now.astimezone(KST))
        record = {field.name: "" for field in self._fields} | _PERSONAL
        for field in self._fields:
            for role in field.roles:
                record[field.name] = values.get(role, record[field.name])
        named = {field.name: record[field.name] for field in self._fields}
        return f"1|{self._tr.id}|001|{'^'.join(faults.spoil(named))}"

    def _values(self, number: int, korean: datetime) -> dict[str, str]:
        """The fields of notice ``number``, by role."""
        order, step = divmod(number, len(_STEPS))
        values = {"order_refused": "0", "order_change": "0"} | _STEPS[step]
        if self._tr.id.startswith("HDFFF"):  # there it has two digits
            values["order_change"] = values["order_change"].zfill(2)
        return values | {
            "tr_key": self._key.text,
            "order_side": ("02", "01")[order % 2],
            "order_symbol": self._stock.symbol,
            "order_name": self._stock.name,
            "order_market": self._stock.market,
            "order_price": self._stock.price,
            "order_size": f"{10 * (order % 9 + 1):010d}",
            "order_time": f"{korean:%H%M%S}",
            "fill_number": f"{number + 1:010d}",
        }
