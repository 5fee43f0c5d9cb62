"""Notices of one's own orders (protocol.md section 3): their TRs, codes and implied points."""

from enum import Enum

from kisq.locale.sentence import Name
from kisq.spec.tables import TRS


class OrderAction(Enum):
    """What happened to an order, in Korean and in English."""

    ACCEPTED = ("접수", "accepted")
    AMENDED = ("정정", "amended")
    CANCELLED = ("취소", "cancelled")
    REFUSED = ("거부", "refused")
    FILLED = ("체결", "filled")

    def __init__(self, korean: str, english: str) -> None:
        self.korean = korean
        self.english = Name(english, korean)


_CHANGES = {
    "1": OrderAction.AMENDED,
    "01": OrderAction.AMENDED,
    "2": OrderAction.CANCELLED,
    "02": OrderAction.CANCELLED,
}
# What the fields say, by role; the first that says anything counts.
ACTIONS = (
    ("order_refused", {"1": OrderAction.REFUSED}),
    ("order_answer", {"03": OrderAction.REFUSED}),
    ("order_filled", {"2": OrderAction.FILLED}),
    ("order_change", _CHANGES),
    ("order_accepted", {"3": OrderAction.CANCELLED}),  # IOC, FOK
)
# How many decimals a price of H0GSCNI0 has (it omits the point), by its market code.
IMPLIED_DIGITS = {
    **dict.fromkeys("6789", 4),  # Nasdaq, NYSE, Amex, OTCB
    "D": 1,  # Tokyo
    **dict.fromkeys("5AB", 3),  # Shanghai, Shenzhen
    **dict.fromkeys("4C", 3),  # Hong Kong
    **dict.fromkeys("EF", 0),  # Hanoi, Ho Chi Minh City
}
# The mock server has its own ids for the same notices.
MOCK_IDS = {"H0STCNI0": "H0STCNI9", "H0GSCNI0": "H0GSCNI9", "H0IFCNI0": "H0IFCNI9"}


def is_notice(tr_id: str) -> bool:
    """Whether the TR carries order notices; its tr_key is an HTS ID."""
    return tr_id in TRS and TRS[tr_id].is_notice
