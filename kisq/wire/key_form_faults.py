"""What is wrong with a text that is not a tr_key, in a sentence with the likely one.

Source: protocol.md section 4. Every key that a sentence offers is well-formed and followed by a
space, a comma or a full stop, so that it can be copied without anything else.
"""

import re
from collections.abc import Callable
from difflib import get_close_matches

from kisq.locale.sentence import Sentence
from kisq.spec.key_forms import FORMS, KOREAN
from kisq.spec.markets import MARKETS
from kisq.spec.tables import TRS
from kisq.wire import pasted
from kisq.wire.key_offers import EXAMPLES, example_symbol, offer, offer_us
from kisq.wire.key_parts import TrKey

_FORM = re.compile(r"([DR])([A-Z]{3})(.+)", re.DOTALL)
# Which markets a bare number may belong to, by its form; the first that fits counts.
_BARE = (
    (r"[0-9]{5}", ("HKS",)),
    (r"[0-9]{4}", ("TSE", "HKS")),
    (r"[0-9][0-9A-Z]{3}", ("TSE",)),
    (r"[0-9]{1,3}", ("HKS",)),
)
_KOREAN = re.compile(KOREAN)
_KOREAN_ELSEWHERE = re.compile(r"A([0-9][0-9A-Z]{5})")  # as other services write it
_KOREAN_SHORT = re.compile(r"[0-9]{1,5}")  # what a spreadsheet leaves of 005930
_SHORT_SYMBOL = re.compile(r"[A-Z]{1,5}")  # of the US, though it may begin like a market
_SEPARATED = Sentence("{text!r}: separate keys with a space, not with a comma")
_UPPER_CASE = Sentence("{text!r}: a tr_key is upper case without spaces: {keys}")
_A_TR = Sentence("{text!r} is a TR: pass it with --tr {tr_id}, followed by a key")
_SEVERAL_TRS = Sentence(
    "{text!r} goes with more than one TR: choose one with --tr in watch, check or raw ({trs})"
)
_CODE_ALONE = Sentence("{text!r}: a Korean key is just the code: {keys}")
_CHECK_DIGIT = Sentence("{text!r} is not an ISIN: its check digit does not fit; check its spelling")
_ISIN_ALONE = Sentence(
    "{text!r} is an ISIN, which KIS does not accept: find its key by symbol or name with "
    "`kisq find`"
)
_ISIN = Sentence("{text!r} is an ISIN, which KIS does not accept: the key is {keys}")
_ELSEWHERE = Sentence("{text!r} is not how KIS writes a key: {keys}")
_ELSEWHERE_US = Sentence("{text!r} is not how KIS writes a key, which names the market: {keys}")
_NO_PREFIX = Sentence("{text!r}: market {market} needs a prefix and a symbol: {keys}")
_NO_PREFIX_OR_US = Sentence(
    "{text!r}: market {market} needs a prefix and a symbol: {keys}; as a US symbol it is {others}"
)
_NEAR_MARKET = Sentence("{text!r}: unknown market {market}, perhaps {keys}")
_UNKNOWN_MARKET = Sentence("{text!r}: unknown market {market} (known: {known}), for example {keys}")
_BARE_SYMBOL = Sentence("{text!r}: a tr_key needs session and market: {keys}")
_BARE_OR_KOREAN = Sentence(
    "{text!r}: a tr_key needs session and market: {keys}; Korean stocks have six characters: "
    "{others}"
)
_NO_KEY = Sentence("{text!r} is not a tr_key such as {keys}; to search by name, use `kisq find`")


def of_form(text: str) -> Sentence:
    """What is wrong with a text that is not a key at all."""
    tidy = pasted.tidy(text)
    for explanation in _EXPLANATIONS:
        sentence = explanation(text, tidy)
        if sentence:
            return sentence
    return _NO_KEY.format(text=text, keys=offer(EXAMPLES))


def _empty(text: str, tidy: str) -> Sentence | None:
    if tidy:
        return None
    return _BARE_SYMBOL.format(text=text, keys=offer(EXAMPLES))


def _separated(text: str, tidy: str) -> Sentence | None:
    if not pasted.is_list(tidy):
        return None
    return _SEPARATED.format(text=text)


def _upper_case(text: str, tidy: str) -> Sentence | None:
    if tidy == text:
        return None
    key = _key_of(tidy)
    if key is None:
        return None
    return _UPPER_CASE.format(text=text, keys=offer([key]))


def _key_of(text: str) -> TrKey | None:
    """The key that ``text`` is; None if it is not one."""
    if _KOREAN.fullmatch(text):
        return TrKey("", MARKETS["KRX"], text)
    match = _FORM.fullmatch(text)
    if match is None or match[2] not in MARKETS:
        return None
    key = TrKey(match[1], MARKETS[match[2]], match[3])
    if key.is_well_formed:
        return key
    return None


