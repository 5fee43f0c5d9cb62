"""Several symbol files at once: what cannot be had or used is told, and what is kept stays."""

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from kisq.errors import KisqError
from kisq.signals import SIGNALS, SLICE
from kisq.spec.symbol_files import SymbolFile
from kisq.symbols.archive import unpacked
from kisq.symbols.download import Server, Unavailable, download
from kisq.symbols.parse import Parsed, UnusableFile, parse
from kisq.symbols.store import Store

MOST_AT_ONCE = 3  # downloads

_NOT_IN_TIME = "it was not there after {seconds:.0f} s"


class Failure(NamedTuple):
    """A file that was not replaced, and why."""

    file: SymbolFile
    error: KisqError


class _Result(NamedTuple):
    """What became of a file: its listings and bytes, or why there are none."""

    file: SymbolFile
    parsed: Parsed | None = None
    size: int = 0
    error: KisqError | None = None


@dataclass
class Progress:
    """How far a sync is: ``done`` of ``files`` files, ``size`` bytes, and what became of each."""

    files: int
    done: int = 0
    size: int = 0
    replaced: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


class _Downloads:
    """Threads that fetch and parse; what becomes of each file is in ``results``."""

    def __init__(self, server: Server, files: Iterable[SymbolFile]) -> None:
        self._server, self._files = server, deque(files)
        self.results: queue.SimpleQueue[_Result | None] = queue.SimpleQueue()
        self._ended = threading.Event()
        self._unreachable: Unavailable | None = None
        for _ in range(MOST_AT_ONCE):
            threading.Thread(target=self._work, name="symbols", daemon=True).start()

    def end(self) -> None:
        """Fetch no more, whatever is left."""
        self._ended.set()

    def _work(self) -> None:
        while not self._ended.is_set():
            try:
                file = self._files.popleft()
            except IndexError:
                return
            self.results.put(self._result(file))

    def _result(self, file: SymbolFile) -> _Result:
        if self._unreachable:  # no other file is to be had either
            return _Result(file, error=self._unreachable)
        try:
            data = download(self._server, file, lambda: not self._ended.is_set())
            return _Result(file, parse(file, unpacked(data)), len(data))
        except Unavailable as error:
            self._unreachable = error if error.of_all else None
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

    ``tell`` is told after each file. Raises StoreFault where the store cannot be written, and
    Interrupted where a signal comes; each file is then as it was, or as it is now.
    """
    progress = Progress(len(files))
    until = None if seconds is None else time.monotonic() + seconds
    left = {file.name: file for file in files}
    downloads = _Downloads(server, files)
    try:
        while left and (until is None or time.monotonic() < until):
            result = SIGNALS.take(downloads.results, SLICE)
            SIGNALS.check()
            if result:
                del left[result.file.name]
                _keep(store, result, progress)
                tell(progress)
    finally:
        downloads.end()
    late = UnusableFile(_NOT_IN_TIME.format(seconds=seconds or 0.0))
    progress.failures += [Failure(file, late) for file in left.values()]
    return progress


def _keep(store: Store, result: _Result, progress: Progress) -> None:
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
