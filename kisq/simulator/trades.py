"""Trades that fit the order books of the same key: at its best prices, no larger than its sizes."""

import random
from datetime import datetime

from kisq.simulator.faults import NO_FAULTS, Faults
from kisq.simulator.market import BookMaker, in_wire_order
from kisq.spec.fields import Tr

_MOST_RECORDS = 3
_QUIET = 3  # messages without a new book, then nobody makes books and the market moves by itself
_SIDES = {"ask": "1", "bid": "5"}  # 매수, 매도: a buyer comes to the ask
_UP, _SAME, _DOWN = "2", "3", "5"


class TradeMaker:
    """Makes one message of trades after another for the key of ``books``."""

    def __init__(self, tr: Tr, books: BookMaker, seed: str) -> None:
        self._tr, self._books = tr, books
        self._random = random.Random(seed)  # noqa: S311 - a game
        self._turnover = 0  # in units of the price
        self._volumes = {"bid": 0, "ask": 0}
        self._first = self._high = self._low = 0
        self._books_seen, self._quiet = 0, 0

    def message(self, now: datetime, faults: Faults = NO_FAULTS) -> str:
        """The next trades as a data message; ``now`` is the time of day, with its zone."""
        self._follow(now)
        count = self._random.randint(1, _MOST_RECORDS)
        records = [faults.spoil(self.record(now)) for _ in range(count)]
        return f"0|{self._tr.id}|{count:03d}|{'^'.join(v for r in records for v in r)}"

    def _follow(self, now: datetime) -> None:
        """Trade on the newest book; where none is made for long, make one."""
        self._quiet = 0 if self._books.made != self._books_seen else self._quiet + 1
        if not self._books.made or self._quiet >= _QUIET:
            self._books.record(now)
            self._quiet = 0
        self._books_seen = self._books.made

    def record(self, now: datetime) -> dict[str, str]:
        """The next trade: the text of each field under its mnemonic, in wire order."""
        side = self._random.choice(list(_SIDES))
        price, available = self._books.best[side]
        size = self._random.randint(1, max(1, min(available, 500)))
        self._count(side, price, size)
        by_role = self._books.head(now) | self._quote() | self._change(price)
        by_role |= {
            "price": self._books.price(price),
            "size": str(size),
            "side": _SIDES[side],
            "volume": str(self._books.volume),
            "turnover": str(self._turnover // self._books.unit),
            "bid_volume": str(self._volumes["bid"]),
            "ask_volume": str(self._volumes["ask"]),
            "strength": f"{100 * self._volumes['ask'] / max(1, self._volumes['bid']):.2f}",
            "open": self._books.price(self._first),
            "high": self._books.price(self._high),
            "low": self._books.price(self._low),
        }
        return in_wire_order(self._tr, by_role, self._books.last | {"TRHT_YN": "N"})

    def _count(self, side: str, price: int, size: int) -> None:
        self._books.volume += size
        self._turnover += price * size
        self._volumes[side] += size
        self._first = self._first or price
        self._high, self._low = max(self._high, price), min(self._low or price, price)

    def _quote(self) -> dict[str, str]:
        quote: dict[str, str] = {}
        for side, (price, size) in self._books.best.items():
            quote |= {side: self._books.price(price), f"{side}_size": str(size)}
        return quote

    def _change(self, price: int) -> dict[str, str]:
        """Against the first price of the simulator; overseas without a sign, the rate with one."""
        change = price - self._books.home
        korean = bool(self._tr.market)
        return {
            "sign": _UP if change > 0 else _DOWN if change < 0 else _SAME,
            "change": f"{'-' if change < 0 and korean else ''}{self._books.price(abs(change))}",
            "change_rate": f"{100 * change / self._books.home:{'' if korean else '+'}.2f}",
        }
