"""Which symbols the simulated market trades, and the symbol files that it serves of them."""

import io
import zipfile
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path

from kisq.errors import WrongKey, WrongUsage
from kisq.locale.os_reasons import reason_of
from kisq.locale.sentence import Sentence
from kisq.spec.markets import VENUES
from kisq.spec.symbol_files import ENCODING, FILES, LISTED, MASTER_PATH
from kisq.symbols.listing import Listing
from kisq.symbols.parse import parse
from kisq.wire.trkey import TrKey, parse_tr_key

_TABLE = "symbols.txt"
# Each stock on NXT is on KRX as well, and in the files of both.
_ON_KRX = {"nxt_kospi_code": "kospi_code", "nxt_kosdaq_code": "kosdaq_code"}
_CODE_BYTES = 9
_UNREADABLE = Sentence("the symbols of {path} cannot be read: {reason}")
_UNREADABLE_STEP = Sentence("name a text file of tr_keys with --symbols")
_NOT_A_VENUE = Sentence("line {number} of {path}: {word!r} is not a venue, which are {venues}")
_NOT_A_KEY = Sentence("line {number} of {path}: {fault}")


class Symbols:
    """The listings of the simulated market; with ``any_symbol`` it trades whatever is asked for."""

    def __init__(self, listings: Iterable[Listing] = (), *, any_symbol: bool = False) -> None:
        self._listings = {(one.market, one.symbol): one for one in listings}
        self._any = any_symbol

    def trades(self, key: TrKey) -> bool:
        """Whether anything ever comes of ``key``."""
        listing = self.listing(key.market.code, key.symbol)
        is_listed = listing is not None and not listing.halted
        return self._any or is_listed or _is_in_no_list(key)

    def listing(self, market: str, symbol: str) -> Listing | None:
        """The listing of a symbol on the market with that code."""
        return self._listings.get((LISTED.get(market, market), symbol))

    def and_those_of(self, path: Path) -> "Symbols":
        """These, and those of a file with one tr_key per line; ``005930 nxt`` is on NXT as well.

        Raises WrongUsage if the file cannot be read, or a line does not hold a tr_key.
        """
        try:
            lines = path.read_text("utf-8-sig").splitlines()
        except (OSError, ValueError) as error:
            sentence = _UNREADABLE.format(path=path, reason=reason_of(error))
            raise WrongUsage(sentence, _UNREADABLE_STEP) from None
        listings = list(self._listings.values())
        for number, line in enumerate(lines, 1):
            listings += _of_line(path, number, line)
        return Symbols(listings, any_symbol=self._any)


def _is_in_no_list(key: TrKey) -> bool:
    """Whether no list has such keys: futures, options, bonds, indices, ELW."""
    return not key.market.trs or (key.is_no_stock and not key.is_etn)


@cache
def rows() -> dict[str, list[bytes]]:
    """The rows of KIS's symbol files that kisq comes with, as they are in each file."""
    text = (files("kisq.spec") / _TABLE).read_text("utf-8")
    by_file: dict[str, dict[bytes, bytes]] = {}
    for line in text.split("\n"):
        if not line or line.startswith("#"):
            continue
        name, _, rest = line.partition("\t")
        row = rest.encode(ENCODING)
        code = row[:_CODE_BYTES]
        if name in _ON_KRX.values():
            by_file.setdefault(name, {})[code] = row
        else:
            by_file.setdefault(name, {})[row] = row
        if name in _ON_KRX:
            by_file[_ON_KRX[name]].setdefault(code, row)
    return {name: list(its.values()) for name, its in by_file.items()}


@cache
def well_known() -> Symbols:
    """The symbols that kisq comes with."""
    parsed = (parse(FILES[name], b"\n".join(its)) for name, its in rows().items())
    return Symbols(one for file in parsed for one in file.listings if not one.tr_id)


def _of_line(path: Path, number: int, line: str) -> list[Listing]:
    words = line.partition("#")[0].split()
    if not words:
        return []
    venues = [word.lower() for word in words[1:]]
    for venue in venues:
        if venue not in VENUES:
            sentence = _NOT_A_VENUE.format(
                number=number, path=path, word=venue, venues=", ".join(VENUES)
            )
            raise WrongUsage(sentence)
    try:
        keys = [parse_tr_key(words[0]), *(parse_tr_key(words[0], venue=v) for v in venues)]
    except WrongKey as error:
        sentence = _NOT_A_KEY.format(number=number, path=path, fault=error.text)
        raise WrongUsage(sentence) from None
    return [Listing(LISTED.get(key.market.code, key.market.code), key.symbol) for key in keys]


def symbol_file(path: str) -> bytes | None:
    """The zip file at a path, None if there is none."""
    by_path = {MASTER_PATH + file.path: file for file in FILES.values()}
    file = by_path.get(path)
    if file is None:
        return None
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as opened:
        content = b"".join(row + b"\n" for row in rows()[file.name])
        opened.writestr(f"{file.name}.{file.suffix}".upper(), content)
    return packed.getvalue()
