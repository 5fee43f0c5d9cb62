"""Which tr_keys the simulator accepts, including some of which nothing will ever come."""

import re

from kisq.errors import WrongKey
from kisq.spec.markets import MARKETS
from kisq.wire.trkey import TrKey, parse_tr_key

_OVERSEAS = re.compile(r"([DR])([A-Z]{3})(\S.*)")
_NO_FEED = re.compile(r"R(NAS|NYS|AMS)\S.*")  # the daytime session has codes of its own


def registered_key(tr_id: str, text: str) -> TrKey | str:
    """The key that is registered, or the code with which KIS refuses it.

    A symbol in a spelling that its exchange does not know (``DNYSBRK.B``) is accepted, and silent
    (protocol.md section 5).
    """
    try:
        return parse_tr_key(text, tr_id)
    except WrongKey:
        return _misspelt(tr_id, text) or _code(text)


def _misspelt(tr_id: str, text: str) -> TrKey | None:
    form = _OVERSEAS.fullmatch(text)
    if form is None:
        return None
    prefix, code, symbol = form.groups()
    market = MARKETS.get(code)
    if market is None or prefix not in market.trs:
        return None
    key = TrKey(prefix, market, symbol)
    if tr_id not in key.tr_ids:
        return None
    return key


def _code(text: str) -> str:
    return "OPSP0009" if _NO_FEED.fullmatch(text) else "OPSP8992"
