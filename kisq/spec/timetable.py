"""What a timetable is: the sessions of a trading day, and the trading day from which it holds."""

from dataclasses import dataclass
from datetime import date, time

_MONDAY_TO_FRIDAY = (0, 1, 2, 3, 4)
_ALWAYS = date.min
_OF_ITS_OWN = ("auction", "trading", "market")  # names that need no noun behind them

BOOKS_AND_TRADES = "books, trades"
EXPECTED = "books with an expected price"
NOT_KNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Session:
    """One session of a trading day in exchange-local time, open in ``[opens, closes)``.

    One that closes at an earlier hour than it opens passes midnight: it belongs to the trading day
    on which it ends, or with ``of_its_evening`` to that on which it opens. ``weekdays`` are those
    on which it opens, in order, 0 is Monday. ``follows_close`` marks one that begins when the
    regular session ends, on a half day too, and keeps its length. ``due`` is what comes in it.
    ``stocks_only``: no ETF, ETN or ELW trades in it. ``is_known`` is False where it is open some
    time between ``opens`` and ``closes``, and nobody has said when.
    """

    english: str
    korean: str
    opens: time
    closes: time
    weekdays: tuple[int, ...] = _MONDAY_TO_FRIDAY
    follows_close: bool = False
    due: str = BOOKS_AND_TRADES
    stocks_only: bool = False
    of_its_evening: bool = False
    is_known: bool = True

    @property
    def title(self) -> str:
        """Its name in a sentence, for example ``regular session`` or ``opening auction``."""
        return self.english if self.english.endswith(_OF_ITS_OWN) else f"{self.english} session"


@dataclass(frozen=True, slots=True)
class Doubt:
    """What sources contradict each other on, or leave open, between two hours of a day."""

    opens: time
    closes: time
    sentence: str


@dataclass(frozen=True, slots=True)
class Timetable:
    """The sessions of a trading day, in their order, from the trading day ``since`` on.

    ``only_on`` is the one day it is for, ``first_day`` says that it is for the first trading day
    of a year. Of the timetables of a market the last one that fits a day is that of the day.
    """

    sessions: tuple[Session, ...]
    doubts: tuple[Doubt, ...] = ()
    since: date = _ALWAYS
    first_day: bool = False
    only_on: date | None = None


def _auction(english: str, korean: str, opens: time, closes: time) -> Session:
    return Session(english, korean, opens, closes, due=EXPECTED)


def opening_auction(opens: time, closes: time) -> Session:
    return _auction("opening auction", "시가 단일가", opens, closes)


def closing_auction(opens: time, closes: time) -> Session:
    return _auction("closing auction", "종가 단일가", opens, closes)
