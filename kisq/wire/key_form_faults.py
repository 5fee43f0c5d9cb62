"""What is wrong with a text that is no tr_key, in a sentence with the likely one.

Source: protocol.md section 4.
Every key that a sentence offers is well-formed, and is followed by a space, a comma or a full stop,
so that whoever copies it copies nothing else.
"""

import re
from collections.abc import Callable
from difflib import get_close_matches

from kisq.spec.key_forms import FORMS, KOREAN
from kisq.spec.markets import MARKETS
from kisq.spec.tables import TRS
from kisq.wire import pasted
from kisq.wire.key_parts import TrKey

_FORM = re.compile(r"([DR])([A-Z]{3})(.+)", re.DOTALL)
# Which markets a bare number may belong to, by its form; the first that fits answers.
_BARE = (
    (r"[0-9]{5}", ("HKS",)),
    (r"[0-9]{4}", ("TSE", "HKS")),
    (r"[0-9][0-9A-Z]{3}", ("TSE",)),
    (r"[0-9]{1,3}", ("HKS",)),
)
_KOREAN = re.compile(KOREAN)
_KOREAN_ELSEWHERE = re.compile(r"A([0-9][0-9A-Z]{5})")  # as other services write it
_KOREAN_SHORT = re.compile(r"[0-9]{1,5}")  # as a spreadsheet leaves 005930
_SHORT_SYMBOL = re.compile(r"[A-Z]{1,5}")  # of the US, though it may begin like a market
# Where AAPL is none.
_EXAMPLE_SYMBOLS = {
    "NYS": "KO",
    "BAY": "KO",
    "AMS": "SPY",
    "BAA": "SPY",
    "TSE": "7203",
    "HKS": "00700",
    "SHS": "600519",
    "SZS": "000001",
    "HSX": "VNM",
    "HNX": "SHS",
}
_SEPARATED = "{text!r}: separate keys with a space, not with a comma"
_UPPER_CASE = "{text!r}: a tr_key is upper case without spaces: {keys}"
_A_TR = "{text!r} is a TR: name it with --tr {tr_id}, and a key"
_SEVERAL_TRS = "{text!r} goes with more than one TR: name one with --tr ({trs})"
_CODE_ALONE = "{text!r}: a Korean key is the code alone: {keys}"
_CHECK_DIGIT = "{text!r} is no ISIN, for its check digit does not fit: check its spelling"
_ISIN_ALONE = "{text!r} is an ISIN, which KIS does not take: look for its key with `kisq find`"
_ISIN = "{text!r} is an ISIN, which KIS does not take: the key is {keys}"
_ELSEWHERE = "{text!r} is not how KIS writes a key: {keys}"
_ELSEWHERE_US = "{text!r} is not how KIS writes a key, which names the market: {keys}"
_NO_PREFIX = "{text!r}: market {market} needs a prefix and a symbol: {keys}"
_NO_PREFIX_OR_US = (
    "{text!r}: market {market} needs a prefix and a symbol: {keys}; of a symbol of the US it is "
    "{others}"
)
_NEAR_MARKET = "{text!r}: unknown market {market}, perhaps {keys}"
_UNKNOWN_MARKET = "{text!r}: unknown market {market} (known: {known}), for example {keys}"
_BARE_SYMBOL = "{text!r}: a tr_key needs session and market: {keys}"
_BARE_OR_KOREAN = (
    "{text!r}: a tr_key needs session and market: {keys}; Korean stocks have six characters: "
    "{others}"
)
_NO_KEY = "{text!r} is no tr_key such as {keys}; look for a name with `kisq find`"
_EMPTY = "{text!r}: a tr_key needs session and market: {keys}"
_US = (
    "{nas} (Nasdaq), {nys} (NYSE) or {ams} (Amex, most ETFs) at night, and {baq} (Nasdaq), {bay} "
    "(NYSE) or {baa} (Amex) in the US daytime session"
)


def _example_symbol(code: str) -> str:
    """A symbol that exists on a market abroad."""
    return _EXAMPLE_SYMBOLS.get(code, "AAPL")


def offer(keys: list[TrKey]) -> str:
    return " or ".join(f"{key.argument} ({key.what})" for key in keys if key.is_well_formed)


def _offer_us(symbol: str) -> str:
    """All the keys that a symbol of the US may have whose market is not known."""
    codes = ("NAS", "NYS", "AMS", "BAQ", "BAY", "BAA")
    keys = {key.market.code.lower(): key.text for key in pasted.keys_on(codes, symbol)}
    return _US.format(**keys)


def of_form(text: str) -> str:
    """What is wrong with a text that is no key at all."""
    tidy = pasted.tidy(text)
    for explanation in _EXPLANATIONS:
        if sentence := explanation(text, tidy):
            return sentence
    return _NO_KEY.format(text=text, keys=offer(_EXAMPLES))


_EXAMPLES = [TrKey("D", MARKETS["NAS"], "AAPL"), TrKey("", MARKETS["KRX"], "005930")]


