"""A tr_key taken apart, and what follows from its parts (protocol.md section 4)."""

import re
from typing import NamedTuple

from kisq.locale.sentence import Sentence, joined
from kisq.spec.access import ACCESS, NOT_DOCUMENTED
from kisq.spec.key_forms import FORMS
from kisq.spec.markets import ASIA_SESSION, MARKETS, Market
from kisq.spec.tables import TRS

_KRX = "krx"


class TrKey(NamedTuple):
    """A tr_key taken apart: prefix ``D`` or ``R``, its market and the symbol.

    Only keys of overseas stocks have a prefix; any other key is just the symbol. ``other_tr`` is
    the TR that it goes with if that is neither its order books nor their trades.
    """

    prefix: str
    market: Market
    symbol: str
    other_tr: str = ""

    @property
    def text(self) -> str:
        """The tr_key as it goes over the wire."""
        if self.prefix:
            return f"{self.prefix}{self.market.code}{self.symbol}"
        return self.symbol

    @property
    def is_well_formed(self) -> bool:
        """Whether its market has such a prefix and such symbols."""
        if self.prefix not in self.market.trs:
            return False
        return re.fullmatch(self.market.symbol, self.symbol) is not None

    @property
    def argument(self) -> str:
        """What to type for this key on the command line."""
        text = self.text
        if " " in text:
            text = f"'{text}'"
        if self.other_tr:
            return f"{text} --tr {self.other_tr}"
        if self.market.venue not in ("", _KRX):
            return f"{text} --venue {self.market.venue}"
        return text

    @property
    def tr_id(self) -> str:
        """The TR that it goes with; for a stock the TR of its order books."""
        return self.other_tr or self.market.trs[self.prefix]

    @property
    def tr_ids(self) -> tuple[str, str]:
        """The TRs of this key: ``tr_id``, and the one for its trades (empty if there is none)."""
        return self.tr_id, TRS[self.tr_id].trades

    @property
    def delay_minutes(self) -> int:
        """How late its order books and trades are."""
        return TRS[self.tr_id].delay_minutes

    @property
    def is_etn(self) -> bool:
        """Whether it certainly is an ETN; the code of an ETF or ELW does not show what it is."""
        return bool(self.market.venue) and self.symbol.startswith("Q")

    @property
    def is_no_stock(self) -> bool:
        """Whether it certainly is not a stock, so that sessions for stocks only are silent."""
        if self.is_etn or not self.market.venue or not self.other_tr:
            return self.is_etn
        return not any(FORMS[name].is_stock for name in TRS[self.other_tr].keys)

    @property
    def hours(self) -> Market:
        """The market with the sessions in which this key may have data."""
        if self.is_no_stock:
            return self.market.for_others()
        return self.market

    @property
    def siblings(self) -> list["TrKey"]:
        """The keys of the same symbol in the exchange's other session or feed."""
        if self.market.sibling:
            other = MARKETS[self.market.sibling]
            return [TrKey(prefix, other, self.symbol) for prefix in other.trs]
        prefixes = [prefix for prefix in self.market.trs if prefix != self.prefix]
        return [self._replace(prefix=prefix) for prefix in prefixes]

    @property
    def what(self) -> Sentence:
        """What the key stands for, for example ``Nasdaq, US night``."""
        exchange = self.market.english
        if self.market.venue and not self.is_etn and self.is_no_stock:
            return exchange
        if self.market.venue or self.market.session == ASIA_SESSION:
            return joined(", ", (exchange, self.access))
        return joined(", ", (exchange, self.market.session))

    @property
    def access(self) -> Sentence:
        """What the feed of this key costs and how late it is, for example ``real time, paid``."""
        return ACCESS.get((self.market.code, self.prefix), NOT_DOCUMENTED)
