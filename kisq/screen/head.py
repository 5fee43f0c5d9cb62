"""The head of a ladder: what it is of, the last price, the clocks, and how live it is."""

from collections.abc import Iterator

from rich.text import Text

from kisq.locale.language import translated
from kisq.locale.sentence import Sentence
from kisq.screen import labels
from kisq.screen.display import NOTHING, WARNING, Display
from kisq.screen.segments import Segment, cut, fitted
from kisq.screen.states import session_segment, states
from kisq.screen.view import View, price_text
from kisq.wire.escape import printable
from kisq.wire.record import decimal
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
_RATE = "{rate:+f}%"


def head(view: View, width: int, lines: int, display: Display) -> list[Text]:
    """The head in two lines, or with the price on one of its own in three."""
    identity = list(_identity(view, display))
    price = list(_price(view, display))
    day = list(_day(view))
    live = list(_live(view, width))
    rows = [[*identity, *price], [*live, *day]]
    if price and lines >= LINES:
        rows = [identity, [*price, *day], live]
    glyphs = display.glyphs
    texts = [fitted(row, width, _GAP, glyphs) for row in rows[:-1]]
    return [*texts, fitted(rows[-1], width, glyphs.between, glyphs)]


def _identity(view: View, display: Display) -> Iterator[Segment]:
    """Name, symbol, key, market, TR and session, and what is to be known of the source."""
    record = view.record
    tr = record.layout.tr
    symbol = printable(record.symbol)
    yield Segment(cut(printable(view.name), _LONGEST_NAME, display.glyphs), "bold", 6)
    yield Segment(symbol, "bold", 1)
    yield Segment(labels.market_name(record), rank=7)
    if record.tr_key != record.symbol:
        yield Segment(printable(record.tr_key), rank=4)
    yield Segment(tr.id, rank=8)
    yield session_segment(view)
    yield Segment(labels.delayed(tr.delay_minutes), WARNING, 1)
    yield from states(view)
    yield Segment(translated(view.marker), WARNING, 1)
    yield Segment(labels.recording(view.recording, display.glyphs), WARNING, 1)


def _price(view: View, display: Display) -> Iterator[Segment]:
    """The last price and its change since the day before, in the colour of its direction."""
    trade = view.trade
    if trade is None:
        return
    change = decimal(trade.change_text)
    colour = display.colours.of_sign(change or 0)
    style = f"bold {colour}".rstrip()
    price = price_text(trade.price, grouped=view.is_grouped, nothing=NOTHING)
    yield Segment(price, style)
    yield Segment(change_text(trade, display, grouped=view.is_grouped), style)
    rate = trade.decimal("change_rate")
    if rate is not None:
        yield Segment(_RATE.format(rate=rate), style, 2)


def change_text(trade: Trade, display: Display, *, grouped: bool) -> str:
    """The change since the day before behind an arrow; the mark for nothing where it is empty."""
    change = decimal(trade.change_text)
    if change is None:
        return NOTHING
    size = price_text(abs(change), grouped=grouped, nothing="0")
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


def _live(view: View, width: int) -> Iterator[Segment]:
    """Why it stands still, the clocks, the lag, and how many updates came, how fast and when."""
    record = view.record
    tr = record.layout.tr
    yield Segment(translated(view.standing), WARNING, 0)
    dated = width >= _DATED_WIDTH
    yield Segment(labels.clock(record.exchange_time, dated=dated), rank=3)
    if not tr.market:  # on a Korean exchange both clocks are the same
        yield Segment(labels.clock(record.kst_time), rank=2)
    yield Segment(labels.lag(record.lag, tr.delay_minutes), rank=1)
    yield from counts(view.rate, view.age, view.pingpongs, view.updates)


def counts(rate: float, age: float, pingpongs: int, updates: int) -> Iterator[Segment]:
    """How fast updates come, how long ago the last one did, and the counts."""
    age_style = ""
    if age >= labels.OLD_SECONDS:
        age_style = WARNING
    yield Segment(translated(labels.RATE.format(rate=rate)), rank=5)
    yield Segment(translated(labels.AGE.format(age=age)), age_style, 4)
    yield Segment(labels.PINGPONGS.format(number=pingpongs), rank=7)
    yield Segment(translated(labels.UPDATES.of(updates)), rank=8)
