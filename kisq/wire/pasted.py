"""The keys that a text from elsewhere may stand for: NASDAQ:AAPL, 9988.HK, an ISIN; pure.

Every key that is given is well-formed (protocol.md section 4).
"""

import re
import unicodedata
from collections.abc import Iterable

from kisq.spec.elsewhere import EXCHANGES, SUFFIXES, US
from kisq.spec.markets import MARKETS
from kisq.wire.key_parts import TrKey

_WITH_SUFFIX = re.compile(r"(.+?)[. ]([A-Z]{1,2})(?: EQUITY)?")
_ISIN = re.compile(r"[A-Z]{2}[0-9A-Z]{9}[0-9]")
# Of a Korean stock: the third character, and where its code stands; a preferred share has another
# digit at its end than its code has (KR7005931001 is 005935).
_KOREAN_ISIN = re.compile(r"KR7([0-9][0-9A-Z]{4}0)[0-9A-Z]{2}[0-9]")
_KOREAN_WITH_A = re.compile(r"A[0-9][0-9A-Z]{5}")
_US_SYMBOL = re.compile(r"[A-Z][A-Z/]{0,6}")
_KOREAN_DIGITS = 6
_HONG_KONG_DIGITS = 5
_KRX = "KRX"


def tidy(text: str) -> str:
    """``text`` in capital letters of the usual width, without spaces and marks around it."""
    usual = unicodedata.normalize("NFKC", text)
    return "".join(c for c in usual if unicodedata.category(c) != "Cf").strip().upper()


def keys_on(codes: Iterable[str], symbol: str) -> list[TrKey]:
    """The well-formed keys of a symbol on markets, as it is written there."""
    markets = [MARKETS[code] for code in codes]
    keys = [TrKey(p, m, _written(m.code, symbol)) for m in markets for p in m.trs]
    return [key for key in keys if key.is_well_formed]


def keys_at_exchange(text: str) -> list[TrKey]:
    """The keys of a text that names its exchange, in front of the symbol or behind it."""
    before, colon, after = text.partition(":")
    if colon:
        pairs = [(before.strip(), after.strip()), (after.strip(), before.strip())]
        each = [keys_on(_exchange(name), symbol) for name, symbol in pairs if symbol]
        return next((keys for keys in each if keys), [])
    match = _WITH_SUFFIX.fullmatch(text)
    return keys_on(SUFFIXES.get(match[2], ()), match[1]) if match else []


def us_symbol(text: str) -> str:
    """The symbol of a text that may be one of the US, with a slash for a share class; or empty."""
    slashed = text.replace(".", "/").replace("-", "/")
    return slashed if _US_SYMBOL.fullmatch(slashed) else ""


def is_us(keys: list[TrKey]) -> bool:
    """Whether these are all that a symbol of the US has, for want of its market."""
    return {key.market.code for key in keys} >= set(US)


def is_isin(text: str) -> bool:
    """Whether ``text`` has the form of an ISIN, and its check digit is right or not."""
    return bool(_ISIN.fullmatch(text))


def is_isin_of_stock(isin: str) -> bool:
    """Whether it is one of a Korean stock, ETF or ETN and no bond, as its third character tells."""
    return isin.startswith("KR7") and is_isin(isin)


def is_list(text: str) -> bool:
    """Whether it is several keys in one, as other programs take them."""
    return "," in text or ";" in text


def has_check_digit(isin: str) -> bool:
    """Whether the last digit of an ISIN is the one that the others give (ISO 6166)."""
    digits = "".join(str(int(character, 36)) for character in isin)
    sums = (
        sum(divmod(int(digit) * (1 + place % 2), 10)) for place, digit in enumerate(digits[::-1])
    )
    return sum(sums) % 10 == 0


def korean_isin_keys(isin: str) -> list[TrKey]:
    """The keys of the stock with that Korean ISIN; none where the ISIN does not hold its code."""
    match = _KOREAN_ISIN.fullmatch(isin)
    return keys_on([_KRX], match[1]) if match else []


def _exchange(name: str) -> tuple[str, ...]:
    """The markets that an exchange may be, by KIS's own code or as others call it."""
    own = (name,) if name in MARKETS else ()
    return own or EXCHANGES.get(name, ())


def _written(code: str, symbol: str) -> str:
    """A symbol as a market writes it: padded, with a slash for a share class."""
    if code == "HKS" and symbol.isdigit():
        return symbol.zfill(_HONG_KONG_DIGITS)
    if MARKETS[code].venue:
        plain = symbol[1:] if _KOREAN_WITH_A.fullmatch(symbol) else symbol
        return plain.zfill(_KOREAN_DIGITS) if plain.isdigit() else plain
    return symbol.replace(".", "/").replace("-", "/")
