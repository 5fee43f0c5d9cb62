"""Order books as NDJSON, in the form that the contract of the command line gives."""

from functools import lru_cache
from operator import itemgetter

from kisq.output.stream import Lines
from kisq.protocol.book import Layout, OrderBook, exchange_time, kst_time
from kisq.protocol.escape import json_text
from kisq.protocol.frames import Frame, received_at
from kisq.spec.trs import Kind

_NUMERIC = (Kind.INTEGER, Kind.DECIMAL)
_TOTALS = (
    ("decimals", "ZDIV"),
    ("bid_total", "BVOL"),
    ("ask_total", "AVOL"),
    ("bid_total_change", "BDVL"),
    ("ask_total_change", "ADVL"),
)
_LEVEL = '{"price":%s,"size":%s,"change":%s}'


class _Form:
    """How the records of one layout are written: one format string and the values it takes."""

    def __init__(self, layout: Layout, depth: int) -> None:
        at = layout.index
        self.identity = itemgetter(
            *(at[n] for n in ("RSYM", "SYMB", "XYMD", "XHMS", "KYMD", "KHMS"))
        )
        sides = (layout.bids[:depth], layout.asks[:depth])
        self.numbers = itemgetter(
            *(at[name] for _, name in _TOTALS), *(i for side in sides for lv in side for i in lv)
        )
        totals = ",".join(f'"{key}":%s' for key, _ in _TOTALS)
        bids, asks = (",".join([_LEVEL] * len(side)) for side in sides)
        self.rest = f'{totals},"bids":[{bids}],"asks":[{asks}]'


class BookJson:
    """Writes each order book as one line; prices keep the very digits of the wire."""

    def __init__(self, out: Lines, depth: int) -> None:
        self._out, self._depth = out, depth
        self._forms: dict[Layout, _Form] = {}

    def write(self, frame: Frame, book: OrderBook) -> None:
        form = self._forms.get(book.layout)
        if form is None:
            form = self._forms[book.layout] = _Form(book.layout, self._depth)
        head, kst = _head(book.tr_id, *form.identity(book.values))
        lag = "null" if kst is None else f"{frame.at - kst:.3f}"
        values = book.values if book.json_ready else _literals(book)
        extra = f',"extra":{_texts(book.extra)}' if book.extra else ""
        numbers = form.rest % form.numbers(values)
        start = f'{{"type":"book","received_at":"{received_at(frame.at)}",{head}'
        self._out.write(f'{start},"lag_seconds":{lag},{numbers}{extra}}}'.encode(), counted=True)

    def flush(self, now: float) -> None:
        self._out.flush()

    def close(self) -> None:
        self._out.flush()


@lru_cache(maxsize=256)
def _head(
    tr_id: str, rsym: str, symb: str, xymd: str, xhms: str, kymd: str, khms: str
) -> tuple[str, float | None]:
    """The part of a line that changes once a second, and the Korean clock in epoch seconds."""
    market = rsym[1:4] or None
    exchange, kst = exchange_time(xymd, xhms, market, kymd, khms), kst_time(kymd, khms)
    texts = {
        "tr_id": tr_id,
        "tr_key": rsym or None,
        "symbol": symb or None,
        "market": market,
        "exchange_time": exchange and exchange.isoformat(),
        "kst_time": kst and kst.isoformat(),
    }
    head = ",".join(f'"{k}":{json_text(v) if v else "null"}' for k, v in texts.items())
    return head, kst.timestamp() if kst else None


def _texts(values: list[str]) -> str:
    return f"[{','.join(map(json_text, values))}]"


def _literals(book: OrderBook) -> list[str]:
    """The values as JSON literals, where some cannot stand in JSON as they are."""
    pairs = zip(book.layout.tr.fields, book.values, strict=True)
    return [_number(text) if f.kind in _NUMERIC else text for f, text in pairs]


def _number(text: str) -> str:
    digits = text.strip().removeprefix("+")
    if not digits:
        return "null"
    sign, digits = ("-", digits[1:]) if digits[0] == "-" else ("", digits)
    whole, point, rest = digits.partition(".")
    return f"{sign}{whole.lstrip('0') or '0'}{point if rest else ''}{rest}"
