"""The state of a session in sentences; times are KST unless the sentence names a place."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from kisq.hours.clock import Holidays, Status, open_keys
from kisq.hours.sessions import Calendar, Span, timetable_on
from kisq.hours.state_sentences import KEY_STATES, MARKET_STATES, SESSION_STATES, State
from kisq.hours.time_words import WEEKDAYS, hour, moment
from kisq.locale.sentence import Sentence, joined
from kisq.spec.markets import PLACES, Market
from kisq.spec.timetable import BOOKS_AND_TRADES, Session, Timetable
from kisq.wire.clocks import KST
from kisq.wire.trkey import TrKey

_KIND = Sentence("a {owner} key")
_KIND_WITH_A_VOWEL = Sentence("an {owner} key")
_SPOKEN_WITH_A_VOWEL = ("NXT",)
_UNKNOWN_HOURS = Sentence("at unknown hours ({place})")
_HOURS = Sentence("{hours} {place}")
_HOURS_AND_LATER = Sentence("{hours} {place} (later hours are not known)")
_ON_DAYS = Sentence("{hours}, {first} to {last}")
_ON_EVENINGS = Sentence("{hours}, {first} to {last} evenings")
_NONE_OPEN = Sentence("Now open: none of this symbol's keys.")
_OPEN_NOW = Sentence("Now open: {keys}.")
_OPEN_KEY = Sentence("{key} ({kind})")
_NOTE = Sentence("Note that {note}.")
_STOCKS_ONLY = Sentence(
    "Only stocks trade in the {session}: if {key} is one, data are due; if it is an ETF or ELW, "
    "its market is closed, and kisq cannot tell from the code."
)
_DUE = Sentence("Due in this session: {due}.")
_DELAYED = Sentence("Its data are {minutes} minutes late: the first are due {due}.")
_NO_HOLIDAYS = Sentence("kisq does not know the holidays of {place}.")
_NOT_ANNOUNCED = Sentence(
    "As far as kisq knows, the holidays of {place} are announced until {last_day}: later ones are "
    "worked out by rule and may be wrong."
)
_OF_COUNTRY = Sentence(
    "These are the public holidays of {place}: the exchange's own calendar is not known."
)
_MOMENT_THERE = Sentence("{korean}, {weekday} {hour} {place}")
_END_UNKNOWN = Sentence("When it ends is not known.")
_SESSION_ENDS = Sentence("The {session} ends {moment}.")
_PAUSES = Sentence("The market pauses {moment} and continues {again}.")
_CLOSES = Sentence("The market closes {moment}.")
_OPENING_UNKNOWN = Sentence("When it opens next is not known.")
_OPENS_NOT_BEFORE = Sentence("When it opens next is not known, but not before {moment}.")
_OPENS = Sentence("It opens {moment}.")


def hours(market: Market, timetable: Timetable) -> Sentence:
    """The hours of a day in exchange time, for example ``20:00-04:00 New York``."""
    place = PLACES[market.zone]
    sessions = [session for session in timetable.sessions if session.is_known]
    if not sessions:
        return _UNKNOWN_HOURS.format(place=place)
    template = _HOURS
    if len(sessions) < len(timetable.sessions):
        template = _HOURS_AND_LATER
    return template.format(hours=", ".join(_without_breaks(sessions)), place=place)


def _without_breaks(sessions: list[Session]) -> list[str]:
    """From when to when there is always a session, for example ``09:00-12:00``."""
    ranges = []
    opens = sessions[0].opens
    closes = sessions[0].closes
    for session in sessions[1:]:
        if session.opens != closes:
            ranges.append(f"{hour(opens)}-{hour(closes)}")
            opens = session.opens
        closes = session.closes
    return [*ranges, f"{hour(opens)}-{hour(closes)}"]


def schedule(market: Market, day: date, calendar: Calendar | None = None) -> Sentence:
    """The hours as of ``day`` and the days of the week, for example ``…, Monday to Friday``."""
    timetable = timetable_on(market, day, calendar)
    session = timetable.sessions[0]
    template = _ON_DAYS
    if session.closes <= session.opens:
        template = _ON_EVENINGS
    return template.format(
        hours=hours(market, timetable),
        first=WEEKDAYS[session.weekdays[0]],
        last=WEEKDAYS[session.weekdays[-1]],
    )


def key_sentence(key: TrKey, status: Status) -> Sentence:
    """Which session the key belongs to, whether it is open and until or from when.

    ``status`` is that of the key's market, for example: ``RBAQAAPL is a US daytime key; that
    session runs 20:00-04:00 New York and is closed (Sunday 14:03 KST). It opens Monday 10:00 KST.``
    """
    templates = KEY_STATES
    owner: Sentence = key.market.english
    if key.market.currency == "USD":
        templates = SESSION_STATES
        owner = key.market.session
    kind = _KIND
    if owner.startswith(_SPOKEN_WITH_A_VOWEL):
        kind = _KIND_WITH_A_VOWEL
    sentence = templates[_state(status)].format(
        key=key.text,
        kind=kind.format(owner=owner),
        hours=hours(key.market, status.timetable),
        now=_now(status),
    )
    return _in_a_row([sentence, *_coming(status)])


def market_sentence(market: Market, status: Status) -> Sentence:
    """Whether a market is open, and what comes next."""
    template = MARKET_STATES[_state(status)]
    sentence = template.format(market=market.english, now=_now(status))
    return _in_a_row([sentence, *_coming(status)])


def _state(status: Status) -> State:
    return status.closed or status.is_surely_open


def _coming(status: Status) -> list[Sentence]:
    """What comes next, in sentences."""
    if status.on is None or status.closes is None:
        return [_opens(status)]
    return _until(status, status.on, status.closes)


def _in_a_row(sentences: Iterable[Sentence]) -> Sentence:
    return joined(" ", sentences)


def open_now_sentence(key: TrKey, now: datetime, calendar: Calendar | None = None) -> Sentence:
    """Which keys of the same symbol could have data at ``now`` (aware): ``Now open: ...``."""
    keys = open_keys(key, now, calendar)
    if not keys:
        return _NONE_OPEN
    names = [_OPEN_KEY.format(key=each.argument, kind=each.what) for each in keys]
    reservations = [each.market.few for each in keys if each.market.few]
    return _OPEN_NOW.format(keys=joined("; ", [joined(", ", names), *reservations]))


def doubt_sentences(key: TrKey, status: Status) -> list[Sentence]:
    """What is in doubt at this hour, and why this key may have no data in this session."""
    sentences = list(status.doubts)
    if status.on is None:
        return sentences
    if key.market.few:
        sentences.append(_NOTE.format(note=key.market.few))
    elif status.on.session.stocks_only:
        sentences.append(_STOCKS_ONLY.format(session=status.on.session.title, key=key.text))
    return sentences


def due_sentence(status: Status) -> Sentence | None:
    """What is due in the open session, if that is not books and trades."""
    if status.on is None or status.on.session.due == BOOKS_AND_TRADES:
        return None
    return _DUE.format(due=status.on.session.due)


def delay_sentence(key: TrKey, status: Status) -> Sentence | None:
    """When a delayed feed can have data, if a session opened less than its delay ago."""
    delay = timedelta(minutes=key.delay_minutes)
    if status.opened is None or status.at >= status.opened + delay:
        return None
    due = moment(status.opened + delay, status.at)
    return _DELAYED.format(minutes=key.delay_minutes, due=due)


def holidays_sentence(status: Status) -> Sentence | None:
    """What kisq does not know about the holidays between now and the next session."""
    place = PLACES[status.market.zone]
    calendar = status.calendar
    if calendar is None:
        return _NO_HOLIDAYS.format(place=place)
    sentences = []
    if calendar.fault:
        sentences.append(calendar.fault)
    if status.holidays is Holidays.BEYOND:
        sentences.append(_NOT_ANNOUNCED.format(place=place, last_day=calendar.announced_until))
    if calendar.of_country:
        sentences.append(_OF_COUNTRY.format(place=place))
    if not sentences:
        return None
    return _in_a_row(sentences)


def _now(status: Status) -> Sentence:
    """The time, and the exchange's as well if it is another day there."""
    local = status.at.astimezone(ZoneInfo(status.market.zone))
    korean = moment(status.at.replace(second=0), status.at)
    if local.weekday() == status.at.astimezone(KST).weekday():
        return korean
    return _MOMENT_THERE.format(
        korean=korean,
        weekday=WEEKDAYS[local.weekday()],
        hour=f"{local:%H:%M}",
        place=PLACES[status.market.zone],
    )


def _until(status: Status, on: Span, until: datetime) -> list[Sentence]:
    """When the open session ``on`` ends and when the market closes, in sentences."""
    if not on.session.is_known:
        return [_END_UNKNOWN]
    closes = moment(until, status.at)
    ends = moment(on.closes, status.at)
    sentences = [_SESSION_ENDS.format(session=on.session.title, moment=ends)]
    if status.reopens:
        again = moment(status.reopens.opens, status.at)
        sentences.append(_PAUSES.format(moment=closes, again=again))
    elif ends != closes:
        sentences.append(_CLOSES.format(moment=closes))
    return sentences


def _opens(status: Status) -> Sentence:
    if status.coming is None:
        return _OPENING_UNKNOWN
    opens = moment(status.coming.opens, status.at)
    if not status.coming.session.is_known:
        return _OPENS_NOT_BEFORE.format(moment=opens)
    return _OPENS.format(moment=opens)
