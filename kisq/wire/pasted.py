"""The keys that a text from elsewhere may mean: NASDAQ:AAPL, 9988.HK, an ISIN; pure.

All keys returned here are well-formed (protocol.md section 4).
"""

import re
import unicodedata
from collections.abc import Iterable

from kisq.spec.elsewhere import EXCHANGES, SUFFIXES, US
from kisq.spec.markets import MARKETS
from kisq.wire.key_parts import TrKey

_WITH_SUFFIX = re.compile(r"(.+?)[. ]([A-Z]{1,2})(?: EQUITY)?")
_ISIN = re.compile(r"[A-Z]{2}[0-9A-Z]{9}[0-9]")
# The ISIN of a Korean stock, which holds its code; that of a preferred share ends in another digit
# than its code does (KR7005931001 is 005935).
_KOREAN_ISIN = re.compile(r"KR7([0-9][0-9A-Z]{4}0)[0-9A-Z]{2}[0-9]")
_KOREAN_WITH_A = re.compile(r"A[0-9][0-9A-Z]{5}")
_US_SYMBOL = re.compile(r"[A-Z][A-Z/]{0,6}")
_KOREAN_DIGITS = 6
_HONG_KONG_DIGITS = 5
_KRX = "KRX"


def tidy(text: str) -> str:
    """``text`` in half-width capital letters, without surrounding spaces and invisible marks."""
    normal = unicodedata.normalize("NFKC", text)
    visible = [character for character in normal if unicodedata.category(character) != "Cf"]
    return "".join(visible).strip().upper()


def keys_on(codes: Iterable[str], symbol: str) -> list[TrKey]:
    """The well-formed keys of a symbol on these markets, as it is written there."""
    keys = []
    for code in codes:
        market = MARKETS[code]
        written = _written(code, symbol)
        keys += [TrKey(prefix, market, written) for prefix in market.trs]
    return [key for key in keys if key.is_well_formed]


def keys_at_exchange(text: str) -> list[TrKey]:
    """The keys of a text that names its exchange, before or after the symbol."""
    before, colon, after = text.partition(":")
    if colon:
        first = before.strip()
        second = after.strip()
        return _keys_of_pair(first, second) or _keys_of_pair(second, first)
    match = _WITH_SUFFIX.fullmatch(text)
    if match is None:
        return []
    return keys_on(SUFFIXES.get(match[2], ()), match[1])


def _keys_of_pair(exchange: str, symbol: str) -> list[TrKey]:
    if not symbol:
        return []
    return keys_on(_codes_of(exchange), symbol)


def us_symbol(text: str) -> str:
    """The US symbol that ``text`` may be, with a slash for a share class; empty if it is not."""
    slashed = text.replace(".", "/").replace("-", "/")
    if _US_SYMBOL.fullmatch(slashed):
        return slashed
    return ""


def is_us(keys: list[TrKey]) -> bool:
    """Whether these are all the keys of a US symbol whose exchange is not known."""
    return {key.market.code for key in keys} >= set(US)


def is_isin(text: str) -> bool:
    """Whether ``text`` has the form of an ISIN, whatever its check digit."""
    return bool(_ISIN.fullmatch(text))


def is_isin_of_stock(isin: str) -> bool:
    """Whether it is the ISIN of a Korean stock, ETF or ETN; the third character tells bonds."""
    return isin.startswith("KR7") and is_isin(isin)


def is_list(text: str) -> bool:
    """Whether it is several keys in one, as other programs accept them."""
    return "," in text or ";" in text


def has_check_digit(isin: str) -> bool:
    """Whether the last digit of an ISIN follows from the others (ISO 6166, Luhn)."""
    digits = "".join(str(int(character, 36)) for character in isin)
    total = 0
    for place, digit in enumerate(reversed(digits)):
        product = int(digit)
        if place % 2 == 1:
            product *= 2
        total += product // 10 + product % 10
    return total % 10 == 0


def korean_isin_keys(isin: str) -> list[TrKey]:
    """The keys of the stock with that Korean ISIN; empty if the ISIN does not hold its code."""
    match = _KOREAN_ISIN.fullmatch(isin)
    if match is None:
        return []
    return keys_on([_KRX], match[1])


def _codes_of(exchange: str) -> tuple[str, ...]:
    """The market codes of an exchange, given as KIS's own code or as others call it."""
    if exchange in MARKETS:
        return (exchange,)
    return EXCHANGES.get(exchange, ())


def _written(code: str, symbol: str) -> str:
    """A symbol as a market writes it: padded, with a slash for a share class."""
    if code == "HKS" and symbol.isdigit():
        return symbol.zfill(_HONG_KONG_DIGITS)
    if MARKETS[code].venue:
        return _written_in_korea(symbol)
    return symbol.replace(".", "/").replace("-", "/")


def _written_in_korea(symbol: str) -> str:
    if _KOREAN_WITH_A.fullmatch(symbol):
        symbol = symbol[1:]
    if symbol.isdigit():
        return symbol.zfill(_KOREAN_DIGITS)
    return symbol
