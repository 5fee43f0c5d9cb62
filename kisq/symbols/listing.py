"""A symbol on a market, from a row of KIS's symbol files, and its tr_keys."""

from collections.abc import Iterator
from typing import NamedTuple

from kisq.locale.sentence import Name, Sentence, joined
from kisq.spec.markets import MARKETS
from kisq.wire.key_parts import TrKey

_VENUES = ("NXT", "UNIFIED")
_KEY = Sentence("{key} ({kind})")


class Listing(NamedTuple):
    """A symbol on the market with that code.

    ``kind`` is one of ``spec.symbol_files.KINDS``, ``isin`` is empty outside Korea. ``halted`` and
    ``on_nxt`` are None if no file says. ``tr_id`` is the TR of its keys if it does not follow from
    the market.
    """

    market: str
    symbol: str
    korean: str = ""
    english: str = ""
    kind: str = ""
    currency: str = ""
    isin: str = ""
    halted: bool | None = None
    tr_id: str = ""
    on_nxt: bool | None = None

    @property
    def name(self) -> Name:
        """Its name in the reader's language, otherwise in the other, otherwise its symbol."""
        korean = self.korean or self.english or self.symbol
        english = self.english or self.korean or self.symbol
        return Name(english, korean)

    @property
    def exchange(self) -> Sentence:
        """The name of its exchange."""
        return MARKETS[self.market].english

    @property
    def keys(self) -> list[TrKey]:
        """Its keys, one per session or feed, the free one first."""
        return list(self._keys())

    def _keys(self) -> Iterator[TrKey]:
        market = MARKETS[self.market]
        if self.tr_id:
            yield TrKey("", market, self.symbol, self.tr_id)
            return
        for prefix in market.trs:
            yield TrKey(prefix, market, self.symbol)
        if market.venue and self.on_nxt:
            for venue in _VENUES:
                yield TrKey("", MARKETS[venue], self.symbol)
        elif market.sibling and not market.venue:
            other = MARKETS[market.sibling]
            for prefix in other.trs:
                yield TrKey(prefix, other, self.symbol)


def shown(keys: list[TrKey]) -> Sentence:
    """Keys for people, each as it is typed and what it is."""
    return joined(", ", [_KEY.format(key=key.argument, kind=key.what) for key in keys])
