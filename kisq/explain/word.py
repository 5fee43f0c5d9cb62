"""A word → its explanation: a code, KIS's text, a TR, a field, a market, a tr_key or a message."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from difflib import get_close_matches
from typing import NamedTuple

from kisq.errors import WrongKey, WrongUsage
from kisq.explain.control import explain_pingpong
from kisq.explain.explanation import Explanation
from kisq.explain.field import explain_field, is_field
from kisq.explain.key import explain_key, explain_market
from kisq.explain.message import explain_message
from kisq.explain.spec import (
    CLOSE_CODES,
    CODES,
    STATUSES,
    explain_close_code,
    explain_code,
    explain_status,
    explain_tr,
)
from kisq.explain.texts import codes_meant, explain_codes
from kisq.hours.sessions import Calendar
from kisq.spec.codes import OPSP
from kisq.spec.http_codes import EGW
from kisq.spec.markets import MARKETS, Market
from kisq.spec.tables import TRS
from kisq.wire.trkey import is_key, parse_tr_key

_WORDS = (
    "a code (OPSP8996) or KIS's text, a TR (HDFSASP0), a field (VBID1), a market (NAS), "
    "a tr_key (DNASAAPL) or a message"
)
_KEY_LIKE = re.compile(
    r"[\w/.:,; -]{1,24}"
)  # longer ones are not worth quoting, and may be secrets
_ALIKE = 0.6  # of 1, as difflib counts; OPSP8996 and its number alone are 0.67
_LONGEST_MARKET_TYPO = 4


class Asked(NamedTuple):
    """When it is asked (aware), and where the holidays of a market come from."""

    now: datetime
    calendar_of: Callable[[Market], Calendar | None]


def _market(name: str, asked: Asked) -> Explanation:
    return explain_market(name, asked.now, asked.calendar_of(MARKETS[name]))


_BY_NAME: tuple[tuple[Iterable[str], Callable[[str, Asked], Explanation]], ...] = (
    (CODES, lambda name, _: explain_code(name)),
    (TRS, lambda name, _: explain_tr(name)),
    (MARKETS, _market),
    (STATUSES, lambda name, _: explain_status(name)),
    (CLOSE_CODES, lambda name, _: explain_close_code(name)),
    (("PINGPONG",), lambda *_: explain_pingpong()),
)
# What is a code or a status by its form: what it is called, and those that are known.
_CODE_LIKE = (
    (re.compile(r"OPSP[0-9]\w*"), "code", OPSP),
    (re.compile(r"EGW[0-9]\w*"), "code", EGW),
    (re.compile(r"[1-5][0-9]{2}"), "HTTP status", STATUSES),
)


# HTTP 401, HTTP/1.1 401 Unauthorized, Handshake status 401
_HTTP = re.compile(r"\b(?:HTTP\S*|STATUS(?: CODE)?):? ([1-5][0-9]{2})\b")


def explain(word: str, asked: Asked) -> Explanation:
    """What there is to say about ``word``; case matters only within a message.

    Raises WrongUsage for a word that is none of those, with what it may have been meant to be.
    """
    if message := explain_message(word):
        return message
    name = word.strip().upper()
    status = _HTTP.search(name)
    if status and status[1] in STATUSES:
        return explain_status(status[1])
    for names, explained in _BY_NAME:
        if name in names:
            return explained(name, asked)
    if not is_key(name) and is_field(name):  # to know the fields, it reads all tables
        return explain_field(name)
    if codes := codes_meant(word):
        return explain_codes(codes, word)
    if not _KEY_LIKE.fullmatch(name):
        raise WrongUsage(f"that is nothing that kisq knows: give {_WORDS}")
    return _key(name, asked)


def _key(name: str, asked: Asked) -> Explanation:
    try:
        key = parse_tr_key(name)
    except WrongKey as fault:
        raise WrongUsage(_meant(name, str(fault))) from None
    return explain_key(key, asked.now, asked.calendar_of(key.market))


def _meant(name: str, fault: str) -> str:
    """What ``name`` may have been meant to be; ``fault`` says what it lacks to be a tr_key."""
    for form, noun, known in _CODE_LIKE:
        if form.fullmatch(name):
            near = get_close_matches(name, known, 3, 0.0)
            return f"{name!r} is no {noun} that kisq knows; nearest are {', '.join(near)}"
    is_nearly_key = name[1:4] in MARKETS
    near = [] if is_nearly_key else get_close_matches(name, [*CODES, *TRS], 3, _ALIKE)
    if near:
        return f"{name!r} is nothing that kisq knows, perhaps {' or '.join(near)}: give {_WORDS}"
    markets = get_close_matches(name, MARKETS, 3, _ALIKE)
    if markets and len(name) <= _LONGEST_MARKET_TYPO:
        return f"{fault}; or perhaps the market {' or '.join(markets)}"
    return fault
