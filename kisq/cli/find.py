"""``kisq find``: a name or code → the listings that it may be, with their tr_keys."""

from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from kisq.cli import options, symbol_options
from kisq.cli.context import notices_of
from kisq.errors import NothingFound, WrongUsage
from kisq.locale.sentence import Sentence, joined

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kisq.output.notices import Notices
    from kisq.spec.symbol_files import SymbolFile
    from kisq.symbols.listing import Listing
    from kisq.symbols.store import Store

_MOST = 20

_NONE_KEPT = Sentence("no symbol files are kept, so nothing can be found")
_NONE_KEPT_STEP = Sentence("run `kisq symbols sync`")
_NOT_DOWNLOADED_STEP = Sentence("run it again when they can be downloaded")
_NO_WORD = Sentence("there is no word to look for: name a symbol or a piece of a name")
_NO_MATCH = Sentence("no listing of KIS matches {words!r}")
_NO_MATCH_STEP = Sentence("try less of the name, in Korean or English, or the symbol")
_NEAR = Sentence("no listing of KIS matches {words!r}; near it are {near}")
_MORE = Sentence("{shown} of {number} are shown: add more of the name, or -n {number}")
_AGE = Sentence("the symbol files are of {oldest}")
_AGES = Sentence("the symbol files are of {oldest} to {newest}")
_NOT_KEPT = Sentence("not kept, so none of their symbols can be found: {files}")
_KOREAN = ("KRX", "NXT")


def find(
    ctx: typer.Context,
    words: symbol_options.Words,
    market: symbol_options.MarketCode = None,
    json: options.Json = False,
    count: symbol_options.Most = _MOST,
    offline: symbol_options.Offline = False,
    env_file: options.EnvFile = None,
    verbose: options.Verbose = False,
) -> None:
    """Find symbols by code or name, with their tr_keys."""
    from kisq.cli.listings import show
    from kisq.symbols.find import find as search
    from kisq.symbols.find import near

    if not "".join(words).strip():
        raise WrongUsage(_NO_WORD)
    notices = notices_of(ctx, verbose=verbose)
    code = market or ""
    with _store(notices, offline=offline) as store:
        if not offline:
            _bring_up_to_date(store, code, env_file, notices)
        if not store.files():
            step = _NONE_KEPT_STEP if offline else _NOT_DOWNLOADED_STEP
            raise NothingFound(_NONE_KEPT, step)
        if offline:
            _say_ages(store, code, notices)
        matches = search(store, words, code)
        if not matches:
            raise _no_match(" ".join(words), near(store, words, code))
        if len(matches) > count:
            notices.say(_MORE.format(shown=count, number=len(matches)))
        show(matches[:count], json=json)


@contextmanager
def _store(notices: "Notices", *, offline: bool) -> "Iterator[Store]":
    """The symbols that are kept; ``offline`` makes no file for them."""
    from kisq.cli.symbol_store import kept_store, writable_store

    if not offline:
        with writable_store(notices) as store:
            yield store
        return
    kept = kept_store(notices)
    if kept is None:
        raise NothingFound(_NONE_KEPT, _NONE_KEPT_STEP)
    with kept:
        yield kept


def _no_match(words: str, near: "list[Listing]") -> NothingFound:
    from kisq.symbols.listing import shown

    if not near:
        return NothingFound(_NO_MATCH.format(words=words), _NO_MATCH_STEP)
    names = [joined(" ", (listing.name, shown(listing.keys[:1]))) for listing in near]
    return NothingFound(_NEAR.format(words=words, near=joined(", ", names)))


def _bring_up_to_date(
    store: "Store", market: str, env_file: "Path | None", notices: "Notices"
) -> None:
    """Fetch what is missing or older than a day; what cannot be fetched is reported."""
    from kisq.cli.context import warn
    from kisq.cli.symbol_store import old, server_of, update
    from kisq.settings import load

    files = old(store, _files(market))
    if not files:
        return
    settings = load(
        None, env_file, warn=lambda fault: warn(notices, fault), credentials_matter=False
    )
    update(store, server_of(settings), files, notices)


def _files(market: str) -> "list[SymbolFile]":
    """The files that hold listings of a market, or all; those of NXT tell what trades there."""
    from kisq.spec.symbol_files import FILES, LISTED

    if not market:
        return list(FILES.values())
    code = LISTED.get(market, market)
    codes: tuple[str, ...] = (code,)
    if code in _KOREAN:
        codes = _KOREAN
    return [file for file in FILES.values() if file.market in codes]


def _say_ages(store: "Store", market: str, notices: "Notices") -> None:
    """Say how old the files are, and which are missing."""
    kept = store.files()
    names = [file.name for file in _files(market)]
    ages = sorted(kept[name].fetched_at for name in names if name in kept)
    if not ages:
        return
    oldest = _minute(ages[0])
    newest = _minute(ages[-1])
    if oldest == newest:
        notices.say(_AGE.format(oldest=oldest))
    else:
        notices.say(_AGES.format(oldest=oldest, newest=newest))
    missing = [name for name in names if name not in kept]
    if missing:
        notices.say(_NOT_KEPT.format(files=", ".join(missing)))


def _minute(at: float) -> str:
    from kisq.wire.frames import received_at

    return received_at(at)[:16]
