"""Messages of the feed and what they decode to: literal ones, and such with a field replaced."""

import math
import tempfile
from datetime import datetime
from typing import Any

from conftest import captured
from player import ACCEPTED

from kisq.output.ndjson import RecordJson
from kisq.output.stream import Lines
from kisq.spec.tables import TRS
from kisq.wire.book import OrderBook
from kisq.wire.clocks import KST
from kisq.wire.decode import decode
from kisq.wire.frames import DATA, IN, Frame
from kisq.wire.messages import Malformed
from kisq.wire.trade import Trade

AAPL, SPY = captured("hdfsasp0.txt")
SUBSCRIBED = ACCEPTED % ("HDFSASP0", "DAMSSPY")
MANY = [SUBSCRIBED, *[SPY] * 3000]
HONG_KONG = (
    "0|HDFSASP1|001|DHKS00003^00003^3^20260710^223834^20260710^233834"
    "^500^700^10^-20^6.800^6.810^500^700^10^-20"
)
AT = 1783695214.512345  # 2026-07-10 23:53:34.512345 KST
NOON = datetime(2026, 7, 10, 12, 0, 1, tzinfo=KST)


def book(text: str, at: float = math.nan) -> OrderBook:
    (only,) = decode(text, at)
    assert isinstance(only, OrderBook)
    return only


def malformed(text: str) -> Malformed:
    (only,) = decode(text)
    assert isinstance(only, Malformed)
    assert only.text == text
    return only


def with_field(name: str, value: str, text: str = SPY) -> str:
    """``text`` with one field of its record replaced."""
    head, payload = text.rsplit("|", 1)
    fields = payload.split("^")
    names = [field.name for field in TRS[text.split("|")[1]].fields]
    fields[names.index(name)] = value
    return f"{head}|{'^'.join(fields)}"


def with_fields(text: str, **values: str) -> str:
    for name, value in values.items():
        text = with_field(name, value, text)
    return text


def line(text: str, depth: int = 10, at: float = AT) -> str:
    """What is written for the only record of ``text``."""
    (book,) = decode(text, at)
    assert isinstance(book, OrderBook | Trade)
    with tempfile.TemporaryFile() as file:
        sink = RecordJson(Lines(file.fileno()), depth)
        sink.write(Frame(at, IN, DATA, text.encode()), book)
        sink.close()
        file.seek(0)
        return file.read().decode()


def signature(book: dict[str, Any]) -> tuple[object, ...]:
    """What tells one book of a run from another."""
    sides = [tuple(level["size"] for level in book[side]) for side in ("bids", "asks")]
    return (book["kst_time"], book["bids"][0]["price"], *sides)


def sent_signature(text: str) -> tuple[object, ...]:
    (book,) = decode(text)
    assert isinstance(book, OrderBook)
    assert book.kst_time is not None
    assert book.best_bid.price is not None
    sides = [tuple(level.size for level in side) for side in (book.bids, book.asks)]
    return (book.kst_time.isoformat(), float(book.best_bid.price), *sides)
