"""Listings on stdout: a table for people, NDJSON for programs."""

import shutil
from collections.abc import Iterator
from typing import Any

from kisq.cli.columns import left, row, widths_of
from kisq.locale.sentence import Sentence, translated
from kisq.output.json_text import as_json
from kisq.output.stream import stdout_lines
from kisq.symbols.listing import Listing
from kisq.wire.escape import printable
from kisq.wire.key_parts import TrKey

_HEADINGS = (
    "tr_key",
    Sentence("other keys"),
    Sentence("exchange"),
    Sentence("kind"),
    Sentence("currency"),
    Sentence("name"),
)
_VENUES = "--venue {venues}"
_HALTED = Sentence("{kind}, halted")


def show(listings: list[Listing], *, json: bool) -> None:
    """Show one listing per line, as a row of a table or as a JSON object."""
    out = stdout_lines()
    if json:
        for listing in listings:
            out.write(as_json(members(listing)).encode())
    else:
        width: int | None = None
        if out.terminal:
            width = shutil.get_terminal_size().columns
        for line in _lines(listings, width):
            out.write(line.encode(out.encoding, "backslashreplace"))
    out.flush()


def members(listing: Listing) -> dict[str, Any]:
    """A listing as JSON has it; null is what no file tells."""
    return {
        "type": "listing",
        "tr_key": listing.keys[0].text,
        "symbol": listing.symbol,
        "korean": listing.korean or None,
        "english": listing.english or None,
        "market": listing.market,
        "exchange": listing.exchange,
        "kind": listing.kind or None,
        "currency": listing.currency or None,
        "isin": listing.isin or None,
        "halted": listing.halted,
        "on_nxt": listing.on_nxt,
        "keys": [_key(key) for key in listing.keys],
    }


def _key(key: TrKey) -> dict[str, Any]:
    return {
        "tr_key": key.text,
        "tr_id": key.tr_id,
        "venue": key.market.venue or None,
        "what": key.what,
        "delay_minutes": key.delay_minutes,
        "argument": key.argument,
    }


def _lines(listings: list[Listing], width: int | None) -> Iterator[str]:
    """The lines of a table, cut to ``width`` cells where that is not None; names stand last."""
    rows = [_headings(), *map(_cells, listings)]
    widths = widths_of(rows)
    for cells in rows:
        line = row(map(left, cells, widths))
        if width is None:
            yield line
        else:
            yield _cut(line, width)


def _cut(line: str, width: int) -> str:
    """``line``, or as much of it as goes into ``width`` cells."""
    from rich.cells import cell_len, set_cell_size

    if cell_len(line) <= width:
        return line
    return f"{set_cell_size(line, width - 1).rstrip()}…"


def _headings() -> tuple[str, ...]:
    return tuple(map(translated, _HEADINGS))


def _cells(listing: Listing) -> tuple[str, ...]:
    kind = listing.kind
    if listing.halted:
        kind = _HALTED.format(kind=kind)
    cells = (
        listing.keys[0].argument,
        _others(listing.keys[1:]),
        translated(listing.exchange),
        translated(kind),
        listing.currency,
        _names(listing),
    )
    return tuple(map(printable, cells))


def _names(listing: Listing) -> str:
    """Its Korean and its English name, as far as they are known and differ."""
    names = dict.fromkeys(name for name in (listing.korean, listing.english) if name)
    return " · ".join(names)


def _others(keys: list[TrKey]) -> str:
    """The other keys of a listing; of those that differ in their venue only that."""
    venues = [key.market.venue for key in keys if key.market.venue]
    if venues:
        return _VENUES.format(venues=", ".join(venues))
    return ", ".join(key.text for key in keys)
