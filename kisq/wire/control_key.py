"""The control key for a silent key: a liquid symbol of the same session and TR; pure."""

from collections.abc import Collection

from kisq.errors import WrongKey
from kisq.spec.control_keys import CONTROL_SYMBOLS
from kisq.spec.markets import MARKETS
from kisq.wire.key_parts import TrKey
from kisq.wire.messages import Key
from kisq.wire.trkey import parse_tr_key


def stock_key(tr_id: str, text: str) -> TrKey | None:
    """The key ``text`` of a stock's order book or trades; None if the TR is any other."""
    try:
        key = parse_tr_key(text, tr_id)
    except WrongKey:
        return None
    if key.other_tr:
        return None
    return key


def control_key(key: Key, asked: Collection[Key]) -> Key | None:
    """The first control key for ``key`` that is not ``asked`` for yet; None if there is none."""
    parsed = stock_key(*key)
    if parsed is None:
        return None
    tr_id = key[0]
    for code, symbol in CONTROL_SYMBOLS.get(parsed.market.code, ()):
        control = (tr_id, TrKey(parsed.prefix, MARKETS[code], symbol).text)
        if control not in asked:
            return control
    return None


def is_same_session(one: Key, other: Key) -> bool:
    """Whether data for one key show that data for the other could come: same session and TRs."""
    first = stock_key(*one)
    second = stock_key(*other)
    if first is None or second is None:
        return False
    return first.hours.timetables == second.hours.timetables and first.tr_ids == second.tr_ids
