"""The grammar of a tr_key: ``D`` or ``R`` + market (3) + symbol, or a Korean stock's code.

Source: protocol.md section 4.
"""

import re
from difflib import get_close_matches
from typing import NamedTuple

from kisq.errors import WrongUsage
from kisq.spec.markets import ACCESS, MARKETS, VENUES, Market
from kisq.spec.trs import BOOKS, TRS

_FORM = re.compile(r"([DR])([A-Z]{3})(.+)", re.DOTALL)
# Which markets a bare symbol may belong to, by its form; the first that fits answers.
_BARE = (
    (r"[0-9]{5}", (("D", "HKS"), ("R", "HKS"))),
    (r"[0-9][0-9A-Z]{3}", (("D", "TSE"), ("R", "TSE"))),
    (r"[A-Z][A-Z/.]{0,6}", (("D", "NAS"), ("R", "BAQ"))),
)
_LONGEST_BARE = 7
# An ETN's code has a Q in front (KIS's page 실시간-004).
_KOREAN = re.compile(r"Q?[0-9][0-9A-Z]{5}")
_KOREAN_ELSEWHERE = re.compile(r"A?([0-9][0-9A-Z]{5})(?:\.K[SQ])?")  # as other services write it
_KOREAN_SHORT = re.compile(r"[0-9]{1,5}")  # as a spreadsheet leaves 005930
_KRX = "krx"


class TrKey(NamedTuple):
    """A tr_key taken apart: prefix ``D`` or ``R``, its market and the symbol.

    A Korean key has no prefix, and is nothing but the symbol.
    """

    prefix: str
    market: Market
    symbol: str

    @property
    def text(self) -> str:
        """The tr_key as it goes over the wire."""
        return f"{self.prefix}{self.market.code if self.prefix else ''}{self.symbol}"

    @property
    def argument(self) -> str:
        """What to type for this key on the command line."""
        beside = f" --venue {self.market.venue}" if self.market.venue not in ("", _KRX) else ""
        return self.text + beside

    @property
    def tr_id(self) -> str:
        """The TR of this key's order books."""
        return self.market.trs[self.prefix]

    @property
    def tr_ids(self) -> tuple[str, str]:
        """The TRs of this key: its order books and its trades."""
        return self.tr_id, BOOKS[self.tr_id].trades

    @property
    def delay_minutes(self) -> int:
        """How late its order books and trades are."""
        return BOOKS[self.tr_id].delay_minutes

    @property
    def is_etn(self) -> bool:
        """Whether it surely is none of the stocks; of an ETF or ELW its code does not tell."""
        return bool(self.market.venue) and self.symbol.startswith("Q")

    @property
    def hours(self) -> Market:
        """The market with the sessions that this key may have data in."""
        return self.market.for_others() if self.is_etn else self.market

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
        if self.market.venue:
            return f"{self.market.english} {self.market.korean}, {self.access}"
        if self.market.session != "Asia":
            return f"{self.market.english}, {self.market.session}"
        return f"{self.market.english}, {self.access}"

    @property
    def access(self) -> str:
        """What the feed of this key costs and how late it is, for example ``real time, paid``."""
        return ACCESS[self.market.code, self.prefix]


def parse_tr_key(text: str, tr_id: str | None = None, venue: str | None = None) -> TrKey:
    """The parts of ``text``; ``tr_id`` is the TR it must go with, where one was given.

    ``venue`` is where a Korean stock is looked at; it follows from the TR, or else is KRX. Raises
    WrongUsage, whose sentence names the fault and offers the likely key.
    """
    if _KOREAN.fullmatch(text):
        return _korean(text, tr_id, venue)
    if venue:
        raise WrongUsage(f"{text!r} is no Korean stock, so it has no venue: leave --venue out")
    found = _FORM.fullmatch(text)
    if found is None or found[2] not in MARKETS:
        raise WrongUsage(_fault_of_form(text))
    market = MARKETS[found[2]]
    if not re.fullmatch(market.symbol, found[3]):
        raise WrongUsage(_fault_of_symbol(found[1], market, found[3]))
    if found[1] not in market.trs:
        raise WrongUsage(_fault_of_prefix(text, market, found[3]))
    key = TrKey(found[1], market, found[3])
    if tr_id is not None and tr_id not in key.tr_ids:
        raise WrongUsage(_fault_of_tr(key, tr_id))
    return key


def names_key(tr_id: str, text: str) -> bool:
    """Whether ``text`` is a well-formed tr_key of that TR."""
    try:
        parse_tr_key(text, tr_id)
    except WrongUsage:
        return False
    return True


