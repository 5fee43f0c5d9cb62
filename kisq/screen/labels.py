"""The labels of the screens, each as one template."""

from datetime import datetime

from kisq.locale.language import translated
from kisq.locale.sentence import Name, Plural, Sentence
from kisq.output.figures import count_text, signed_text
from kisq.screen.display import NOTHING
from kisq.screen.glyphs import Glyphs
from kisq.spec.markets import MARKETS
from kisq.wire.escape import printable
from kisq.wire.record import Record

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
    if record.market is None:
        return ""
    market = MARKETS.get(record.market)
    if market is None:
        return printable(record.market)
    return translated(Name(market.english, market.korean))


def delayed(minutes: int) -> str:
    """That quotes come so many minutes late; empty where they do not."""
    if not minutes:
        return ""
    return translated(DELAYED.format(minutes=minutes))


def lag(seconds: float | None, delay_minutes: int) -> str:
    """The lag in seconds, of a delayed key beyond its documented delay."""
    text = NOTHING
    if seconds is not None:
        text = _SECONDS.format(seconds=seconds)
    if seconds is not None and delay_minutes:
        beyond = seconds - delay_minutes * 60
        text = _BEYOND_DELAY.format(minutes=delay_minutes, seconds=beyond)
    return translated(_LAG.format(lag=text))


def clock(moment: datetime | None, *, dated: bool = False) -> str:
    """A clock with its zone, ``dated`` with its date."""
    if moment is None:
        return NOTHING
    if dated:
        return _DATED.format(moment)
    return _TIME.format(moment)


def recording(name_and_size: str, glyphs: Glyphs) -> str:
    """That the run is recorded, and where; empty where it is not."""
    if not name_and_size:
        return ""
    return f"{glyphs.dot} REC {printable(name_and_size)}"


def time_of_day(moment: datetime | None) -> str:
    """Hours, minutes and seconds, or the mark for nothing."""
    if moment is None:
        return NOTHING
    return _CLOCK.format(moment)


def count(number: int | None) -> str:
    """A number of shares, or the mark for nothing."""
    return count_text(number) or NOTHING


def change(number: int | None) -> str:
    """A change of a number of shares, 0 where there is none."""
    return signed_text(number) or "0"
