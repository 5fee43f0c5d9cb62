"""The stored symbols: one SQLite file, in which each of KIS's files is replaced as a whole.

Reading never creates the file, and SQLite is imported only if there is a file to read.
"""

import os
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, Self

from kisq.errors import KisqError
from kisq.locale.os_reasons import reason_of
from kisq.locale.sentence import Plural, Sentence
from kisq.spec.symbol_files import FILES, KINDS, SymbolFile, files_of
from kisq.symbols.listing import Listing
from kisq.symbols.parse import Parsed, UnusableFile


def normal(text: str) -> str:
    """``text`` in half-width capital letters, with single spaces between its words."""
    return " ".join(unicodedata.normalize("NFKC", text).upper().split())


def squeezed(text: str) -> str:
    """``text`` as above, but only its letters and digits."""
    return "".join(filter(str.isalnum, normal(text)))


_VERSION = 1  # of the tables; those of another version are created again
_WAIT_SECONDS = 5.0  # for another kisq that is writing
_SHRUNK = 0.5  # a file that lost more of its rows was cut off, or is another file
_MOST_MATCHES = 1000  # listings with a common word, the shortest names first
_NXT = "NXT"
_TABLES = """
CREATE TABLE files (
    name TEXT PRIMARY KEY, fetched_at REAL, rows INTEGER, unfit INTEGER, size INTEGER
);
CREATE TABLE listings (
    file TEXT, market TEXT, symbol TEXT, korean TEXT, english TEXT, kind TEXT, currency TEXT,
    isin TEXT, halted INTEGER, tr_id TEXT, korean_name TEXT, english_name TEXT, searched TEXT,
    PRIMARY KEY (file, symbol)
) WITHOUT ROWID;
CREATE INDEX by_symbol ON listings (symbol);
CREATE INDEX by_korean ON listings (korean_name);
CREATE INDEX by_english ON listings (english_name);
CREATE INDEX by_isin ON listings (isin);
"""
_COLUMNS = "market, symbol, korean, english, kind, currency, isin, halted, tr_id"
_INSERT = "INSERT OR REPLACE INTO listings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_FEWER = Plural(
    "it has {number} row, but the stored one has {before}: if that is right, delete that one",
    "it has {number} rows, but the stored one has {before}: if that is right, delete that one",
)
_UNREADABLE = Sentence("{path} cannot be used as the file of symbols ({reason})")
_OTHER_VERSION = Sentence("it is from another version of kisq")
_UNREADABLE_STEP = Sentence("delete it, and run `kisq symbols sync`")
_NO_FOLDER_STEP = Sentence("make its folder writable, or set XDG_CACHE_HOME to one that is")


class StoreFault(KisqError):
    """The file of symbols cannot be read or written; ``reason`` says why."""

    def __init__(self, path: str, reason: Sentence) -> None:
        self.reason = reason
        next_step = _UNREADABLE_STEP
        if not os.access(path, os.F_OK):
            next_step = _NO_FOLDER_STEP
        super().__init__(_UNREADABLE.format(path=path, reason=reason), next_step)


class FileState(NamedTuple):
    """One of KIS's files in the store: when it was fetched (epoch seconds), its rows and bytes.

    ``unfit`` is the number of rows that are not listings.
    """

    name: str
    fetched_at: float
    rows: int
    unfit: int
    size: int


