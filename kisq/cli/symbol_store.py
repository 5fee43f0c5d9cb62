"""The symbols that are kept, for a command: opened, brought up to date, and said how it went."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from kisq.output.notices import Notices
from kisq.spec.symbol_files import FILES
from kisq.symbols.place import store_path

if TYPE_CHECKING:
    from kisq.settings import Settings
    from kisq.spec.symbol_files import SymbolFile
    from kisq.symbols.download import Server
    from kisq.symbols.store import Store
    from kisq.symbols.sync import Progress

_FRESH_SECONDS = 24 * 3600.0
_MEBIBYTE = 1024 * 1024

_PROGRESS = "symbol files: {done} of {files}, {size:.1f} MiB"
_FAILED = "{files}: {reason}; {next_step}"
_FAILED_KEPT = "{files}: {reason}; what is kept of it stays in use"
_MEMORY = "the symbols cannot be kept ({fault}); they are used for this run alone"
_UNFIT = "{file}: {unfit} of {rows} rows do not have the form that kisq knows, and are left out"


def kept_store(notices: Notices) -> "Store | None":
    """The symbols that are kept, or None; it makes none, and only says what is wrong with it."""
    path = _path()
    if path is None or not path.is_file():
        return None
    from kisq.symbols.store import Store, StoreFault

    try:
        store = Store(path, make=False)
    except StoreFault as fault:
        notices.say(f"warning: {fault}")
        return None
    try:
        store.files()
    except StoreFault as fault:
        store.close()
        notices.say(f"warning: {fault}")
        return None
    return store


def _path() -> Path | None:
    """Where symbols are kept; None where there is not even a home."""
    try:
        return store_path()
    except RuntimeError:
        return None


@contextmanager
def writable_store(notices: Notices) -> "Iterator[Store]":
    """The symbols that are kept, made where there are none; in memory where they cannot be kept."""
    from kisq.symbols.store import Store, StoreFault

    try:
        store = Store(_path())
    except StoreFault as fault:
        notices.say(_MEMORY.format(fault=fault.sentence))
        store = Store(None)
    with store:
        yield store


def server_of(settings: "Settings") -> "Server":
    """Where KIS's symbol files are. Raises SettingsFault, ConnectionFailed for how to get there."""
    from kisq.feed.proxy import proxy_for
    from kisq.feed.tls import ca_bundle
    from kisq.symbols.download import Server

    url = settings.master_url
    proxy = proxy_for(url)
    trusted = ca_bundle() or True if url.startswith("https:") else True
    return Server(url, trusted, {"http": proxy.url, "https": proxy.url} if proxy else {})


def old(store: "Store", files: "Iterable[SymbolFile]") -> "list[SymbolFile]":
    """Those of ``files`` that are not kept, or for longer than a day."""
    kept, at = store.files(), time.time()
    return [
        file
        for file in files
        if file.name not in kept or not 0 <= at - kept[file.name].fetched_at < _FRESH_SECONDS
    ]


def update(
    store: "Store",
    server: "Server",
    files: "list[SymbolFile]",
    notices: Notices,
    seconds: float | None = None,
) -> "Progress":
    """Fetch ``files`` and say how far that is and what failed."""
    from kisq.symbols.sync import sync

    def tell(progress: "Progress") -> None:
        size = progress.size / _MEBIBYTE
        notices.status(_PROGRESS.format(done=progress.done, files=progress.files, size=size))

    try:
        progress = sync(store, server, files, tell, seconds)
    finally:
        notices.status("")
    _say_failures(store, progress, notices)
    _say_unfit(store, progress, notices)
    return progress


def _say_failures(store: "Store", progress: "Progress", notices: Notices) -> None:
    """One sentence for each reason, with the files that it is true of."""
    by_reason: dict[tuple[str, str, bool], list[str]] = {}
    for file, error in progress.failures:
        happened = getattr(error, "happened", error.sentence)
        kept = file.name in store.files()
        by_reason.setdefault((happened, error.next_step, kept), []).append(file.name)
    for (reason, step, kept), names in by_reason.items():
        template = _FAILED_KEPT if kept or not step else _FAILED
        in_order = [name for name in FILES if name in names]
        notices.say(template.format(files=", ".join(in_order), reason=reason, next_step=step))


def _say_unfit(store: "Store", progress: "Progress", notices: Notices) -> None:
    for name in progress.replaced:
        state = store.files()[name]
        if state.unfit:
            rows = state.rows + state.unfit
            notices.say(_UNFIT.format(file=name, unfit=state.unfit, rows=rows))