def delay_minutes(tr_id: str, text: str) -> int:
    """How late the data of a registration are; 0 where the key is none that kisq knows."""
    try:
        return parse_tr_key(text, tr_id).delay_minutes
    except WrongUsage:
        return 0


def _korean(text: str, tr_id: str | None, venue: str | None) -> TrKey:
    venues = [venue] if venue else list(VENUES)
    keys = [TrKey("", VENUES[name], text) for name in venues]
    fitting = [key for key in keys if tr_id is None or tr_id in key.tr_ids]
    if not fitting:
        raise WrongUsage(_fault_of_tr(keys[0], tr_id))
    return fitting[0]


def _offer(keys: list[TrKey]) -> str:
    return " or ".join(f"{key.argument} ({key.what})" for key in keys)


def _fault_of_form(text: str) -> str:
    upper = text.strip().upper()
    if upper != text and (_works(upper) or _KOREAN.fullmatch(upper)):
        return f"{text!r}: a tr_key is upper case without spaces: {upper}"
    if upper in TRS:
        return f"{text!r} is a TR: name it with --tr {upper}, and a key"
    if korean := _KOREAN_ELSEWHERE.fullmatch(upper):
        return f"{text!r}: a Korean key is the code alone: {_offer(_keys('KRX', korean[1]))}"
    code, likely = _misplaced_market(upper)
    if code and likely:
        return f"{text!r}: market {code} needs a prefix and a symbol: {_offer(likely)}"
    found = _FORM.fullmatch(upper)
    near = get_close_matches(found[2], MARKETS, n=1, cutoff=0.6) if found else []
    if found and near:
        return f"{text!r}: unknown market {found[2]}, perhaps {_offer(_keys(near[0], found[3]))}"
    offered = _offer(_bare(upper)) or _offer([_keys("NAS", "AAPL")[0], _keys("KRX", "005930")[0]])
    if found and len(upper) > _LONGEST_BARE:
        known = " ".join(code for code, market in MARKETS.items() if market.trs)
        return f"{text!r}: unknown market {found[2]} (known: {known}), perhaps {offered}"
    if _KOREAN_SHORT.fullmatch(upper):
        offered += f"; Korean stocks have six characters: {_offer(_keys('KRX', upper.zfill(6)))}"
    return f"{text!r}: a tr_key needs session and market: {offered}"


def _keys(market: str, symbol: str) -> list[TrKey]:
    return [TrKey(prefix, MARKETS[market], symbol) for prefix in MARKETS[market].trs]


def _misplaced_market(upper: str) -> tuple[str, list[TrKey]]:
    """The market in a key whose prefix is missing or unknown, or whose symbol is missing."""
    for start in (0, 1):
        code, symbol = upper[start : start + 3], upper[start + 3 :]
        if code in MARKETS and not MARKETS[code].venue and (symbol or start):
            return code, _keys(code, symbol or "AAPL")
    return "", []


def _works(text: str) -> bool:
    found = _FORM.fullmatch(text)
    return bool(found and found[2] in MARKETS)


def _bare(symbol: str) -> list[TrKey]:
    for form, places in _BARE:
        if re.fullmatch(form, symbol):
            return [TrKey(p, MARKETS[m], symbol.replace(".", "/")) for p, m in places]
    return []


def _fault_of_symbol(prefix: str, market: Market, symbol: str) -> str:
    likely = symbol.strip().upper().replace(".", "/").replace("-", "/")
    if market.code == "HKS" and likely.isdigit():
        likely = likely.zfill(5)
    offer = ""
    if re.fullmatch(market.symbol, likely):
        prefix = prefix if prefix in market.trs else next(iter(market.trs))
        offer = f": {_offer([TrKey(prefix, market, likely)])}"
    return f"symbol {symbol!r}: {market.english} symbols are {market.symbol_says}{offer}"


def _fault_of_prefix(text: str, market: Market, symbol: str) -> str:
    right = [TrKey(prefix, market, symbol) for prefix in market.trs]
    if market.venue:
        return f"{text!r}: a Korean key has no prefix and no market: {_offer(right)}"
    other = right[0].siblings
    return (
        f"{text!r}: {market.code} goes with the prefix {right[0].prefix}: {_offer(right + other)}"
    )


def _fault_of_tr(key: TrKey, tr_id: str | None) -> str:
    fitting = [sibling for sibling in key.siblings if tr_id in sibling.tr_ids]
    offer = f", and {tr_id} wants {_offer(fitting)}" if fitting else ""
    return f"{key.text} ({key.what}) goes with {' and '.join(key.tr_ids)}, not {tr_id}{offer}"
