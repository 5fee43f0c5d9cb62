"""Listings by whatever people know of them: symbol, tr_key, ISIN, a name or a piece of one."""

from collections.abc import Iterable
from difflib import SequenceMatcher

from kisq.errors import WrongKey
from kisq.spec.symbol_files import LISTED
from kisq.symbols.listing import Listing
from kisq.symbols.store import Store
from kisq.symbols.words import normal, squeezed
from kisq.wire.key_parts import TrKey
from kisq.wire.pasted import is_isin, keys_at_exchange, keys_on, tidy, us_symbol
from kisq.wire.trkey import parse_tr_key

_PADDED = ("HKS", "KRX")  # whose symbols a spreadsheet takes the zeros from
_PEOPLE_LOOK_FOR = ("stock", "ETF")
_NEAR = 5
_CANDIDATES = 200
_ALIKE = 0.6  # of 1, as difflib counts
_EXACT, _NAMED, _BEGINNING, _SYMBOL, _WORDS, _ANYWHERE = range(6)


def exact(store: Store, text: str) -> list[Listing]:
    """The listings that ``text`` is the code, the key, the ISIN or the full name of."""
    listings: dict[tuple[str, str, str], Listing] = {}
    for listing in [*_by_code(store, text, padded=False), *store.by_name(text)]:
        listings.setdefault((listing.market, listing.symbol, listing.tr_id), listing)
    return list(listings.values())


def find(store: Store, words: list[str], market: str = "") -> list[Listing]:
    """The listings that the words are about, the likeliest first, those of one market if any.

    All words together count, or where nothing has all of them each by itself.
    """
    query = " ".join(words)
    coded = _by_code(store, query, padded=True)
    matches = [*coded, *store.by_name(query), *store.holding(normal(query).split())]
    if not matches and len(words) > 1:
        return _unique(one for word in words for one in find(store, [word], market))
    exactly = {_identity(one) for one in coded}
    chosen = [one for one in _unique(matches) if _is_on(one, market)]
    return sorted(chosen, key=lambda one: (_rank(one, query, exactly), *_order(one)))


def near(store: Store, words: list[str], market: str = "") -> list[Listing]:
    """The listings whose symbol or name is nearly what was looked for."""
    query = normal(" ".join(words))
    scored = [(_likeness(query, one), one) for one in store.alike(query, _CANDIDATES)]
    scored = [(score, one) for score, one in scored if score >= _ALIKE and _is_on(one, market)]
    scored.sort(key=lambda pair: (-pair[0], *_order(pair[1])))
    return [one for _, one in scored[:_NEAR]]


def _by_code(store: Store, text: str, *, padded: bool) -> list[Listing]:
    """Those that ``text`` names by symbol, by key or by ISIN, as other services write them too.

    With ``padded`` also those that it names with zeros in front.
    """
    name = tidy(text)
    if is_isin(name):
        return store.by_isin(name)
    keys = _keys(name)
    if keys:
        return [one for key in keys for one in _of_key(store, key)]
    symbols = dict.fromkeys([name, us_symbol(name) or name])
    longer = keys_on(_PADDED, name) if padded and name.isdigit() else []
    return [
        *(one for symbol in symbols for one in store.by_symbol(symbol)),
        *(one for key in longer if key.symbol not in symbols for one in _of_key(store, key)),
    ]


def _keys(name: str) -> list[TrKey]:
    """The keys that a text is, or that it stands for with its exchange."""
    try:
        key = parse_tr_key(name)
    except WrongKey:
        return keys_at_exchange(name) or (keys_on(["KRX"], name) if name[:1] == "A" else [])
    return [key] if key.prefix else []  # a code alone may be one of another market


def _of_key(store: Store, key: TrKey) -> list[Listing]:
    market = LISTED.get(key.market.code, key.market.code)
    market = "KRX" if market == "NXT" else market
    return [one for one in store.by_symbol(key.symbol) if one.market == market and not one.tr_id]


def _identity(listing: Listing) -> tuple[str, str, str]:
    return listing.market, listing.symbol, listing.tr_id


def _unique(listings: Iterable[Listing]) -> list[Listing]:
    return list({_identity(one): one for one in listings}.values())


def _is_on(listing: Listing, market: str) -> bool:
    if market in ("NXT", "UNIFIED"):
        return bool(listing.on_nxt)
    return not market or listing.market == LISTED.get(market, market)


def _rank(listing: Listing, query: str, exactly: set[tuple[str, str, str]]) -> int:
    text = normal(query)
    names = [normal(listing.korean), normal(listing.english)]
    if _identity(listing) in exactly:
        return _EXACT
    if text in names:
        return _NAMED
    if any(name.startswith(text) for name in names):
        return _BEGINNING
    if listing.symbol.startswith(text):
        return _SYMBOL
    return _WORDS if _has_words(names, text.split()) else _ANYWHERE


def _has_words(names: list[str], words: list[str]) -> bool:
    """Whether each word begins one of a name."""
    beginnings = [f" {name}" for name in names]
    return any(all(f" {word}" in name for word in words) for name in beginnings)


def _order(listing: Listing) -> tuple[bool, int, str, str]:
    """What most people look for first, then short names."""
    is_rare = listing.kind not in _PEOPLE_LOOK_FOR
    return is_rare, len(listing.name), listing.symbol, listing.market


def _likeness(query: str, listing: Listing) -> float:
    """How alike they are, of 1: the whole names, or as many of their characters as were typed."""
    texts = [squeezed(text) for text in (listing.symbol, listing.korean, listing.english)]
    piece = squeezed(query)
    beginnings = [text[: len(piece) + 1] for text in texts]
    return max(SequenceMatcher(None, piece, text).ratio() for text in (*texts, *beginnings) if text)
