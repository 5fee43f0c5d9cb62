"""How the records of one layout are written as NDJSON: a form that is made once and filled often.

A line has constant text, such as names and commas, and values. It is built as a list of parts: a
string stands in every line, a number is the place of a field in the record.
"""

from operator import itemgetter

from kisq.output.json_text import NULL, number_or_null, text_or_null
from kisq.spec.fields import Kind
from kisq.wire.escape import json_text
from kisq.wire.layout import Layout, Places
from kisq.wire.record import Record
from kisq.wire.trade import Trade

_NUMERIC = (Kind.INTEGER, Kind.DECIMAL)
_HEAD_ROLES = ("tr_key", "symbol", "exchange_date", "exchange_time", "korean_date", "korean_time")
_BOOK_ROLES = ("decimals", "bid_total", "ask_total", "bid_total_change", "ask_total_change")
_TRADE_ROLES = (
    "price", "size", "change", "change_rate", "bid", "ask", "bid_size", "ask_size", "volume",
    "turnover", "strength", "open", "high", "low",
)  # fmt: skip
Part = str | int


class LineForm:
    """The lines of one layout: what follows the lag."""

    def __init__(self, layout: Layout, depth: int) -> None:
        if layout.is_book:
            parts = _book_parts(layout, depth)
        else:
            parts = _trade_parts(layout)
        self.identity = itemgetter(layout.places["tr_key"], layout.places["symbol"])
        places = [place for place in parts if isinstance(place, int)]
        texts = [place for place in places if layout.fields[place].kind is Kind.TEXT]
        self._kinds = [layout.fields[place].kind for place in places]
        self._values = itemgetter(*places)
        # The place of the key is there twice so that this always gives a tuple.
        self._texts = itemgetter(layout.key_place, layout.key_place, *texts)
        self._pieces_with_quotes = _pieces(layout, parts, quoted=True)
        self._pieces = _pieces(layout, parts, quoted=False)
        self._side_place = layout.places.get("side")
        self._sides = {code: json_text(side) for code, side in layout.sides.items()}
        self._auction_place: int | None = None
        if layout.is_book:
            self._auction_place = layout.auction_place
        self._auctions = {code: json_text(words.english) for code, words in layout.auctions.items()}

    def body(self, record: Record) -> str:
        """The values of a record; those that may stand in JSON as they came are not looked at."""
        values = record.values
        tail = ""
        if isinstance(record, Trade):
            values = record.signed_values
            tail = f',"side":{self._side(values)}'
        elif self._auction_place is not None:
            auction = self._auctions.get(values[self._auction_place], NULL)
            tail = f',"auction":{auction}'
        if not record.json_ready:
            pieces = self._pieces.copy()
            pieces[1::2] = map(_literal, self._kinds, self._values(values))
            return f"{''.join(pieces)}{tail}"
        pieces = self._pieces_with_quotes.copy()
        pieces[1::2] = self._values(values)
        pieces[-1] += tail
        body = "".join(pieces)
        if "" in self._texts(values):
            return body.replace('""', NULL)
        return body

    def _side(self, values: list[str]) -> str:
        if self._side_place is None:
            return NULL
        return self._sides.get(values[self._side_place], NULL)


def _literal(kind: Kind, text: str) -> str:
    if kind in _NUMERIC:
        return number_or_null(text)
    return text_or_null(text)


def _pieces(layout: Layout, parts: list[Part], *, quoted: bool) -> list[str]:
    """The constant text of a line; every other piece is empty, for a value.

    With ``quoted`` there are quotes around the values that are text.
    """
    pieces = [""]
    for text_or_place in parts:
        if isinstance(text_or_place, str):
            pieces[-1] += text_or_place
        elif quoted and layout.fields[text_or_place].kind not in _NUMERIC:
            pieces[-1] += '"'
            pieces += ["", '"']
        else:
            pieces += ["", ""]
    return pieces


def _book_parts(layout: Layout, depth: int) -> list[Part]:
    """The totals, the levels, and under their mnemonics the fields that stand for nothing else."""
    totals = [layout.places.get(role) for role in _BOOK_ROLES]
    members = [_member(*named) for named in zip(_BOOK_ROLES, totals, strict=True)]
    members.append(_side_member("bids", layout.bids[:depth]))
    members.append(_side_member("asks", layout.asks[:depth]))
    used = set(totals)
    for level in (*layout.bids, *layout.asks):
        used.update(level)
    members += _other_members(layout, used)
    return _with_commas(members)


def _trade_parts(layout: Layout) -> list[Part]:
    """What stands for something under its term, then all other fields under their mnemonics."""
    places = [layout.places.get(role) for role in _TRADE_ROLES]
    members = [_member(*named) for named in zip(_TRADE_ROLES, places, strict=True)]
    members += _other_members(layout, set(places))
    return _with_commas(members)


def _other_members(layout: Layout, used: set[int | None]) -> list[list[Part]]:
    """The fields that neither stand in the head of a line nor are ``used``."""
    in_head = {layout.places.get(role) for role in _HEAD_ROLES}
    if not layout.dated:  # the clock is the wire's only where it has a date
        in_head.discard(layout.places.get("korean_time"))
    return [
        _member(name.lower(), place)
        for name, place in layout.index.items()
        if place not in used | in_head
    ]


def _side_member(name: str, levels: list[Places]) -> list[Part]:
    """One side of an order book, as an array of its levels."""
    objects: list[list[Part]] = []
    for price, size, change in levels:
        members = [_member("price", price), _member("size", size), _member("change", change)]
        objects.append(["{", *_with_commas(members), "}"])
    return [f'"{name}":[', *_with_commas(objects), "]"]


def _member(name: str, place: int | None) -> list[Part]:
    if place is None:
        return [f'"{name}":', NULL]
    return [f'"{name}":', place]


def _with_commas(members: list[list[Part]]) -> list[Part]:
    """The parts of ``members`` in one list, with a comma between two of them."""
    parts: list[Part] = []
    for parts_of_member in members:
        if parts:
            parts.append(",")
        parts += parts_of_member
    return parts
