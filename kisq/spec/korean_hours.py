"""The sessions of the Korean markets (protocol.md section 4, "Sessions"; inferences say so)."""

from datetime import date, time
from itertools import pairwise

from kisq.locale.sentence import Name, Sentence, joined
from kisq.spec.timetable import (
    AT_THE_CLOSING_PRICE,
    EXPECTED,
    NOT_KNOWN,
    Doubt,
    Session,
    Timetable,
    closing_auction,
    opening_auction,
)

_AFTER_MARKET_SINCE = date(2026, 9, 14)
_EXAMINATION = date(2026, 11, 19)  # the day of the university entrance examination
_REGULAR = Session(Name("regular", "정규장"), time(9), time(15, 20))
_CLOSING_PRICE = Session(
    Name("closing-price trading", "장후 시간외 종가"),
    time(15, 40),
    time(16),
    due=AT_THE_CLOSING_PRICE,
)
_AFTER_MARKET = Session(Name("after-market", "애프터마켓"), time(16), time(20), stocks_only=True)
_KRX_REST = (closing_auction(time(15, 20), time(15, 30)), _CLOSING_PRICE)
_KRX_PAUSE = Doubt(
    time(15, 30),
    time(15, 40),
    Sentence("One source says that closing-price trading begins at 15:30, not at 15:40."),
)
_KRX_USUAL = (opening_auction(time(8, 30), time(9)), _REGULAR, *_KRX_REST)
_KRX_LATE = (opening_auction(time(9, 30), time(10)), _REGULAR._replace(opens=time(10)), *_KRX_REST)
_FIRST_DAY = Doubt(
    time(8),
    time(10),
    Sentence(
        "On the year's first trading day KRX opens at 10:00; that its opening auction moves with "
        "it, to 09:30-10:00, is an inference."
    ),
)
_EXAMINATION_OPENING = Doubt(
    time(8),
    time(10),
    Sentence(
        "On the day of the university entrance examination KRX opens at 10:00; that its opening "
        "auction moves with it, to 09:30-10:00, is an inference."
    ),
)
_EXAMINATION_CLOSE = Doubt(
    time(8),
    time(21),
    Sentence(
        "On the day of the university entrance examination KRX's regular session ends at 16:30; "
        "the hours of its after-market on that day are not known."
    ),
)
KRX = (
    Timetable(_KRX_USUAL, (_KRX_PAUSE,)),
    Timetable((*_KRX_USUAL, _AFTER_MARKET), (_KRX_PAUSE,), since=_AFTER_MARKET_SINCE),
    Timetable(_KRX_LATE, (_FIRST_DAY, _KRX_PAUSE), first_day=True),
    Timetable(
        (*_KRX_LATE, _AFTER_MARKET),
        (_FIRST_DAY, _KRX_PAUSE),
        since=_AFTER_MARKET_SINCE,
        first_day=True,
    ),
    Timetable(
        (
            opening_auction(time(9, 30), time(10)),
            _REGULAR._replace(opens=time(10), closes=time(16, 20)),
            closing_auction(time(16, 20), time(16, 30)),
            _AFTER_MARKET._replace(opens=time(16, 30), closes=time(21), is_known=False),
        ),
        (_EXAMINATION_OPENING, _EXAMINATION_CLOSE),
        only_on=_EXAMINATION,
    ),
)

_NXT_USUAL = (
    Session(Name("pre-market", "프리마켓"), time(8), time(8, 50), stocks_only=True),
    Session(Name("main market", "메인마켓"), time(9, 0, 30), time(15, 20), stocks_only=True),
    Session(
        Name("single-price auction", "단일가"),
        time(15, 30),
        time(15, 40),
        due=EXPECTED,
        stocks_only=True,
    ),
    Session(Name("after-market", "애프터마켓"), time(15, 40), time(20), stocks_only=True),
)


def _union(first: Timetable, second: Timetable) -> tuple[Session, ...]:
    """The sessions of KRX and NXT together, cut wherever one of them opens or closes.

    From the first to the last of these moments, KRX or NXT is always open.
    """
    sessions = [("KRX", session) for session in first.sessions]
    sessions += [("NXT", session) for session in second.sessions]
    opening = {session.opens for _, session in sessions}
    closing = {session.closes for _, session in sessions}
    together = []
    for opens, closes in pairwise(sorted(opening | closing)):
        is_open = [
            (venue, session)
            for venue, session in sessions
            if session.opens <= opens and closes <= session.closes
        ]
        together.append(_together(is_open, opens, closes))
    return tuple(together)


def _together(sessions: list[tuple[str, Session]], opens: time, closes: time) -> Session:
    english = " + ".join(f"{venue} {session.english}" for venue, session in sessions)
    korean = " + ".join(f"{venue} {session.korean}" for venue, session in sessions)
    return Session(
        Name(english, korean),
        opens,
        closes,
        due=joined("; ", dict.fromkeys(session.due for _, session in sessions)),
        stocks_only=all(session.stocks_only for _, session in sessions),
    )


def _unknown_day(name: Name, closes: time, *, stocks_only: bool) -> tuple[Session, ...]:
    """A day with unknown hours, open at some time between 08:00 and ``closes``."""
    return (Session(name, time(8), closes, due=NOT_KNOWN, stocks_only=stocks_only, is_known=False),)


_NXT_UNKNOWN = Doubt(
    time(8),
    time(21),
    Sentence("The hours of NXT on a day when KRX opens late are not known."),
)
_NXT_NAME = Name("NXT", "넥스트레이드")
_UNIFIED_NAME = Name("KRX + NXT", "통합")
_USUAL = Timetable(_NXT_USUAL)
NXT = (
    _USUAL,
    Timetable(
        _unknown_day(_NXT_NAME, time(20), stocks_only=True),
        (_NXT_UNKNOWN,),
        first_day=True,
    ),
    Timetable(
        _unknown_day(_NXT_NAME, time(21), stocks_only=True),
        (_NXT_UNKNOWN,),
        only_on=_EXAMINATION,
    ),
)
UNIFIED = (
    Timetable(_union(KRX[0], _USUAL)),
    Timetable(_union(KRX[1], _USUAL), since=_AFTER_MARKET_SINCE),
    Timetable(
        _unknown_day(_UNIFIED_NAME, time(20), stocks_only=False),
        (_FIRST_DAY, _NXT_UNKNOWN),
        first_day=True,
    ),
    Timetable(
        _unknown_day(_UNIFIED_NAME, time(21), stocks_only=False),
        (_EXAMINATION_OPENING, _NXT_UNKNOWN, _EXAMINATION_CLOSE),
        only_on=_EXAMINATION,
    ),
)