class Store:
    """The symbols in ``path``, or only in memory if that is None; a context manager.

    Without ``make`` nothing is changed: tables of another version are a fault. Every method raises
    StoreFault if the file cannot be read or written.
    """

    def __init__(self, path: Path | None, *, make: bool = True) -> None:
        self.path = path
        self._nxt: set[str] | None = None
        self._stored: dict[str, FileState] | None = None
        with self._faults():
            if path and make:
                path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path or ":memory:", timeout=_WAIT_SECONDS)
            try:
                self._arrange(make=make)
            except BaseException:
                self._connection.close()  # no caller has it yet
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _arrange(self, *, make: bool) -> None:
        """Create the tables if there are none, or only those of another version."""
        if self._connection.execute("PRAGMA user_version").fetchone()[0] == _VERSION:
            return
        if not make:
            raise StoreFault(str(self.path), _OTHER_VERSION)
        with self._connection:
            for table in ("files", "listings"):
                self._connection.execute(f"DROP TABLE IF EXISTS {table}")
            for statement in filter(str.strip, _TABLES.split(";")):
                self._connection.execute(statement)
            self._connection.execute(f"PRAGMA user_version = {_VERSION}")

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise StoreFault(str(self.path), reason_of(error)) from None

    def files(self) -> dict[str, FileState]:
        """The stored files, by name."""
        if self._stored is None:
            with self._faults():
                rows = self._connection.execute("SELECT * FROM files ORDER BY name")
                self._stored = {row[0]: FileState(*row) for row in rows if row[0] in FILES}
        return self._stored

    def replace(self, file: SymbolFile, parsed: Parsed, fetched_at: float, size: int) -> None:
        """Replace the stored listings of a file, all of them or none.

        Raises UnusableFile if most of the stored rows would be lost.
        """
        before = self.files().get(file.name)
        rows = len(parsed.listings)
        if before and rows < before.rows * _SHRUNK:
            raise UnusableFile(_FEWER.of(rows, before=before.rows))
        state = FileState(file.name, fetched_at, rows, parsed.unfit, size)
        with self._faults(), self._connection as connection:
            connection.execute("DELETE FROM listings WHERE file = ?", (file.name,))
            connection.executemany(_INSERT, [_row(file, listing) for listing in parsed.listings])
            connection.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)", state)
        self._stored = None
        self._nxt = None

    def has(self, market: str) -> bool:
        """Whether all files with the stocks of that market code are stored."""
        names = {file.name for file in files_of(market)}
        return bool(names) and names <= self.files().keys()

    def fetched_at(self, market: str) -> float:
        """When the oldest stored file with the stocks of a market was fetched (epoch seconds)."""
        names = {file.name for file in files_of(market)}
        return min(state.fetched_at for name, state in self.files().items() if name in names)

    def by_symbol(self, symbol: str) -> list[Listing]:
        """The listings with that symbol, one per market."""
        return self._listings("symbol = ?", (symbol,))

    def by_isin(self, isin: str) -> list[Listing]:
        """The listings with that ISIN."""
        return self._listings("isin = ?", (isin,))

    def by_name(self, name: str) -> list[Listing]:
        """The listings with exactly that Korean or English name, ignoring case."""
        full = normal(name)
        return self._listings("korean_name = ? OR english_name = ?", (full, full))

    def holding(self, words: Iterable[str]) -> list[Listing]:
        """The listings with each word somewhere in symbol or names."""
        pieces = [squeezed(word) for word in words]
        if not pieces or not all(pieces):
            return []
        condition = " AND ".join("instr(searched, ?)" for _ in pieces)
        order = f"ORDER BY length(searched) LIMIT {_MOST_MATCHES}"
        return self._listings(condition, pieces, order)

    def alike(self, text: str, most: int) -> list[Listing]:
        """The listings with the most pairs of characters in common with ``text``."""
        pairs = sorted({first + second for first, second in pairwise(squeezed(text))})
        if not pairs:
            return []
        score = " + ".join("(instr(searched, ?) > 0)" for _ in pairs)
        order = f"ORDER BY {score} DESC, length(searched) LIMIT ?"
        return self._listings(f"({score}) * 2 >= ?", [*pairs, len(pairs), *pairs, most], order)

    def _listings(self, condition: str, values: Iterable[object], order: str = "") -> list[Listing]:
        """The listings that meet a condition; one on NXT is part of the one on KRX."""
        chosen = f"market != 'NXT' AND ({condition})"
        query = f"SELECT {_COLUMNS} FROM listings WHERE {chosen} {order}"  # noqa: S608 - all is ours
        with self._faults():
            rows = self._connection.execute(query, tuple(values)).fetchall()
            return [self._of_row(row) for row in rows]

    def _of_row(self, row: tuple[Any, ...]) -> Listing:
        market, symbol, korean, english, kind, currency, isin, halted, tr_id = row
        if halted is not None:
            halted = bool(halted)
        on_nxt = None
        if market == "KRX" and not tr_id and self.has(_NXT):
            on_nxt = symbol in self._on_nxt()
        kind = KINDS.get(kind, kind)
        return Listing(market, symbol, korean, english, kind, currency, isin, halted, tr_id, on_nxt)

    def _on_nxt(self) -> set[str]:
        """The symbols that trade on NXT, read once."""
        if self._nxt is None:
            rows = self._connection.execute("SELECT symbol FROM listings WHERE market = 'NXT'")
            self._nxt = {symbol for (symbol,) in rows}
        return self._nxt


def _row(file: SymbolFile, listing: Listing) -> tuple[object, ...]:
    """One row of the table of listings."""
    names = (listing.symbol, listing.korean, listing.english)
    return (
        file.name,
        listing.market,
        listing.symbol,
        listing.korean,
        listing.english,
        listing.kind,
        listing.currency,
        listing.isin,
        listing.halted,
        listing.tr_id,
        normal(listing.korean),
        normal(listing.english),
        "|".join(squeezed(name) for name in names),
    )
