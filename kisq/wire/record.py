"""One record of a data message, of any TR; the base of order books and trades."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from kisq.locale.sentence import Plural, Sentence, verbatim
from kisq.spec.tables import CodeWords, codes_of
from kisq.wire.clocks import clock_fault, exchange_time, kst_time
from kisq.wire.frames import is_known
from kisq.wire.layout import OTHER, Form, Layout
from kisq.wire.record_faults import Fault, FaultKind

_MOST_SURPLUS = 10  # surplus fields shown to people
_SURPLUS_AND_MORE = Sentence("{shown} and {more} more")
_AND_MORE = Sentence("{first} (and {more} more)")
_OTHER_KEY = Sentence("{key_field} is {tr_key}, but {symbol_field} is {symbol}")
_OTHER_DECIMALS = Plural(
    "{name} is {price}, with {number} decimal instead of {decimals} ({field})",
    "{name} is {price}, with {number} decimals instead of {decimals} ({field})",
)
_BELOW_ZERO = Sentence("{name} is {value}, below zero")


class Record:
    """One record.

    ``values`` are the fields of the layout as they came, ``extra`` the surplus fields that KIS
    appended, ``form`` tells how regular its numbers are, ``json_ready`` whether each value can go
    into JSON unchanged. ``text`` is the whole message with the record, ``at`` when it came (epoch
    seconds, NaN if unknown).
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
        self.layout = layout
        self.values = values
        self.extra = extra
        self.form = form
        self.json_ready = json_ready
        self.text = text
        self.at = at

    def __getitem__(self, name: str) -> str:
        """The text of the field with KIS's mnemonic ``name``, as it came."""
        return self.values[self.layout.index[name]]

    def get(self, role: str) -> str:
        """The text of the field in that role; empty if this TR has no such field."""
        place = self.layout.places.get(role)
        if place is None:
            return ""
        return self.values[place]

    def integer(self, role: str) -> int | None:
        """The integer in that role; None if it is empty."""
        return integer(self.get(role))

    def decimal(self, role: str) -> Decimal | None:
        """The number in that role with the digits of the wire; None if it is empty."""
        return decimal(self.get(role))

    def number(self, name: str) -> int | None:
        """The integer field with KIS's mnemonic ``name``; None if it is empty."""
        return integer(self[name])

    def words(self, name: str) -> CodeWords | None:
        """What the code in the field with KIS's mnemonic ``name`` means; None if nothing known."""
        place = self.layout.index.get(name)
        if place is None:
            return None
        return codes_of(self.tr_id, name).get(self.values[place].strip())

    @property
    def surplus(self) -> Sentence:
        """The surplus fields for people, at most ten of them."""
        shown = ", ".join(self.extra[:_MOST_SURPLUS])
        more = len(self.extra) - _MOST_SURPLUS
        if more <= 0:
            return verbatim(shown)
        return _SURPLUS_AND_MORE.format(shown=shown, more=more)

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
        """The market code; None if there is none."""
        return market_of(self.layout, self.tr_key)

    @property
    def kst_time(self) -> datetime | None:
        """The Korean clock of the record; None if it has none, or none that is a time."""
        return kst_time(*self.layout.clock(self.values, self.at)[2:])

    @property
    def exchange_time(self) -> datetime | None:
        """The exchange's clock of the record, in its zone; None if it is not a time."""
        date, time, *korean = self.layout.clock(self.values, self.at)
        return exchange_time(date, time, self.market, *korean)

    @property
    def lag(self) -> float | None:
        """Seconds from the Korean clock of the record to its arrival; None if unknown."""
        korean = self.kst_time
        if korean is None or not is_known(self.at):
            return None
        return self.at - korean.timestamp()

    def faults(self) -> list[Fault]:
        """What is odd, at most one fault of each kind; an odd record is still shown."""
        if self.form is not OTHER and self._head_is_sound() and self._levels_are_sound():
            return []
        return list(self.search_faults())

    def _head_is_sound(self) -> bool:
        """Whether certainly nothing is odd about key and clocks; a fast check."""
        if self.layout.head:
            return _is_sound_head(self.layout, *self.layout.head(self.values))
        return self._key_fits() and self._clock_fault() is None

    def _levels_are_sound(self) -> bool:
        """Whether certainly nothing is odd about the levels of a regular order book."""
        return True

    def search_faults(self) -> Iterator[Fault]:
        """What is odd, from a thorough check of each field."""
        sentences = self._wrong_decimals()
        if sentences:
            yield Fault(FaultKind.DIGITS, _first_and_more(sentences))
        sentences = self._negative()
        if sentences:
            yield Fault(FaultKind.NEGATIVE, _first_and_more(sentences))
        if not self._key_fits():
            yield Fault(FaultKind.KEY, self._other_key())
        fault = self._clock_fault()
        if fault:
            yield fault

    def _key_fits(self) -> bool:
        """Whether the key ends in the symbol, as one with a market does (protocol.md section 4)."""
        return _key_fits(self.layout, self.tr_key, self.symbol)

    def _other_key(self) -> Sentence:
        return _OTHER_KEY.format(
            key_field=self.layout.roles["tr_key"],
            tr_key=self.tr_key,
            symbol_field=self.layout.roles["symbol"],
            symbol=self.symbol,
        )

    def _clock_fault(self) -> Fault | None:
        layout = self.layout
        if not layout.has_clock:
            return None
        if not layout.dated and not is_known(self.at):
            return None  # a time without a date gets it from the receive time
        return clock_fault(self.market, *layout.clock(self.values, self.at))

    def _wrong_decimals(self) -> list[Sentence]:
        """A sentence for each price that has other decimals than the record says."""
        decimals = self.integer("decimals")
        if decimals is None:
            return []
        field = self.layout.roles["decimals"]
        sentences = []
        for name, price in self._numbers(self.layout.prices):
            count = len(price.partition(".")[2])
            if price.strip("0. ") and count != decimals:
                sentence = _OTHER_DECIMALS.of(
                    count, name=name, price=price, decimals=decimals, field=field
                )
                sentences.append(sentence)
        return sentences

    def _negative(self) -> list[Sentence]:
        """A sentence for each price and size that is negative but cannot be."""
        return [
            _BELOW_ZERO.format(name=name, value=value)
            for name, value in self._numbers(self.layout.never_negative)
            if value.startswith("-")
        ]

    def _numbers(self, places: list[int]) -> list[tuple[str, str]]:
        """Mnemonic and text of each of these fields, but for those that hold nan."""
        fields = self.layout.fields
        named = [(fields[place].name, self.values[place].strip()) for place in places]
        return [(name, text) for name, text in named if not text.endswith("nan")]


