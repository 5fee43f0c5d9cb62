"""What makes the data messages of each registration, each TR in the layout of one day."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from kisq.simulator.faults import Faults
from kisq.simulator.market import BookMaker
from kisq.simulator.orders import OrderMaker
from kisq.simulator.records import RecordMaker
from kisq.simulator.trades import TradeMaker
from kisq.spec.fields import Shape, Tr
from kisq.spec.tables import TRS
from kisq.wire.trkey import TrKey

_MOST = 5_000  # makers; beyond that the oldest are forgotten, and their markets start again


class Maker(Protocol):
    """Makes one data message after another for one registration."""

    def message(self, now: datetime, faults: Faults) -> str:
        """The next data message; ``now`` is the time of day, with its zone."""


@dataclass
class Makers:
    """The makers of a simulator, each made when its registration is first asked for.

    All have the same ``seed``, and send the layouts of the Korean day ``as_of``. Trades follow the
    books of their key, whether anybody watches those or not.
    """

    seed: int
    as_of: date = date.max
    _made: dict[tuple[str, str], Maker] = field(default_factory=dict)

    def of(self, tr_id: str, key: TrKey) -> Maker:
        """What makes the messages of ``key`` under ``tr_id``."""
        registration = (tr_id, key.text)
        if registration not in self._made:
            if len(self._made) >= _MOST:
                del self._made[next(iter(self._made))]
            self._made[registration] = self._new(TRS[tr_id], key)
        return self._made[registration]

    def _new(self, tr: Tr, key: TrKey) -> Maker:
        width = tr.width_on(self.as_of)
        if tr.is_notice:
            return OrderMaker(tr, key, width)
        if tr.shape is Shape.BOOK:
            return BookMaker(tr, key, self.seed, width)
        if tr.shape is Shape.TRADE:
            return TradeMaker(tr, self._books(tr, key), f"{self.seed} {tr.id} {key.text}", width)
        return RecordMaker(tr, key, self.seed, width)

    def books(self, key: TrKey) -> BookMaker:
        """The order books of a stock."""
        return self._books(TRS[key.tr_ids[1]], key)

    def _books(self, trades: Tr, key: TrKey) -> BookMaker:
        """The order books of a key whose trades are asked for."""
        books = self.of(_books_of(trades, key), key)
        if not isinstance(books, BookMaker):
            raise TypeError(f"the trades of {trades.id} do not have order books")
        return books


def _books_of(trades: Tr, key: TrKey) -> str:
    """The TR of the order books of the same keys."""
    if not key.other_tr:
        return key.tr_id
    return next(tr_id for tr_id, tr in TRS.items() if tr.trades == trades.id)
