"""What the session clock says, in sentences; times are KST unless the sentence names a place."""

from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from kisq.protocol.clock import Calendar, Closed, Holidays, Status, open_keys
from kisq.protocol.moments import KST
from kisq.protocol.trkey import TrKey
from kisq.spec.markets import PLACES, Market

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_CLOSED = {
    Closed.HOURS: "is closed",
    Closed.LUNCH: "is closed for lunch",
    Closed.HALF_DAY: "has closed early (half day)",
    Closed.WEEKEND: "is closed for the weekend",
    Closed.HOLIDAY: "is closed for a holiday",
}
_WEEKDAY_SUFFICES = timedelta(days=6)


def hours(market: Market) -> str:
    """The hours of ``market`` in exchange time, for example ``20:00-04:00 New York``."""
    breaks = [i for i, (a, b) in enumerate(pairwise(market.sessions), 1) if a.closes != b.opens]
    bounds = [0, *breaks, len(market.sessions)]
    parts = (market.sessions[first:last] for first, last in pairwise(bounds))
    spans = (f"{part[0].opens:%H:%M}-{part[-1].closes:%H:%M}" for part in parts)
    return f"{', '.join(spans)} {PLACES[market.zone]}"


def schedule(market: Market) -> str:
    """The hours of ``market`` and its days, for example ``..., Sunday to Thursday evenings``."""
    first = market.sessions[0]
    evenings = " evenings" if first.closes <= first.opens else ""
    days = f"{WEEKDAYS[first.weekdays[0]]} to {WEEKDAYS[first.weekdays[-1]]}"
    return f"{hours(market)}, {days}{evenings}"


def key_sentence(key: TrKey, status: Status) -> str:
    """Which session the key belongs to, whether it is open and until or from when.

    ``status`` is that of the key's market, for example: ``RBAQAAPL is a US daytime key; that
    session runs 20:00-04:00 New York and is closed (Sunday 14:03 KST). It opens Monday 10:00 KST.``
    """
    american = key.market.currency == "USD"
    owner = key.market.session if american else key.market.english
    noun = "session" if american else "market"
    return (
        f"{key.text} is a {owner} key; that {noun} runs {hours(key.market)} and "
        f"{status_sentence(status)}"
    )


def status_sentence(status: Status) -> str:
    """The rest of a sentence about a market: open or closed now, and what comes next."""
    if status.closed:
        return f"{_CLOSED[status.closed]} ({_now(status)}). {_opens(status)}"
    return f"is open ({_now(status)}). {_until(status)}"


def open_now_sentence(key: TrKey, now: datetime, calendar: Calendar | None = None) -> str:
    """Which keys of the same symbol could send at ``now`` (aware): ``Now open: ...``."""
    found = open_keys(key, now, calendar)
    said = ", ".join(f"{k.argument} ({k.what})" for k in found) or "none of this symbol's keys"
    return f"Now open: {said}."


def delay_sentence(key: TrKey, status: Status) -> str:
    """When a delayed feed can have data, if a session opened less than its delay ago; or empty."""
    delay = timedelta(minutes=key.delay_minutes)
    if status.on is None or status.at >= status.on.opens + delay:
        return ""
    due = moment(status.on.opens + delay, status.at)
    return f"Its data are {key.delay_minutes} minutes late: the first is due {due}."


def holidays_sentence(status: Status) -> str:
    """What kisq does not know of the holidays between now and the next session; or empty."""
    place = PLACES[status.market.zone]
    if status.holidays is Holidays.KNOWN:
        return ""
    if not status.market.calendar:
        return f"The holidays of {place} are not known to kisq."
    if status.holidays is Holidays.BEYOND:
        return f"The holidays of {place} are not known to kisq: its calendar does not reach there."
    return "Holidays are not known to kisq without the extra `calendar`."


def moment(at: datetime, now: datetime) -> str:
    """``at`` in KST by its weekday, with its date where that is not near ``now``; both aware."""
    korean = at.astimezone(KST)
    date = f" {korean:%Y-%m-%d}" if abs(at - now) >= _WEEKDAY_SUFFICES else ""
    return f"{WEEKDAYS[korean.weekday()]}{date} {korean:%H:%M} KST"


def _now(status: Status) -> str:
    """The time, and that of the exchange where it lives another day."""
    local = status.at.astimezone(ZoneInfo(status.market.zone))
    korean = moment(status.at, status.at)
    if local.weekday() == status.at.astimezone(KST).weekday():
        return korean
    place = PLACES[status.market.zone]
    return f"{korean}, {WEEKDAYS[local.weekday()]} {local:%H:%M} {place}"


def _until(status: Status) -> str:
    if status.on is None or status.closes is None:
        return ""
    ends, closes = moment(status.on.closes, status.at), moment(status.closes, status.at)
    last = f" The market closes {closes}." if ends != closes else ""
    return f"The {status.on.session.english} session ends {ends}.{last}"


def _opens(status: Status) -> str:
    if status.coming is None:
        return "When it opens next is not known."
    return f"It opens {moment(status.coming.opens, status.at)}."
