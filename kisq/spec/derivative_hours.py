"""The sessions of derivatives and bonds (protocol.md section 4; what it lacks is marked)."""

from datetime import time

from kisq.locale.sentence import Name, Sentence
from kisq.spec.timetable import NOT_KNOWN, Doubt, Session, Timetable

# That there is no session on the evening of a holiday is an inference.
KRX_NIGHT = (Timetable((Session(Name("night", "야간"), time(18), time(6), of_its_evening=True),)),)
_DAY = Session(
    Name("day", "주간"), time(8), time(16), due=NOT_KNOWN, is_known=False
)  # 15:29:54 was captured
_ALL_DAY = (time(0), time(23, 59, 59))
KRX_DAY = (
    Timetable(
        (_DAY,),
        (Doubt(*_ALL_DAY, Sentence("kisq does not know the hours of KRX derivatives.")),),
    ),
)
KRX_BOND = (
    Timetable((_DAY,), (Doubt(*_ALL_DAY, Sentence("kisq does not know the hours of KRX bonds.")),)),
)
# Each exchange has its own hours; they are open for nearly the whole day.
OVERSEAS = (
    Timetable(
        (
            _DAY._replace(
                english=Name("futures", "해외선물"),
                opens=time(17),
                closes=time(16),
                weekdays=(0, 1, 2, 3, 6),
                of_its_evening=True,
            ),
        ),
        (Doubt(*_ALL_DAY, Sentence("Each futures exchange has its own hours.")),),
    ),
)
