"""What a screen shows of a key, and its values and counts as text."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from kisq.locale.sentence import Name, Plural, Sentence, translated
from kisq.output.styles import WARNING
from kisq.screen.display import NOTHING, Glyphs, Segment
from kisq.spec.markets import MARKETS
from kisq.wire.book import Level, OrderBook
from kisq.wire.escape import printable
from kisq.wire.record import Record, decimal
from kisq.wire.trade import Trade

Side = Literal["ask", "bid"]
ASK: Side = "ask"
BID: Side = "bid"
Change = tuple[Side, Decimal]  # side and price of a level
# Currencies whose prices are long whole numbers, written in groups of three digits.
_GROUPED = ("KRW", "JPY")


@dataclass(slots=True)
class View:
    """The newest record of a key, its newest trade where trades are shown, and the counts.

    ``rate`` is updates per second, ``age`` the seconds since the last update, ``marker`` what is
    to be known of the source, ``name`` that of the listing, ``session`` that of the market now.
    ``changed`` are the levels that stand out because they changed just now. ``standing`` says why
    the book is not to be relied upon, for example because only PINGPONG comes; empty otherwise.
    ``recording`` is what is recorded and how much.
    """

    record: Record
    updates: int = 1
    rate: float = 0.0
    age: float = 0.0
    pingpongs: int = 0
    marker: str = ""
    name: str = ""
    notes: list[str] = field(default_factory=list)
    trade: Trade | None = None
    session: str = ""
    changed: frozenset[Change] = frozenset()
    standing: str = ""
    recording: str = ""
    is_grouped: bool = field(init=False)  # whether prices are written in groups of three digits

    def __post_init__(self) -> None:
        self.is_grouped = is_grouped(self.record)  # of a market, and a key has one market

    @property
    def book(self) -> OrderBook:
        """The record of a key of order books."""
        assert isinstance(self.record, OrderBook)  # noqa: S101 - whoever asks has looked
        return self.record

    @property
    def previous_close(self) -> Decimal | None:
        """The close of the day before, as the newest trade tells by its change; else None."""
        if self.trade is None:
            return None
        price = self.trade.price
        change = decimal(self.trade.change_text)
        if price is None or change is None:
            return None
        return price - change


def is_grouped(record: Record) -> bool:
    """Whether the prices of its market are long whole numbers, as those in won and yen are."""
    market = MARKETS.get(record.market or "")
    return market is not None and market.currency in _GROUPED


def best_of(record: Record) -> tuple[Level, Level]:
    """Bid and ask; a trade has them too, another record has none."""
    if isinstance(record, OrderBook):
        return record.best_bid, record.best_ask
    bid = Level(record.decimal("bid"), record.integer("bid_size"), None)
    ask = Level(record.decimal("ask"), record.integer("ask_size"), None)
    return bid, ask


def price_text(price: Decimal | None, *, grouped: bool, nothing: str) -> str:
    """A price with the digits of the wire; ``nothing`` where it is missing or 0."""
    if not price:
        return nothing
    return number_text(price, grouped=grouped)


def number_text(number: Decimal, *, grouped: bool) -> str:
    """A price or a difference of prices with the digits of the wire; a zero has no sign."""
    if not number:
        number = abs(number)
    if grouped:
        return f"{number:,f}"
    return f"{number:f}"


def signed_number_text(number: Decimal, *, grouped: bool = False) -> str:
    """The same with a sign in front, but for a zero."""
    if number > 0:
        return f"+{number_text(number, grouped=grouped)}"
    return number_text(number, grouped=grouped)


def change_of(trade: Trade) -> Decimal | None:
    """The change since the day before; where it is zero, with as many decimals as the price."""
    change = decimal(trade.change_text)
    price = trade.price
    if price is None or change is None or change:
        return change
    return price - price


OLD_SECONDS = 5.0
DELAYED = Sentence("{minutes} min delayed")
_LAG = Sentence("lag {lag}")
_SECONDS = Sentence("{seconds:.3f} s")
_BEYOND_DELAY = Sentence("{minutes} min {seconds:+.3f} s")
RATE = Sentence("{rate:,.1f}/s")
UPDATES = Plural("{number:,} update", "{number:,} updates")
AGE = Sentence("{age:.1f} s ago")
PINGPONGS = "PINGPONG {number}"
_CLOCK = "{:%H:%M:%S}"
_TIME = "{:%H:%M:%S %Z}"
_DATED = "{:%Y-%m-%d %H:%M:%S %Z}"


def market_name(record: Record) -> str:
    """The market of a record: the code itself if that is unknown, empty if there is none."""
    code = record.market
    if code is None:
        return ""
    market = MARKETS.get(code)
    if market is None:
        return printable(code)
    return translated(Name(market.english, market.korean))


def delay_text(minutes: int) -> str:
    """That quotes come so many minutes late; empty where they do not."""
    if not minutes:
        return ""
    return translated(DELAYED.format(minutes=minutes))


def lag_text(seconds: float | None, delay_minutes: int) -> str:
    """The lag in seconds, of a delayed key beyond its documented delay."""
    text = NOTHING
    if seconds is not None:
        text = _SECONDS.format(seconds=seconds)
    if seconds is not None and delay_minutes:
        beyond = seconds - delay_minutes * 60
        text = _BEYOND_DELAY.format(minutes=delay_minutes, seconds=beyond)
    return translated(_LAG.format(lag=text))


def clock_text(moment: datetime | None, *, dated: bool = False) -> str:
    """A clock with its zone, ``dated`` with its date."""
    if moment is None:
        return NOTHING
    if dated:
        return _DATED.format(moment)
    return _TIME.format(moment)


def recording_text(name_and_size: str, glyphs: Glyphs) -> str:
    """That the run is recorded, and where; empty where it is not."""
    if not name_and_size:
        return ""
    return f"{glyphs.dot} REC {printable(name_and_size)}"


def time_of_day(moment: datetime | None) -> str:
    """Hours, minutes and seconds, or the mark for nothing."""
    if moment is None:
        return NOTHING
    return _CLOCK.format(moment)


def count_or_mark(number: int | None) -> str:
    """A number of shares, or the mark for nothing."""
    return count_text(number) or NOTHING


def signed_or_zero(number: int | None) -> str:
    """A change of a number of shares, 0 where there is none."""
    return signed_text(number) or "0"


def count_text(number: int | None) -> str:
    """A number of shares; empty if it is not known."""
    if number is None:
        return ""
    return f"{number:,}"


def signed_text(number: int | None) -> str:
    """A change of a number of shares; empty if there is none."""
    if not number:
        return ""
    return f"{number:+,}"


def counts(rate: float, age: float, pingpongs: int, updates: int) -> list[Segment]:
    """How fast updates come, how long ago the last one did, and the counts."""
    age_style = ""
    if age >= OLD_SECONDS:
        age_style = WARNING
    return [
        Segment(translated(RATE.format(rate=rate)), rank=5),
        Segment(translated(AGE.format(age=age)), age_style, 4),
        Segment(PINGPONGS.format(number=pingpongs), rank=7),
        Segment(translated(UPDATES.of(updates)), rank=8),
    ]
