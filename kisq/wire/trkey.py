"""The grammar of a tr_key: ``D`` or ``R`` + market (3) + symbol, or a code of the form of its TR.

Source: protocol.md section 4; the forms are data of ``spec``.
"""

import re

from kisq.errors import WrongKey
from kisq.locale.sentence import Sentence
from kisq.spec.fields import Tr
from kisq.spec.key_forms import FORMS, KOREAN
from kisq.spec.markets import MARKETS, NOTICES, VENUES
from kisq.spec.tables import TRS
from kisq.wire import key_faults
from kisq.wire.key_parts import TrKey
from kisq.wire.pasted import is_list

__all__ = ["TrKey", "delay_minutes", "is_key", "names_key", "parse_tr_key"]

_NO_VENUE = Sentence("{text!r} is not a Korean stock, so it has no venue: leave --venue out")
_OTHER_VENUE = Sentence("{tr_id} has no venue {venue}: leave --venue or --tr out")
_FORM = re.compile(r"([DR])([A-Z]{3})(.+)", re.DOTALL)
_KOREAN = re.compile(KOREAN)


def parse_tr_key(text: str, tr_id: str | None = None, venue: str | None = None) -> TrKey:
    """The parts of ``text``; ``tr_id`` is the TR it must go with, if any.

    ``venue`` is the venue of a Korean stock; by default it follows from the TR, or is KRX. Raises
    WrongKey, whose sentence names the fault and offers the likely key.
    """
    tr = TRS.get(tr_id or "")
    if tr and not _goes_by_market(tr):
        return _of_form(text, tr, venue)
    if _KOREAN.fullmatch(text):
        return _korean(text, tr_id, venue)
    if venue:
        raise WrongKey(_NO_VENUE.format(text=text))
    key = _overseas(text)
    if tr_id is None or tr_id in key.tr_ids:
        return key
    if tr and f"{key.prefix}+{key.market.code}" in _prefixes(tr):
        return key._replace(other_tr=tr.id)
    raise WrongKey(key_faults.of_tr(key, tr_id))


def is_key(text: str) -> bool:
    """Whether ``text`` is a well-formed tr_key from which the TR follows."""
    return _parsed(text) is not None


def names_key(tr_id: str, text: str) -> bool:
    """Whether ``text`` is a well-formed tr_key of that TR."""
    try:
        parse_tr_key(text, tr_id)
    except WrongKey:
        return False
    return True


def delay_minutes(tr_id: str, text: str) -> int:
    """How late the data of a registration are; 0 if kisq does not know such a key."""
    try:
        return parse_tr_key(text, tr_id).delay_minutes
    except WrongKey:
        return 0


def _goes_by_market(tr: Tr) -> bool:
    """Whether the keys of ``tr`` have a prefix and a market."""
    return not tr.market and "+" in tr.keys[0]


def _prefixes(tr: Tr) -> set[str]:
    """Each prefix and market of the keys of ``tr``, such as ``D+NAS``."""
    prefixes = set()
    for form in tr.keys:
        prefix, _, codes = form.partition("+")
        prefixes |= {f"{prefix}+{code}" for code in codes.split(",")}
    return prefixes


def _overseas(text: str) -> TrKey:
    match = _FORM.fullmatch(text)
    is_known = match is not None and match[2] in MARKETS and MARKETS[match[2]].trs
    if match is None or not is_known or is_list(text):
        raise WrongKey(key_faults.of_form(text))
    market = MARKETS[match[2]]
    if not re.fullmatch(market.symbol, match[3]):
        raise WrongKey(key_faults.of_symbol(match[1], market, match[3]))
    if match[1] not in market.trs:
        raise WrongKey(key_faults.of_prefix(text, market, match[3]))
    return TrKey(match[1], market, match[3])


def _korean(text: str, tr_id: str | None, venue: str | None) -> TrKey:
    keys = [TrKey("", market, text) for market in VENUES.values()]
    if venue:
        keys = [TrKey("", VENUES[venue], text)]
    for key in keys:
        if tr_id is None or tr_id in key.tr_ids:
            return key
    raise WrongKey(key_faults.of_tr(keys[0], tr_id))


def _of_form(text: str, tr: Tr, venue: str | None) -> TrKey:
    """The key ``text`` of a TR whose keys have their own form."""
    market = MARKETS.get(tr.market) or NOTICES
    if not any(re.fullmatch(FORMS[name].pattern, text) for name in tr.keys):
        raise WrongKey(key_faults.of_tr_form(text, tr, _parsed(text)))
    if venue and venue != market.venue:
        raise WrongKey(_OTHER_VENUE.format(tr_id=tr.id, venue=venue))
    key = TrKey("", market, text)
    if market.trs and tr.id in key.tr_ids:
        return key
    return key._replace(other_tr=tr.id)


def _parsed(text: str) -> TrKey | None:
    """The key that ``text`` is without any TR; None if it is not one."""
    try:
        return parse_tr_key(text)
    except WrongKey:
        return None
