"""Order books and trades as CSV with a header, for pandas and spreadsheets; always English.

The file is UTF-8 without a byte order mark: headers and values are ASCII as KIS sends them, which
Excel opens rightly as they are, and a mark would become a part of the first header elsewhere.
"""

from collections.abc import Collection
from functools import lru_cache
from operator import itemgetter

from kisq.locale.sentence import Sentence
from kisq.output.json_text import number_or_empty
from kisq.output.record_head import RecordHead, record_head
from kisq.output.streams import Streams
from kisq.spec.fields import Shape
from kisq.wire.clocks import Clock
from kisq.wire.escape import printable
from kisq.wire.frames import Frame, is_known, received_at
from kisq.wire.layout import Layout, Places
from kisq.wire.record import Record
from kisq.wire.trade import Trade

_NOT_SHOWN = Sentence(
    "records of {tr_id} are neither order books nor trades, so CSV leaves them out: use --json"
)
_HEAD = (
    "type", "received_at", "tr_id", "tr_key", "symbol", "market", "listing", "exchange_time",
    "kst_time", "lag_seconds", "decimals",
)  # fmt: skip
_BOOK = ("bid_total", "ask_total", "bid_total_change", "ask_total_change")
_AUCTION = ("expected_price", "expected_size")
_TRADE = (
    "price", "size", "change", "change_rate", "bid", "ask", "bid_size", "ask_size", "volume",
    "turnover", "strength", "open", "high", "low",
)  # fmt: skip
_LEVEL = "{side}{number}_price {side}{number}_size {side}{number}_change"
_NO_PLACE = -1
_FORMULA = ("=", "+", "-", "@")  # what a spreadsheet takes for one


class RecordCsv:
    """A sink of records: a header, then a row for each record with ``depth`` levels on each side.

    ``shapes`` are what the rows may be: books, trades or both. Their columns are in the header.
    """

    def __init__(self, streams: Streams, depth: int, shapes: Collection[Shape]) -> None:
        self._out = streams.out
        self._streams = streams
        self._depth = depth
        self._shapes = shapes
        self._forms: dict[Layout, _RowForm] = {}
        self._said: set[str] = set()  # TRs without columns
        self._out.write(",".join(header(depth, shapes)).encode())

    def write(self, frame: Frame, record: Record) -> None:
        layout = record.layout
        if layout.shape not in self._shapes:
            self._leave_out(record)
            return
        form = self._forms.get(layout)
        if form is None:
            form = _RowForm(layout, self._depth, self._shapes)
            self._forms[layout] = form
        at = frame.at
        clock = layout.clock(record.values, at)
        identity, clocks, korean_seconds = _front(layout, record.tr_key, record.symbol, clock)
        received = ""
        lag = ""
        if is_known(at):
            received = received_at(at)
            if korean_seconds is not None:
                lag = f"{at - korean_seconds:.3f}"
        extra = _cell("^".join(record.extra))
        row = f"{form.type},{received},{identity},{clocks},{lag},{form.body(record)},{extra}"
        self._out.write(row.encode(), counted=True)

    def _leave_out(self, record: Record) -> None:
        """Report once for each TR that its records have no columns; they do not count as shown."""
        self._streams.counts.shown -= 1
        if record.tr_id not in self._said:
            self._said.add(record.tr_id)
            self._streams.notices.say(_NOT_SHOWN.format(tr_id=record.tr_id))

    def flush(self, now: float) -> None:
        self._out.flush()

    def close(self) -> None:
        self._out.flush()


def header(depth: int, shapes: Collection[Shape]) -> list[str]:
    """The names of the columns."""
    names = list(_HEAD)
    if Shape.BOOK in shapes:
        names += _BOOK
        for side in ("bid", "ask"):
            for number in range(1, depth + 1):
                names += _LEVEL.format(side=side, number=number).split()
        names += [*_AUCTION, "auction"]
    if Shape.TRADE in shapes:
        names += [*_TRADE, "side"]
    return [*names, "extra"]


class _RowForm:
    """How the records of one layout fill the columns from ``decimals`` on; made once."""

    def __init__(self, layout: Layout, depth: int, shapes: Collection[Shape]) -> None:
        self.type = layout.shape.value
        self._layout = layout
        has_books = Shape.BOOK in shapes
        has_trades = Shape.TRADE in shapes
        places = [_place(layout, "decimals")]
        empty_before = ""
        empty_behind = ""
        if layout.shape is Shape.BOOK:
            places += _book_places(layout, depth)
            if has_trades:
                empty_behind = "," * (len(_TRADE) + 1)
        else:
            places += [_place(layout, role) for role in _TRADE]
            if has_books:
                empty_before = "," * (len(_book_places(layout, depth)) + 1)
        self._values = itemgetter(*places)
        self._empty_before = empty_before
        self._empty_behind = empty_behind

    def body(self, record: Record) -> str:
        """The values of a record; those that are plain numbers as they came are not looked at."""
        values = record.values
        word = ""
        if isinstance(record, Trade):
            values = record.signed_values
            word = self._layout.sides.get(record.get("side").strip(), "")
        elif self._layout.auction_place is not None:
            auction = record.layout.auctions.get(values[self._layout.auction_place])
            if auction:
                word = auction.english
        decimals, *cells = self._values([*values, ""])  # which is at _NO_PLACE
        if not record.json_ready:
            decimals = number_or_empty(decimals)
            cells = list(map(number_or_empty, cells))
        row = ",".join(cells)
        return f"{decimals},{self._empty_before}{row},{_cell(word)}{self._empty_behind}"


def _place(layout: Layout, role: str) -> int:
    return layout.places.get(role, _NO_PLACE)


def _book_places(layout: Layout, depth: int) -> list[int]:
    """The places of totals, levels and auction; a level that the layout lacks is empty."""
    places = [_place(layout, role) for role in _BOOK]
    for levels in (layout.bids, layout.asks):
        for number in range(depth):
            places += _level_places(levels, number)
    places += [_place(layout, role) for role in _AUCTION]
    return places


def _level_places(levels: list[Places], number: int) -> list[int]:
    if number >= len(levels):
        return [_NO_PLACE] * 3
    price, size, change = levels[number]
    if change is None:
        return [price, size, _NO_PLACE]
    return [price, size, change]


@lru_cache(maxsize=256)
def _front(layout: Layout, tr_key: str, symbol: str, clock: Clock) -> tuple[str, str, float | None]:
    """The cells from tr_id to listing, those of the two clocks, and the Korean one in seconds."""
    head: RecordHead = record_head(layout, tr_key, clock)
    listing = ""
    if head.market and symbol:
        listing = f"{head.market}:{symbol}"
    identity = ",".join(map(_cell, (layout.tr.id, tr_key, symbol, head.market, listing)))
    return identity, f"{head.exchange_time},{head.kst_time}", head.korean_seconds


def _cell(text: str) -> str:
    """``text`` as a cell on one line, which no spreadsheet takes for a formula."""
    if not text:
        return ""
    text = printable(text)
    if text.startswith(_FORMULA):
        text = f"'{text}"
    if "," in text or '"' in text:
        doubled = text.replace('"', '""')
        return f'"{doubled}"'
    return text
