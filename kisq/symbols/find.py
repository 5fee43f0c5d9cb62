"""Finds listings by whatever people know: symbol, tr_key, ISIN, a name or a part of one."""

from collections.abc import Iterable
from difflib import SequenceMatcher
from enum import IntEnum

from kisq.errors import WrongKey
from kisq.spec.symbol_files import LISTED
from kisq.symbols.listing import Listing
from kisq.symbols.store import Store, normal, squeezed
from kisq.wire.key_parts import TrKey
from kisq.wire.pasted import is_isin, keys_at_exchange, keys_on, tidy, us_symbol
from kisq.wire.trkey import parse_tr_key

_PADDED = ("HKS", "KRX")  # a spreadsheet drops the leading zeros of their symbols
_PEOPLE_LOOK_FOR = ("stock", "ETF")
_NEAR = 5
_CANDIDATES = 100
_ALIKE = 0.6  # of 1, as difflib measures likeness
_Identity = tuple[str, str, str]


class _Rank(IntEnum):
    """How well a listing fits what was looked for, the best first."""

    EXACT = 0
    NAME = 1
    BEGINNING = 2
    SYMBOL = 3
    WORDS = 4
    ANYWHERE = 5


def exact(store: Store, text: str) -> list[Listing]:
    """The listings whose code, key, ISIN or full name is ``text``."""
    listings: dict[_Identity, Listing] = {}
    for listing in [*_by_code(store, text), *store.by_name(text)]:
        listings.setdefault(_identity(listing), listing)
    return list(listings.values())


def find(store: Store, words: list[str], market: str = "") -> list[Listing]:
    """The listings that fit the words, the likeliest first, only those of ``market`` if any.

    All words together count; if nothing fits all of them, each word by itself.
    """
    query = " ".join(words)
    coded = _by_code(store, query) + _by_padded_code(store, query)
    matches = [*coded, *store.by_name(query), *store.holding(normal(query).split())]
    if not matches and len(words) > 1:
        for word in words:
            matches += find(store, [word], market)
        return _unique(matches)
    exact_ones = {_identity(listing) for listing in coded}

    def place(listing: Listing) -> tuple[object, ...]:
        return _rank(listing, query, exact_ones), *_order(listing)

    return sorted([each for each in _unique(matches) if _is_on(each, market)], key=place)


def near(store: Store, words: list[str], market: str = "") -> list[Listing]:
    """The listings whose symbol or name is nearly what was looked for."""
    query = normal(" ".join(words))
    scored = []
    for listing in store.alike(query, _CANDIDATES):
        score = _likeness(query, listing)
        if score >= _ALIKE and _is_on(listing, market):
            scored.append((-score, *_order(listing), listing))
    scored.sort(key=lambda row: row[:-1])
    return [row[-1] for row in scored[:_NEAR]]


def _by_code(store: Store, text: str) -> list[Listing]:
    """The listings with this symbol, key or ISIN, written as KIS or other services do."""
    name = tidy(text)
    if is_isin(name):
        return store.by_isin(name)
    listings = []
    for key in _keys(name):
        listings += _of_key(store, key)
    if _keys(name):
        return listings
    for symbol in _symbols(name):
        listings += store.by_symbol(symbol)
    return listings


def _by_padded_code(store: Store, text: str) -> list[Listing]:
    """The listings whose code is the number ``text`` with zeros in front."""
    name = tidy(text)
    listings: list[Listing] = []
    if not name.isdigit() or _keys(name):
        return listings
    for key in keys_on(_PADDED, name):
        if key.symbol not in _symbols(name):
            listings += _of_key(store, key)
    return listings


def _symbols(name: str) -> list[str]:
    return list(dict.fromkeys([name, us_symbol(name) or name]))


def _keys(name: str) -> list[TrKey]:
    """The keys that a text is, or means together with its exchange."""
    try:
        key = parse_tr_key(name)
    except WrongKey:
        keys = keys_at_exchange(name)
        if not keys and name.startswith("A"):
            keys = keys_on(["KRX"], name)
        return keys
    if key.prefix:
        return [key]
    return []  # a code alone may belong to another market


def _of_key(store: Store, key: TrKey) -> list[Listing]:
    market = LISTED.get(key.market.code, key.market.code)
    if market == "NXT":
        market = "KRX"
    listings = store.by_symbol(key.symbol)
    return [each for each in listings if each.market == market and not each.tr_id]


def _identity(listing: Listing) -> _Identity:
    return listing.market, listing.symbol, listing.tr_id


def _unique(listings: Iterable[Listing]) -> list[Listing]:
    return list({_identity(listing): listing for listing in listings}.values())


def _is_on(listing: Listing, market: str) -> bool:
    if market in ("NXT", "UNIFIED"):
        return bool(listing.on_nxt)
    return not market or listing.market == LISTED.get(market, market)


def _rank(listing: Listing, query: str, exact_ones: set[_Identity]) -> _Rank:
    text = normal(query)
    names = [normal(listing.korean), normal(listing.english)]
    if _identity(listing) in exact_ones:
        return _Rank.EXACT
    if text in names:
        return _Rank.NAME
    if any(name.startswith(text) for name in names):
        return _Rank.BEGINNING
    if listing.symbol.startswith(text):
        return _Rank.SYMBOL
    if any(_has_words(name, text.split()) for name in names):
        return _Rank.WORDS
    return _Rank.ANYWHERE


def _has_words(name: str, words: list[str]) -> bool:
    """Whether each of ``words`` is the beginning of a word in ``name``."""
    return all(f" {word}" in f" {name}" for word in words)


def _order(listing: Listing) -> tuple[bool, int, str, str]:
    """What most people look for first, then short names."""
    is_rare = listing.kind not in _PEOPLE_LOOK_FOR
    return is_rare, len(listing.name.korean), listing.symbol, listing.market


def _likeness(query: str, listing: Listing) -> float:
    """How alike they are, of 1: the whole names, or as many of their characters as were typed."""
    typed = squeezed(query)
    likeness = 0.0
    for text in (listing.symbol, listing.korean, listing.english):
        name = squeezed(text)
        for compared in (name, name[: len(typed) + 1]):
            if compared:
                likeness = max(likeness, SequenceMatcher(None, typed, compared).ratio())
    return likeness
