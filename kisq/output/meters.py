"""What a screen keeps of each key: its newest book, and what rate, age and course come from."""

from collections import deque
from decimal import Decimal

from kisq.output.board import Quote, Row
from kisq.output.figures import NOTHING, count_text, price_text
from kisq.output.ladder import View
from kisq.protocol.book import OrderBook
from kisq.protocol.frames import Frame
from kisq.protocol.messages import Key
from kisq.protocol.trade import Trade
from kisq.spec.markets import MARKETS

_RATE_SECONDS = 5.0
_RATE_SAMPLES = 100  # at most; the clock of a source may stand still
_COURSE_SECONDS = 1.0  # between two samples of the mid
_COURSE_SAMPLES = 60
_TRADES = 200


def _name_of(book: OrderBook) -> str:
    market = MARKETS.get(book.market or "")
    return f"{book.symbol} {market.korean} {market.english}" if market else book.symbol


class Meter:
    """One key; ``view`` is what its ladder shows, None until a book came; ``trades`` its tape.

    Taking a book in is cheap; everything is worked out when the screen is drawn.
    """

    def __init__(self, key: Key) -> None:
        self.key = key
        self.view: View | None = None
        self.trades: deque[Trade] = deque(maxlen=_TRADES)
        self._seen_at = 0.0
        self._updates: deque[tuple[float, int]] = deque(maxlen=_RATE_SAMPLES)
        self._mids: deque[float] = deque(maxlen=_COURSE_SAMPLES)
        self._sampled_at = float("-inf")
        self._quote: Quote | None = None
        self._quoted: OrderBook | None = None

    def update(self, frame: Frame, record: OrderBook | Trade) -> None:
        """Take in the newest book, or a trade."""
        if isinstance(record, Trade):
            self.trades.append(record)
            return
        if self.view is None:
            self.view = View(record)
        else:
            self.view.book = record
            self.view.updates += 1
        self._seen_at = frame.tick

    def adopt(self, other: "Meter | None") -> None:
        """Take over the tape of a meter that knew only trades."""
        if other:
            self.trades = other.trades

    def measure(self, now: float) -> None:
        """Work out rate and age at ``now``, in seconds of the clock of the frames' ticks."""
        view = self.view
        if view is None:
            return
        self._updates.append((now, view.updates))
        while len(self._updates) > 2 and now - self._updates[1][0] >= _RATE_SECONDS:
            self._updates.popleft()
        since, before = self._updates[0]
        view.rate = (view.updates - before) / (now - since) if now > since else 0.0
        view.age = max(0.0, now - self._seen_at)
        if now - self._sampled_at >= _COURSE_SECONDS:
            self._sampled_at = now
            self._sample(view.book)

    def row(self, refusal: str) -> Row:
        """The row of the board as of the last measurement."""
        view = self.view
        if view is None:
            return Row(self.key, refusal=refusal)
        if self._quoted is not view.book:
            self._quoted, self._quote = view.book, quote_of(view.book)
        return Row(self.key, self._quote, view.rate, view.age, tuple(self._mids), refusal)

    def _sample(self, book: OrderBook) -> None:
        bid, ask = book.best_bid.price, book.best_ask.price
        if bid and ask:
            self._mids.append(float(bid + ask) / 2)


def quote_of(book: OrderBook) -> Quote:
    """What the board shows of ``book``."""
    bid, ask = book.best_bid, book.best_ask
    return Quote(
        _name_of(book),
        count_text(bid.size),
        price_text(bid),
        price_text(ask),
        count_text(ask.size),
        _spread(bid.price, ask.price),
        NOTHING if book.lag is None else _lag(book.lag, book.layout.tr.delay_minutes),
    )


def _spread(bid: Decimal | None, ask: Decimal | None) -> str:
    return f"{ask - bid:f}" if bid and ask else NOTHING


def _lag(seconds: float, delay_minutes: int) -> str:
    if not delay_minutes:
        return f"{seconds:,.3f}"
    return f"{delay_minutes}m{seconds - delay_minutes * 60:+,.3f}"
