"""What is wrong with a tr_key, in a sentence that offers the likely one (protocol.md section 4)."""

import re
from difflib import get_close_matches

from kisq.spec.fields import Tr
from kisq.spec.key_forms import FORMS, KOREAN
from kisq.spec.markets import MARKETS, Market
from kisq.spec.tables import TRS
from kisq.wire.key_parts import TrKey

_FORM = re.compile(r"([DR])([A-Z]{3})(.+)", re.DOTALL)
# Which markets a bare symbol may belong to, by its form; the first that fits answers.
_BARE = (
    (r"[0-9]{5}", (("D", "HKS"), ("R", "HKS"))),
    (r"[0-9][0-9A-Z]{3}", (("D", "TSE"), ("R", "TSE"))),
    (r"[A-Z][A-Z/.]{0,6}", (("D", "NAS"), ("R", "BAQ"))),
)
_LONGEST_BARE = 7
_KOREAN = re.compile(KOREAN)
_KOREAN_ELSEWHERE = re.compile(r"A?([0-9][0-9A-Z]{5})(?:\.K[SQ])?")  # as other services write it
_KOREAN_SHORT = re.compile(r"[0-9]{1,5}")  # as a spreadsheet leaves 005930


def _offer(keys: list[TrKey]) -> str:
    return " or ".join(f"{key.argument} ({key.what})" for key in keys)


def of_form(text: str) -> str:
    """What is wrong with a text that is no key at all."""
    upper = text.strip().upper()
    if upper != text and (_works(upper) or _KOREAN.fullmatch(upper)):
        return f"{text!r}: a tr_key is upper case without spaces: {upper}"
    if upper in TRS:
        return f"{text!r} is a TR: name it with --tr {upper}, and a key"
    if trs := _trs_of_form(upper):
        return f"{text!r} goes with more than one TR: name one with --tr ({' '.join(trs)})"
    if korean := _KOREAN_ELSEWHERE.fullmatch(upper):
        return f"{text!r}: a Korean key is the code alone: {_offer(_keys('KRX', korean[1]))}"
    code, likely = _misplaced_market(upper)
    if code and likely:
        return f"{text!r}: market {code} needs a prefix and a symbol: {_offer(likely)}"
    found = _FORM.fullmatch(upper)
    known = [code for code, market in MARKETS.items() if market.trs]
    near = get_close_matches(found[2], known, n=1, cutoff=0.6) if found else []
    if found and near:
        return f"{text!r}: unknown market {found[2]}, perhaps {_offer(_keys(near[0], found[3]))}"
    offered = _offer(_bare(upper)) or _offer([_keys("NAS", "AAPL")[0], _keys("KRX", "005930")[0]])
    if found and len(upper) > _LONGEST_BARE:
        return f"{text!r}: unknown market {found[2]} (known: {' '.join(known)}), perhaps {offered}"
    if _KOREAN_SHORT.fullmatch(upper):
        offered += f"; Korean stocks have six characters: {_offer(_keys('KRX', upper.zfill(6)))}"
    return f"{text!r}: a tr_key needs session and market: {offered}"


def _keys(market: str, symbol: str) -> list[TrKey]:
    return [TrKey(prefix, MARKETS[market], symbol) for prefix in MARKETS[market].trs]


def _misplaced_market(upper: str) -> tuple[str, list[TrKey]]:
    """The market in a key whose prefix is missing or unknown, or whose symbol is missing."""
    for start in (0, 1):
        code, symbol = upper[start : start + 3], upper[start + 3 :]
        if code in MARKETS and _is_overseas(MARKETS[code]) and (symbol or start):
            return code, _keys(code, symbol or "AAPL")
    return "", []


def _works(text: str) -> bool:
    found = _FORM.fullmatch(text)
    return bool(found and found[2] in MARKETS and _is_overseas(MARKETS[found[2]]))


def _is_overseas(market: Market) -> bool:
    return bool(market.trs) and not market.venue


def _trs_of_form(upper: str) -> list[str]:
    """The TRs that a key goes with which is known by its form, and by nothing else."""
    forms = [name for name, form in FORMS.items() if form.alone and re.fullmatch(form.alone, upper)]
    return [tr_id for tr_id, tr in TRS.items() if forms and forms[0] in tr.keys]


def _bare(symbol: str) -> list[TrKey]:
    for form, places in _BARE:
        if re.fullmatch(form, symbol):
            return [TrKey(p, MARKETS[m], symbol.replace(".", "/")) for p, m in places]
    return []


def of_symbol(prefix: str, market: Market, symbol: str) -> str:
    """What is wrong with a symbol that no stock of the market can have."""
    likely = symbol.strip().upper().replace(".", "/").replace("-", "/")
    if market.code == "HKS" and likely.isdigit():
        likely = likely.zfill(5)
    offer = ""
    if re.fullmatch(market.symbol, likely):
        prefix = prefix if prefix in market.trs else next(iter(market.trs))
        offer = f": {_offer([TrKey(prefix, market, likely)])}"
    return f"symbol {symbol!r}: {market.english} symbols are {market.symbol_says}{offer}"


def of_prefix(text: str, market: Market, symbol: str) -> str:
    """What is wrong with a key whose market does not go with its prefix."""
    right = [TrKey(prefix, market, symbol) for prefix in market.trs]
    if market.venue:
        return f"{text!r}: a Korean key has no prefix and no market: {_offer(right)}"
    other = right[0].siblings
    return (
        f"{text!r}: {market.code} goes with the prefix {right[0].prefix}: {_offer(right + other)}"
    )


def of_tr(key: TrKey, tr_id: str | None) -> str:
    """What is wrong with a key that goes with another TR."""
    fitting = [sibling for sibling in key.siblings if tr_id in sibling.tr_ids]
    offer = f", and {tr_id} wants {_offer(fitting)}" if fitting else ""
    trs = " and ".join(filter(None, key.tr_ids))
    return f"{key.text} ({key.what}) goes with {trs}, not {tr_id}{offer}"


def of_tr_form(text: str, tr: Tr, key: TrKey | None) -> str:
    """What is wrong with a key that has none of the forms of ``tr``; ``key`` is what it is else."""
    upper = text.strip().upper()
    fits = any(re.fullmatch(FORMS[name].pattern, upper) for name in tr.keys)
    if upper != text and fits:
        return f"{text!r}: a tr_key is upper case without spaces around it: {upper}"
    if "stock" in tr.keys:
        return of_tr(key, tr.id) if key else of_form(text)
    form = FORMS[tr.keys[0]]
    return f"{text!r}: a key of {tr.id} is {form.says}, for example {form.example}"
