"""Which symbols the simulated market trades: well-known ones, more from a file, or any."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from kisq.errors import WrongKey, WrongUsage
from kisq.spec.markets import MARKETS, VENUES
from kisq.wire.trkey import TrKey, parse_tr_key

_TABLE = "symbols.txt"
# Of a row of an exchange abroad: the columns of exchange, symbol, Korean and English name.
_EXCHANGE, _SYMBOL, _KOREAN, _ENGLISH = 2, 4, 6, 7
# Of a Korean row: where code, ISIN and Korean name end, in bytes of cp949.
_CODE_END, _ISIN_END, _NAME_END = 9, 21, 61
_KRX, _NXT = "KRX", "NXT"
_KOREAN_FILES = {
    "kospi_code": (_KRX,),
    "kosdaq_code": (_KRX,),
    "konex_code": (_KRX,),
    "nxt_kospi_code": (_KRX, _NXT),
    "nxt_kosdaq_code": (_KRX, _NXT),
}
# Where a key of these markets trades: by day the same stocks, unified what is on NXT too.
_LISTED = {"BAQ": "NAS", "BAY": "NYS", "BAA": "AMS", "UNIFIED": _NXT}


class Listing(NamedTuple):
    """A symbol on a market: its names, and its ISIN where the market is Korean."""

    market: str
    symbol: str
    korean: str = ""
    english: str = ""
    isin: str = ""


class Symbols:
    """The listings of the simulated market; with ``any_symbol`` it trades whatever is asked for."""

    def __init__(self, listings: Iterable[Listing] = (), *, any_symbol: bool = False) -> None:
        self._listings = {(one.market, one.symbol): one for one in listings}
        self._any = any_symbol

    def trades(self, key: TrKey) -> bool:
        """Whether anything ever comes of ``key``."""
        listed = self.listing(key.market.code, key.symbol) is not None
        return self._any or listed or _is_in_no_list(key)

    def listing(self, market: str, symbol: str) -> Listing | None:
        """The listing of a symbol on the market with that code."""
        return self._listings.get((_LISTED.get(market, market), symbol))

    def and_those_of(self, path: Path) -> "Symbols":
        """These, and those of a file with a tr_key per line; ``005930 nxt`` is on NXT as well.

        Raises WrongUsage where the file cannot be read, or a line holds no tr_key.
        """
        try:
            lines = path.read_text("utf-8-sig").splitlines()
        except (OSError, ValueError) as error:
            raise WrongUsage(f"the symbols of {path} cannot be read: {error}") from None
        more = [one for n, line in enumerate(lines, 1) for one in _of_line(path, n, line)]
        return Symbols([*self._listings.values(), *more], any_symbol=self._any)


def _is_in_no_list(key: TrKey) -> bool:
    """Whether the lists are not of such keys: futures, options, bonds, indices, ELW."""
    return not key.market.trs or (key.is_no_stock and not key.is_etn)


@cache
def well_known() -> Symbols:
    """The symbols that kisq comes with: rows of KIS's symbol files."""
    text = (files("kisq.spec") / _TABLE).read_text("utf-8")
    rows = (line.split("\t", 1) for line in text.split("\n") if line and line[0] != "#")
    return Symbols(one for name, row in rows for one in _of_row(name, row))


def _of_row(name: str, row: str) -> list[Listing]:
    if name in _KOREAN_FILES:
        raw = row.encode("cp949")
        code, isin, korean = (
            raw[start:end].decode("cp949").strip()
            for start, end in ((0, _CODE_END), (_CODE_END, _ISIN_END), (_ISIN_END, _NAME_END))
        )
        return [Listing(market, code, korean, "", isin) for market in _KOREAN_FILES[name]]
    columns = row.split("\t")
    if len(columns) <= _ENGLISH or columns[_EXCHANGE] not in MARKETS:
        return []
    return [Listing(*(columns[n] for n in (_EXCHANGE, _SYMBOL, _KOREAN, _ENGLISH)))]


def _of_line(path: Path, number: int, line: str) -> list[Listing]:
    words = line.partition("#")[0].split()
    if not words:
        return []
    venues = [word.lower() for word in words[1:]]
    for venue in venues:
        if venue not in VENUES:
            raise WrongUsage(
                f"line {number} of {path}: {venue!r} is not a venue, which are {', '.join(VENUES)}"
            )
    try:
        keys = [parse_tr_key(words[0]), *(parse_tr_key(words[0], venue=v) for v in venues)]
    except WrongKey as error:
        raise WrongUsage(f"line {number} of {path}: {error}") from None
    return [Listing(_LISTED.get(key.market.code, key.market.code), key.symbol) for key in keys]
