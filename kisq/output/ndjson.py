"""Order books and trades as NDJSON, in the form that the contract of the command line gives."""

from collections.abc import Iterator
from functools import lru_cache
from operator import itemgetter

from kisq.output.stream import Lines
from kisq.spec.fields import Kind
from kisq.wire.book import OrderBook
from kisq.wire.escape import json_text
from kisq.wire.frames import Frame, is_known, received_at
from kisq.wire.layout import Clock, Layout, Places
from kisq.wire.moments import exchange_time, kst_time
from kisq.wire.record import market_of
from kisq.wire.trade import Trade

_NUMERIC = (Kind.INTEGER, Kind.DECIMAL)
# What stands in the head of a line, and what follows it: order book, trade.
_HEAD = ("tr_key", "symbol", "exchange_date", "exchange_time", "korean_date", "korean_time")
_TOTALS = ("decimals", "bid_total", "ask_total", "bid_total_change", "ask_total_change")
_TRADE = (
    "price", "size", "change", "change_rate", "bid", "ask", "bid_size", "ask_size", "volume",
    "turnover", "strength",
)  # fmt: skip
_NULL = "null"
Part = str | int  # of a line: what stands in every one, or the place of a field


class RecordJson:
    """Writes each record as one line; prices keep the very digits of the wire."""

    def __init__(self, out: Lines, depth: int) -> None:
        self._out, self._depth = out, depth
        self._forms: dict[Layout, _Form] = {}

    def write(self, frame: Frame, record: OrderBook | Trade) -> None:
        layout, at = record.layout, frame.at
        form = self._forms.get(layout)
        if form is None:
            form = self._forms[layout] = _Form(layout, self._depth)
        clock = layout.clock(record.values, at)
        head, kst = _head(layout, *form.identity(record.values), clock)
        start, lag = f'{form.start}null,{head},"lag_seconds":', _NULL
        if is_known(at):
            start = f'{form.start}"{received_at(at)}",{head},"lag_seconds":'
            lag = _NULL if kst is None else f"{at - kst:.3f}"
        extra = f',"extra":{_texts(record.extra)}' if record.extra else ""
        self._out.write(f"{start}{lag},{form.body(record)}{extra}}}".encode(), counted=True)

    def flush(self, now: float) -> None:
        self._out.flush()

    def close(self) -> None:
        self._out.flush()


class _Form:
    """How the records of one layout are written: the pieces of a line, every other one a value."""

    def __init__(self, layout: Layout, depth: int) -> None:
        parts = list(_book(layout, depth) if layout.tr.levels else _trade(layout))
        self.start = f'{{"type":"{"book" if layout.tr.levels else "trade"}","received_at":'
        self.identity = itemgetter(layout.places["tr_key"], layout.places["symbol"])
        self._places = [piece for piece in parts if isinstance(piece, int)]
        self._kinds = [layout.tr.fields[place].kind for place in self._places]
        self._values = itemgetter(*self._places)
        self._ready = _pieces(layout, parts, quoted=True)
        self._other = _pieces(layout, parts, quoted=False)
        self._change = layout.places.get("change")

    def body(self, record: OrderBook | Trade) -> str:
        """The values of a record; it is a fast way that takes them as they are, where it can."""
        values = record.values
        if isinstance(record, Trade) and self._change is not None:
            values = values.copy()
            values[self._change] = record.change_text
        if record.json_ready:
            pieces = self._ready.copy()
            pieces[1::2] = self._values(values)
        else:
            pieces = self._other.copy()
            pieces[1::2] = map(_literal, self._kinds, self._values(values))
        return "".join(pieces)


def _pieces(layout: Layout, parts: list[Part], *, quoted: bool) -> list[str]:
    """The constant pieces and between them empty ones, for the values; text may need quotes."""
    pieces = [""]
    for piece in parts:
        if isinstance(piece, str):
            pieces[-1] += piece
            continue
        mark = '"' if quoted and layout.tr.fields[piece].kind not in _NUMERIC else ""
        pieces[-1] += mark
        pieces += ["", mark]
    return pieces


def _book(layout: Layout, depth: int) -> Iterator[Part]:
    """The totals, the levels, and under their mnemonics the fields that stand for nothing else."""
    for role in _TOTALS:
        yield from (*_member(role, layout.places.get(role)), ",")
    yield from (*_side("bids", layout.bids[:depth]), ",", *_side("asks", layout.asks[:depth]))
    used = {layout.places.get(role) for role in (*_HEAD, *_TOTALS)}
    if "korean_date" not in layout.places:  # the clock is the wire's only where it has a date
        used.discard(layout.places["korean_time"])
    used |= {place for level in (*layout.bids, *layout.asks) for place in level}
    for name, place in layout.index.items():
        if place not in used:
            yield from (",", *_member(name.lower(), place))


def _trade(layout: Layout) -> Iterator[Part]:
    for role in _TRADE:
        yield from ("," if role != _TRADE[0] else "", *_member(role, layout.places.get(role)))


def _side(name: str, levels: list[Places]) -> Iterator[Part]:
    yield f'"{name}":['
    for n, (price, size, change) in enumerate(levels):
        yield from (",{" if n else "{", *_member("price", price), ",", *_member("size", size))
        yield from (",", *_member("change", change), "}")
    yield "]"


def _member(name: str, place: int | None) -> tuple[Part, Part]:
    return f'"{name}":', _NULL if place is None else place


@lru_cache(maxsize=256)
def _head(layout: Layout, tr_key: str, symbol: str, clock: Clock) -> tuple[str, float | None]:
    """The part of a line that changes once a second, and the Korean clock in epoch seconds."""
    date, time, *korean = clock
    market = market_of(layout, tr_key)
    exchange, kst = exchange_time(date, time, market, *korean), kst_time(*korean)
    texts = {
        "tr_id": layout.tr.id,
        "tr_key": tr_key or None,
        "symbol": symbol or None,
        "market": market,
        "exchange_time": exchange and exchange.isoformat(),
        "kst_time": kst and kst.isoformat(),
    }
    head = ",".join(f'"{k}":{json_text(v) if v else _NULL}' for k, v in texts.items())
    return head, kst.timestamp() if kst else None


def _texts(values: list[str]) -> str:
    return f"[{','.join(map(json_text, values))}]"


def _literal(kind: Kind, text: str) -> str:
    """A value as a JSON literal."""
    if kind in _NUMERIC:
        return _number(text)
    return json_text(text) if text else _NULL


def _number(text: str) -> str:
    digits = text.strip().removeprefix("+")
    if not digits:
        return _NULL
    sign, digits = ("-", digits[1:]) if digits[0] == "-" else ("", digits)
    whole, point, rest = digits.partition(".")
    return f"{sign}{whole.lstrip('0') or '0'}{point if rest else ''}{rest}"
