"""The sessions of a market's day as rows of a table."""

from datetime import datetime
from zoneinfo import ZoneInfo

from kisq.explain.explanation import JSON_ONLY, PEOPLE_ONLY, Column, Row, Table, Value
from kisq.hours.clock import Status, iso, sessions_today
from kisq.hours.sessions import Calendar, Span, sessions_on
from kisq.hours.time_words import hour
from kisq.locale.sentence import Name, Sentence
from kisq.spec.markets import PLACES
from kisq.spec.timetable import BOOKS_AND_TRADES
from kisq.wire.clocks import KST

EXCHANGE_TIME = Sentence("exchange time")
KOREAN_TIME = Sentence("Korean time")
NOW = Sentence("now")
OPEN = Sentence("open")
MAY_BE_OPEN = Sentence("may be open")
_SESSION_COLUMNS = (
    Column("session", Sentence("session"), is_english=True),
    Column("korean", Sentence("in Korean")),
    Column("opens", JSON_ONLY),
    Column("closes", JSON_ONLY),
    Column("opens_kst", JSON_ONLY),
    Column("closes_kst", JSON_ONLY),
    Column(PEOPLE_ONLY, EXCHANGE_TIME),
    Column(PEOPLE_ONLY, KOREAN_TIME),
    Column("state", NOW),
    Column("due", JSON_ONLY),
    Column(PEOPLE_ONLY, Sentence("due")),
)
_SESSIONS = Sentence("sessions of {day}")
_NEXT_SESSIONS = Sentence("next sessions, because there are none on {day}")
_DAY = Sentence("{weekday} {date} {place}")
_OVER = Sentence("over")
_TO_COME = Sentence("to come")
_NOT_KNOWN = Sentence("not known")
_ON_ONE_DAY = Sentence("{weekday} {opens} - {closes}")
_OVERNIGHT = Sentence("{weekday} {opens} - {last_weekday} {closes}")
_WEEKDAYS = (
    Name("Mon", "월"),
    Name("Tue", "화"),
    Name("Wed", "수"),
    Name("Thu", "목"),
    Name("Fri", "금"),
    Name("Sat", "토"),
    Name("Sun", "일"),
)


def sessions_table(state: Status, calendar: Calendar | None) -> Table:
    """The sessions of today at the exchange; if there are none, the next ones."""
    market = state.market
    local = local_time(state)
    day = _DAY.format(weekday=_weekday(local), date=f"{local:%Y-%m-%d}", place=PLACES[market.zone])
    spans = sessions_today(market, state.at, calendar)
    title = _SESSIONS.format(day=day)
    if state.coming and not spans:
        spans = sessions_on(market, state.coming.trading_day, calendar)
        title = _NEXT_SESSIONS.format(day=day)
    is_usual = all(span.session.due == BOOKS_AND_TRADES for span in spans)
    rows = [_session(span, state.at, is_usual=is_usual) for span in spans]
    return Table("sessions", title, _SESSION_COLUMNS, rows)


def _session(span: Span, now: datetime, *, is_usual: bool) -> Row:
    """A row of ``_SESSION_COLUMNS``; people see what is due only if it is unusual."""
    session = span.session
    due = session.due
    if is_usual:
        due = Sentence("")
    names = (session.english, session.korean)
    if not session.is_known:
        moments: tuple[Value, ...] = (None, None, None, None, "", _NOT_KNOWN)
    else:
        opens = span.opens.astimezone(KST)
        closes = span.closes.astimezone(KST)
        exchange_hours = _hours(span.opens, span.closes)
        if span.opens.utcoffset() == opens.utcoffset():  # the column of Korean time has it
            exchange_hours = Sentence("")
        moments = (
            iso(span.opens),
            iso(span.closes),
            iso(opens),
            iso(closes),
            exchange_hours,
            _hours(opens, closes),
        )
    return (*names, *moments, _state(span, now), session.due, due)


def _state(span: Span, now: datetime) -> str:
    """Whether a session is open, over or to come."""
    if not span.session.is_known:
        if span.holds(now):
            return MAY_BE_OPEN
        return ""
    if span.holds(now):
        return OPEN
    if span.closes <= now:
        return _OVER
    return _TO_COME


def _hours(opens: datetime, closes: datetime) -> Sentence:
    """The weekday and hours of a session, both moments in one zone."""
    if opens.date() == closes.date():
        return _ON_ONE_DAY.format(weekday=_weekday(opens), opens=hour(opens), closes=hour(closes))
    return _OVERNIGHT.format(
        weekday=_weekday(opens),
        opens=hour(opens),
        last_weekday=_weekday(closes),
        closes=hour(closes),
    )


def _weekday(at: datetime) -> Name:
    return _WEEKDAYS[at.weekday()]


def local_time(state: Status) -> datetime:
    return state.at.astimezone(ZoneInfo(state.market.zone))
