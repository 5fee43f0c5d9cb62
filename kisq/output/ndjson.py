"""Records as NDJSON, in the form that the contract of the command line gives."""

from collections.abc import Iterator
from functools import lru_cache
from operator import itemgetter

from kisq.output.stream import Lines
from kisq.spec.fields import Kind, Shape
from kisq.wire.escape import json_text
from kisq.wire.frames import Frame, is_known, received_at
from kisq.wire.layout import Clock, Layout, Places
from kisq.wire.moments import exchange_time, kst_time
from kisq.wire.record import Record, market_of
from kisq.wire.trade import Trade

_NUMERIC = (Kind.INTEGER, Kind.DECIMAL)
# What stands in the head of a line, and what follows it: order book, trade.
_HEAD = ("tr_key", "symbol", "exchange_date", "exchange_time", "korean_date", "korean_time")
_TOTALS = ("decimals", "bid_total", "ask_total", "bid_total_change", "ask_total_change")
_TRADE = (
    "price", "size", "change", "change_rate", "bid", "ask", "bid_size", "ask_size", "volume",
    "turnover", "strength", "open", "high", "low",
)  # fmt: skip
_NULL = "null"
Part = str | int  # of a line: what stands in every one, or the place of a field


class RecordJson:
    """Writes each record as one line; prices keep the very digits of the wire."""

    def __init__(self, out: Lines, depth: int) -> None:
        self._out, self._depth = out, depth
        self._forms: dict[Layout, _Form] = {}

    def write(self, frame: Frame, record: Record) -> None:
        layout, at = record.layout, frame.at
        if layout.shape is Shape.RECORD:
            self._out.write(_fields(record, at).encode(), counted=True)
            return
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
        parts = list(_book(layout, depth) if layout.is_book else _trade(layout))
        self.start = f'{{"type":"{layout.shape.value}","received_at":'
        self.identity = itemgetter(layout.places["tr_key"], layout.places["symbol"])
        self._places = [piece for piece in parts if isinstance(piece, int)]
        self._kinds = [layout.fields[place].kind for place in self._places]
        self._values = itemgetter(*self._places)
        texts = [place for place in self._places if layout.fields[place].kind is Kind.TEXT]
        self._texts = itemgetter(layout.key_place, layout.key_place, *texts)  # a tuple, always
        self._ready = _pieces(layout, parts, quoted=True)
        self._other = _pieces(layout, parts, quoted=False)
        self._change, self._rate = layout.places.get("change"), layout.places.get("change_rate")
        self._side_place = layout.places.get("side")
        self._sides = {code: json_text(name) for code, name in layout.sides.items()}
        self._auction_place = layout.auction_place if layout.is_book else None
        self._auctions = {code: json_text(one.english) for code, one in layout.auctions.items()}

    def body(self, record: Record) -> str:
        """The values of a record; it is a fast way that takes them as they are, where it can."""
        values = record.values
        tail = ""
        if isinstance(record, Trade):
            values = self._trade_values(record)
            code = "" if self._side_place is None else values[self._side_place]
            tail = f',"side":{self._sides.get(code, _NULL)}'
        elif self._auction_place is not None:
            tail = f',"auction":{self._auctions.get(values[self._auction_place], _NULL)}'
        if record.json_ready:
            pieces = self._ready.copy()
            pieces[1::2] = self._values(values)
            line = f"{''.join(pieces)}{tail}"
            return line.replace('""', _NULL) if "" in self._texts(values) else line
        pieces = self._other.copy()
        pieces[1::2] = map(_literal, self._kinds, self._values(values))
        return f"{''.join(pieces)}{tail}"

    def _trade_values(self, trade: Trade) -> list[str]:
        """The values of a trade: with the sign of its change, without a + before the rate."""
        values = trade.values.copy()
        if self._change is not None:
            values[self._change] = trade.change_text
        if self._rate is not None:
            values[self._rate] = values[self._rate].lstrip("+")
        return values


def _pieces(layout: Layout, parts: list[Part], *, quoted: bool) -> list[str]:
    """The constant pieces and between them empty ones, for the values; text may need quotes."""
    pieces = [""]
    for piece in parts:
        if isinstance(piece, str):
            pieces[-1] += piece
            continue
        mark = '"' if quoted and layout.fields[piece].kind not in _NUMERIC else ""
        pieces[-1] += mark
        pieces += ["", mark]
    return pieces


def _book(layout: Layout, depth: int) -> Iterator[Part]:
    """The totals, the levels, and under their mnemonics the fields that stand for nothing else."""
    for role in _TOTALS:
        yield from (*_member(role, layout.places.get(role)), ",")
    yield from (*_side("bids", layout.bids[:depth]), ",", *_side("asks", layout.asks[:depth]))
    levels = {place for level in (*layout.bids, *layout.asks) for place in level}
    yield from _others(layout, {layout.places.get(role) for role in _TOTALS} | levels)


def _trade(layout: Layout) -> Iterator[Part]:
    """What stands for something under its term, then all other fields under their mnemonics."""
    for role in _TRADE:
        yield from ("," if role != _TRADE[0] else "", *_member(role, layout.places.get(role)))
    yield from _others(layout, {layout.places.get(role) for role in _TRADE})


def _others(layout: Layout, used: set[int | None]) -> Iterator[Part]:
    """The fields that neither the head of a line nor what is ``used`` stands for."""
    heads = {layout.places.get(role) for role in _HEAD}
    if not layout.dated:  # the clock is the wire's only where it has a date
        heads.discard(layout.places.get("korean_time"))
    for name, place in layout.index.items():
        if place not in used | heads:
            yield from (",", *_member(name.lower(), place))


def _side(name: str, levels: list[Places]) -> Iterator[Part]:
    yield f'"{name}":['
    for n, (price, size, change) in enumerate(levels):
        yield from (",{" if n else "{", *_member("price", price), ",", *_member("size", size))
        yield from (",", *_member("change", change), "}")
    yield "]"


def _member(name: str, place: int | None) -> tuple[Part, Part]:
    return f'"{name}":', _NULL if place is None else place


def _fields(record: Record, at: float) -> str:
    """A record that is neither order book nor trade, its values as they came."""
    names = (field.name.lower() for field in record.layout.fields)
    pairs = zip(names, record.values, strict=True)
    fields = ",".join(f"{json_text(name)}:{json_text(v) if v else _NULL}" for name, v in pairs)
    received = f'"{received_at(at)}"' if is_known(at) else _NULL
    tr_key = json_text(record.tr_key) if record.tr_key else _NULL
    extra = f',"extra":{_texts(record.extra)}' if record.extra else ""
    notice = ',"notice":true' if record.layout.tr.is_notice else ""
    return (
        f'{{"type":"record","received_at":{received},"tr_id":"{record.tr_id}",'
        f'"tr_key":{tr_key}{notice},"fields":{{{fields}}}{extra}}}'
    )


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
    if not digits or digits.endswith("nan"):
        return _NULL
    sign, digits = ("-", digits[1:]) if digits[0] == "-" else ("", digits)
    whole, point, rest = digits.partition(".")
    return f"{sign}{whole.lstrip('0') or '0'}{point if rest else ''}{rest}"
