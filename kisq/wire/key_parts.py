"""A tr_key taken apart, and what follows from its parts (protocol.md section 4)."""

import re
from typing import NamedTuple

from kisq.spec.key_forms import FORMS
from kisq.spec.markets import ACCESS, MARKETS, Market
from kisq.spec.tables import TRS

_KRX = "krx"


class TrKey(NamedTuple):
    """A tr_key taken apart: prefix ``D`` or ``R``, its market and the symbol.

    A key of any other kind than overseas stocks has no prefix, and is nothing but the symbol.
    ``other_tr`` is the TR that it goes with where that is neither its order books nor their trades.
    """

    prefix: str
    market: Market
    symbol: str
    other_tr: str = ""

    @property
    def text(self) -> str:
        """The tr_key as it goes over the wire."""
        return f"{self.prefix}{self.market.code if self.prefix else ''}{self.symbol}"

    @property
    def is_well_formed(self) -> bool:
        """Whether its market has such a prefix and such symbols."""
        return self.prefix in self.market.trs and bool(
            re.fullmatch(self.market.symbol, self.symbol)
        )

    @property
    def argument(self) -> str:
        """What to type for this key on the command line."""
        text = f"'{self.text}'" if " " in self.text else self.text
        if self.other_tr:
            return f"{text} --tr {self.other_tr}"
        beside = f" --venue {self.market.venue}" if self.market.venue not in ("", _KRX) else ""
        return text + beside

    @property
    def tr_id(self) -> str:
        """The TR that it goes with, where it may be one of several that of its order books."""
        return self.other_tr or self.market.trs[self.prefix]

    @property
    def tr_ids(self) -> tuple[str, str]:
        """The TRs of this key: that one, and that of its trades, empty where there is none."""
        return self.tr_id, TRS[self.tr_id].trades

    @property
    def delay_minutes(self) -> int:
        """How late its order books and trades are."""
        return TRS[self.tr_id].delay_minutes

    @property
    def is_etn(self) -> bool:
        """Whether it surely is none of the stocks; of an ETF or ELW its code does not tell."""
        return bool(self.market.venue) and self.symbol.startswith("Q")

    @property
    def is_no_stock(self) -> bool:
        """Whether it surely is none, so that nothing comes in a session for stocks only."""
        if self.is_etn or not self.market.venue or not self.other_tr:
            return self.is_etn
        return not any(FORMS[name].is_stock for name in TRS[self.other_tr].keys)

    @property
    def hours(self) -> Market:
        """The market with the sessions that this key may have data in."""
        return self.market.for_others() if self.is_no_stock else self.market

    @property
    def siblings(self) -> list["TrKey"]:
        """The keys of the same symbol in the exchange's other session or feed."""
        if self.market.sibling:
            other = MARKETS[self.market.sibling]
            return [TrKey(prefix, other, self.symbol) for prefix in other.trs]
        return [self._replace(prefix=p) for p in self.market.trs if p != self.prefix]

    @property
    def what(self) -> str:
        """What the key stands for, for example ``Nasdaq, US night``."""
        if self.market.venue and not self.is_etn and self.is_no_stock:
            return f"{self.market.english} {self.market.korean}"
        if self.market.venue:
            return f"{self.market.english} {self.market.korean}, {self.access}"
        if self.market.session != "Asia":
            return f"{self.market.english}, {self.market.session}"
        return f"{self.market.english}, {self.access}"

    @property
    def access(self) -> str:
        """What the feed of this key costs and how late it is, for example ``real time, paid``."""
        return ACCESS.get((self.market.code, self.prefix), "not documented")
