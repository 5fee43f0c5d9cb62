"""What a screen keeps of each key: its newest book, and what rate, age and course come from."""

from collections import deque
from typing import TYPE_CHECKING

from kisq.output.figures import NOTHING, level_texts, spread_text
from kisq.screen.board import Quote, Row
from kisq.screen.fields import FieldsView
from kisq.screen.ladder import View
from kisq.spec.markets import MARKETS
from kisq.wire.book import Level, OrderBook
from kisq.wire.frames import Frame
from kisq.wire.messages import Key
from kisq.wire.record import Record
from kisq.wire.trade import Trade
from kisq.wire.trkey import delay_minutes

if TYPE_CHECKING:
    from kisq.reasons.silence import Silence

_RATE_SECONDS = 5.0
_RATE_SAMPLES = 100  # at most; the clock of a source may stand still
_SAMPLE_SECONDS = 1.0  # between two samples of the mid
_SAMPLES = 60
_TRADES = 200


def unnamed(_: Key) -> str:
    """Nobody knows the names of listings."""
    return ""


def _name_of(record: Record, name: str) -> str:
    """The listing by its ``name``, or else its symbol, and its market."""
    market = MARKETS.get(record.market or "")
    named = name or record.symbol
    return f"{named} {market.korean} {market.english}" if market else named


class KeyStats:
    """One key; ``view`` is what its ladder shows, None until a book came; ``trades`` its tape.

    ``fields`` is what the table of its fields shows, where its records are neither of the two.

    Taking a book in is cheap; everything is worked out when the screen is drawn.
    """

    def __init__(self, key: Key, name: str = "") -> None:
        self.key, self.name = key, name
        self.view: View | None = None
        self.fields: FieldsView | None = None
        self.trades: deque[Trade] = deque(maxlen=_TRADES)
        self._seen_at = 0.0
        self._updates: deque[tuple[float, int]] = deque(maxlen=_RATE_SAMPLES)
        self._mids: deque[float] = deque(maxlen=_SAMPLES)
        self._sampled_at = float("-inf")
        self._quote: Quote | None = None
        self._quoted: Record | None = None
        self._count = 0
        self.rate = self.age = 0.0
        self.silence: Silence | None = None  # why nothing came, where nothing did for long

    def update(self, frame: Frame, record: Record) -> None:
        """Take in the newest book or record, or a trade."""
        if isinstance(record, Trade):
            self.trades.append(record)
            if self.view:
                return  # rate and age are those of the books, where there are any
        elif not isinstance(record, OrderBook):
            self._take_fields(record)
        elif self.view is None:
            self.view = View(record, name=self.name)
        else:
            self.view.book = record
            self.view.updates += 1
        self._count += 1
        self._seen_at = frame.tick

    def _take_fields(self, record: Record) -> None:
        if self.fields is None:
            self.fields = FieldsView(record, name=self.name)
        else:
            self.fields.update(record)

    @property
    def views(self) -> list[View | FieldsView]:
        """What its screen shows."""
        return [view for view in (self.view, self.fields) if view]

    @property
    def heard(self) -> bool:
        """Whether anything came."""
        return self._count > 0

    def adopt(self, other: "KeyStats | None") -> None:
        """Take over the tape of one that knew only trades."""
        if other:
            self.trades = other.trades

    def measure(self, now: float) -> None:
        """Work out rate and age at ``now``, in seconds of the clock of the frames' ticks."""
        if not self._count:
            return
        self._updates.append((now, self._count))
        while len(self._updates) > 2 and now - self._updates[1][0] >= _RATE_SECONDS:
            self._updates.popleft()
        since, before = self._updates[0]
        self.rate = (self._count - before) / (now - since) if now > since else 0.0
        self.age = max(0.0, now - self._seen_at)
        for view in self.views:
            view.rate, view.age = self.rate, self.age
        if now - self._sampled_at >= _SAMPLE_SECONDS:
            self._sampled_at = now
            self._sample()

    def row(self, refusal: str) -> Row:
        """The row of the board as of the last measurement."""
        newest = self._newest
        if newest is not self._quoted:
            self._quoted, self._quote = newest, quote_of(newest, self.name) if newest else None
        silence = self.silence.short if self.silence else ""
        return Row(self.key, self._quote, self.rate, self.age, tuple(self._mids), refusal, silence)

    @property
    def _newest(self) -> Record | None:
        if self.view:
            return self.view.book
        if self.fields:
            return self.fields.record
        return self.trades[-1] if self.trades else None

    def _sample(self) -> None:
        newest = self._newest
        bid, ask = (level.price for level in _best(newest)) if newest else (None, None)
        if bid and ask:
            self._mids.append(float(bid + ask) / 2)


def _best(record: Record) -> tuple[Level, Level]:
    """Bid and ask; a trade has them too, another record has none."""
    if isinstance(record, OrderBook):
        return record.best_bid, record.best_ask
    bid, ask = (
        Level(record.decimal(side), record.integer(f"{side}_size"), None) for side in ("bid", "ask")
    )
    return bid, ask


def quote_of(record: Record, name: str = "") -> Quote:
    """What the board shows of ``record``."""
    bid, ask = _best(record)
    delay = delay_minutes(record.tr_id, record.tr_key)
    bid_texts, ask_texts = level_texts(bid), level_texts(ask)
    return Quote(
        _name_of(record, name),
        bid_texts.size,
        bid_texts.price,
        ask_texts.price,
        ask_texts.size,
        spread_text(bid, ask),
        NOTHING if record.lag is None else _lag(record.lag, delay),
    )


def _lag(seconds: float, delay_minutes: int) -> str:
    if not delay_minutes:
        return f"{seconds:,.3f}"
    return f"{delay_minutes}m{seconds - delay_minutes * 60:+,.3f}"
