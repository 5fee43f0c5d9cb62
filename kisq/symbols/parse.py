"""The text of a symbol file → its listings; pure (protocol.md section 6)."""

import re
from typing import NamedTuple

from kisq.errors import KisqError
from kisq.spec.key_forms import FORMS
from kisq.spec.markets import MARKETS
from kisq.spec.symbol_files import ENCODING, SymbolFile
from kisq.symbols.listing import Listing

_MOST_UNFIT = 0.1  # of the rows; where more do not fit, it is another file
_LEAST_ROWS = 1
_KOREAN_STOCK = ("stock", "etn", "fund", "right")

_EMPTY = "it holds no rows"
_ENCODING = "it is written in UTF-8 and not in cp949"
_ROWS = "{unfit} of its {rows} rows do not have the form that kisq knows"


class UnusableFile(KisqError):
    """A symbol file that is not what it should be; the sentence says why, without a subject."""


class Parsed(NamedTuple):
    """The listings of a file, and how many of its rows are none."""

    listings: list[Listing]
    unfit: int


def parse(file: SymbolFile, data: bytes) -> Parsed:
    """The listings in ``data``, a file as it stands in its zip.

    Raises UnusableFile where it is empty, in another encoding or of another form.
    """
    rows = [row for row in data.replace(b"\r\n", b"\n").split(b"\n") if row.strip()]
    if len(rows) < _LEAST_ROWS:
        raise UnusableFile(_EMPTY)
    if _is_utf8(data):
        raise UnusableFile(_ENCODING)
    listings = [listing for row in rows if (listing := _listing(file, row))]
    unfit = len(rows) - len(listings)
    if unfit > len(rows) * _MOST_UNFIT:
        raise UnusableFile(_ROWS.format(unfit=unfit, rows=len(rows)))
    return Parsed(listings, unfit)


def _is_utf8(data: bytes) -> bool:
    """Whether Korean text in it is UTF-8, which that of cp949 hardly ever is by chance."""
    if data.isascii():
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _listing(file: SymbolFile, row: bytes) -> Listing | None:
    """The listing of a row, None where it is none."""
    values = _values(file, row)
    if values is None:
        return None
    market, symbol = values.get("market", file.market), values["symbol"]
    fits = market == file.market and values.get("rsym", market + symbol) == market + symbol
    form = _form(file, symbol)
    if not fits or form is None:
        return None
    halted = values.get("halted")
    return Listing(
        market,
        symbol,
        values.get("korean", ""),
        values.get("english", ""),
        file.kinds.get(values.get("kind", ""), values.get("kind", "")) or form or file.kind,
        values.get("currency", file.currency),
        values.get("isin", ""),
        None if halted is None else halted == "Y",
        file.forms.get(form, ""),
    )


def _values(file: SymbolFile, row: bytes) -> dict[str, str] | None:
    """The columns of a row by their names; None where it has not as many as it should."""
    columns = file.columns
    cells = row.split(columns.separator) if columns.separator else row
    if len(cells) != columns.size:
        return None
    try:
        return {
            name: b"".join(cells[start:end]).decode(ENCODING).strip()
            if isinstance(cells, list)
            else cells[start:end].decode(ENCODING).strip()
            for name, (start, end) in columns.places.items()
        }
    except UnicodeDecodeError:
        return None


def _form(file: SymbolFile, symbol: str) -> str | None:
    """The form of a symbol, empty where it is one of its market; None where it is neither."""
    if file.forms:
        names = (name for name in file.forms if re.fullmatch(FORMS[name].pattern, symbol))
        return next(names, None)
    patterns = [MARKETS[file.market].symbol]
    if MARKETS[file.market].venue:
        patterns = [FORMS[name].pattern for name in _KOREAN_STOCK]
    return "" if any(re.fullmatch(pattern, symbol) for pattern in patterns) else None
