"""Downloads several symbol files at once; a file that fails stays as it is stored."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from kisq.errors import KisqError
from kisq.locale.sentence import Sentence
from kisq.signals import SIGNALS, SLICE, TimedQueue
from kisq.spec.symbol_files import SymbolFile
from kisq.symbols.archive import unpacked
from kisq.symbols.download import Server, Unavailable, download
from kisq.symbols.parse import Parsed, UnusableFile, parse
from kisq.symbols.store import Store

MOST_AT_ONCE = 3  # downloads
_FILE_SECONDS = 60.0  # the longest time in which no file ends, however slowly bytes come

_NOT_IN_TIME = Sentence("it was not downloaded within {seconds:.0f} s")


class Failure(NamedTuple):
    """A file that was not replaced, and why."""

    file: SymbolFile
    error: KisqError


class _Result(NamedTuple):
    """The result for a file: its listings and size, or why there are none."""

    file: SymbolFile
    parsed: Parsed | None = None
    size: int = 0
    error: KisqError | None = None


@dataclass
class Progress:
    """How far a sync is: ``done`` of ``files`` files, ``size`` bytes, and the result of each."""

    files: int
    done: int = 0
    size: int = 0
    replaced: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


class _Downloads:
    """Threads that download and parse; the result of each file goes to ``results``."""

    def __init__(self, server: Server, files: Iterable[SymbolFile]) -> None:
        self._server = server
        self._files = deque(files)
        self.results: TimedQueue[_Result | None] = TimedQueue()
        self._ended = threading.Event()
        self._unreachable: Unavailable | None = None
        for _ in range(MOST_AT_ONCE):
            threading.Thread(target=self._work, name="symbols", daemon=True).start()

    def end(self) -> None:
        """Download no more, whatever is left."""
        self._ended.set()

    def _work(self) -> None:
        while not self._ended.is_set():
            try:
                file = self._files.popleft()
            except IndexError:
                return
            self.results.put(self._result(file))

    def _result(self, file: SymbolFile) -> _Result:
        if self._unreachable:  # no other file can be downloaded either
            return _Result(file, error=self._unreachable)
        try:
            data = download(self._server, file, lambda: not self._ended.is_set())
            return _Result(file, parse(file, unpacked(data)), len(data))
        except Unavailable as error:
            if error.of_all:
                self._unreachable = error
            return _Result(file, error=error)
        except UnusableFile as error:
            return _Result(file, error=error)


def sync(
    store: Store,
    server: Server,
    files: list[SymbolFile],
    tell: Callable[[Progress], None],
    seconds: float | None = None,
) -> Progress:
    """Replace ``files`` in ``store``, within ``seconds`` if there is such a limit.

    ``tell`` is called after each file. Raises StoreFault if the store cannot be written, and
    Interrupted if a signal comes; each file is then stored either as before or as it is now.
    """
    progress = Progress(len(files))
    limit = seconds
    if limit is None:
        limit = _FILE_SECONDS
    deadline = time.monotonic() + limit
    left = {file.name: file for file in files}
    downloads = _Downloads(server, files)
    try:
        while left and time.monotonic() < deadline:
            result = SIGNALS.take(downloads.results, SLICE)
            SIGNALS.check()
            if result is None:
                continue
            del left[result.file.name]
            if seconds is None:
                deadline = time.monotonic() + limit
            _store(store, result, progress)
            tell(progress)
    finally:
        downloads.end()
    late = UnusableFile(_NOT_IN_TIME.format(seconds=limit))
    progress.failures += [Failure(file, late) for file in left.values()]
    return progress


def _store(store: Store, result: _Result, progress: Progress) -> None:
    progress.done += 1
    progress.size += result.size
    error = result.error
    try:
        if result.parsed:
            store.replace(result.file, result.parsed, time.time(), result.size)
            progress.replaced.append(result.file.name)
    except UnusableFile as fault:
        error = fault
    if error:
        progress.failures.append(Failure(result.file, error))
