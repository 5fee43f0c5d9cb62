"""From a word to its explanation: a code, KIS's text, a TR, a field, a market, a key, a message."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from difflib import get_close_matches
from typing import NamedTuple

from kisq.errors import WrongKey, WrongUsage
from kisq.explain.code import (
    CLOSE_CODES,
    CODES,
    STATUSES,
    explain_close_code,
    explain_code,
    explain_status,
)
from kisq.explain.control import explain_pingpong
from kisq.explain.explanation import Explanation
from kisq.explain.field import explain_field, is_field
from kisq.explain.key import explain_key, explain_market
from kisq.explain.message import explain_message
from kisq.explain.texts import codes_meant, explain_codes
from kisq.explain.tr import explain_tr
from kisq.hours.sessions import Calendar
from kisq.locale.sentence import Sentence
from kisq.spec.codes import OPSP
from kisq.spec.http_codes import EGW
from kisq.spec.markets import MARKETS, Market
from kisq.spec.tables import TRS
from kisq.wire.trkey import is_key, parse_tr_key

_GIVE = Sentence(
    "give a code (OPSP8996) or KIS's text, a TR (HDFSASP0), a field (VBID1), a market (NAS), a "
    "tr_key (DNASAAPL) or a message"
)
_UNKNOWN = Sentence("kisq does not know what that is")
_UNKNOWN_CODE = Sentence("kisq does not know the code {name}; the nearest are {near}")
_UNKNOWN_STATUS = Sentence("kisq does not know the HTTP status {name}; the nearest are {near}")
_PERHAPS = Sentence("kisq does not know {name}; perhaps {near} is meant")
_OR = Sentence("{first} or {second}")
_OR_MARKET = Sentence("{fault}; or perhaps the market {near}")
# Longer ones are not worth quoting, and may be secrets.
_KEY_LIKE = re.compile(r"[\w/.:,; -]{1,24}")
_MOST_NEAR = 3
_ALIKE = 0.6  # of 1, as difflib counts; OPSP8996 and its number alone are 0.67
_LONGEST_MARKET_TYPO = 4


class Asked(NamedTuple):
    """The moment of the question (aware), and where the holidays of a market come from."""

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
# The form of codes and statuses, those that are known, and the sentence about any other.
_CODE_LIKE = (
    (re.compile(r"OPSP[0-9]\w*"), OPSP, _UNKNOWN_CODE),
    (re.compile(r"EGW[0-9]\w*"), EGW, _UNKNOWN_CODE),
    (re.compile(r"[1-5][0-9]{2}"), STATUSES, _UNKNOWN_STATUS),
)
# HTTP 401, HTTP/1.1 401 Unauthorized, Handshake status 401
_HTTP = re.compile(r"\b(?:HTTP\S*|STATUS(?: CODE)?):? ([1-5][0-9]{2})\b")


def explain(word: str, asked: Asked) -> Explanation:
    """The explanation of ``word``; case matters only within a message.

    Raises WrongUsage for any other word, with what it may have been meant to be.
    """
    message = explain_message(word)
    if message:
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
    codes = codes_meant(word)
    if codes:
        return explain_codes(codes, word)
    if status:
        raise _unknown(status[1], STATUSES, _UNKNOWN_STATUS)
    if not _KEY_LIKE.fullmatch(name):
        raise WrongUsage(_UNKNOWN, _GIVE)
    return _key(name, asked)


def _key(name: str, asked: Asked) -> Explanation:
    try:
        key = parse_tr_key(name)
    except WrongKey as error:
        raise _wrong_word(name, error) from None
    return explain_key(key, asked.now, asked.calendar_of(key.market))


def _wrong_word(name: str, error: WrongKey) -> WrongUsage:
    """What ``name`` may have been meant to be; ``error`` says why it is not a tr_key."""
    for form, known, sentence in _CODE_LIKE:
        if form.fullmatch(name):
            return _unknown(name, known, sentence)
    is_nearly_key = name[1:4] in MARKETS
    if not is_nearly_key:
        near = get_close_matches(name, [*CODES, *TRS], _MOST_NEAR, _ALIKE)
        if near:
            return WrongUsage(_PERHAPS.format(name=repr(name), near=_alternatives(near)), _GIVE)
    markets = get_close_matches(name, MARKETS, _MOST_NEAR, _ALIKE)
    if markets and len(name) <= _LONGEST_MARKET_TYPO:
        return WrongUsage(_OR_MARKET.format(fault=error.text, near=_alternatives(markets)))
    return WrongUsage(error.sentence, error.next_step)


def _unknown(name: str, known: Iterable[str], sentence: Sentence) -> WrongUsage:
    """A code or status that is not among those that are ``known``."""
    near = get_close_matches(name, list(known), _MOST_NEAR, 0.0)
    return WrongUsage(sentence.format(name=repr(name), near=", ".join(near)))


def _alternatives(names: list[str]) -> str:
    """``names`` with "or" between them."""
    text, *others = names
    for name in others:
        text = _OR.format(first=text, second=name)
    return text
