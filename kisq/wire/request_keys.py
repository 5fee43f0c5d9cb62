"""The keys that were probably meant by a faulty tr_key; pure (protocol.md section 4)."""

import re
from difflib import get_close_matches

from kisq.spec.fields import Shape
from kisq.spec.key_forms import FORMS
from kisq.spec.markets import MARKETS
from kisq.spec.tables import TRS
from kisq.wire.trkey import names_key

# Keys of overseas stocks; the first one that goes with a TR is its example.
_EXAMPLES = ("DNASAAPL", "DHKS00003")
_SESSIONS = ("D", "R")
_SESSIONS_AND_MARKETS = ("DNAS", "DNYS", "DAMS", "DHKS", "RHKS", "DTSE", "RTSE", "DSHS", "DSZS")
_KOREAN_DIGITS = 6  # a spreadsheet leaves leading zeros out
_LONGEST_SYMBOL = 7
_EXAMPLE_TR = "HDFSASP0"
_SEPARATORS = re.compile(r"[\s,;]+")


def example_key(tr_id: str) -> str:
    """A well-known key of a TR that kisq knows."""
    form = FORMS.get(TRS[tr_id].keys[0])
    if form:
        return form.example
    return next(key for key in _EXAMPLES if names_key(tr_id, key))


def tr_ids_of(tr_key: str) -> list[str]:
    """The TRs of order books and trades that go with ``tr_key``, if it is the key of a stock."""
    books: dict[str, None] = {}
    for market in MARKETS.values():
        books.update(dict.fromkeys(market.trs.values()))
    trades = dict.fromkeys(TRS[tr_id].trades for tr_id in books)
    return [tr_id for tr_id in (*books, *trades) if names_key(tr_id, tr_key)]


def _is_of_trades(tr_id: str) -> bool:
    return tr_id in TRS and TRS[tr_id].shape is Shape.TRADE


def likely_keys(tr_id: str, text: str) -> list[str]:
    """Well-formed keys of the TR that ``text`` may mean, the likeliest first.

    Other sessions and markets are offered only if ``text`` names none that the TR has.
    """
    symbol = text.strip().upper()
    slashed = symbol.replace(".", "/").replace("-", "/")
    other_session = [f"{session}{slashed[1:]}" for session in _SESSIONS]
    with_session = [f"{session}{slashed}" for session in _SESSIONS]
    with_market = [f"{start}{slashed}" for start in _SESSIONS_AND_MARKETS]
    if len(symbol) > _LONGEST_SYMBOL:
        with_market = []
    for candidates in ([slashed, _korean(slashed)], other_session, with_session, with_market):
        keys = [key for key in dict.fromkeys(candidates) if names_key(tr_id, key)]
        if keys:
            return keys
    return []


def _korean(symbol: str) -> str:
    """``symbol`` as the code of a Korean stock, without what other services add to it."""
    code = symbol.removeprefix("A").removesuffix("/KS").removesuffix("/KQ")
    if code.isdigit():
        return code.zfill(_KOREAN_DIGITS)
    return code


def likely_pair(tr_id: str, tr_key: str) -> tuple[str, str]:
    """The TR and the key that were probably meant by these two, as they were sent.

    A well-formed key stays, and the TR follows from it.
    """
    tr = tr_id.strip().upper()
    key = tr_key.strip()
    are_swapped = key.upper() in TRS and tr not in TRS
    if are_swapped:
        tr, key = key.upper(), tr
    key = _SEPARATORS.split(key)[0]
    if names_key(tr, key):
        return tr, key
    trs = tr_ids_of(key.upper())
    if trs:
        same_shape = [other for other in trs if _is_of_trades(other) == _is_of_trades(tr)]
        return [*same_shape, *trs][0], key.upper()
    if tr not in TRS:
        nearest = get_close_matches(tr, TRS, 1)
        tr = [*nearest, _EXAMPLE_TR][0]
    return tr, [*likely_keys(tr, key), example_key(tr)][0]
