"""The symbols that are kept: one SQLite file, in which each of KIS's files is replaced as a whole.

Whoever only reads never makes it, and SQLite itself is imported where there is one to read.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Self

from kisq.errors import KisqError
from kisq.spec.symbol_files import FILES, SymbolFile, files_of
from kisq.symbols.listing import Listing
from kisq.symbols.parse import Parsed, UnusableFile
from kisq.symbols.words import normal, squeezed

_VERSION = 1  # of the tables; those of another are made anew
_WAIT_SECONDS = 5.0  # for another kisq that writes
_SHRUNK = 0.5  # a file with less of its rows than this was cut, or is another
_MOST_HELD = 1000  # listings with a word that says little, the shortest names first
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
_FEWER = "it has {rows} rows where the one that is kept has {before}: if that is right, delete it"
_UNREADABLE = "{path} cannot be used as the file of symbols ({reason})"
_OTHER_VERSION = "it is of another version of kisq"
_UNREADABLE_STEP = "delete it, and run `kisq symbols sync`"


class StoreFault(KisqError):
    """The file of symbols cannot be read or written; ``reason`` says why."""

    def __init__(self, path: str, reason: str) -> None:
        self.reason = reason
        super().__init__(_UNREADABLE.format(path=path, reason=reason), _UNREADABLE_STEP)


class FileState(NamedTuple):
    """One of KIS's files as it is kept: when it was fetched (epoch seconds), its rows and bytes.

    ``unfit`` are the rows that are no listings.
    """

    name: str
    fetched_at: float
    rows: int
    unfit: int
    size: int


class Store:
    """The symbols in ``path``, or in memory only where that is None; a context manager.

    Without ``make`` nothing is changed: tables of another version are a fault.
    Every method raises StoreFault where the file cannot be read or written.
    """

    def __init__(self, path: Path | None, *, make: bool = True) -> None:
        self.path = path
        self._nxt: set[str] | None = None
        self._kept: dict[str, FileState] | None = None
        with self._faults():
            if path and make:
                path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path or ":memory:", timeout=_WAIT_SECONDS)
            try:
                self._arrange(make=make)
            except BaseException:
                self._connection.close()  # nobody else can
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _arrange(self, *, make: bool) -> None:
        """Make the tables where there are none, or those of another version."""
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
            reason = getattr(error, "strerror", None) or str(error)
            raise StoreFault(str(self.path), reason) from None

    def files(self) -> dict[str, FileState]:
        """The files that are kept, by their names."""
        if self._kept is None:
            with self._faults():
                rows = self._connection.execute("SELECT * FROM files ORDER BY name")
                self._kept = {row[0]: FileState(*row) for row in rows if row[0] in FILES}
        return self._kept

    def replace(self, file: SymbolFile, parsed: Parsed, fetched_at: float, size: int) -> None:
        """Keep what a file holds in place of what was kept of it, all of it or nothing.

        Raises UnusableFile where most of the rows that are kept would be lost.
        """
        before, rows = self.files().get(file.name), len(parsed.listings)
        if before and rows < before.rows * _SHRUNK:
            raise UnusableFile(_FEWER.format(rows=rows, before=before.rows))
        state = FileState(file.name, fetched_at, rows, parsed.unfit, size)
        with self._faults(), self._connection as connection:
            connection.execute("DELETE FROM listings WHERE file = ?", (file.name,))
            connection.executemany(_INSERT, (_row(file, one) for one in parsed.listings))
            connection.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)", state)
        self._kept = self._nxt = None

    def has(self, market: str) -> bool:
        """Whether all files with the stocks of that market code are kept."""
        names, kept = {file.name for file in files_of(market)}, self.files()
        return bool(names) and names <= kept.keys()

    def fetched_at(self, market: str) -> float:
        """When the oldest kept file with the stocks of a market was fetched (epoch seconds)."""
        kept = self.files()
        return min(kept[file.name].fetched_at for file in files_of(market) if file.name in kept)

    def by_symbol(self, symbol: str) -> list[Listing]:
        """The listings with that symbol, one for each market."""
        return self._listings("symbol = ?", (symbol,))

    def by_isin(self, isin: str) -> list[Listing]:
        """The listings with that ISIN."""
        return self._listings("isin = ?", (isin,))

    def by_name(self, name: str) -> list[Listing]:
        """The listings that have exactly that Korean or English name, in whatever case."""
        full = normal(name)
        return self._listings("korean_name = ? OR english_name = ?", (full, full))

    def holding(self, words: Iterable[str]) -> list[Listing]:
        """The listings that have each word somewhere in symbol or names."""
        pieces = [squeezed(word) for word in words]
        condition = " AND ".join("instr(searched, ?)" for _ in pieces)
        order = f"ORDER BY length(searched) LIMIT {_MOST_HELD}"
        return self._listings(condition, pieces, order) if all(pieces) and pieces else []

    def alike(self, text: str, most: int) -> list[Listing]:
        """The listings that have the most pairs of characters in common with ``text``."""
        piece = squeezed(text)
        pairs = sorted({piece[n : n + 2] for n in range(len(piece) - 1)})
        if not pairs:
            return []
        score = " + ".join("(instr(searched, ?) > 0)" for _ in pairs)
        order = f"ORDER BY {score} DESC, length(searched) LIMIT ?"
        return self._listings(f"({score}) * 2 >= ?", [*pairs, len(pairs), *pairs, most], order)

    def _listings(self, condition: str, values: Iterable[object], order: str = "") -> list[Listing]:
        """Those that a condition holds for; that one is on NXT too is told by the one on KRX."""
        chosen = f"market != 'NXT' AND ({condition})"
        query = f"SELECT {_COLUMNS} FROM listings WHERE {chosen} {order}"  # noqa: S608 - all is ours
        with self._faults():
            rows = self._connection.execute(query, tuple(values)).fetchall()
            return [self._of_row(row) for row in rows]

    def _of_row(self, row: tuple[Any, ...]) -> Listing:
        market, symbol, korean, english, kind, currency, isin, halted, tr_id = row
        listing = Listing(
            market, symbol, korean, english, kind, currency, isin,
            None if halted is None else bool(halted), tr_id,
        )  # fmt: skip
        if listing.market != "KRX" or listing.tr_id or not self.has(_NXT):
            return listing
        return listing._replace(on_nxt=listing.symbol in self._on_nxt())

    def _on_nxt(self) -> set[str]:
        """The symbols that trade on NXT, read once."""
        if self._nxt is None:
            rows = self._connection.execute("SELECT symbol FROM listings WHERE market = 'NXT'")
            self._nxt = {symbol for (symbol,) in rows}
        return self._nxt


def _row(file: SymbolFile, one: Listing) -> tuple[object, ...]:
    """A row of the table of listings."""
    searched = "|".join(squeezed(text) for text in (one.symbol, one.korean, one.english))
    return (
        file.name, one.market, one.symbol, one.korean, one.english, one.kind, one.currency,
        one.isin, one.halted, one.tr_id, normal(one.korean), normal(one.english), searched,
    )  # fmt: skip
