"""One plain line per record, for a pipe that a person reads."""

from kisq.output.figures import NOTHING, SIDES, spread_text
from kisq.output.stream import Lines
from kisq.wire.book import Level, OrderBook
from kisq.wire.escape import printable
from kisq.wire.frames import Frame, is_known, received_at
from kisq.wire.order_notice import OrderNotice
from kisq.wire.record import Record
from kisq.wire.trade import Trade

_ORDER_LINE = "{at} {tr_key}  {values}"
_LINE = "{at} {tr_key}  {values}  lag {lag}"
_BOOK = "매수 bid {bid}  매도 ask {ask}  spread {spread}"
_NOTICE = "{action} {side} {symbol} {size} x {price}  {name}"
_TRADE = "체결 trade {price} x {size}  {side}"


class RecordLines:
    """A sink of records: receive time (KST), key, what it says, lag."""

    def __init__(self, out: Lines) -> None:
        self._out = out

    def write(self, frame: Frame, record: Record) -> None:
        lag = NOTHING if record.lag is None else f"{record.lag:.3f} s"
        at = received_at(frame.at) if is_known(frame.at) else NOTHING
        tr_key, values = printable(record.tr_key), _values(record)
        form = _ORDER_LINE if isinstance(record, OrderNotice) else _LINE
        line = form.format(at=at, tr_key=tr_key, values=values, lag=lag)
        self._out.write(line.encode(self._out.encoding, "backslashreplace"), counted=True)

    def flush(self, now: float) -> None:
        self._out.flush()

    def close(self) -> None:
        self._out.flush()


def _values(record: Record) -> str:
    """What the line says of a record: of one that is neither book nor trade all that is in it."""
    if isinstance(record, OrderBook):
        return _book(record)
    if isinstance(record, Trade):
        return _trade(record)
    if isinstance(record, OrderNotice):
        return said_of_order(record)
    pairs = zip(record.layout.fields, record.values, strict=True)
    fields = " ".join(f"{field.name}={printable(value)}" for field, value in pairs if value)
    return f"{record.tr_id} {fields}"


def _book(book: OrderBook) -> str:
    """Best bid and ask with sizes, spread."""
    bid, ask = book.best_bid, book.best_ask
    return _BOOK.format(bid=_best(bid), ask=_best(ask), spread=spread_text(bid, ask))


def _best(level: Level) -> str:
    price = NOTHING if level.price is None else f"{level.price:f}"
    return f"{price} x {NOTHING if level.size is None else level.size}"


def _trade(trade: Trade) -> str:
    """Price, size and side."""
    price = NOTHING if trade.price is None else f"{trade.price:f}"
    size = NOTHING if trade.size is None else trade.size
    return _TRADE.format(price=price, size=size, side=SIDES[trade.side])


def said_of_order(notice: OrderNotice) -> str:
    """What became of an order: action, side, symbol, size, price, the exchange's time, name."""
    action = f"{notice.action.korean} {notice.action.english}"
    side = " ".join(filter(None, notice.side))
    texts = (notice.get("order_symbol"), notice.get("order_name"))
    symbol, name = (printable(" ".join(text.split())) for text in texts)
    price = printable(notice.price_text) or NOTHING
    size = printable(notice.size_text) or NOTHING
    return _NOTICE.format(
        action=action, side=printable(side), symbol=symbol, size=size, price=price, name=name
    ).rstrip()