def _a_tr(text: str, tidy: str) -> Sentence | None:
    if tidy not in TRS:
        return None
    return _A_TR.format(text=text, tr_id=tidy)


def _several_trs(text: str, tidy: str) -> Sentence | None:
    """For a key that is known by its form and goes with several TRs of that form."""
    names = [name for name, form in FORMS.items() if form.alone and re.fullmatch(form.alone, tidy)]
    if not names or pasted.is_isin_of_stock(tidy):
        return None
    trs = [tr_id for tr_id, tr in TRS.items() if names[0] in tr.keys]
    return _SEVERAL_TRS.format(text=text, trs=" ".join(trs))


def _isin(text: str, tidy: str) -> Sentence | None:
    if not pasted.is_isin(tidy):
        return None
    if not pasted.has_check_digit(tidy):
        return _CHECK_DIGIT.format(text=text)
    keys = pasted.korean_isin_keys(tidy)
    if not keys:
        return _ISIN_ALONE.format(text=text)
    return _ISIN.format(text=text, keys=offer(keys))


def _code_alone(text: str, tidy: str) -> Sentence | None:
    match = _KOREAN_ELSEWHERE.fullmatch(tidy)
    if match is None:
        return None
    return _CODE_ALONE.format(text=text, keys=offer(pasted.keys_on(["KRX"], match[1])))


def _elsewhere(text: str, tidy: str) -> Sentence | None:
    keys = pasted.keys_at_exchange(tidy)
    if not keys:
        return None
    if keys[0].market.venue:
        return _CODE_ALONE.format(text=text, keys=offer(keys))
    if pasted.is_us(keys):
        return _ELSEWHERE_US.format(text=text, keys=offer_us(keys[0].symbol))
    day = [other for key in keys if key.market.sibling for other in key.siblings]
    return _ELSEWHERE.format(text=text, keys=offer(keys + day))


def _no_prefix(text: str, tidy: str) -> Sentence | None:
    """For a key whose prefix is missing or unknown, or whose symbol is missing."""
    return _no_prefix_before(text, tidy, 0) or _no_prefix_before(text, tidy, 1)


def _no_prefix_before(text: str, tidy: str, start: int) -> Sentence | None:
    """The same if ``tidy`` has its market at ``start``; a market alone is not a key without one."""
    code = tidy[start : start + 3]
    symbol = tidy[start + 3 :]
    if code not in MARKETS or MARKETS[code].venue:
        return None
    if not symbol and not start:
        return None
    keys = pasted.keys_on([code], symbol or example_symbol(code))
    if not keys:
        return None
    if not symbol or not _SHORT_SYMBOL.fullmatch(tidy):
        return _NO_PREFIX.format(text=text, market=code, keys=offer(keys))
    return _NO_PREFIX_OR_US.format(text=text, market=code, keys=offer(keys), others=offer_us(tidy))


def _unknown_market(text: str, tidy: str) -> Sentence | None:
    match = _FORM.fullmatch(tidy)
    if match is None or match[2] in MARKETS:
        return None
    market = match[2]
    known = [code for code, market in MARKETS.items() if market.trs]
    near = get_close_matches(market, known, n=1, cutoff=0.6)
    keys = pasted.keys_on(near, match[3])
    if keys:
        return _NEAR_MARKET.format(text=text, market=market, keys=offer(keys))
    if pasted.us_symbol(tidy):
        return None
    return _UNKNOWN_MARKET.format(
        text=text, market=market, known=" ".join(known), keys=offer(EXAMPLES)
    )


def _bare(text: str, tidy: str) -> Sentence | None:
    symbol = pasted.us_symbol(tidy)
    if symbol:
        return _BARE_SYMBOL.format(text=text, keys=offer_us(symbol))
    keys = pasted.keys_on(_markets_of_number(tidy), tidy)
    if not keys:
        return None
    if not _KOREAN_SHORT.fullmatch(tidy):
        return _BARE_SYMBOL.format(text=text, keys=offer(keys))
    korean = pasted.keys_on(["KRX"], tidy)
    return _BARE_OR_KOREAN.format(text=text, keys=offer(keys), others=offer(korean))


def _markets_of_number(text: str) -> tuple[str, ...]:
    for form, codes in _BARE:
        if re.fullmatch(form, text):
            return codes
    return ()


# Tried in this order, each with the text as given and tidied up.
_EXPLANATIONS: tuple[Callable[[str, str], Sentence | None], ...] = (
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
