"""Trades that fit the order books of the same key: at its best prices, no larger than its sizes."""

import random
from datetime import datetime

from kisq.simulator.faults import NO_FAULTS, Faults
from kisq.simulator.market import BookMaker, in_wire_order, sign_of
from kisq.spec.fields import Tr, Width
from kisq.spec.tables import codes_of

_MOST_RECORDS = 3
_QUIET = 3  # messages without a new book; then nobody makes books, and the market moves by itself
_SIDES = {"ask": "buy", "bid": "sell"}  # a buyer comes to the ask


class TradeMaker:
    """Makes one message of trades after another for the key of ``books``."""

    def __init__(self, tr: Tr, books: BookMaker, seed: str, width: Width | None = None) -> None:
        self._tr = tr
        self._books = books
        self._width = width or tr.newest
        meanings = codes_of(tr.id, self._width.roles.get("side", ""))
        self._codes: dict[str, str] = {meaning.english: code for code, meaning in meanings.items()}
        self._random = random.Random(seed)  # noqa: S311 - a game
        self._turnover = 0  # in units of the price
        self._volumes = {"bid": 0, "ask": 0}
        self._counts = {"bid": 0, "ask": 0}
        self._first = 0  # the open; prices are in units
        self._high = 0
        self._low = 0
        self._hours = {"OPRC": "000000", "HGPR": "000000", "LWPR": "000000"}
        self._books_seen = 0
        self._quiet = 0  # messages since a new book

    def message(self, now: datetime, faults: Faults = NO_FAULTS) -> str:
        """The next trades as a data message; ``now`` is the time of day, with its zone."""
        self._follow(now)
        count = self._random.randint(1, _MOST_RECORDS)
        values: list[str] = []
        for _ in range(count):
            values += faults.spoil(self.record(now))
        return f"0|{self._tr.id}|{count:03d}|{'^'.join(values)}"

    def _follow(self, now: datetime) -> None:
        """Trade on the newest book; if nobody makes any, make one."""
        if self._books.made == self._books_seen:
            self._quiet += 1
        else:
            self._quiet = 0
        if not self._books.made or self._quiet >= _QUIET:
            self._books.record(now)
            self._quiet = 0
        self._books_seen = self._books.made

    def record(self, now: datetime) -> dict[str, str]:
        """The next trade: the text of each field under its mnemonic, in wire order."""
        side = self._random.choice(list(_SIDES))
        price, available = self._books.best[side]
        size = self._random.randint(1, max(1, min(available, 500)))
        head = self._books.head(now)
        self._count(side, price, size, head["korean_time"])
        by_role = head | self._quote() | self._change(price)
        by_role |= {
            "price": self._books.price(price),
            "size": str(size),
            "side": self._codes.get(_SIDES[side], ""),
            "volume": str(self._books.volume),
            "turnover": str(self._turnover // self._books.unit),
            "bid_volume": str(self._volumes["bid"]),
            "ask_volume": str(self._volumes["ask"]),
            "strength": f"{self._strength():.2f}",
            "open": self._books.price(self._first),
            "high": self._books.price(self._high),
            "low": self._books.price(self._low),
        }
        by_name = self._books.last | self._by_name(price) | {"TYMD": head["exchange_date"]}
        return in_wire_order(self._tr, self._width, by_role, by_name)

    def _strength(self) -> float:
        """Bought against sold shares, in percent."""
        return 100 * self._volumes["ask"] / max(1, self._volumes["bid"])

    def _by_name(self, price: int) -> dict[str, str]:
        """Fields that follow from the trades so far and have no role, by mnemonic."""
        volume = max(1, self._books.volume)
        known = {
            "TRHT_YN": "N",
            "SELN_CNTG_CSNU": str(self._counts["bid"]),
            "SHNU_CNTG_CSNU": str(self._counts["ask"]),
            "NTBY_CNTG_CSNU": str(self._counts["ask"] - self._counts["bid"]),
            "SHNU_RATE": f"{self._volumes['ask'] / volume:.2f}",
            "WGHN_AVRG_STCK_PRC": f"{self._turnover / self._books.unit / volume:.2f}",
            "VI_STND_PRC": self._books.price(self._first),
        }
        for term, then in (("OPRC", self._first), ("HGPR", self._high), ("LWPR", self._low)):
            change = price - then
            known[f"{term}_HOUR"] = self._hours[term]
            known[f"{term}_VRSS_PRPR"] = self._books.signed(change)
            known[f"{term}_VRSS_NMIX_PRPR"] = self._books.signed(change)
            known[f"{term}_VRSS_PRPR_SIGN"] = sign_of(change)
        return known

    def _count(self, side: str, price: int, size: int, hour: str) -> None:
        if not self._first:
            self._first = price
            self._high = price
            self._low = price
            self._hours = dict.fromkeys(self._hours, hour)
        if price > self._high:
            self._high = price
            self._hours["HGPR"] = hour
        if price < self._low:
            self._low = price
            self._hours["LWPR"] = hour
        self._counts[side] += 1
        self._books.volume += size
        self._turnover += price * size
        self._volumes[side] += size

    def _quote(self) -> dict[str, str]:
        quote: dict[str, str] = {}
        for side, (price, size) in self._books.best.items():
            quote[side] = self._books.price(price)
            quote[f"{side}_size"] = str(size)
        return quote

    def _change(self, price: int) -> dict[str, str]:
        """The change since the first price; overseas without a minus, but the rate has a sign."""
        change = price - self._books.home
        rate = 100 * change / self._books.home
        if self._tr.market:  # Korea
            change_text = self._books.signed(change)
            rate_text = f"{rate:.2f}"
        else:
            change_text = self._books.price(abs(change))
            rate_text = f"{rate:+.2f}"
        return {"sign": sign_of(change), "change": change_text, "change_rate": rate_text}
