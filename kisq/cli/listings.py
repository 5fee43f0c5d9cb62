"""Listings on stdout: a table for people, NDJSON for programs."""

import shutil
from collections.abc import Iterator
from typing import Any

from kisq.output.json_object import as_json
from kisq.output.stream import stdout_lines
from kisq.symbols.listing import Listing
from kisq.wire.escape import printable
from kisq.wire.key_parts import TrKey

_HEADINGS = ("tr_key", "other keys", "exchange", "kind", "in", "name")
_GAP = "  "
_VENUES = "--venue {venues}"
_HALTED = "{kind}, halted"


def show(listings: list[Listing], *, json: bool) -> None:
    """One row a listing, or one JSON object a line."""
    out = stdout_lines()
    if json:
        for listing in listings:
            out.write(as_json(members(listing)).encode())
    else:
        width = shutil.get_terminal_size().columns if out.terminal else None
        for line in _lines(listings, width):
            out.write(line.encode(out.encoding, "backslashreplace"))
    out.flush()


def members(listing: Listing) -> dict[str, Any]:
    """A listing as it stands in JSON; what no file tells is null."""
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
    """The rows of a table, cut to ``width`` cells where that is not None; names stand last."""
    from rich.cells import cell_len, set_cell_size

    rows = [_HEADINGS, *map(_cells, listings)]
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        padded = map(set_cell_size, row, widths)
        line = _GAP.join(padded).rstrip()
        is_cut = width is not None and cell_len(line) > width
        yield f"{set_cell_size(line, (width or 0) - 1).rstrip()}…" if is_cut else line


def _cells(listing: Listing) -> tuple[str, ...]:
    first, *others = listing.keys
    kind = _HALTED.format(kind=listing.kind) if listing.halted else listing.kind
    names = dict.fromkeys(filter(None, (listing.korean, listing.english)))
    cells = (
        first.argument,
        _others(others),
        listing.exchange,
        kind,
        listing.currency,
        " · ".join(names),
    )
    return tuple(map(printable, cells))


def _others(keys: list[TrKey]) -> str:
    """The other keys of a listing: where only its venue is another, that alone."""
    venues = ", ".join(key.market.venue for key in keys if key.market.venue)
    return _VENUES.format(venues=venues) if venues else ", ".join(key.text for key in keys)
