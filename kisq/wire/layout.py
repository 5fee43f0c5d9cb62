"""Where the fields of a TR stand in a record, worked out from the spec."""

import re
from collections.abc import Callable, Iterator
from enum import Enum
from functools import cached_property
from operator import itemgetter
from typing import Any

from kisq.spec.fields import Kind, Tr
from kisq.spec.trs import TRS
from kisq.wire.moments import nearest_date

Clock = tuple[str, str, str, str]  # exchange date and time, Korean date and time
Places = tuple[int, int, int | None]  # of a level's price, size and change
# The form that may stand in JSON as it is: this many digits are more than KIS documents (12).
# The possessive ++ and ?+ never go back for another try, which halves the time.
_JSON_READY = {
    Kind.TEXT: r"[0-9A-Za-z/._-]++",
    Kind.DATE: r"[0-9]{8}",
    Kind.TIME: r"[0-9]{6}",
    Kind.INTEGER: r"-?+(?!0[0-9])[0-9]{1,18}+",
    Kind.DECIMAL: r"-?+(?!0[0-9])[0-9]{1,18}+(?:\.[0-9]{1,12}+)?+",
}
# Anything that still is a number, or empty; text and clocks may hold anything.
_NUMBER = {
    Kind.INTEGER: r" *+(?:[+-]?+[0-9]{1,18}+ *+)?+",
    Kind.DECIMAL: r" *+(?:[+-]?+[0-9]{1,18}+(?:\.[0-9]{0,12}+)?+ *+)?+",
}
_ANYTHING = r"[^^]*+"
_NOT_NEGATIVE = r"(?!0[0-9])[0-9]{1,18}+"
_PRICE_ROLES = ("price", "bid", "ask", "open", "high", "low")  # of a trade
_SIZE_ROLES = ("size", "bid_size", "ask_size", "volume", "bid_volume", "ask_volume")
_TOTAL_ROLES = ("bid_total", "ask_total")
_HEAD = ("tr_key", "symbol", "exchange_date", "exchange_time", "korean_date", "korean_time")
_MOST_DIGITS = 18
_NOTHING = re.compile("(?!)").fullmatch
Matches = Callable[[str], Any]


class Form(Enum):
    """How regular the numbers of a record are.

    REGULAR: each price has the decimals that the record says or is 0, no price or size is
    negative, each number is one. EVEN is such an order book in which all prices have one length. A
    regular order book may stand in JSON as it is; the rates of trades have a + before them.
    """

    OTHER = "other"
    REGULAR = "regular"
    EVEN = "even"


