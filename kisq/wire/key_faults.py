"""What is wrong with a tr_key of a known market or TR, in a sentence that offers the likely one.

``key_form_faults`` explains texts that are not a tr_key at all (protocol.md section 4).
"""

import re

from kisq.locale.sentence import Sentence
from kisq.spec.fields import Tr
from kisq.spec.key_forms import FORMS
from kisq.spec.markets import Market
from kisq.wire import pasted
from kisq.wire.key_form_faults import of_form
from kisq.wire.key_offers import offer
from kisq.wire.key_parts import TrKey

__all__ = ["of_form", "of_prefix", "of_symbol", "of_tr", "of_tr_form"]

_SYMBOL = Sentence("symbol {symbol!r}: {market} symbols are {symbols}")
_SYMBOL_OFFER = Sentence("symbol {symbol!r}: {market} symbols are {symbols}: {keys}")
_KOREAN_ALONE = Sentence("{text!r}: a Korean key has no prefix and no market: {keys}")
_PREFIX = Sentence("{text!r}: {market} goes with the prefix {prefix}: {keys}")
_OTHER_TR = Sentence("{key} ({kind}) goes with {trs}, not {tr_id}")
_OTHER_TR_OFFER = Sentence("{key} ({kind}) goes with {trs}, not {tr_id}, and {tr_id} wants {keys}")
_UPPER_CASE_OF_TR = Sentence("{text!r}: send {key} instead: a tr_key is upper case without spaces")
_TR_FORM = Sentence("{text!r}: a key of {tr_id}, such as {example}, is {says}")
_TWO_TRS = Sentence("{first} and {second}")


def of_symbol(prefix: str, market: Market, symbol: str) -> Sentence:
    """What is wrong with a symbol that no stock of the market can have."""
    keys = pasted.keys_on([market.code], pasted.tidy(symbol))
    if not keys:
        return _SYMBOL.format(symbol=symbol, market=market.english, symbols=market.symbol_says)
    same_prefix = [key for key in keys if key.prefix == prefix]
    return _SYMBOL_OFFER.format(
        symbol=symbol,
        market=market.english,
        symbols=market.symbol_says,
        keys=offer(same_prefix or keys),
    )


def of_prefix(text: str, market: Market, symbol: str) -> Sentence:
    """What is wrong with a key whose market does not go with its prefix."""
    right = [TrKey(prefix, market, symbol) for prefix in market.trs]
    if market.venue:
        return _KOREAN_ALONE.format(text=text, keys=offer(right))
    offered = offer(right + right[0].siblings)
    return _PREFIX.format(text=text, market=market.code, prefix=right[0].prefix, keys=offered)


def of_tr(key: TrKey, tr_id: str | None) -> Sentence:
    """What is wrong with a key that goes with another TR."""
    books, trades = key.tr_ids
    trs = _TWO_TRS.format(first=books, second=trades)
    fitting = [sibling for sibling in key.siblings if tr_id in sibling.tr_ids]
    if not fitting:
        return _OTHER_TR.format(key=key.text, kind=key.what, trs=trs, tr_id=tr_id)
    return _OTHER_TR_OFFER.format(
        key=key.text, kind=key.what, trs=trs, tr_id=tr_id, keys=offer(fitting)
    )


def of_tr_form(text: str, tr: Tr, key: TrKey | None) -> Sentence:
    """What is wrong with a key that has no form of ``tr``; ``key`` is what it is without a TR."""
    tidy = pasted.tidy(text)
    fits = any(re.fullmatch(FORMS[name].pattern, tidy) for name in tr.keys)
    if tidy != text and fits:
        return _UPPER_CASE_OF_TR.format(text=text, key=tidy)
    if "stock" in tr.keys and key:
        return of_tr(key, tr.id)
    if "stock" in tr.keys:
        return of_form(text)
    form = FORMS[tr.keys[0]]
    return _TR_FORM.format(text=text, tr_id=tr.id, says=form.says, example=form.example)
