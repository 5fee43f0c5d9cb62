"""The keys that a faulty tr_key was probably meant to be; pure (protocol.md section 4)."""

import re
from difflib import get_close_matches

from kisq.spec.fields import Shape
from kisq.spec.key_forms import FORMS
from kisq.spec.markets import MARKETS
from kisq.spec.tables import TRS
from kisq.wire.trkey import names_key

# Keys of overseas stocks, of which the first that a TR takes is its example.
_EXAMPLES = ("DNASAAPL", "DHKS00003")
_SESSIONS = ("D", "R")
_SESSIONS_AND_MARKETS = ("DNAS", "DNYS", "DAMS", "DHKS", "RHKS", "DTSE", "RTSE", "DSHS", "DSZS")
_KOREAN_DIGITS = 6  # a spreadsheet leaves leading zeros out
_LONGEST_SYMBOL = 7
_EXAMPLE_TR = "HDFSASP0"
_SEPARATORS = re.compile(r"[\s,;]+")


def example_key(tr_id: str) -> str:
    """A well-known key of a TR; empty where kisq knows none."""
    if tr_id in TRS and (form := FORMS.get(TRS[tr_id].keys[0])):
        return form.example
    return next((key for key in _EXAMPLES if names_key(tr_id, key)), "")


def tr_ids_of(tr_key: str) -> list[str]:
    """The TRs of order books and trades that ``tr_key`` is a key of, if it is a stock's."""
    books = dict.fromkeys(tr_id for market in MARKETS.values() for tr_id in market.trs.values())
    trades = dict.fromkeys(TRS[tr_id].trades for tr_id in books)
    return [tr_id for tr_id in (*books, *trades) if names_key(tr_id, tr_key)]


def _is_of_trades(tr_id: str) -> bool:
    return tr_id in TRS and TRS[tr_id].shape is Shape.TRADE


def likely_keys(tr_id: str, text: str) -> list[str]:
    """Well-formed keys of the TR that ``text`` may stand for, the likeliest first.

    Other sessions and markets are offered only where ``text`` names none that the TR has.
    """
    symbol = text.strip().upper()
    slashed = symbol.replace(".", "/").replace("-", "/")
    korean = slashed.removeprefix("A").removesuffix("/KS").removesuffix("/KQ")
    padded = korean.zfill(_KOREAN_DIGITS) if korean.isdigit() else korean
    prefixed = [f"{session}{slashed}" for session in _SESSIONS]
    other_session = [f"{session}{slashed[1:]}" for session in _SESSIONS]
    of_market = [f"{start}{slashed}" for start in _SESSIONS_AND_MARKETS]
    if len(symbol) > _LONGEST_SYMBOL:
        of_market = []
    for tried in ([slashed, padded], other_session, prefixed, of_market):
        keys = [key for key in dict.fromkeys(tried) if names_key(tr_id, key)]
        if keys:
            return keys
    return []


def likely_pair(tr_id: str, tr_key: str) -> tuple[str, str]:
    """The TR and the key that these two, as they were sent, were probably meant to be.

    A well-formed key keeps its place, and the TR follows from it.
    """
    tr, key = tr_id.strip().upper(), tr_key.strip()
    if key.upper() in TRS and tr not in TRS:
        tr, key = key.upper(), tr
    key = _SEPARATORS.split(key)[0]
    if names_key(tr, key):
        return tr, key
    trs = tr_ids_of(key.upper())
    if trs:
        alike = [other for other in trs if _is_of_trades(other) == _is_of_trades(tr)]
        return [*alike, *trs][0], key.upper()
    if tr not in TRS:
        tr = (get_close_matches(tr, TRS, 1) or [_EXAMPLE_TR])[0]
    return tr, (likely_keys(tr, key) or [example_key(tr)])[0]
