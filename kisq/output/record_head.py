"""What every record begins with in JSON and in CSV: market and clocks, as text."""

from typing import NamedTuple

from kisq.wire.clocks import Clock, exchange_time, kst_time
from kisq.wire.layout import Layout
from kisq.wire.record import market_of


class RecordHead(NamedTuple):
    """Market and clocks of a record; what it does not have is empty.

    ``korean_seconds`` is its Korean clock in epoch seconds, None if it has none.
    """

    market: str
    exchange_time: str
    kst_time: str
    korean_seconds: float | None


def record_head(layout: Layout, tr_key: str, clock: Clock) -> RecordHead:
    """The head of a record with this key and these clocks; times are ISO 8601 with an offset."""
    date, time, *korean_clock = clock
    market = market_of(layout, tr_key)
    exchange_clock = exchange_time(date, time, market, *korean_clock)
    korean = kst_time(*korean_clock)
    exchange_text = ""
    if exchange_clock:
        exchange_text = exchange_clock.isoformat()
    if korean is None:
        return RecordHead(market or "", exchange_text, "", None)
    return RecordHead(market or "", exchange_text, korean.isoformat(), korean.timestamp())
