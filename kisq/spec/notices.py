"""Notices of one's own orders (protocol.md section 3): their TRs, codes and implied points."""

from enum import Enum

from kisq.spec.tables import TRS


class OrderAction(Enum):
    """What a notice says of an order; Korean and English."""

    ACCEPTED = ("접수", "accepted")
    AMENDED = ("정정", "amended")
    CANCELLED = ("취소", "cancelled")
    REFUSED = ("거부", "refused")
    FILLED = ("체결", "filled")

    def __init__(self, korean: str, english: str) -> None:
        self.korean, self.english = korean, english


_CHANGES = {
    "1": OrderAction.AMENDED,
    "01": OrderAction.AMENDED,
    "2": OrderAction.CANCELLED,
    "02": OrderAction.CANCELLED,
}
# What the fields say, by their roles; the first that says anything counts.
ACTIONS = (
    ("order_refused", {"1": OrderAction.REFUSED}),
    ("order_answer", {"03": OrderAction.REFUSED}),
    ("order_filled", {"2": OrderAction.FILLED}),
    ("order_change", _CHANGES),
    ("order_accepted", {"3": OrderAction.CANCELLED}),  # IOC, FOK
)
# The digits behind the point that H0GSCNI0 leaves out of a price, by its code of the market.
IMPLIED_DIGITS = {
    **dict.fromkeys("6789", 4),  # Nasdaq, NYSE, Amex, OTCB
    "D": 1,  # Tokyo
    **dict.fromkeys("5AB", 3),  # Shanghai, Shenzhen
    **dict.fromkeys("4C", 3),  # Hong Kong
    **dict.fromkeys("EF", 0),  # Hanoi, Ho Chi Minh City
}
# The mock server has ids of its own; the same notices by both.
MOCK_IDS = {"H0STCNI0": "H0STCNI9", "H0GSCNI0": "H0GSCNI9", "H0IFCNI0": "H0IFCNI9"}


def is_notice(tr_id: str) -> bool:
    """Whether the TR brings order notices; its tr_key is an HTS ID."""
    return tr_id in TRS and TRS[tr_id].is_notice
