"""The control key of a silent one: a liquid symbol of the same session and TR; pure."""

from collections.abc import Collection

from kisq.errors import WrongKey
from kisq.spec.control_keys import CONTROL_SYMBOLS
from kisq.spec.markets import MARKETS
from kisq.wire.key_parts import TrKey
from kisq.wire.messages import Key
from kisq.wire.trkey import parse_tr_key


def stock_key(tr_id: str, text: str) -> TrKey | None:
    """The key ``text`` of a stock's order book or trades; None where it is none of those TRs."""
    try:
        key = parse_tr_key(text, tr_id)
    except WrongKey:
        return None
    return None if key.other_tr else key


def control_key(key: Key, asked: Collection[Key]) -> Key | None:
    """The first control key for ``key`` that is not ``asked`` for; None where there is none."""
    parsed = stock_key(*key)
    symbols = CONTROL_SYMBOLS.get(parsed.market.code, ()) if parsed else ()
    for code, symbol in symbols:
        control = key[0], TrKey(parsed.prefix if parsed else "", MARKETS[code], symbol).text
        if control not in asked:
            return control
    return None


def is_same_session(one: Key, other: Key) -> bool:
    """Whether data of one show that those of the other could come: session, TR and delay."""
    first, second = stock_key(*one), stock_key(*other)
    if first is None or second is None:
        return False
    return (first.hours.timetables, first.tr_ids) == (second.hours.timetables, second.tr_ids)
