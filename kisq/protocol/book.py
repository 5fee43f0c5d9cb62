"""What a record of an order-book TR stands for (protocol.md section 3)."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from kisq.spec.markets import MARKETS
from kisq.spec.trs import BOOKS, Kind, Tr

KST = timezone(timedelta(hours=9), "KST")

_CLOCKS_AGREE = timedelta(seconds=5)
# The form that may stand in JSON as it is: this many digits are more than KIS documents (12).
# The possessive ++ and ?+ never go back for another try, which halves the time.
_JSON_READY = {
    Kind.TEXT: r"[0-9A-Za-z/._-]++",
    Kind.DATE: r"[0-9]{8}",
    Kind.TIME: r"[0-9]{6}",
    Kind.INTEGER: r"-?+(?!0[0-9])[0-9]{1,18}+",
    Kind.DECIMAL: r"-?+(?!0[0-9])[0-9]{1,18}+(?:\.[0-9]{1,12}+)?+",
}


class Level(NamedTuple):
    """One level of one side: price as on the wire, size and change in shares; None if empty."""

    price: Decimal | None
    size: int | None
    change: int | None


class Fault(NamedTuple):
    """Something odd about a book: its kind, and what is said of it."""

    kind: str
    text: str


class Layout:
    """Where the fields of one order-book TR stand in a record, worked out from the spec."""

    def __init__(self, tr: Tr) -> None:
        self.tr = tr
        self.width = len(tr.fields)
        self.index = {field.name: i for i, field in enumerate(tr.fields)}
        self.json_ready: Callable[[str], Any] = re.compile(
            r"\^".join(_JSON_READY[field.kind] for field in tr.fields)
        ).fullmatch
        self.bids = self._side("BID")
        self.asks = self._side("ASK")

    def _side(self, side: str) -> list[tuple[int, int, int]]:
        at = self.index
        return [
            (at[f"P{side}{n}"], at[f"V{side}{n}"], at[f"D{side}{n}"])
            for n in range(1, self.tr.levels + 1)
        ]


LAYOUTS = {tr_id: Layout(tr) for tr_id, tr in BOOKS.items()}


class OrderBook:
    """One record of an order-book TR.

    ``values`` are the fields of the layout as they came, ``extra`` the surplus ones that KIS
    appended, ``json_ready`` whether each value may stand in JSON as it is, ``text`` the whole
    message that the record came in.
    """

    __slots__ = ("extra", "json_ready", "layout", "text", "values")

    def __init__(
        self, layout: Layout, values: list[str], extra: list[str], json_ready: bool, text: str
    ) -> None:
        self.layout, self.values, self.extra = layout, values, extra
        self.json_ready, self.text = json_ready, text

    def __getitem__(self, name: str) -> str:
        """The text of the field with KIS's mnemonic ``name``, as it came."""
        return self.values[self.layout.index[name]]

    @property
    def surplus(self) -> str:
        """The surplus fields for people, the first ten of them."""
        more = f" and {len(self.extra) - 10} more" if len(self.extra) > 10 else ""
        return f"{', '.join(self.extra[:10])}{more}"

    def number(self, name: str) -> int | None:
        """The integer field ``name``, or None where it is empty."""
        return _integer(self[name])

    @property
    def tr_id(self) -> str:
        return self.layout.tr.id

    @property
    def market(self) -> str | None:
        """The market code in RSYM, which equals the tr_key; None where there is none."""
        return self["RSYM"][1:4] or None

    @property
    def kst_time(self) -> datetime | None:
        """KYMD and KHMS; None where they are no time."""
        return kst_time(self["KYMD"], self["KHMS"])

    @property
    def exchange_time(self) -> datetime | None:
        """XYMD and XHMS in the zone of the market; None where they are no time."""
        return exchange_time(self["XYMD"], self["XHMS"], self.market, self["KYMD"], self["KHMS"])

    @property
    def bids(self) -> list[Level]:
        """The bid levels, best first."""
        return [self._level(*at) for at in self.layout.bids]

    @property
    def asks(self) -> list[Level]:
        """The ask levels, best first."""
        return [self._level(*at) for at in self.layout.asks]

    @property
    def best_bid(self) -> Level:
        return self._level(*self.layout.bids[0])

    @property
    def best_ask(self) -> Level:
        return self._level(*self.layout.asks[0])

    def _level(self, price: int, size: int, change: int) -> Level:
        text = self.values[price].strip()
        return Level(
            Decimal(text) if text else None,
            _integer(self.values[size]),
            _integer(self.values[change]),
        )

    def faults(self) -> list[Fault]:
        """What is odd about the book; an odd book is shown all the same."""
        found = []
        bids, asks = self.bids, self.asks
        if bids[0].price and asks[0].price and bids[0].price >= asks[0].price:
            said = f"best bid {bids[0].price} is not below best ask {asks[0].price}"
            found.append(Fault("crossed", said))
        if not (_ordered(bids[::-1]) and _ordered(asks)):
            found.append(Fault("order", "its levels are not in the order of their prices"))
        if self.layout.tr.totals_add_up:
            found += self._sums("BVOL", [level.size for level in bids])
            found += self._sums("AVOL", [level.size for level in asks])
            found += self._sums("BDVL", [level.change for level in bids])
            found += self._sums("ADVL", [level.change for level in asks])
        return found + self._clock_faults()

    def _clock_faults(self) -> list[Fault]:
        exchange, korean = self.exchange_time, self.kst_time
        if exchange is None or korean is None:
            return [Fault("unreadable clock", "its clock cannot be read")]
        apart = abs(exchange - korean)
        if apart <= _CLOCKS_AGREE:
            return []
        said = f"its exchange clock and its Korean clock are {apart} apart"
        return [Fault("clocks", said)]

    def _sums(self, name: str, levels: list[int | None]) -> list[Fault]:
        total, added = self.number(name), sum(filter(None, levels))
        if total is None or total == added:
            return []
        return [Fault(f"sum of {name}", f"{name} is {total}, but its levels add up to {added}")]


def _ordered(rising: list[Level]) -> bool:
    prices = [level.price for level in rising if level.price]
    return prices == sorted(prices)


def _integer(text: str) -> int | None:
    return int(text) if text.strip() else None


@lru_cache(maxsize=256)
def kst_time(date: str, time: str) -> datetime | None:
    """Korean time from KYMD and KHMS; None where they are no time."""
    return _clock(date, time, KST)


@lru_cache(maxsize=256)
def exchange_time(
    date: str, time: str, market: str | None, korean_date: str, korean_time: str
) -> datetime | None:
    """Exchange time from XYMD and XHMS; None where they are no time or the market is unknown.

    In the hour that a zone lives twice when summer time ends, the Korean clock decides.
    """
    if market not in MARKETS:
        return None
    first = _clock(date, time, ZoneInfo(MARKETS[market].zone))
    if first is None:
        return None
    second = first.replace(fold=1)
    korean = kst_time(korean_date, korean_time)
    if korean is None or second.utcoffset() == first.utcoffset():
        return first
    return second if second - korean == timedelta(0) else first


def _clock(date: str, time: str, zone: timezone | ZoneInfo) -> datetime | None:
    digits = date + time
    if len(date) != 8 or len(time) != 6 or not (digits.isascii() and digits.isdigit()):
        return None
    month, day, hour, minute, second = (int(digits[i : i + 2]) for i in range(4, 14, 2))
    try:
        return datetime(int(date[:4]), month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None