def market_of(layout: Layout, tr_key: str) -> str | None:
    """The market code of a record: the TR's own, or the one in its key (protocol.md section 4)."""
    return layout.tr.market or tr_key[1:4] or None


@lru_cache(maxsize=256)
def _is_sound_head(layout: Layout, tr_key: str, symbol: str, *clock: str) -> bool:
    """Whether key and symbol fit, and the two clocks; records of one moment often share them."""
    date, time, *korean = clock
    fault = clock_fault(market_of(layout, tr_key), date, time, *korean)
    return fault is None and _key_fits(layout, tr_key, symbol)


def _key_fits(layout: Layout, tr_key: str, symbol: str) -> bool:
    if layout.tr.market or not tr_key or not symbol:
        return True
    return tr_key[4:] == symbol


def _first_and_more(sentences: list[Sentence]) -> Sentence:
    """The first of several sentences of one kind, and how many others there are."""
    first = sentences[0]
    if len(sentences) == 1:
        return first
    return _AND_MORE.format(first=first, more=len(sentences) - 1)


def integer(text: str) -> int | None:
    """An integer from the wire; None if it is empty or nan."""
    if not text.strip() or text.endswith("nan"):
        return None
    return int(text)


def decimal(text: str) -> Decimal | None:
    """A number from the wire with its digits; None if it is empty or nan."""
    text = text.strip()
    if not text or text.endswith("nan"):
        return None
    return Decimal(text)
