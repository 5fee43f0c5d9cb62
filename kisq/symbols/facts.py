"""What KIS's symbol files tell of one tr_key: evidence for what is said of it."""

from typing import TYPE_CHECKING, NamedTuple

from kisq.errors import WrongKey
from kisq.spec.symbol_files import LISTED
from kisq.symbols.listing import Listing
from kisq.wire.frames import received_at
from kisq.wire.key_parts import TrKey
from kisq.wire.trkey import parse_tr_key

if TYPE_CHECKING:  # which costs SQLite
    from kisq.symbols.store import Store

_NXT, _KRX = "NXT", "KRX"


class SymbolFacts(NamedTuple):
    """What the files tell of a key, whose market they hold.

    ``listing`` is the one on its exchange (of NXT that on KRX), None where there is none there;
    ``elsewhere`` are the keys of the same symbol on other exchanges, of the same kind of session.
    ``day`` is the Korean day on which the file was fetched.
    """

    key: TrKey
    listing: Listing | None
    elsewhere: list[TrKey]
    day: str

    @property
    def halted(self) -> bool:
        """Whether trading in it is halted, as far as a file tells."""
        return bool(self.listing and self.listing.halted)

    @property
    def is_not_on_nxt(self) -> bool:
        """Whether the key is one of NXT, alone or with KRX, of a stock that does not trade there.

        A unified key of such a stock is silent too (protocol.md section 5).
        """
        is_of_nxt = LISTED.get(self.key.market.code, self.key.market.code) == _NXT
        return is_of_nxt and self.listing is not None and self.listing.on_nxt is False


def facts_of(store: "Store", tr_id: str, text: str) -> SymbolFacts | None:
    """What the files tell of (``tr_id``, ``text``); None where they do not hold it.

    Raises StoreFault where the store cannot be read.
    """
    key = _stock(tr_id, text)
    if key is None:
        return None
    home = LISTED.get(key.market.code, key.market.code)
    exchange = _KRX if home == _NXT else home
    listings = [one for one in store.by_symbol(key.symbol) if not one.tr_id]
    here = [one for one in listings if one.market == exchange]
    if not here and not store.has(exchange):
        return None
    others = [one for one in listings if one.market != exchange]
    elsewhere = [other for one in others for other in _alike(one, key)]
    day = received_at(store.fetched_at(exchange))[:10]
    return SymbolFacts(key, here[0] if here else None, elsewhere, day)


def _stock(tr_id: str, text: str) -> TrKey | None:
    """The key as one of a stock's order book or trades; None where it is another."""
    try:
        key = parse_tr_key(text, tr_id)
    except WrongKey:
        return None
    return key if tr_id in key.tr_ids and not key.other_tr else None


def _alike(listing: Listing, key: TrKey) -> list[TrKey]:
    """Its key in the same session or feed as ``key`` is, or else its first one."""
    of_session = [k for k in listing.keys if (k.market.session, k.prefix) == _kind(key)]
    return (of_session or listing.keys)[:1]


def _kind(key: TrKey) -> tuple[str, str]:
    return key.market.session, key.prefix
