"""What KIS's symbol files say about one tr_key."""

from typing import TYPE_CHECKING, NamedTuple

from kisq.spec.symbol_files import LISTED
from kisq.symbols.listing import Listing
from kisq.wire.control_key import stock_key
from kisq.wire.frames import received_at
from kisq.wire.key_parts import TrKey

if TYPE_CHECKING:  # it imports SQLite, which takes time
    from kisq.symbols.store import Store

_NXT = "NXT"
_KRX = "KRX"


class SymbolFacts(NamedTuple):
    """What the files say about a key; they cover its market.

    ``listing`` is the listing on its exchange (for NXT, on KRX), None if there is none;
    ``elsewhere`` are the keys of the same symbol on other exchanges, in the same kind of session.
    ``day`` is the Korean day on which the file was downloaded.
    """

    key: TrKey
    listing: Listing | None
    elsewhere: list[TrKey]
    day: str

    @property
    def halted(self) -> bool:
        """Whether a file says that trading in it is halted."""
        return self.listing is not None and bool(self.listing.halted)

    @property
    def is_not_on_nxt(self) -> bool:
        """Whether the key is on NXT, alone or with KRX, but its stock does not trade there.

        A unified key of such a stock is silent too (protocol.md section 5).
        """
        is_of_nxt = LISTED.get(self.key.market.code, self.key.market.code) == _NXT
        return is_of_nxt and self.listing is not None and self.listing.on_nxt is False


def facts_of(store: "Store", tr_id: str, text: str) -> SymbolFacts | None:
    """What the files say about (``tr_id``, ``text``); None if they do not cover it.

    Raises StoreFault if the store cannot be read.
    """
    key = stock_key(tr_id, text)
    if key is None:
        return None
    exchange = LISTED.get(key.market.code, key.market.code)
    if exchange == _NXT:
        exchange = _KRX
    listing = None
    elsewhere = []
    for each in store.by_symbol(key.symbol):
        if each.tr_id:
            continue
        if each.market == exchange:
            listing = listing or each
        elif each.keys:
            elsewhere.append(_counterpart(each, key))
    if listing is None and not store.has(exchange):
        return None
    day = received_at(store.fetched_at(exchange))[:10]
    return SymbolFacts(key, listing, elsewhere, day)


def _counterpart(listing: Listing, key: TrKey) -> TrKey:
    """Its key in the same session or feed as ``key``, or otherwise its first one."""
    for other in listing.keys:
        if other.market.session == key.market.session and other.prefix == key.prefix:
            return other
    return listing.keys[0]
