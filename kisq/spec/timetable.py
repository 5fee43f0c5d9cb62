"""What a timetable is: the sessions of a trading day, and the day from which they apply."""

from datetime import date, time
from typing import NamedTuple

from kisq.locale.sentence import Name, Sentence

_MONDAY_TO_FRIDAY = (0, 1, 2, 3, 4)
_ALWAYS = date.min
_SESSION = Sentence("{name} session")
_OF_ITS_OWN = Sentence("{name}")
_NOUNS = ("auction", "trading", "market")  # a name that ends so needs no "session" behind it

_OPENING_AUCTION = Name("opening auction", "장전 동시호가")
_CLOSING_AUCTION = Name("closing auction", "장마감 동시호가")

BOOKS_AND_TRADES = Sentence("books, trades")
AT_THE_CLOSING_PRICE = Sentence("books, trades at the closing price")
EXPECTED = Sentence("books with an expected price")
NOT_KNOWN = Sentence("not known")


class Session(NamedTuple):
    """One session of a trading day in exchange-local time, open in ``[opens, closes)``.

    One that closes at an earlier hour than it opens passes midnight: it belongs to the trading day
    on which it ends, or with ``of_its_evening`` to the one on which it opens. ``weekdays`` are the
    days on which it opens, in order, 0 is Monday. ``follows_close`` marks one that begins when the
    regular session ends, on a half day too, and keeps its length. ``due`` is what is broadcast in
    it. With ``stocks_only``, no ETF, ETN or ELW trades in it. ``is_known`` is False if it is open
    at some time between ``opens`` and ``closes``, but no source says when.
    """

    english: Name
    opens: time
    closes: time
    weekdays: tuple[int, ...] = _MONDAY_TO_FRIDAY
    follows_close: bool = False
    due: Sentence = BOOKS_AND_TRADES
    stocks_only: bool = False
    of_its_evening: bool = False
    is_known: bool = True

    @property
    def korean(self) -> str:
        return self.english.korean

    @property
    def title(self) -> Sentence:
        """Its name in a sentence, for example ``regular session`` or ``opening auction``."""
        if self.english.endswith(_NOUNS):
            return _OF_ITS_OWN.format(name=self.english)
        return _SESSION.format(name=self.english)


class Doubt(NamedTuple):
    """Where sources contradict each other or leave something open, between two hours of a day."""

    opens: time
    closes: time
    sentence: Sentence


class Timetable(NamedTuple):
    """The sessions of a trading day, in order, from the trading day ``since`` on.

    ``only_on`` is the one day it applies to; ``first_day`` marks one for the first trading day of a
    year. Of a market's timetables the last one that fits a day applies.
    """

    sessions: tuple[Session, ...]
    doubts: tuple[Doubt, ...] = ()
    since: date = _ALWAYS
    first_day: bool = False
    only_on: date | None = None


def opening_auction(opens: time, closes: time) -> Session:
    return Session(_OPENING_AUCTION, opens, closes, due=EXPECTED)


def closing_auction(opens: time, closes: time) -> Session:
    return Session(_CLOSING_AUCTION, opens, closes, due=EXPECTED)
