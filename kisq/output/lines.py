"""One plain line per record, for a pipe that a person reads; the same in every language."""

from decimal import Decimal

from kisq.output.stream import Lines
from kisq.wire.book import Level, OrderBook
from kisq.wire.escape import printable
from kisq.wire.frames import Frame, is_known, received_at
from kisq.wire.order_notice import OrderNotice
from kisq.wire.record import Record
from kisq.wire.trade import Side, Trade

NOTHING = "–"
SIDES = {Side.BUY: "매수 buy", Side.SELL: "매도 sell", Side.UNKNOWN: NOTHING}
_ORDER_LINE = "{at} {tr_key}  {values}"
_LINE = "{at} {tr_key}  {values}  lag {lag}"
_BOOK = "매수 bid {bid}  매도 ask {ask}  spread {spread}"
_LEVEL = "{price} x {size}"
_NOTICE = "{action} {side} {symbol} {size} x {price}  {name}"
_TRADE = "체결 trade {price} x {size}  {side}"


class RecordLines:
    """A sink of records: receive time (KST), key, values, lag."""

    def __init__(self, out: Lines) -> None:
        self._out = out

    def write(self, frame: Frame, record: Record) -> None:
        at = NOTHING
        if is_known(frame.at):
            at = received_at(frame.at)
        tr_key = printable(record.tr_key)
        values = _values(record)
        if isinstance(record, OrderNotice):
            line = _ORDER_LINE.format(at=at, tr_key=tr_key, values=values)
        else:
            line = _LINE.format(at=at, tr_key=tr_key, values=values, lag=_lag(record))
        self._out.write(line.encode(self._out.encoding, "backslashreplace"), counted=True)

    def flush(self, now: float) -> None:
        self._out.flush()

    def close(self) -> None:
        self._out.flush()


def _lag(record: Record) -> str:
    lag = record.lag
    if lag is None:
        return NOTHING
    return f"{lag:.3f} s"


def _values(record: Record) -> str:
    """The main values of a record; all of them if it is neither a book nor a trade."""
    if isinstance(record, OrderBook):
        return _book(record)
    if isinstance(record, Trade):
        return _trade(record)
    if isinstance(record, OrderNotice):
        return order_text(record)
    named_values = zip(record.layout.fields, record.values, strict=True)
    fields = " ".join(f"{field.name}={printable(value)}" for field, value in named_values if value)
    return f"{record.tr_id} {fields}"


def _book(book: OrderBook) -> str:
    """Best bid and ask with sizes, spread."""
    bid = book.best_bid
    ask = book.best_ask
    return _BOOK.format(bid=_level(bid), ask=_level(ask), spread=_spread(bid, ask))


def _spread(bid: Level, ask: Level) -> str:
    """The spread with the digits of the wire."""
    if bid.price and ask.price:
        return f"{ask.price - bid.price:f}"
    return NOTHING


def _level(level: Level) -> str:
    return _LEVEL.format(price=_price(level.price), size=_size(level.size))


def _trade(trade: Trade) -> str:
    """Price, size and side."""
    side = SIDES[trade.side]
    return _TRADE.format(price=_price(trade.price), size=_size(trade.size), side=side)


def _price(price: Decimal | None) -> str:
    if price is None:
        return NOTHING
    return f"{price:f}"


def _size(size: int | None) -> str:
    if size is None:
        return NOTHING
    return str(size)


def order_text(notice: OrderNotice) -> str:
    """What became of an order: action, side, symbol, size, price, the exchange's time, name."""
    line = _NOTICE.format(
        action=f"{notice.action.korean} {notice.action.english}",
        side=printable(" ".join(filter(None, notice.side))),
        symbol=_on_one_line(notice.get("order_symbol")),
        size=printable(notice.size_text) or NOTHING,
        price=printable(notice.price_text) or NOTHING,
        name=_on_one_line(notice.get("order_name")),
    )
    return line.rstrip()


def _on_one_line(text: str) -> str:
    """``text`` with single spaces, printable."""
    return printable(" ".join(text.split()))
