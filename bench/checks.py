"""Whether an output is complete: every message that was sent, in order, and nothing else."""

import json
from itertools import cycle, islice
from pathlib import Path

import blast
from measure import Failed

from kisq.wire.book import OrderBook
from kisq.wire.decode import decode

SENT = blast.messages()
_BOOKS = [book for text in SENT for book in decode(text.decode()) if isinstance(book, OrderBook)]


def counted(out: Path, count: int) -> None:
    """The bare socket counted the bytes that it was asked for."""
    found = int(out.read_text())
    if found < count:
        raise Failed(f"the bare socket got {found} of {count} bytes")


def the_very_bytes(out: Path, count: int) -> None:
    """Each line is what was sent, but for the answers of the server."""
    lines = [line for line in _lines(out) if not line.startswith(b"{")]
    _same(lines, islice(cycle(SENT), count), count)


def json_books(out: Path, count: int) -> None:
    """Each line is JSON and holds the levels that were sent, with the digits of the wire."""
    found = (_json_levels(json.loads(line, parse_float=str)) for line in _lines(out))
    _same(list(found), islice(cycle(_levels(book) for book in _BOOKS), count), count)


def plain_books(out: Path, count: int) -> None:
    """Each line names the key and the best prices that were sent."""
    found = [_plain_best(line.decode()) for line in _lines(out)]
    sent = [(True, float(book["PBID1"]), float(book["PASK1"])) for book in _BOOKS]
    _same(found, islice(cycle(sent), count), count)


def drawn(out: Path, count: int) -> None:
    """The terminal shows the number of updates."""
    if f"{count:,} updates".encode() not in out.read_bytes():
        raise Failed(f"the ladder does not say that it saw {count} updates")


def complete_lines(out: Path, count: int) -> None:
    """There are so many lines; for outputs too long to look at each."""
    with out.open("rb") as lines:
        found = sum(line.endswith(b"}\n") for line in lines)
    if found != count:
        raise Failed(f"{found} whole lines were printed of {count}")


def bytes_of(count: int) -> int:
    """How many bytes the server sends after the handshake."""
    size = len(blast.frame(blast.answer("SUBSCRIBE SUCCESS")))
    return size + sum(len(blast.frame(data)) for data in islice(cycle(SENT), count))


def _lines(out: Path) -> list[bytes]:
    data = out.read_bytes()
    if not data.endswith(b"\n"):
        raise Failed("the output ends in the middle of a line")
    return data[:-1].split(b"\n")


def _same(found: list[object], sent: object, count: int) -> None:
    if len(found) != count:
        raise Failed(f"{len(found)} messages were printed of the {count} that were sent")
    for number, (one, other) in enumerate(zip(found, sent, strict=True), 1):
        if one != other:
            raise Failed(f"message {number} was printed as {one!r}, but sent as {other!r}")


def _levels(book: OrderBook) -> list[tuple[str, int, int]]:
    places = book.layout.bids + book.layout.asks
    return [(book.values[p], int(book.values[s]), int(book.values[c])) for p, s, c in places]


def _json_levels(book: dict) -> list[tuple[str, int, int]]:
    levels = book["bids"] + book["asks"]
    return [(level["price"], level["size"], level["change"]) for level in levels]


def _plain_best(line: str) -> tuple[bool, float, float]:
    words = line.split()
    bid, ask = (float(words[words.index(side) + 1]) for side in ("bid", "ask"))
    return blast.TR_KEY in words, bid, ask
