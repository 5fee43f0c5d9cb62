"""The symbols that are kept, for a command: opened, brought up to date, and said how it went."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from kisq.cli.context import warn
from kisq.locale.sentence import Sentence
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

_PROGRESS = Sentence("symbol files: {done} of {files}, {size:.1f} MiB")
_FAILED = Sentence("{files}: {reason}; {next_step}")
_FAILED_WITHOUT_STEP = Sentence("{files}: {reason}")
_FAILED_KEPT = Sentence("{files}: {reason}; the copy that is kept stays in use")
_MEMORY = Sentence("the symbols cannot be kept ({fault}); they are used for this run only")
_UNFIT = Sentence("{file}: {unfit} of {rows} rows have a form unknown to kisq, and are left out")


def kept_store(notices: Notices) -> "Store | None":
    """The symbols that are kept, or None; a file that cannot be read is only a warning."""
    path = _path()
    if path is None or not path.is_file():
        return None
    from kisq.symbols.store import Store, StoreFault

    try:
        store = Store(path, make=False)
    except StoreFault as fault:
        warn(notices, fault.text)
        return None
    try:
        store.files()
    except StoreFault as fault:
        store.close()
        warn(notices, fault.text)
        return None
    return store


def _path() -> Path | None:
    """Where symbols are kept; None where there is not even a home folder."""
    try:
        return store_path()
    except RuntimeError:
        return None


@contextmanager
def writable_store(notices: Notices) -> "Iterator[Store]":
    """The symbols that are kept, in a new file if there is none; else in memory."""
    from kisq.symbols.store import Store, StoreFault

    try:
        store = Store(_path())
    except StoreFault as fault:
        notices.say(_MEMORY.format(fault=fault.sentence))
        store = Store(None)
    with store:
        yield store


def server_of(settings: "Settings") -> "Server":
    """KIS's server of symbol files. Raises SettingsFault, ConnectionFailed for a wrong proxy."""
    from kisq.feed.proxy import proxy_for
    from kisq.feed.tls import ca_bundle
    from kisq.symbols.download import Server

    url = settings.master_url
    trusted: str | bool = True
    if url.startswith("https:"):
        trusted = ca_bundle() or True
    proxies = {}
    proxy = proxy_for(url)
    if proxy:
        proxies = {"http": proxy.url, "https": proxy.url}
    return Server(url, trusted, proxies)


def old(store: "Store", files: "Iterable[SymbolFile]") -> "list[SymbolFile]":
    """Those of ``files`` that are not kept, or have been for longer than a day."""
    kept = store.files()
    at = time.time()

    def is_fresh(name: str) -> bool:
        return name in kept and 0 <= at - kept[name].fetched_at < _FRESH_SECONDS

    return [file for file in files if not is_fresh(file.name)]


def update(
    store: "Store",
    server: "Server",
    files: "list[SymbolFile]",
    notices: Notices,
    seconds: float | None = None,
) -> "Progress":
    """Fetch ``files``, for ``seconds`` at most; show the progress and report failures."""
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
        files = ", ".join(name for name in FILES if name in names)
        if kept:
            notices.say(_FAILED_KEPT.format(files=files, reason=reason))
        elif step:
            notices.say(_FAILED.format(files=files, reason=reason, next_step=step))
        else:
            notices.say(_FAILED_WITHOUT_STEP.format(files=files, reason=reason))


def _say_unfit(store: "Store", progress: "Progress", notices: Notices) -> None:
    for name in progress.replaced:
        state = store.files()[name]
        if state.unfit:
            rows = state.rows + state.unfit
            notices.say(_UNFIT.format(file=name, unfit=state.unfit, rows=rows))
