"""One plain line per order book, for a pipe that a person reads."""

from kisq.output.stream import Lines
from kisq.protocol.book import Level, OrderBook
from kisq.protocol.escape import printable
from kisq.protocol.frames import Frame, is_known, received_at


class BookLines:
    """A sink of order books: receive time (KST), key, best bid and ask with sizes, spread, lag."""

    def __init__(self, out: Lines) -> None:
        self._out = out

    def write(self, frame: Frame, book: OrderBook) -> None:
        bid, ask = book.best_bid, book.best_ask
        spread = f"{ask.price - bid.price}" if bid.price and ask.price else "–"
        korean = book.kst_time
        known = is_known(frame.at)
        lag = f"{frame.at - korean.timestamp():.3f} s" if korean and known else "–"
        at = received_at(frame.at) if known else "–"
        self._out.write(
            f"{at} {printable(book['RSYM'])}  매수 bid {_best(bid)}  "
            f"매도 ask {_best(ask)}  spread {spread}  lag {lag}".encode(),
            counted=True,
        )

    def flush(self, now: float) -> None:
        self._out.flush()

    def close(self) -> None:
        self._out.flush()


def _best(level: Level) -> str:
    price = "–" if level.price is None else f"{level.price:f}"
    return f"{price} x {'–' if level.size is None else level.size}"
