"""The places of a TR's fields in a record of one of its layouts, and patterns of their texts."""

import re
from collections.abc import Callable, Iterator
from enum import Enum
from functools import cached_property
from typing import Any

from kisq.spec.fields import Field, Kind, Shape, Tr, Width
from kisq.spec.tables import CodeWords, codes_of
from kisq.wire.clocks import clock_reader, head_reader

# Values that can go into JSON unchanged, texts between quotes (an empty one as null). KIS documents
# 12 digits at most; these patterns allow more.
# The possessive ++ and ?+ never backtrack, which halves the time.
JSON_READY = {
    Kind.TEXT: r"[0-9A-Za-z/._-]*+",
    Kind.DATE: r"[0-9]{8}",
    Kind.TIME: r"[0-9]{6}",
    Kind.INTEGER: r"-?+(?!0[0-9])[0-9]{1,18}+",
    Kind.DECIMAL: r"-?+(?!0[0-9])[0-9]{1,18}+(?:\.[0-9]{1,12}+)?+",
}
# Anything that is still a number, or empty; text and clocks may hold anything.
NUMBER = {
    Kind.INTEGER: r" *+(?:[+-]?+[0-9]{1,18}+ *+)?+",
    Kind.DECIMAL: r" *+(?:[+-]?+[0-9]{1,18}+(?:\.[0-9]{0,12}+)?+ *+)?+",
}
# KIS sends nan and -nan for numbers that it cannot compute (protocol.md section 3).
NUMBER_OR_NAN = {kind: rf"(?:-?+nan|{number})" for kind, number in NUMBER.items()}
ANYTHING = r"[^^]*+"
NOT_NEGATIVE = r"(?!0[0-9])[0-9]{1,18}+"


Places = tuple[int, int, int | None]  # of a level's price, size and change
_PRICE_ROLES = ("price", "bid", "ask", "open", "high", "low")  # of a trade
_SIZE_ROLES = ("size", "bid_size", "ask_size", "volume", "bid_volume", "ask_volume")
_TOTAL_ROLES = ("bid_total", "ask_total")
_MOST_REPEATED = 8  # fields of one level
_CONTINUOUS = "0"  # the code of a session that is not an auction
Matches = Callable[[str], Any]


class Form(Enum):
    """How regular the numbers of a record are.

    REGULAR: each price is 0 or has as many decimals as the record says, no price or size is
    negative, and all numbers are valid. EVEN: besides, an order book whose prices all have the same
    length. A regular order book can go into JSON unchanged; the rates of trades have a leading +.
    """

    OTHER = "other"
    REGULAR = "regular"
    EVEN = "even"


# Short names, because every record is asked for its form.
OTHER = Form.OTHER
REGULAR = Form.REGULAR
EVEN = Form.EVEN


def joined_matcher(patterns: list[str]) -> Matches:
    """What matches fields that are joined by ``^``, one for each of ``patterns``.

    Fields that repeat together, as those of the levels do, are counted. That compiles in a fifth of
    the time, of which the first book would wait for the rest, and matches in three quarters.
    """
    parts = [patterns[0], *(rf"\^{pattern}" for pattern in patterns[1:])]
    text = ""
    start = 0
    while start < len(parts):
        size, times = _repetition(parts, start)
        group = "".join(parts[start : start + size])
        if times > 1:
            group = f"(?:{group}){{{times}}}+"
        text += group
        start += size * times
    return re.compile(text).fullmatch


def _repetition(parts: list[str], start: int) -> tuple[int, int]:
    """The size of the group from ``start`` on that repeats over most parts, and how often it comes.

    A single part is not a group: counting it would make the match slower.
    """
    best_size = 1
    best_times = 1
    for size in range(2, _MOST_REPEATED + 1):
        group = parts[start : start + size]
        times = 1
        while parts[start + size * times :][:size] == group:
            times += 1
        if times > 1 and size * times > best_size * best_times:
            best_size = size
            best_times = times
    return best_size, best_times


