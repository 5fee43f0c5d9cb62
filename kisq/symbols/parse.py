"""The text of a symbol file → its listings; pure (protocol.md section 6)."""

import re
from typing import NamedTuple

from kisq.errors import KisqError
from kisq.locale.sentence import Sentence
from kisq.spec.key_forms import FORMS
from kisq.spec.markets import MARKETS
from kisq.spec.symbol_files import ENCODING, SymbolFile
from kisq.symbols.listing import Listing

_MOST_UNFIT = 0.1  # of the rows; if more do not fit, it is another file
_LEAST_ROWS = 1
_KOREAN_STOCK = ("stock", "etn", "fund", "right")

_EMPTY = Sentence("it holds no rows")
_ENCODING = Sentence("it is encoded in UTF-8, not in cp949")
_ROWS = Sentence("{unfit} of its {rows} rows do not have the form that kisq knows")


class UnusableFile(KisqError):
    """A symbol file is not as it should be; in its sentence, "it" is the file."""


class Parsed(NamedTuple):
    """The listings of a file, and how many of its rows are not listings."""

    listings: list[Listing]
    unfit: int


def parse(file: SymbolFile, data: bytes) -> Parsed:
    """The listings in ``data``, an unpacked file.

    Raises UnusableFile if it is empty, in another encoding or of another form.
    """
    rows = [row for row in data.replace(b"\r\n", b"\n").split(b"\n") if row.strip()]
    if len(rows) < _LEAST_ROWS:
        raise UnusableFile(_EMPTY)
    if _is_utf8(data):
        raise UnusableFile(_ENCODING)
    parsed = [_listing(file, row) for row in rows]
    listings = [listing for listing in parsed if listing]
    unfit = len(rows) - len(listings)
    if unfit > len(rows) * _MOST_UNFIT:
        raise UnusableFile(_ROWS.format(unfit=unfit, rows=len(rows)))
    return Parsed(listings, unfit)


def _is_utf8(data: bytes) -> bool:
    """Whether its Korean text is UTF-8; text in cp949 is hardly ever valid UTF-8 by chance."""
    if data.isascii():
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _listing(file: SymbolFile, row: bytes) -> Listing | None:
    """The listing of a row; None if it is not one."""
    values = _values(file, row)
    if values is None:
        return None
    market = values.get("market", file.market)
    symbol = values["symbol"]
    rsym = values.get("rsym", market + symbol)
    form = _form(file, symbol)
    if market != file.market or rsym != market + symbol or form is None:
        return None
    code = values.get("kind", "")
    halted = None
    if "halted" in values:
        halted = values["halted"] == "Y"
    return Listing(
        market,
        symbol,
        korean=values.get("korean", ""),
        english=values.get("english", ""),
        kind=file.kinds.get(code, code) or form or file.kind,
        currency=values.get("currency", file.currency),
        isin=values.get("isin", ""),
        halted=halted,
        tr_id=file.forms.get(form, ""),
    )


def _values(file: SymbolFile, row: bytes) -> dict[str, str] | None:
    """The columns of a row by name; None if its size or its encoding is wrong."""
    columns = file.columns
    if columns.separator:
        cells = row.split(columns.separator)
        size = len(cells)
    else:
        cells = []
        size = len(row)
    if size != columns.size:
        return None
    values = {}
    for name, (start, end) in columns.places.items():
        value = row[start:end]
        if cells:
            value = cells[start]
        try:
            values[name] = value.decode(ENCODING).strip()
        except UnicodeDecodeError:
            return None
    return values


def _form(file: SymbolFile, symbol: str) -> str | None:
    """The form of a symbol, empty if it is a plain one of its market; None if it fits nowhere."""
    if file.forms:
        for name in file.forms:
            if re.fullmatch(FORMS[name].pattern, symbol):
                return name
        return None
    patterns = [MARKETS[file.market].symbol]
    if MARKETS[file.market].venue:
        patterns = [FORMS[name].pattern for name in _KOREAN_STOCK]
    if any(re.fullmatch(pattern, symbol) for pattern in patterns):
        return ""
    return None
