"""``kisq find``: a name or code → the listings that it may be, with their tr_keys."""

from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from kisq.cli import options, symbol_options
from kisq.cli.context import notices_of
from kisq.errors import NothingFound, WrongUsage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kisq.output.notices import Notices
    from kisq.symbols.store import Store

_MOST = 20

_NONE_KEPT = "no symbol file is here, so nothing can be found"
_NONE_KEPT_STEP = "run `kisq symbols sync`"
_NOTHING = "nothing that KIS lists matches {words!r}"
_NOTHING_STEP = "try less of the name, in Korean or English, or the symbol"
_NEAR = "nothing that KIS lists matches {words!r}; near it are {near}"
_MORE = "{shown} of {number} are shown: say more of the name, or -n {number}"
_AGE = "the symbol files are of {oldest}"
_AGES = "the symbol files are of {oldest} to {newest}"
_MISSING = "not kept, so nothing of them can be found: {files}"


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
    from kisq.symbols.find import find as search
    from kisq.symbols.find import near

    if not "".join(words).strip():
        raise WrongUsage("there is no word to look for: name a symbol or a piece of a name")
    notices = notices_of(ctx, verbose=verbose)
    code = market or ""
    with _store(notices, offline=offline) as store:
        if not offline:
            _bring_up_to_date(store, code, env_file, notices)
        if not store.files():
            raise NothingFound(_NONE_KEPT, _NONE_KEPT_STEP)
        if offline:
            _say_ages(store, code, notices)
        matches = search(store, words, code)
        if not matches:
            raise _nothing(" ".join(words), near(store, words, code))
        if len(matches) > count:
            notices.say(_MORE.format(shown=count, number=len(matches)))
        from kisq.cli.listings import show

        show(matches[:count], json=json)


@contextmanager
def _store(notices: "Notices", *, offline: bool) -> "Iterator[Store]":
    """The symbols that are kept; ``offline`` makes no file of them."""
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


def _nothing(words: str, near: list) -> NothingFound:  # type: ignore[type-arg]
    from kisq.symbols.listing import shown

    if not near:
        return NothingFound(_NOTHING.format(words=words), _NOTHING_STEP)
    names = ", ".join(f"{one.name} {shown(one.keys[:1])}" for one in near)
    return NothingFound(_NEAR.format(words=words, near=names))


def _bring_up_to_date(
    store: "Store", market: str, env_file: "Path | None", notices: "Notices"
) -> None:
    """Fetch what is missing or older than a day; what cannot be had is said."""
    from kisq.cli.symbol_store import old, server_of, update
    from kisq.settings import load

    files = old(store, _files(market))
    if not files:
        return
    settings = load(None, env_file, warn=lambda fault: notices.say(f"warning: {fault}"))
    update(store, server_of(settings), files, notices)


def _files(market: str) -> list:  # type: ignore[type-arg]
    """The files that hold listings of a market, or all; those of NXT tell what trades there."""
    from kisq.spec.symbol_files import FILES, LISTED

    code = LISTED.get(market, market)
    wanted = {"KRX", "NXT"} if code in ("KRX", "NXT") else {code}
    return [file for file in FILES.values() if not market or file.market in wanted]


def _say_ages(store: "Store", market: str, notices: "Notices") -> None:
    """How old what is used is, and what is not there."""
    from kisq.wire.frames import received_at

    kept = store.files()
    names = [file.name for file in _files(market)]
    ages = sorted(kept[name].fetched_at for name in names if name in kept)
    if ages:
        oldest, newest = received_at(ages[0])[:16], received_at(ages[-1])[:16]
        template = _AGE if oldest == newest else _AGES
        notices.say(template.format(oldest=oldest, newest=newest))
    missing = [name for name in names if name not in kept]
    if ages and missing:
        notices.say(_MISSING.format(files=", ".join(missing)))