class Layout:
    """The places of the fields in one layout of a TR.

    Fields: ``index`` has the places by KIS's mnemonic, ``places`` by role. ``key_place`` is the
    place of the tr_key, -1 if the record has none.

    Levels: ``bids`` and ``asks`` have the places of the levels, best first; ``bid_prices`` and
    ``ask_prices`` are the slices of their prices, ``bid_prices_rising`` the slice of the bids from
    the lowest up. ``is_spaced`` tells whether the levels are equally far apart; if they are not,
    no record counts as regular. ``sums`` has the totals that should add up, as the place of the
    total and the slice of its parts.

    Numbers: ``prices`` and ``sizes`` have the places of all of them, ``never_negative`` those of
    the fields that are never below zero in a correct record. ``json_ready`` matches the fields,
    joined by ``^``, if each can go into JSON unchanged, except for empty texts and a + before the
    rate of a trade; ``valid`` matches them if all numbers are valid.

    Clocks: ``has_clock`` tells whether there is a clock, ``dated`` whether it has dates; ``head``
    picks key, symbol and dated clocks from the values.
    """

    def __init__(self, tr: Tr, width: Width) -> None:
        self.tr = tr
        self.fields = width.fields
        self.unnamed = width.unnamed
        self.roles = width.roles
        self.levels = width.levels
        self.shape = width.shape
        self.is_book = width.shape is Shape.BOOK
        self.width = len(width.fields)
        self.index = width.index
        self.places = {role: self.index[name] for role, name in width.roles.items()}
        self.key_place = self.places.get("tr_key", -1)
        self.decimals = self.places.get("decimals")
        self.auction_place = self.places.get("hour_class")
        self.has_clock = "korean_time" in self.places
        self.dated = "korean_date" in self.places
        self.clock = clock_reader(self.places)
        self.head = head_reader(self.places)
        self._place_levels()
        self.patterns: dict[tuple[str, int], Matches] = {}  # by decimals and length of a price

    def _place_levels(self) -> None:
        self.bids = self._side("bid")
        self.asks = self._side("ask")
        self.prices = self._prices()
        self.sizes = self._sizes()
        self.never_negative = self.prices + self.sizes
        if self.tr.is_signed:
            self.never_negative = self.sizes
        self.bid_prices = column([price for price, _, _ in self.bids])
        self.ask_prices = column([price for price, _, _ in self.asks])
        self.bid_prices_rising = column([price for price, _, _ in self.bids[::-1]])
        self.is_spaced = bool(self.bid_prices.stop) or not self.is_book
        self.sums: list[tuple[int, slice]] = []
        if self.tr.totals_add_up:
            self.sums = [*self._sums_of("bid", self.bids), *self._sums_of("ask", self.asks)]

    @cached_property
    def numbers(self) -> list[tuple[int, Field, Matches]]:
        """Place and field of each number, and what matches its text."""
        return [
            (place, field, re.compile(NUMBER_OR_NAN[field.kind]).fullmatch)
            for place, field in enumerate(self.fields)
            if field.kind in NUMBER
        ]

    @cached_property
    def sides(self) -> dict[str, str]:
        """What the codes of a trade's side mean, such as ``buy``; empty if it has no such field."""
        return {code: words.english for code, words in self._words("side").items()}

    @cached_property
    def auctions(self) -> dict[str, CodeWords]:
        """The auction that each code of the session's kind means."""
        words = self._words("hour_class")
        return {code: name for code, name in words.items() if code != _CONTINUOUS}

    def _words(self, role: str) -> dict[str, CodeWords]:
        return codes_of(self.tr.id, self.roles.get(role, ""))

    @cached_property  # compiling takes a while, and most runs need it for one TR only
    def json_ready(self) -> Matches:
        patterns = [JSON_READY[field.kind] for field in self.fields]
        if not self.is_book and "change_rate" in self.places:
            patterns[self.places["change_rate"]] = rf"\+?+{JSON_READY[Kind.DECIMAL]}"
        return joined_matcher(patterns)

    @cached_property
    def valid(self) -> Matches:
        return joined_matcher([NUMBER_OR_NAN.get(field.kind, ANYTHING) for field in self.fields])

    def _side(self, side: str) -> list[Places]:
        """The places of price, size and change of each level of a side."""
        levels = []
        for number in range(1, self.levels + 1):
            price = self.places[f"{side}.{number}"]
            size = self.places[f"{side}_size.{number}"]
            change = self.places.get(f"{side}_size_change.{number}")
            levels.append((price, size, change))
        return levels

    def _prices(self) -> list[int]:
        if self.is_book:
            return [price for price, _, _ in self.bids + self.asks]
        return [self.places[role] for role in _PRICE_ROLES if role in self.places]

    def _sizes(self) -> list[int]:
        of_levels = [size for _, size, _ in self.bids + self.asks]
        roles: tuple[str, ...] = _SIZE_ROLES
        if self.is_book:
            roles = _TOTAL_ROLES
        return of_levels + [self.places[role] for role in roles if role in self.places]

    def _sums_of(self, side: str, levels: list[Places]) -> Iterator[tuple[int, slice]]:
        yield self.places[f"{side}_total"], column([size for _, size, _ in levels])
        changes = [change for _, _, change in levels if change is not None]
        if changes:
            yield self.places[f"{side}_total_change"], column(changes)


def column(places: list[int]) -> slice:
    """The slice of a record with exactly these places in this order; empty if no slice has them."""
    if not places:
        return slice(0)
    first = places[0]
    last = places[-1]
    if len(places) == 1:
        return slice(first, first + 1)
    step = places[1] - first
    end = last + 1
    if step < 0:
        end = last - 1
    if places != list(range(first, end, step)):
        return slice(0)
    return slice(first, end, step)
