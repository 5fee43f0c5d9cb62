"""One record of a data message: one of any TR, and what order books and trades share."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from kisq.spec.markets import MARKETS
from kisq.wire.durations import in_words
from kisq.wire.frames import is_known
from kisq.wire.layout import Form, Layout
from kisq.wire.moments import exchange_time, kst_time
from kisq.wire.record_faults import Fault, FaultKind

_CLOCKS_AGREE = timedelta(seconds=5)
_MOST_SURPLUS = 10  # fields that people are shown
_SURPLUS_AND_MORE = "{shown} and {more} more"
_AND_MORE = "{first} (and {more} more)"
_OTHER_KEY = "{key_field} is {tr_key}, but {symbol_field} is {symbol}"
_OTHER_DIGITS = "{name} is {price}, with {held} decimals, not the {decimals} of {field}"
_BELOW_ZERO = "{name} is {value}, below zero"
_NO_CLOCK = "its clock cannot be read"
_UNKNOWN_MARKET = "the clock of the unknown market {market} cannot be read"
_CLOCKS_APART = "its exchange clock and its Korean clock are {apart} apart"


class Record:
    """One record.

    ``values`` are the fields of the layout as they came, ``extra`` the surplus ones that KIS
    appended, ``form`` how regular its numbers are, ``json_ready`` whether each value may stand in
    JSON as it is, ``text`` the whole message that the record came in, ``at`` when that came (epoch
    seconds, NaN where unknown).
    """

    __slots__ = ("at", "extra", "form", "json_ready", "layout", "text", "values")

    def __init__(
        self,
        layout: Layout,
        values: list[str],
        extra: list[str],
        form: Form,
        json_ready: bool,
        text: str,
        at: float,
    ) -> None:
        self.layout, self.values, self.extra = layout, values, extra
        self.form, self.json_ready = form, json_ready
        self.text, self.at = text, at

    def __getitem__(self, name: str) -> str:
        """The text of the field with KIS's mnemonic ``name``, as it came."""
        return self.values[self.layout.index[name]]

    def get(self, role: str) -> str:
        """The text of the field in that role; empty where this TR has none."""
        place = self.layout.places.get(role)
        return "" if place is None else self.values[place]

    def integer(self, role: str) -> int | None:
        """The integer in that role, None where it is empty."""
        return integer(self.get(role))

    def decimal(self, role: str) -> Decimal | None:
        """The number in that role with the digits of the wire, None where it is empty."""
        return decimal(self.get(role))

    def number(self, name: str) -> int | None:
        """The integer field with KIS's mnemonic ``name``, None where it is empty."""
        return integer(self[name])

    @property
    def surplus(self) -> str:
        """The surplus fields for people, the first ten of them."""
        shown, more = ", ".join(self.extra[:_MOST_SURPLUS]), len(self.extra) - _MOST_SURPLUS
        return _SURPLUS_AND_MORE.format(shown=shown, more=more) if more > 0 else shown

    @property
    def tr_id(self) -> str:
        return self.layout.tr.id

    @property
    def tr_key(self) -> str:
        return self.get("tr_key")

    @property
    def symbol(self) -> str:
        return self.get("symbol")

    @property
    def market(self) -> str | None:
        """The market code, None where there is none."""
        return market_of(self.layout, self.tr_key)

    @property
    def kst_time(self) -> datetime | None:
        """The Korean clock of the record; None where there is none, or it is no time."""
        return kst_time(*self.layout.clock(self.values, self.at)[2:])

    @property
    def exchange_time(self) -> datetime | None:
        """The exchange's clock of the record, in its zone; None where it is no time."""
        date, time, *korean = self.layout.clock(self.values, self.at)
        return exchange_time(date, time, self.market, *korean)

    @property
    def lag(self) -> float | None:
        """Seconds from the Korean clock of the record to its arrival; None where unknown."""
        korean = self.kst_time
        return self.at - korean.timestamp() if korean and is_known(self.at) else None

    def faults(self) -> list[Fault]:
        """What is odd, at most one fault of each kind; an odd record is shown all the same."""
        if self.form is not Form.OTHER and self._head_is_sound() and self._levels_are_sound():
            return []
        return list(self.search_faults())

    def _head_is_sound(self) -> bool:
        """Whether certainly nothing is odd about key and clocks, found out fast."""
        if self.layout.head:
            return _is_sound_head(self.layout, *self.layout.head(self.values))
        return self._key_fits() and self._clock_fault() is None

    def _levels_are_sound(self) -> bool:
        """The same of the levels of a regular order book."""
        return True

    def search_faults(self) -> Iterator[Fault]:
        """The same, from a close look at each field."""
        if sentences := self._wrong_decimals():
            yield Fault(FaultKind.DIGITS, _first_and_more(sentences))
        if sentences := self._negative():
            yield Fault(FaultKind.NEGATIVE, _first_and_more(sentences))
        if not self._key_fits():
            roles = self.layout.roles
            fields = {"key_field": roles["tr_key"], "symbol_field": roles["symbol"]}
            sentence = _OTHER_KEY.format(tr_key=self.tr_key, symbol=self.symbol, **fields)
            yield Fault(FaultKind.KEY, sentence)
        if fault := self._clock_fault():
            yield fault

    def _key_fits(self) -> bool:
        """Whether the key ends in the symbol, as one with a market does (protocol.md section 4)."""
        return _key_fits(self.layout, self.tr_key, self.symbol)

    def _clock_fault(self) -> Fault | None:
        layout, at = self.layout, self.at
        if not layout.has_clock or not (layout.dated or is_known(at)):
            return None  # without a receive time there is no date to know it by
        return _clock_fault(self.market, *layout.clock(self.values, at))

    def _wrong_decimals(self) -> list[str]:
        """What is said of each price that has other decimals than the record says."""
        decimals = self.integer("decimals")
        if decimals is None:
            return []
        field = self.layout.roles["decimals"]
        documented = {"decimals": decimals, "field": field}
        return [
            _OTHER_DIGITS.format(name=name, price=text, held=_decimals(text), **documented)
            for name, text in self._named(self.layout.prices)
            if text.strip("0. ") and _decimals(text) != decimals
        ]

    def _negative(self) -> list[str]:
        """What is said of each price and size below zero where none can be."""
        named = self._named(self.layout.never_negative)
        negative = [(name, text) for name, text in named if text.startswith("-")]
        return [_BELOW_ZERO.format(name=name, value=text) for name, text in negative]

    def _named(self, places: list[int]) -> Iterator[tuple[str, str]]:
        """Mnemonic and text of each of these fields."""
        fields, values = self.layout.fields, self.values
        return ((fields[place].name, values[place].strip()) for place in places)


