"""Where the fields of a TR stand in a record of one of its layouts, worked out from the spec."""

import re
from collections.abc import Callable, Iterator
from enum import Enum
from functools import cached_property
from operator import itemgetter
from typing import Any

from kisq.spec.fields import Field, Kind, Shape, Tr, Width
from kisq.spec.tables import CodeWords, codes_of
from kisq.wire.moments import nearest_date

Clock = tuple[str, str, str, str]  # exchange date and time, Korean date and time
Places = tuple[int, int, int | None]  # of a level's price, size and change
# The form that may stand in JSON as it is, a text between quotes (an empty one as null): this many
# digits are more than KIS documents (12).
# The possessive ++ and ?+ never go back for another try, which halves the time.
_JSON_READY = {
    Kind.TEXT: r"[0-9A-Za-z/._-]*+",
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
# KIS sends nan and -nan where it cannot work a number out (protocol.md section 3).
_NUMBER_OR_NAN = {kind: rf"(?:-?+nan|{number})" for kind, number in _NUMBER.items()}
_ANYTHING = r"[^^]*+"
_NOT_NEGATIVE = r"(?!0[0-9])[0-9]{1,18}+"
_PRICE_ROLES = ("price", "bid", "ask", "open", "high", "low")  # of a trade
_SIZE_ROLES = ("size", "bid_size", "ask_size", "volume", "bid_volume", "ask_volume")
_TOTAL_ROLES = ("bid_total", "ask_total")
_HEAD = ("tr_key", "symbol", "exchange_date", "exchange_time", "korean_date", "korean_time")
_NO_CLOCK: Clock = ("", "", "", "")
_CONTINUOUS = "0"  # the code of a session that is no auction
_MOST_DIGITS = 18
_DIGIT = "[0-9]"  # written out as often as it stands there: faster than counting to that
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
    """The places of the fields in one layout of a TR.

    ``index`` is by KIS's mnemonic, ``places`` by the roles that stand for one field each. ``bids``
    and ``asks`` are the places of the levels, best first, ``bid_prices`` and ``ask_prices`` the
    slices of their prices, ``bid_prices_rising`` that of the bids from the last one. ``prices``
    and ``sizes`` are the places of all of them, ``never_negative`` those that are below zero in no
    record that is right. ``sums``
    are the totals that add up: place, slice of what is added. ``is_spaced`` says whether the levels
    are equally far apart; where they are not, no record counts as regular. ``has_clock`` says
    whether there is a clock, ``dated`` whether it has dates; ``head`` gives key, symbol and such
    clocks.
    ``json_ready`` matches the fields of a record, joined by ``^``, if each may stand in JSON as it
    is, but for empty texts and a + before the rate of a trade, ``valid`` if each number is one.
    ``key_place`` is that of the tr_key, -1 where none is in the record.
    """

    def __init__(self, tr: Tr, width: Width) -> None:
        self.tr, self.fields, self.unnamed = tr, width.fields, width.unnamed
        self.roles, self.levels, self.shape = width.roles, width.levels, width.shape
        self.is_book = width.shape is Shape.BOOK
        self.width = len(width.fields)
        self.index = width.index
        self.places = {role: self.index[name] for role, name in width.roles.items()}
        self.key_place = self.places.get("tr_key", -1)
        self.bids, self.asks = self._side("bid"), self._side("ask")
        self.prices, self.sizes = self._prices(), self._sizes()
        self.never_negative = self.sizes if tr.is_signed else self.prices + self.sizes
        self.bid_prices = _column([price for price, _, _ in self.bids])
        self.ask_prices = _column([price for price, _, _ in self.asks])
        self.sums = list(self._sums()) if tr.totals_add_up else []
        self.decimals = self.places.get("decimals")
        self.bid_prices_rising = _column([price for price, _, _ in self.bids[::-1]])
        self.is_spaced = bool(self.bid_prices.stop) or not self.is_book
        self.has_clock = "korean_time" in self.places
        self.dated = "korean_date" in self.places
        self._patterns: dict[tuple[str, int], Matches] = {}  # by decimals and length of a price
        self.clock = self._clock()
        self.head = itemgetter(*(self.places[r] for r in _HEAD)) if self.dated else None
        self.auction_place = self.places.get("hour_class")

    @cached_property
    def numbers(self) -> list[tuple[int, Field, Matches]]:
        """Place and field of each number, and what matches its text."""
        return [
            (i, field, re.compile(_NUMBER_OR_NAN[field.kind]).fullmatch)
            for i, field in enumerate(self.fields)
            if field.kind in _NUMBER
        ]

    @cached_property
    def sides(self) -> dict[str, str]:
        """What the codes of a trade's side mean, such as ``buy``; none where it has no such."""
        return {code: words.english for code, words in self._words("side").items()}

    @cached_property
    def auctions(self) -> dict[str, CodeWords]:
        """The auction that each code of the kind of session stands for."""
        words = self._words("hour_class")
        return {code: name for code, name in words.items() if code != _CONTINUOUS}

    def _words(self, role: str) -> dict[str, CodeWords]:
        return codes_of(self.tr.id, self.roles.get(role, ""))

    @cached_property  # to compile it takes a while, and most runs need it of one TR only
    def json_ready(self) -> Matches:
        patterns = [_JSON_READY[field.kind] for field in self.fields]
        if not self.is_book and "change_rate" in self.places:
            patterns[self.places["change_rate"]] = rf"\+?+{_JSON_READY[Kind.DECIMAL]}"
        return re.compile(r"\^".join(patterns)).fullmatch

    @cached_property
    def valid(self) -> Matches:
        patterns = (_NUMBER_OR_NAN.get(field.kind, _ANYTHING) for field in self.fields)
        return re.compile(r"\^".join(patterns)).fullmatch

    def form(self, values: list[str], joined: str) -> Form:
        """The form of a record with these ``values``, which ``joined`` holds joined by ``^``."""
        if self.is_book and self.even(values)(joined):
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
        if not price or not self.is_spaced:
            return _NOTHING
        patterns = [self._regular_field(field.kind) for field in self.fields]
        for place in self.sizes:
            patterns[place] = _NOT_NEGATIVE
        for place in self.prices:
            patterns[place] = price
        matches = self._patterns[decimals, length] = re.compile(r"\^".join(patterns)).fullmatch
        return matches

    def _regular_field(self, kind: Kind) -> str:
        return _JSON_READY[kind] if self.is_book else _NUMBER.get(kind, _ANYTHING)

    def _side(self, side: str) -> list[Places]:
        """The places of price, size and change of each level of a side."""
        return [
            (
                self.places[f"{side}.{n}"],
                self.places[f"{side}_size.{n}"],
                self.places.get(f"{side}_size_change.{n}"),
            )
            for n in range(1, self.levels + 1)
        ]

    def _prices(self) -> list[int]:
        if self.is_book:
            return [price for price, _, _ in self.bids + self.asks]
        return [self.places[role] for role in _PRICE_ROLES if role in self.places]

    def _sizes(self) -> list[int]:
        of_levels = [size for _, size, _ in self.bids + self.asks]
        roles = _TOTAL_ROLES if self.is_book else _SIZE_ROLES
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
        if not self.has_clock:
            return lambda *_: _NO_CLOCK
        time = self.places["korean_time"]

        def undated(values: list[str], at: float) -> Clock:
            date = nearest_date(values[time], at)
            return date, values[time], date, values[time]

        return undated


def _column(places: list[int]) -> slice:
    """The slice of a record that holds just these places in their order; empty where none does."""
    if len(places) < 2:
        return slice(places[0], places[0] + 1) if places else slice(0)
    step = places[1] - places[0]
    if places != list(range(places[0], places[-1] + (1 if step > 0 else -1), step)):
        return slice(0)
    return slice(places[0], places[-1] + (1 if step > 0 else -1), step)


def _regular_price(decimals: str, length: int) -> str:
    """The pattern of a price of that length, 0 for any; empty where there can be none."""
    if len(decimals) != 1 or decimals not in "0123456789":
        return ""
    rest = rf"\.{_DIGIT * int(decimals)}" if decimals != "0" else ""
    if not length:
        return rf"(?:{_NOT_NEGATIVE}{rest}|0)"
    whole = length - int(decimals) - bool(rest)
    if not 1 <= whole <= _MOST_DIGITS:
        return ""
    return rf"[1-9]{_DIGIT * (whole - 1)}{rest}" if whole > 1 else f"{_DIGIT}{rest}"
