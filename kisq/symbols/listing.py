"""A symbol on a market, as a row of KIS's symbol files has it, and the tr_keys that it has."""

from collections.abc import Iterator
from typing import NamedTuple

from kisq.locale.sentence import Sentence, joined
from kisq.spec.markets import MARKETS
from kisq.wire.key_parts import TrKey

_VENUES = ("NXT", "UNIFIED")


class Listing(NamedTuple):
    """A symbol on the market with that code.

    ``kind`` is one of ``spec.symbol_files``, ``isin`` is empty outside Korea. ``halted`` and
    ``on_nxt`` are None where no file tells. ``tr_id`` is the TR of its keys where it does not
    follow from the market.
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
    def name(self) -> str:
        """Its name for people: in Korean, or else in English, or else its symbol."""
        return self.korean or self.english or self.symbol

    @property
    def exchange(self) -> Sentence:
        """The English name of its exchange."""
        return MARKETS[self.market].english

    @property
    def keys(self) -> list[TrKey]:
        """Its keys, each of another session or feed, the free one first."""
        return list(self._keys())

    def _keys(self) -> Iterator[TrKey]:
        market = MARKETS[self.market]
        if self.tr_id:
            yield TrKey("", market, self.symbol, self.tr_id)
            return
        yield from (TrKey(prefix, market, self.symbol) for prefix in market.trs)
        if market.venue:
            yield from (TrKey("", MARKETS[v], self.symbol) for v in _VENUES if self.on_nxt)
        elif market.sibling:
            other = MARKETS[market.sibling]
            yield from (TrKey(prefix, other, self.symbol) for prefix in other.trs)


def shown(keys: list[TrKey]) -> Sentence:
    """Keys for people, each with what it is, as they are typed."""
    return joined(", ", [joined("", (key.argument, " (", key.what, ")")) for key in keys])