@lru_cache(maxsize=256)
def _is_sound_head(layout: Layout, tr_key: str, symbol: str, *clock: str) -> bool:
    """Whether key and symbol fit, and the two clocks; a moment's records mostly share them."""
    date, time, *korean = clock
    fault = _clock_fault(market_of(layout, tr_key), date, time, *korean)
    return fault is None and _key_fits(layout, tr_key, symbol)


def _key_fits(layout: Layout, tr_key: str, symbol: str) -> bool:
    return bool(layout.tr.market) or tr_key[4:] == symbol or not (tr_key and symbol)


@lru_cache(maxsize=256)
def _clock_fault(
    market: str | None, date: str, time: str, korean_date: str, korean_time: str
) -> Fault | None:
    """What is odd about the two clocks of a record, None where nothing is."""
    exchange = exchange_time(date, time, market, korean_date, korean_time)
    korean = kst_time(korean_date, korean_time)
    if exchange is None or korean is None:
        if market in MARKETS or market is None:
            return Fault(FaultKind.UNREADABLE_CLOCK, _NO_CLOCK)
        return Fault(FaultKind.UNREADABLE_CLOCK, _UNKNOWN_MARKET.format(market=market))
    apart = abs(exchange - korean)
    if apart <= _CLOCKS_AGREE:
        return None
    return Fault(FaultKind.CLOCKS, _CLOCKS_APART.format(apart=in_words(apart)))


def _decimals(text: str) -> int:
    return len(text.partition(".")[2])


def _first_and_more(sentences: list[str]) -> str:
    """The first of several sentences of one kind, and how many there are besides."""
    more = len(sentences) - 1
    return _AND_MORE.format(first=sentences[0], more=more) if more else sentences[0]


def market_of(layout: Layout, tr_key: str) -> str | None:
    """The market code of a record: the TR's own, or the one in its key (protocol.md section 4)."""
    return layout.tr.market or tr_key[1:4] or None


def integer(text: str) -> int | None:
    """An integer from the wire, None where it is empty or nan."""
    return int(text) if text.strip() and not text.endswith("nan") else None


def decimal(text: str) -> Decimal | None:
    """A number from the wire with its digits, None where it is empty or nan."""
    text = text.strip()
    return Decimal(text) if text and not text.endswith("nan") else None
