"""What the session clock says, in sentences; times are KST unless the sentence names a place."""

from datetime import date, datetime, timedelta
from datetime import time as clock_time
from itertools import pairwise
from zoneinfo import ZoneInfo

from kisq.hours.clock import Holidays, Status, open_keys
from kisq.hours.sessions import Calendar, Span, timetable_on
from kisq.hours.state_sentences import KEY_STATES, MARKET_STATES, SESSION_STATES, State
from kisq.spec.markets import PLACES, Market
from kisq.spec.timetable import BOOKS_AND_TRADES, Timetable
from kisq.wire.moments import KST
from kisq.wire.trkey import TrKey

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_KIND, _KIND_WITH_A_VOWEL = "a {owner} key", "an {owner} key"
_NONE_OPEN = "Now open: none of this symbol's keys."
_SPOKEN_WITH_A_VOWEL = ("NXT",)
_WEEKDAY_SUFFICES = timedelta(days=6)


def hours(market: Market, timetable: Timetable) -> str:
    """The hours of a day in exchange time, for example ``20:00-04:00 New York``."""
    place = PLACES[market.zone]
    sessions = [session for session in timetable.sessions if session.is_known]
    if not sessions:
        return f"at hours that are not known ({place})"
    breaks = [i for i, (a, b) in enumerate(pairwise(sessions), 1) if a.closes != b.opens]
    bounds = [0, *breaks, len(sessions)]
    unbroken = (sessions[first:last] for first, last in pairwise(bounds))
    spans = ", ".join(f"{hour(row[0].opens)}-{hour(row[-1].closes)}" for row in unbroken)
    if len(sessions) < len(timetable.sessions):
        return f"{spans} {place} (later hours are not known)"
    return f"{spans} {place}"


def schedule(market: Market, day: date, calendar: Calendar | None = None) -> str:
    """The hours as of ``day`` and the days of the week, for example ``…, Monday to Friday``."""
    timetable = timetable_on(market, day, calendar)
    first = timetable.sessions[0]
    begin, end = WEEKDAYS[first.weekdays[0]], WEEKDAYS[first.weekdays[-1]]
    if first.closes <= first.opens:
        return f"{hours(market, timetable)}, {begin} to {end} evenings"
    return f"{hours(market, timetable)}, {begin} to {end}"


def hour(at: clock_time | datetime) -> str:
    """``at`` in hours and minutes, and in seconds where it has any."""
    return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"


def key_sentence(key: TrKey, status: Status) -> str:
    """Which session the key belongs to, whether it is open and until or from when.

    ``status`` is that of the key's market, for example: ``RBAQAAPL is a US daytime key; that
    session runs 20:00-04:00 New York and is closed (Sunday 14:03 KST). It opens Monday 10:00 KST.``
    """
    is_american = key.market.currency == "USD"
    owner = key.market.session if is_american else key.market.english
    kind = _KIND_WITH_A_VOWEL if owner.startswith(_SPOKEN_WITH_A_VOWEL) else _KIND
    templates = SESSION_STATES if is_american else KEY_STATES
    sentence = templates[_state(status)].format(
        key=key.text,
        kind=kind.format(owner=owner),
        hours=hours(key.market, status.timetable),
        now=_now(status),
    )
    return _joined(sentence, *_coming(status))


def market_sentence(market: Market, status: Status) -> str:
    """Whether a market is open, and what comes next."""
    template = MARKET_STATES[_state(status)]
    sentence = template.format(market=market.english, now=_now(status))
    return _joined(sentence, *_coming(status))


def _state(status: Status) -> State:
    return status.closed or status.is_surely_open


def _coming(status: Status) -> list[str]:
    """What comes next, in sentences."""
    if status.on is None or status.closes is None:
        return [_opens(status)]
    return _until(status, status.on, status.closes)


def _joined(*sentences: str) -> str:
    """Several sentences after each other; empty ones are left out."""
    return " ".join(filter(None, sentences))