class Layout:
    """The places of one TR's fields.

    ``index`` is by KIS's mnemonic, ``places`` by the roles that stand for one field each. ``bids``
    and ``asks`` are the places of the levels, best first, ``bid_prices`` and ``ask_prices`` the
    slices of their prices, ``bid_prices_rising`` that of the bids from the last one. ``prices``
    and ``sizes`` are the places of all that are below zero in no record that is right. ``sums``
    are the totals that add up: place, slice of what is added. ``dated`` says whether the clocks
    have dates, ``head`` gives key, symbol and clocks.
    ``json_ready`` matches the fields of a record, joined by ``^``, if each may stand in JSON as it
    is, ``valid`` if each number is one.
    """

    def __init__(self, tr: Tr) -> None:
        self.tr = tr
        self.width = len(tr.fields)
        self.least = tr.least or self.width
        self.index = {field.name: i for i, field in enumerate(tr.fields)}
        self.places = {r: self.index[name] for r, name in tr.roles.items() if name in self.index}
        self.numbers = [
            (i, field, re.compile(_NUMBER[field.kind]).fullmatch)
            for i, field in enumerate(tr.fields)
            if field.kind in _NUMBER
        ]
        self.key_place = self.places["tr_key"]
        self.bids, self.asks = self._side("bid"), self._side("ask")
        self.prices, self.sizes = self._prices(), self._sizes()
        self.bid_prices = _column([price for price, _, _ in self.bids])
        self.ask_prices = _column([price for price, _, _ in self.asks])
        self.sums = list(self._sums()) if tr.totals_add_up else []
        self.decimals = self.places.get("decimals")
        self.bid_prices_rising = _column([price for price, _, _ in self.bids[::-1]])
        self.dated = "korean_date" in self.places
        self._patterns: dict[tuple[str, int], Matches] = {}  # by decimals and length of a price
        self.clock = self._clock()
        self.head = itemgetter(*(self.places[role] for role in _HEAD if role in self.places))

    @cached_property  # to compile it takes a while, and most runs need it of one TR only
    def json_ready(self) -> Matches:
        return self._matches(lambda kind: _JSON_READY[kind])

    @cached_property
    def valid(self) -> Matches:
        return self._matches(lambda kind: _NUMBER.get(kind, _ANYTHING))

    def form(self, values: list[str], joined: str) -> Form:
        """The form of a record with these ``values``, which ``joined`` holds joined by ``^``."""
        if self.tr.levels and self.even(values)(joined):
            return Form.EVEN
        decimals = "0" if self.decimals is None else values[self.decimals]
        regular = self._patterns.get((decimals, 0)) or self._pattern(decimals, 0)
        return Form.REGULAR if regular(joined) else Form.OTHER

    def even(self, values: list[str]) -> Matches:
        """What matches order books of the form EVEN with the decimals and price length of these."""
        decimals = "0" if self.decimals is None else values[self.decimals]
        length = len(values[self.prices[0]])
        return self._patterns.get((decimals, length)) or self._pattern(decimals, length)

    def _pattern(self, decimals: str, length: int) -> Matches:
        """What matches regular records with prices of that length, 0 for any."""
        price = _regular_price(decimals, length)
        if not price:
            return _NOTHING
        patterns = [self._regular_field(field.kind) for field in self.tr.fields]
        for place in self.sizes:
            patterns[place] = _NOT_NEGATIVE
        for place in self.prices:
            patterns[place] = price
        found = self._patterns[decimals, length] = re.compile(r"\^".join(patterns)).fullmatch
        return found

    def _regular_field(self, kind: Kind) -> str:
        return _JSON_READY[kind] if self.tr.levels else _NUMBER.get(kind, _ANYTHING)

    def _matches(self, pattern: Callable[[Kind], str]) -> Matches:
        return re.compile(r"\^".join(pattern(field.kind) for field in self.tr.fields)).fullmatch

    def _side(self, side: str) -> list[Places]:
        roles = self.tr.roles
        price, size, change = (roles.get(side + what) for what in ("", "_size", "_size_change"))
        return [
            (
                self.index[f"{price}{n}"],
                self.index[f"{size}{n}"],
                self.index[f"{change}{n}"] if change else None,
            )
            for n in range(1, self.tr.levels + 1)
        ]

    def _prices(self) -> list[int]:
        if self.tr.levels:
            return [price for price, _, _ in self.bids + self.asks]
        return [self.places[role] for role in _PRICE_ROLES if role in self.places]

    def _sizes(self) -> list[int]:
        of_levels = [size for _, size, _ in self.bids + self.asks]
        roles = _TOTAL_ROLES if self.tr.levels else _SIZE_ROLES
        return of_levels + [self.places[role] for role in roles if role in self.places]

    def _sums(self) -> Iterator[tuple[int, slice]]:
        for side, levels in (("bid", self.bids), ("ask", self.asks)):
            yield self.places[f"{side}_total"], _column([size for _, size, _ in levels])
            changes = [change for _, _, change in levels if change is not None]
            if changes:
                yield self.places[f"{side}_total_change"], _column(changes)

    def _clock(self) -> Callable[[list[str], float], Clock]:
        """What reads the clocks of a record that came at a moment (epoch seconds)."""
        if self.dated:
            names = ("exchange_date", "exchange_time", "korean_date", "korean_time")
            dated: Callable[[list[str]], Clock] = itemgetter(*(self.places[n] for n in names))
            return lambda values, _: dated(values)
        time = self.places["korean_time"]

        def undated(values: list[str], at: float) -> Clock:
            date = nearest_date(values[time], at)
            return date, values[time], date, values[time]

        return undated


def _column(places: list[int]) -> slice:
    """The slice of a record that holds just these places in their order, equally far apart."""
    if len(places) < 2:
        return slice(places[0], places[0] + 1) if places else slice(0)
    step = places[1] - places[0]
    return slice(places[0], places[-1] + (1 if step > 0 else -1), step)


def _regular_price(decimals: str, length: int) -> str:
    """The pattern of a price of that length, 0 for any; empty where there can be none."""
    if len(decimals) != 1 or decimals not in "0123456789":
        return ""
    rest = rf"\.[0-9]{{{decimals}}}" if decimals != "0" else ""
    if not length:
        return rf"(?:{_NOT_NEGATIVE}{rest}|0)"
    whole = length - int(decimals) - bool(rest)
    if not 1 <= whole <= _MOST_DIGITS:
        return ""
    return rf"[1-9][0-9]{{{whole - 1}}}{rest}" if whole > 1 else f"[0-9]{rest}"


LAYOUTS = {tr_id: Layout(tr) for tr_id, tr in TRS.items()}