def _empty(text: str, tidy: str) -> str:
    return "" if tidy else _EMPTY.format(text=text, keys=offer(_EXAMPLES))


def _separated(text: str, tidy: str) -> str:
    return _SEPARATED.format(text=text) if pasted.is_list(tidy) else ""


def _upper_case(text: str, tidy: str) -> str:
    keys = offer(_works(tidy)) if tidy != text else ""
    return _UPPER_CASE.format(text=text, keys=keys) if keys else ""


def _works(text: str) -> list[TrKey]:
    """The key that ``text`` is as it stands, if it is one."""
    if _KOREAN.fullmatch(text):
        return [TrKey("", MARKETS["KRX"], text)]
    match = _FORM.fullmatch(text)
    if match is None or match[2] not in MARKETS:
        return []
    key = TrKey(match[1], MARKETS[match[2]], match[3])
    return [key] if key.is_well_formed else []


def _a_tr(text: str, tidy: str) -> str:
    return _A_TR.format(text=text, tr_id=tidy) if tidy in TRS else ""


def _several_trs(text: str, tidy: str) -> str:
    """Of a key that is known by its form and goes with TRs of that form."""
    names = [name for name, form in FORMS.items() if form.alone and re.fullmatch(form.alone, tidy)]
    if not names or pasted.is_isin_of_stock(tidy):
        return ""
    trs = [tr_id for tr_id, tr in TRS.items() if names[0] in tr.keys]
    return _SEVERAL_TRS.format(text=text, trs=" ".join(trs))


def _isin(text: str, tidy: str) -> str:
    if not pasted.is_isin(tidy):
        return ""
    if not pasted.has_check_digit(tidy):
        return _CHECK_DIGIT.format(text=text)
    keys = offer(pasted.korean_isin_keys(tidy))
    return _ISIN.format(text=text, keys=keys) if keys else _ISIN_ALONE.format(text=text)


def _code_alone(text: str, tidy: str) -> str:
    match = _KOREAN_ELSEWHERE.fullmatch(tidy)
    keys = pasted.keys_on(["KRX"], match[1]) if match else []
    return _CODE_ALONE.format(text=text, keys=offer(keys)) if keys else ""


def _elsewhere(text: str, tidy: str) -> str:
    keys = pasted.keys_at_exchange(tidy)
    if not keys:
        return ""
    if keys[0].market.venue:
        return _CODE_ALONE.format(text=text, keys=offer(keys))
    if pasted.is_us(keys):
        return _ELSEWHERE_US.format(text=text, keys=_offer_us(keys[0].symbol))
    day = [other for key in keys if key.market.sibling for other in key.siblings]
    return _ELSEWHERE.format(text=text, keys=offer(keys + day))


def _no_prefix(text: str, tidy: str) -> str:
    """Of a key whose prefix is missing or unknown, or whose symbol is missing."""
    for start in (0, 1):
        code, symbol = tidy[start : start + 3], tidy[start + 3 :]
        if code not in MARKETS or MARKETS[code].venue or not (symbol or start):
            continue
        keys = offer(pasted.keys_on([code], symbol or _example_symbol(code)))
        if not keys:
            continue
        if _SHORT_SYMBOL.fullmatch(tidy) and symbol:
            others = _offer_us(tidy)
            return _NO_PREFIX_OR_US.format(text=text, market=code, keys=keys, others=others)
        return _NO_PREFIX.format(text=text, market=code, keys=keys)
    return ""


def _unknown_market(text: str, tidy: str) -> str:
    match = _FORM.fullmatch(tidy)
    if match is None:
        return ""
    known = [code for code, market in MARKETS.items() if market.trs]
    near = get_close_matches(match[2], known, n=1, cutoff=0.6)
    keys = offer(pasted.keys_on(near, match[3]))
    if keys:
        return _NEAR_MARKET.format(text=text, market=match[2], keys=keys)
    if pasted.us_symbol(tidy):
        return ""
    return _UNKNOWN_MARKET.format(
        text=text, market=match[2], known=" ".join(known), keys=offer(_EXAMPLES)
    )


def _bare(text: str, tidy: str) -> str:
    if symbol := pasted.us_symbol(tidy):
        return _BARE_SYMBOL.format(text=text, keys=_offer_us(symbol))
    codes = next((codes for form, codes in _BARE if re.fullmatch(form, tidy)), ())
    keys = offer(pasted.keys_on(codes, tidy))
    if keys and _KOREAN_SHORT.fullmatch(tidy):
        korean = offer(pasted.keys_on(["KRX"], tidy))
        return _BARE_OR_KOREAN.format(text=text, keys=keys, others=korean)
    return _BARE_SYMBOL.format(text=text, keys=keys) if keys else ""


# Tried in this order, each with the text and with it in capital letters of the usual width.
_EXPLANATIONS: tuple[Callable[[str, str], str], ...] = (
    _empty,
    _separated,
    _upper_case,
    _a_tr,
    _several_trs,
    _isin,
    _code_alone,
    _elsewhere,
    _no_prefix,
    _unknown_market,
    _bare,
)