def open_now_sentence(key: TrKey, now: datetime, calendar: Calendar | None = None) -> str:
    """Which keys of the same symbol could send at ``now`` (aware): ``Now open: ...``."""
    keys = open_keys(key, now, calendar)
    if not keys:
        return _NONE_OPEN
    named = ", ".join(f"{other.argument} ({other.what})" for other in keys)
    reservations = [other.market.few for other in keys if other.market.few]
    return f"Now open: {'; '.join([named, *reservations])}."


def doubt_sentences(key: TrKey, status: Status) -> list[str]:
    """What is in doubt at this hour, and what this key may be that has no data in this session."""
    sentences = list(status.doubts)
    on = status.on
    if on is None:
        return sentences
    if key.market.few:
        sentences.append(f"Note that {key.market.few}.")
    elif on.session.stocks_only:
        sentences.append(
            f"Only stocks trade in the {on.session.title}: if {key.text} is one, data are due; if "
            "it is an ETF or ELW, its market is closed, and kisq cannot tell from the code."
        )
    return sentences


def due_sentence(status: Status) -> str:
    """What comes in the session that is on, where that is not books and trades; or empty."""
    if status.on is None or status.on.session.due == BOOKS_AND_TRADES:
        return ""
    return f"What is due in this session: {status.on.session.due}."


def delay_sentence(key: TrKey, status: Status) -> str:
    """When a delayed feed can have data, if a session opened less than its delay ago; or empty."""
    delay = timedelta(minutes=key.delay_minutes)
    if status.opened is None or status.at >= status.opened + delay:
        return ""
    due = moment(status.opened + delay, status.at)
    return f"Its data are {key.delay_minutes} minutes late: the first is due {due}."


def holidays_sentence(status: Status) -> str:
    """What kisq does not know of the holidays between now and the next session; or empty."""
    place, calendar = PLACES[status.market.zone], status.calendar
    if calendar is None:
        return f"The holidays of {place} are not known to kisq."
    sentences = [calendar.fault]
    if status.holidays is Holidays.BEYOND:
        sentences.append(
            f"The holidays of {place} are announced, as far as kisq knows, until "
            f"{calendar.announced_until}: later ones are worked out by rule, and may be others."
        )
    if calendar.of_country:
        sentences.append(
            f"The holidays are the public ones of {place}: the exchange's own calendar is not "
            "known."
        )
    return _joined(*sentences)


def moment(at: datetime, now: datetime) -> str:
    """``at`` in KST by its weekday, with its date where that is not near ``now``; both aware."""
    korean = at.astimezone(KST)
    day = WEEKDAYS[korean.weekday()]
    if abs(at - now) >= _WEEKDAY_SUFFICES:
        return f"{day} {korean:%Y-%m-%d} {hour(korean)} KST"
    return f"{day} {hour(korean)} KST"


def _now(status: Status) -> str:
    """The time, and that of the exchange where it lives another day."""
    local = status.at.astimezone(ZoneInfo(status.market.zone))
    korean = moment(status.at.replace(second=0), status.at)
    if local.weekday() == status.at.astimezone(KST).weekday():
        return korean
    place = PLACES[status.market.zone]
    return f"{korean}, {WEEKDAYS[local.weekday()]} {local:%H:%M} {place}"


def _until(status: Status, on: Span, until: datetime) -> list[str]:
    """Until when what is open is, in sentences: the session ``on``, and the market."""
    if not on.session.is_known:
        return ["When it ends is not known."]
    title, closes = on.session.title, moment(until, status.at)
    ends = moment(on.closes, status.at)
    sentences = [f"The {title} ends {ends}."]
    if status.reopens:
        again = moment(status.reopens.opens, status.at)
        sentences.append(f"The market pauses {closes}, and goes on {again}.")
    elif ends != closes:
        sentences.append(f"The market closes {closes}.")
    return sentences


def _opens(status: Status) -> str:
    if status.coming is None:
        return "When it opens next is not known."
    opens = moment(status.coming.opens, status.at)
    if not status.coming.session.is_known:
        return f"When it opens next is not known, but not before {opens}."
    return f"It opens {opens}."
