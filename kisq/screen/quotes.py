"""What the board shows of the newest records of a key."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from kisq.locale.sentence import joined, translated
from kisq.screen.display import NOTHING, UNICODE
from kisq.screen.trade_states import trade_states
from kisq.screen.view import (
    best_of,
    change_of,
    count_or_mark,
    count_text,
    is_grouped,
    market_name,
    number_text,
    price_text,
    signed_number_text,
    time_of_day,
)
from kisq.wire.record import Record
from kisq.wire.trade import Side, Trade
from kisq.wire.trkey import delay_minutes


class Quote(NamedTuple):
    """What a row shows of a key, each as text; prices with the digits of the wire.

    Those from ``last`` on are of its newest trade and empty where there is none; ``state`` is that
    trading is halted or that the price is at its limit, ``direction`` the sign of the change since
    the day before, ``side`` that of the newest trade.
    """

    name: str
    market: str
    bid_size: str
    bid: str
    ask: str
    ask_size: str
    spread: str
    lag: str
    last: str = ""
    change: str = ""
    change_rate: str = ""
    volume: str = ""
    trade: str = ""
    state: str = ""
    direction: int = 0
    side: Side = Side.UNKNOWN


_TRADE = "{time} {price} x {size}"
_DELAYED_LAG = "{minutes}m{seconds:+,.3f}"


def quote_of(record: Record, name: str = "", trade: Trade | None = None) -> Quote:
    """What the board shows of ``record`` and the newest ``trade`` of the same key."""
    bid, ask = best_of(record)
    grouped = is_grouped(record)
    spread = NOTHING
    if bid.price and ask.price:
        spread = number_text(ask.price - bid.price, grouped=grouped)
    quote = Quote(
        name or record.symbol,
        market_name(record),
        count_text(bid.size),
        price_text(bid.price, grouped=grouped, nothing=NOTHING),
        price_text(ask.price, grouped=grouped, nothing=NOTHING),
        count_text(ask.size),
        spread,
        _lag(record),
    )
    if trade is None:
        return quote
    return _with_trade(quote, trade, grouped=grouped)


def _with_trade(quote: Quote, trade: Trade, *, grouped: bool) -> Quote:
    change = change_of(trade)
    rate = trade.decimal("change_rate")
    price = price_text(trade.price, grouped=grouped, nothing=NOTHING)
    time = time_of_day(trade.kst_time)
    return quote._replace(
        last=price,
        change=_signed(change, grouped=grouped),
        change_rate=_signed(rate, grouped=False),
        volume=count_or_mark(trade.integer("volume")),
        trade=_TRADE.format(time=time, price=price, size=count_or_mark(trade.size)),
        state=translated(joined(", ", trade_states(trade))),
        direction=_sign(change),
        side=trade.side,
    )


def _signed(change: Decimal | None, *, grouped: bool) -> str:
    if change is None:
        return NOTHING
    return signed_number_text(change, grouped=grouped)


def _sign(change: Decimal | None) -> int:
    if not change:
        return 0
    if change > 0:
        return 1
    return -1


def _lag(record: Record) -> str:
    seconds = record.lag
    if seconds is None:
        return NOTHING
    minutes = delay_minutes(record.tr_id, record.tr_key)
    if not minutes:
        return f"{seconds:,.3f}"
    return _DELAYED_LAG.format(minutes=minutes, seconds=seconds - minutes * 60)


def sparkline(values: Sequence[float], width: int, steps: str = UNICODE.steps) -> str:
    """The last ``width`` of ``values`` as a sparkline, the lowest and the highest at its ends."""
    shown = values[-width:]
    low = min(shown, default=0.0)
    high = max(shown, default=0.0)
    if low == high:
        return steps[len(steps) // 2] * len(shown)
    top = len(steps) - 1
    return "".join(steps[round((value - low) / (high - low) * top)] for value in shown)
