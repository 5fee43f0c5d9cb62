"""The sessions of the markets abroad, exchange-local (protocol.md section 4, "Sessions")."""

from datetime import date, time

from kisq.locale.sentence import Name, Sentence
from kisq.spec.timetable import Doubt, Session, Timetable, closing_auction, opening_auction

_SUNDAY_TO_THURSDAY = (6, 0, 1, 2, 3)

US_NIGHT = (
    Timetable(
        (
            Session(Name("pre-market", "프리마켓"), time(4), time(9, 30)),
            Session(Name("regular", "정규장"), time(9, 30), time(16)),
            Session(Name("after-hours", "애프터마켓"), time(16), time(20), follows_close=True),
        )
    ),
)
# KIS's page says 10:00-16:00 Korean time, but its own example came at 09:22 KST in May: the
# session moves with US daylight saving.
_DAYTIME = (Session(Name("daytime", "주간거래"), time(20), time(4), _SUNDAY_TO_THURSDAY),)
_PLANNED_PAUSE = Doubt(
    time(20),
    time(21),
    Sentence(
        "From 2026-12-06 on US exchanges plan to pause from 20:00 to 21:00 New York; how KIS will "
        "handle that is not known, so this hour is in doubt."
    ),
)
US_DAYTIME = (
    Timetable(_DAYTIME),
    # The evening of Sunday 2026-12-06 belongs to this trading day. Once KIS announces its hours,
    # replace this row with one that has the new sessions.
    Timetable(_DAYTIME, (_PLANNED_PAUSE,), since=date(2026, 12, 7)),
)


def _morning(opens: time, closes: time) -> Session:
    return Session(Name("morning", "오전장"), opens, closes)


def _afternoon(opens: time, closes: time) -> Session:
    return Session(Name("afternoon", "오후장"), opens, closes)


_TOKYO_MORNING = _morning(time(9), time(11, 30))
TOKYO = (
    Timetable((_TOKYO_MORNING, _afternoon(time(12, 30), time(15)))),
    Timetable((_TOKYO_MORNING, _afternoon(time(12, 30), time(15, 30))), since=date(2024, 11, 5)),
)
HONG_KONG = (
    Timetable(
        (
            _morning(time(9, 30), time(12)),
            _afternoon(time(13), time(16)),
            closing_auction(time(16), time(16, 10))._replace(follows_close=True),
        )
    ),
)
CHINA = (Timetable((_morning(time(9, 30), time(11, 30)), _afternoon(time(13), time(15)))),)
# In KIS's own file, HOSE begins at 09:15, after its opening auction.
_VIETNAM_AFTERNOON = (
    _afternoon(time(13), time(14, 30)),
    closing_auction(time(14, 30), time(14, 45)),
)
_VIETNAM_END = Doubt(
    time(14, 45),
    time(15),
    Sentence("KIS's own file has this exchange close at 15:00, other sources at 14:45."),
)
HO_CHI_MINH = (
    Timetable(
        (
            opening_auction(time(9), time(9, 15)),
            _morning(time(9, 15), time(11, 30)),
            *_VIETNAM_AFTERNOON,
        ),
        (_VIETNAM_END,),
    ),
)
HANOI = (Timetable((_morning(time(9), time(11, 30)), *_VIETNAM_AFTERNOON), (_VIETNAM_END,)),)
