"""What the session clock says, in sentences; times are KST unless the sentence names a place."""

from datetime import date, datetime, timedelta
from datetime import time as clock_time
from itertools import pairwise
from zoneinfo import ZoneInfo

from kisq.hours.clock import Holidays, Status, open_keys
from kisq.hours.closed import Closed
from kisq.hours.sessions import Calendar, timetable_on
from kisq.spec.markets import PLACES, Market
from kisq.spec.timetable import BOOKS_AND_TRADES, Timetable
from kisq.wire.moments import KST
from kisq.wire.trkey import TrKey

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_CLOSED = {
    Closed.HOURS: "is closed",
    Closed.LUNCH: "is closed for lunch",
    Closed.PAUSE: "pauses between two sessions",
    Closed.HALF_DAY: "has closed early (half day)",
    Closed.WEEKEND: "is closed for the weekend",
    Closed.HOLIDAY: "is closed for a holiday",
}
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
    parts = (sessions[first:last] for first, last in pairwise(bounds))
    spans = (f"{hour(part[0].opens)}-{hour(part[-1].closes)}" for part in parts)
    rest = "" if len(sessions) == len(timetable.sessions) else " (later hours are not known)"
    return f"{', '.join(spans)} {place}{rest}"


def schedule(market: Market, day: date, calendar: Calendar | None = None) -> str:
    """The hours as of ``day`` and the days of the week, for example ``…, Monday to Friday``."""
    timetable = timetable_on(market, day, calendar)
    first = timetable.sessions[0]
    evenings = " evenings" if first.closes <= first.opens else ""
    days = f"{WEEKDAYS[first.weekdays[0]]} to {WEEKDAYS[first.weekdays[-1]]}"
    return f"{hours(market, timetable)}, {days}{evenings}"


def hour(at: clock_time | datetime) -> str:
    """``at`` in hours and minutes, and in seconds where it has any."""
    return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"


def key_sentence(key: TrKey, status: Status) -> str:
    """Which session the key belongs to, whether it is open and until or from when.

    ``status`` is that of the key's market, for example: ``RBAQAAPL is a US daytime key; that
    session runs 20:00-04:00 New York and is closed (Sunday 14:03 KST). It opens Monday 10:00 KST.``
    """
    american = key.market.currency == "USD"
    owner = key.market.session if american else key.market.english
    article = "an" if owner.startswith(_SPOKEN_WITH_A_VOWEL) else "a"
    noun = "session" if american else "market"
    runs = hours(key.market, status.timetable)
    state = status_sentence(status)
    return f"{key.text} is {article} {owner} key; that {noun} runs {runs} and {state}"


def status_sentence(status: Status) -> str:
    """The rest of a sentence about a market: open or closed now, and what comes next."""
    if status.closed:
        return f"{_CLOSED[status.closed]} ({_now(status)}). {_opens(status)}"
    is_open = "is" if status.is_surely_open else "may be"
    return f"{is_open} open ({_now(status)}). {_until(status)}"


def open_now_sentence(key: TrKey, now: datetime, calendar: Calendar | None = None) -> str:
    """Which keys of the same symbol could send at ``now`` (aware): ``Now open: ...``."""
    found = open_keys(key, now, calendar)
    said = ", ".join(f"{k.argument} ({k.what})" for k in found) or "none of this symbol's keys"
    few = "".join(f"; {k.market.few}" for k in found if k.market.few)
    return f"Now open: {said}{few}."


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
    return " ".join(sentence for sentence in sentences if sentence)


def moment(at: datetime, now: datetime) -> str:
    """``at`` in KST by its weekday, with its date where that is not near ``now``; both aware."""
    korean = at.astimezone(KST)
    date = f" {korean:%Y-%m-%d}" if abs(at - now) >= _WEEKDAY_SUFFICES else ""
    return f"{WEEKDAYS[korean.weekday()]}{date} {hour(korean)} KST"


def _now(status: Status) -> str:
    """The time, and that of the exchange where it lives another day."""
    local = status.at.astimezone(ZoneInfo(status.market.zone))
    korean = moment(status.at.replace(second=0), status.at)
    if local.weekday() == status.at.astimezone(KST).weekday():
        return korean
    place = PLACES[status.market.zone]
    return f"{korean}, {WEEKDAYS[local.weekday()]} {local:%H:%M} {place}"


def _until(status: Status) -> str:
    if status.on is None or status.closes is None:
        return ""
    title, closes = status.on.session.title, moment(status.closes, status.at)
    if not status.on.session.is_known:
        return "When it ends is not known."
    ends = moment(status.on.closes, status.at)
    if status.reopens:
        again = moment(status.reopens.opens, status.at)
        return f"The {title} ends {ends}. The market pauses {closes}, and goes on {again}."
    last = f" The market closes {closes}." if ends != closes else ""
    return f"The {title} ends {ends}.{last}"


def _opens(status: Status) -> str:
    if status.coming is None:
        return "When it opens next is not known."
    opens = moment(status.coming.opens, status.at)
    if not status.coming.session.is_known:
        return f"When it opens next is not known, but not before {opens}."
    return f"It opens {opens}."
