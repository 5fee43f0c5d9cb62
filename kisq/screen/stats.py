"""What a screen keeps of each key: its newest book, rate, age and course, what is odd of it."""

from collections import deque
from typing import TYPE_CHECKING

from kisq.locale.sentence import Sentence
from kisq.screen.board import Row
from kisq.screen.fields import FieldsView
from kisq.screen.quotes import Quote, quote_of
from kisq.screen.view import ASK, BID, Change, View, best_of, clock_text
from kisq.wire.book import OrderBook
from kisq.wire.frames import Frame
from kisq.wire.messages import Key
from kisq.wire.record import Record
from kisq.wire.trade import Trade

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


class KeyStats:
    """One key; ``view`` is what is shown of it, None until something came; ``trades`` its tape.

    Taking a record in is cheap; everything is worked out when the screen is drawn.
    """

    def __init__(self, key: Key, name: str = "") -> None:
        self.key = key
        self.name = name
        self.view: View | None = None
        self.trades: deque[Trade] = deque(maxlen=_TRADES)
        self.rate = 0.0
        self.age = 0.0
        self.silence: Silence | None = None  # why nothing came, where nothing did for long
        self._seen_at = 0.0
        self._count = 0
        self._updates: deque[tuple[float, int]] = deque(maxlen=_RATE_SAMPLES)
        self._mids: deque[float] = deque(maxlen=_SAMPLES)
        self._sampled_at = float("-inf")
        self._quote: Quote | None = None
        self._quoted: Record | None = None
        self._quoted_trade: Trade | None = None
        self._changes = Changes()
        self._standing = Standing()

    def update(self, frame: Frame, record: Record) -> None:
        """Take in the newest book or record, or a trade."""
        if isinstance(record, Trade):
            self.trades.append(record)
            if self.view and not isinstance(self.view.record, Trade):
                self.view.trade = record
                return  # rate and age are those of the books, where there are any
        view = self.view
        if view is None or isinstance(view.record, Trade) != isinstance(record, Trade):
            self.view = self._first_view(record)
        elif isinstance(view, FieldsView):
            view.update(record)
        else:
            view.record = record
            view.updates += 1
        if isinstance(record, Trade) and self.view:
            self.view.trade = record
        self._count += 1
        self._seen_at = frame.tick

    def _first_view(self, record: Record) -> View:
        if isinstance(record, OrderBook | Trade):
            return View(record, name=self.name, trade=self._newest_trade)
        return FieldsView(record, name=self.name)

    @property
    def _newest_trade(self) -> Trade | None:
        if not self.trades:
            return None
        return self.trades[-1]

    @property
    def rate_of_change(self) -> float:
        """The change since the day before in percent, 0 where no trade tells."""
        trade = self._newest_trade
        if trade is None:
            return 0.0
        return float(trade.decimal("change_rate") or 0)

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
        self.rate = 0.0
        if now > since:
            self.rate = (self._count - before) / (now - since)
        self.age = max(0.0, now - self._seen_at)
        if self.view:
            self.view.rate = self.rate
            self.view.age = self.age
        if now - self._sampled_at >= _SAMPLE_SECONDS:
            self._sampled_at = now
            self._sample()

    def look(self, now: float, real_now: float, pingpongs: int) -> None:
        """Work out what only a ladder shows: what stands out, and whether the book stands still.

        ``now`` is as for ``measure``, ``real_now`` in monotonic seconds.
        """
        view = self.view
        if view is None:
            return
        view.pingpongs = pingpongs
        view.standing = self._standing.sentence(view.record, now, self.age, view.updates, pingpongs)
        if isinstance(view.record, OrderBook):
            view.changed = self._changes.look(view.record, real_now)

    def row(self, refusal: str) -> Row:
        """The row of the board as of the last measurement."""
        if self.view:
            self._look_at(self.view.record, self._newest_trade)
        silence = ""
        if self.silence:
            silence = self.silence.short
        return Row(self.key, self._quote, self.rate, self.age, tuple(self._mids), refusal, silence)

    def _look_at(self, record: Record, trade: Trade | None) -> None:
        """Work out the quote, if there is something new to it."""
        if record is self._quoted and trade is self._quoted_trade:
            return
        self._quoted = record
        self._quoted_trade = trade
        self._quote = quote_of(record, self.name, trade)

    def _sample(self) -> None:
        if self.view is None:
            return
        bid, ask = (level.price for level in best_of(self.view.record))
        if bid and ask:
            self._mids.append(float(bid + ask) / 2)


_STANDS_OUT_SECONDS = 0.5

_Sizes = dict[Change, int | None]


class Changes:
    """The changes from one drawing to the next, each for half a second."""

    def __init__(self) -> None:
        self._book: OrderBook | None = None
        self._sizes: _Sizes = {}
        self._until: dict[Change, float] = {}

    def look(self, book: OrderBook, now: float) -> frozenset[Change]:
        """The levels that stand out at ``now`` (monotonic seconds), which ``book`` is drawn at."""
        if book is not self._book:
            sizes = _sizes(book)
            if self._book is not None:
                self._note(sizes, now + _STANDS_OUT_SECONDS)
            self._book = book
            self._sizes = sizes
        self._until = {change: until for change, until in self._until.items() if until > now}
        return frozenset(self._until)

    def _note(self, sizes: _Sizes, until: float) -> None:
        for change, size in sizes.items():
            if self._sizes.get(change, 0) != size:
                self._until[change] = until


def _sizes(book: OrderBook) -> _Sizes:
    """The size at each price of both sides."""
    sizes: _Sizes = {}
    for side, levels in ((ASK, book.asks), (BID, book.bids)):
        for level in levels:
            if level.price:
                sizes[side, level.price] = level.size
    return sizes


_QUIET = Sentence("no update for {seconds:.0f} s, only PINGPONG")
_CLOCK = Sentence("its clock stands still at {clock}")
# As `check` judges a clock that does not go on (contract.md): so many messages in so many seconds.
_CLOCK_MESSAGES = 5
_CLOCK_SECONDS = 3.0


class Standing:
    """What is told of the records of one key; times are seconds of the clock of the source."""

    def __init__(self) -> None:
        self._updates = 0
        self._pingpongs = 0  # when the last update was seen
        self._clock = ""
        self._clock_since = 0.0
        self._clock_updates = 0

    def sentence(self, record: Record, now: float, age: float, updates: int, pingpongs: int) -> str:
        """Why the newest record may not be relied upon; empty where nothing speaks against it."""
        if updates != self._updates:
            self._updates = updates
            self._pingpongs = pingpongs
        if pingpongs > self._pingpongs:
            return _QUIET.format(seconds=age)
        moment = record.exchange_time
        clock = clock_text(moment)
        if clock != self._clock:
            self._clock = clock
            self._clock_since = now
            self._clock_updates = updates
        is_old = now - self._clock_since >= _CLOCK_SECONDS
        if moment and is_old and updates - self._clock_updates >= _CLOCK_MESSAGES:
            return _CLOCK.format(clock=clock)
        return ""
