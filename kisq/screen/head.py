"""The head of a ladder: what it is of, session, last price, clocks, and how live it is."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from rich.text import Text

from kisq.hours.clock import status
from kisq.hours.sessions import Calendar
from kisq.locale.sentence import Sentence, translated
from kisq.output.styles import WARNING
from kisq.screen.display import (
    NOTHING,
    Display,
    Segment,
    cut,
    fitted,
)
from kisq.screen.trade_states import trade_states
from kisq.screen.view import (
    View,
    change_of,
    clock_text,
    counts,
    delay_text,
    lag_text,
    market_name,
    number_text,
    price_text,
    recording_text,
    signed_number_text,
)
from kisq.spec.markets import MARKETS, Market
from kisq.spec.tables import CodeWords
from kisq.wire.book import OrderBook
from kisq.wire.escape import printable
from kisq.wire.frames import is_known
from kisq.wire.record import Record
from kisq.wire.trade import Trade

LEAST_LINES = 2
LINES = 3  # with the price on a line of its own
_GAP = "  "
_LONGEST_NAME = 24  # cells
_DATED_WIDTH = 100  # from here on there is room for the exchange's date
_HIGH = Sentence("high {price}")
_LOW = Sentence("low {price}")
_VOLUME = Sentence("volume {number}")
_STRENGTH = Sentence("strength {percent}%")
_RATE = "{rate}%"


def head(view: View, width: int, lines: int, display: Display) -> list[Text]:
    """The head in two lines, or with the price on one of its own in three."""
    identity = _identity(view, display)
    price = list(_price(view, display))
    day = list(_day(view))
    live = _live(view, width)
    rows = [[*identity, *price], [*live, *day]]
    if price and lines >= LINES:
        rows = [identity, [*price, *day], live]
    glyphs = display.glyphs
    texts = [fitted(row, width, _GAP, glyphs) for row in rows[:-1]]
    return [*texts, fitted(rows[-1], width, glyphs.between, glyphs)]


def _identity(view: View, display: Display) -> list[Segment]:
    """Name, symbol, key, market, TR and session, and what is to be known of the source."""
    record = view.record
    tr = record.layout.tr
    segments = [
        Segment(cut(printable(view.name), _LONGEST_NAME, display.glyphs), "bold", 6),
        Segment(printable(record.symbol), "bold", 1),
        Segment(market_name(record), rank=7),
    ]
    if record.tr_key != record.symbol:
        segments.append(Segment(printable(record.tr_key), rank=4))
    segments += [
        Segment(tr.id, rank=8),
        session_segment(view),
        Segment(delay_text(tr.delay_minutes), WARNING, 1),
    ]
    if view.trade is not None:
        segments += [Segment(translated(state), WARNING) for state in trade_states(view.trade)]
    segments.append(Segment(translated(view.marker), WARNING, 1))
    segments.append(Segment(recording_text(view.recording, display.glyphs), WARNING, 1))
    return segments


def _price(view: View, display: Display) -> Iterator[Segment]:
    """The last price and its change since the day before, in the colour of its direction."""
    trade = view.trade
    if trade is None:
        return
    change = change_of(trade)
    colour = display.colours.of_sign(change or 0)
    style = f"bold {colour}".rstrip()
    price = price_text(trade.price, grouped=view.is_grouped, nothing=NOTHING)
    yield Segment(price, style)
    yield Segment(change_text(trade, display, grouped=view.is_grouped), style)
    rate = trade.decimal("change_rate")
    if rate is not None:
        yield Segment(_RATE.format(rate=signed_number_text(rate)), style, 2)


def change_text(trade: Trade, display: Display, *, grouped: bool) -> str:
    """The change since the day before behind an arrow; the mark for nothing where it is empty."""
    change = change_of(trade)
    if change is None:
        return NOTHING
    size = number_text(abs(change), grouped=grouped)
    if change > 0:
        return f"{display.glyphs.up} {size}"
    if change < 0:
        return f"{display.glyphs.down} {size}"
    return size


def _day(view: View) -> Iterator[Segment]:
    """High, low, volume and strength of the day, as the newest trade has them."""
    trade = view.trade
    if trade is None:
        return
    for template, role in ((_HIGH, "high"), (_LOW, "low")):
        price = price_text(trade.decimal(role), grouped=view.is_grouped, nothing="")
        if price:
            yield Segment(translated(template.format(price=price)), rank=3)
    volume = trade.integer("volume")
    if volume is not None:
        yield Segment(translated(_VOLUME.format(number=f"{volume:,}")), rank=4)
    strength = printable(trade.get("strength").strip())
    if strength:
        yield Segment(translated(_STRENGTH.format(percent=strength)), rank=9)


def _live(view: View, width: int) -> list[Segment]:
    """Why it stands still, the clocks, the lag, and how many updates came, how fast and when."""
    record = view.record
    tr = record.layout.tr
    dated = width >= _DATED_WIDTH
    segments = [
        Segment(translated(view.standing), WARNING, 0),
        Segment(clock_text(record.exchange_time, dated=dated), rank=3),
    ]
    if not tr.market:  # on a Korean exchange both clocks are the same
        segments.append(Segment(clock_text(record.kst_time), rank=2))
    segments.append(Segment(lag_text(record.lag, tr.delay_minutes), rank=1))
    return segments + counts(view.rate, view.age, view.pingpongs, view.updates)


# By KIS's words for HOUR_CLS_CODE in English (spec/field_codes.tsv); others are shown as they are.
_AUCTIONS = {
    "opening auction": Sentence("opening auction"),
    "closing auction": Sentence("closing auction"),
    "auction after 09:00 or in a volatility interruption (VI)": Sentence("auction (VI)"),
    "after-hours single-price auction": Sentence("after-hours auction"),
}
# By those for MARKET_CLS_CODE.
_MARKETS = {
    "pre-market": Sentence("pre-market"),
    "regular": Sentence("regular session"),
    "after-market": Sentence("after-market"),
    "closing price": Sentence("closing-price trading"),
}
_MARKET_FIELD = "MARKET_CLS_CODE"


def session_segment(view: View) -> Segment:
    """The auction or the session that the book says it is in, else the one of the timetable."""
    record = view.record
    auction = record.auction if isinstance(record, OrderBook) else None
    if auction is not None:
        return Segment(_named(auction, _AUCTIONS), WARNING, 1)
    words = record.words(_MARKET_FIELD)
    if words is not None:
        return Segment(_named(words, _MARKETS), "bold", 2)
    return Segment(translated(view.session), "bold", 2)


def _named(words: CodeWords, names: dict[str, Sentence]) -> str:
    if words.english in names:
        return translated(names[words.english])
    return translated(words.english)


_MOST_KEPT = 128
CalendarOf = Callable[[Market], Calendar | None]


def no_calendar(_: Market) -> None:
    """Nobody knows the holidays."""


class SessionNames:
    """Session names by market and minute; ``calendar_of`` gives the holidays of a market."""

    def __init__(self, calendar_of: CalendarOf) -> None:
        self._calendar_of = calendar_of
        self._names: dict[tuple[str, datetime], str] = {}

    def of(self, code: str | None, moment: datetime | None) -> str:
        """The session of the market of that code at ``moment``; empty where it is closed."""
        market = MARKETS.get(code or "")
        if market is None or moment is None:
            return ""
        minute = market.code, moment.replace(second=0, microsecond=0)
        name = self._names.get(minute)
        if name is None:
            if len(self._names) >= _MOST_KEPT:
                self._names.clear()
            name = self._names[minute] = self._name(market, minute[1])
        return name

    def _name(self, market: Market, moment: datetime) -> str:
        span = status(market, moment, self._calendar_of(market)).on
        if span is None or not span.session.is_known:
            return ""
        return translated(span.session.title)


def moment_of(record: Record) -> datetime | None:
    """When a record came, else the time that is in it."""
    if is_known(record.at):
        return datetime.fromtimestamp(record.at, UTC)
    return record.kst_time
