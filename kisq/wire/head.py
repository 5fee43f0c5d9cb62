"""Key and clocks of a record, and whether they fit (protocol.md sections 3 and 4)."""

from datetime import timedelta
from functools import lru_cache

from kisq.locale.sentence import Sentence
from kisq.spec.markets import MARKETS
from kisq.wire.durations import in_words
from kisq.wire.layout import Layout
from kisq.wire.moments import exchange_time, kst_time
from kisq.wire.record_faults import Fault, FaultKind

_CLOCKS_AGREE = timedelta(seconds=5)
_NO_CLOCK = Sentence("its clock cannot be read")
_UNKNOWN_MARKET = Sentence("the clock of the unknown market {market} cannot be read")
_CLOCKS_APART = Sentence("its exchange clock and its Korean clock are {apart} apart")


def market_of(layout: Layout, tr_key: str) -> str | None:
    """The market code of a record: the TR's own, or the one in its key (protocol.md section 4)."""
    return layout.tr.market or tr_key[1:4] or None


@lru_cache(maxsize=256)
def is_sound_head(layout: Layout, tr_key: str, symbol: str, *clock: str) -> bool:
    """Whether key and symbol fit, and the two clocks; records of one moment often share them."""
    date, time, *korean = clock
    fault = clock_fault(market_of(layout, tr_key), date, time, *korean)
    return fault is None and key_fits(layout, tr_key, symbol)


def key_fits(layout: Layout, tr_key: str, symbol: str) -> bool:
    if layout.tr.market or not tr_key or not symbol:
        return True
    return tr_key[4:] == symbol


@lru_cache(maxsize=256)
def clock_fault(
    market: str | None, date: str, time: str, korean_date: str, korean_time: str
) -> Fault | None:
    """What is odd about the two clocks of a record; None if nothing is."""
    exchange = exchange_time(date, time, market, korean_date, korean_time)
    korean = kst_time(korean_date, korean_time)
    if exchange is None or korean is None:
        if market in MARKETS or market is None:
            return Fault(FaultKind.UNREADABLE_CLOCK, _NO_CLOCK)
        return Fault(FaultKind.UNREADABLE_CLOCK, _UNKNOWN_MARKET.format(market=market))
    apart = abs(exchange - korean)
    if apart <= _CLOCKS_AGREE:
        return None
    return Fault(FaultKind.CLOCKS, _CLOCKS_APART.format(apart=in_words(apart)))
