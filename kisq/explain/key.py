"""Markets and tr_keys: what they are, and what the session clock says of them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from kisq.explain.explanation import Explanation, Fact, Table, Value
from kisq.explain.spec import delay_fact
from kisq.hours.clock import Status, iso, key_status, sessions_today, status
from kisq.hours.sentences import (
    WEEKDAYS,
    delay_sentence,
    doubt_sentences,
    holidays_sentence,
    hour,
    key_sentence,
    market_sentence,
    open_now_sentence,
    schedule,
)
from kisq.hours.sessions import Calendar, Span, sessions_on
from kisq.spec.access import ACCESS
from kisq.spec.markets import MARKETS, PLACES, Market
from kisq.spec.tables import TRS
from kisq.spec.timetable import BOOKS_AND_TRADES
from kisq.wire.moments import KST
from kisq.wire.trkey import TrKey

# What has no heading is for JSON, what has no name for people.
_SESSION_COLUMNS = (
    ("session", "session"),
    ("korean", "세션"),
    ("opens", ""),
    ("closes", ""),
    ("opens_kst", ""),
    ("closes_kst", ""),
    ("", "exchange time"),
    ("", "Korean time"),
    ("state", "now"),
    ("due", ""),
    ("", "due"),
)
_KEY_COLUMNS = (("tr_key", "key"), ("what", "what"), ("tr_id", "TR"), ("open", ""), ("", "now"))
_ACCESS_COLUMNS = (("prefix", "prefix"), ("tr_id", "TR"), ("access", "access"))


def explain_market(name: str, now: datetime, calendar: Calendar | None) -> Explanation:
    """A market of ``MARKETS`` at ``now`` (aware); ``calendar`` has its holidays."""
    market = MARKETS[name]
    state = status(market, now, calendar)
    facts = [
        Fact("market", "market", name),
        *_market_facts(state),
        Fact("symbols", "symbols", market.symbol_says),
        *_state_facts(state, market_sentence(market, state)),
    ]
    rows: list[tuple[Value, ...]] = [
        (prefix, tr_id, ACCESS[name, prefix]) for prefix, tr_id in market.trs.items()
    ]
    tables = [Table("keys", "keys", _ACCESS_COLUMNS, rows), _sessions(state, calendar)]
    notes = _notes(*state.doubts, _few(market), holidays_sentence(state))
    return Explanation("market", facts, tables, notes)


def explain_key(key: TrKey, now: datetime, calendar: Calendar | None) -> Explanation:
    """A tr_key at ``now`` (aware); ``calendar`` has the holidays of its market."""
    market, state = key.market, key_status(key, now, calendar)
    facts = [
        Fact("tr_key", "tr_key", key.text),
        Fact("market", "market", market.code),
        *_market_facts(state),
        Fact("symbol", "symbol", key.symbol),
        *_tr_facts(key),
        Fact("access", "access", key.access),
        delay_fact(key.delay_minutes),
        *_state_facts(state, key_sentence(key, state)),
    ]
    siblings = [_sibling(k, now, calendar) for k in key.siblings]
    tables = [
        _sessions(state, calendar),
        Table("siblings", "other keys of this symbol", _KEY_COLUMNS, siblings),
    ]
    notes = _notes(
        *doubt_sentences(key, state),
        delay_sentence(key, state),
        open_now_sentence(key, now, calendar),
        holidays_sentence(state),
    )
    return Explanation("tr_key", facts, tables, notes)


def _tr_facts(key: TrKey) -> list[Fact]:
    tr_id, trades = key.tr_ids
    facts = [Fact("tr_id", "TR", tr_id, f"{tr_id}  {TRS[tr_id].korean}")]
    if trades:
        facts.append(Fact("trades", "trades", trades, f"{trades}  {TRS[trades].korean}"))
    return facts


def _few(market: Market) -> str:
    return f"Note that {market.few}." if market.few else ""


def _market_facts(state: Status) -> list[Fact]:
    market = state.market
    day = state.on.trading_day if state.on else _local(state).date()
    return [
        Fact("exchange", "exchange", market.english, f"{market.english}  {market.korean}"),
        Fact("korean", "", market.korean),
        Fact("trader_session", "session", market.session),
        Fact("hours", "hours", schedule(market, day, state.calendar)),
        Fact("time_zone", "time zone", market.zone),
        Fact("currency", "currency", market.currency),
    ]


def _state_facts(state: Status, sentence: str) -> list[Fact]:
    local, korean = _local(state), state.at.astimezone(KST)
    coming = state.coming.opens if state.coming else None
    return [
        Fact("exchange_time", "exchange time", _iso(local), f"{local:%Y-%m-%d %H:%M:%S %Z}"),
        Fact("kst_time", "Korean time", _iso(korean), f"{korean:%Y-%m-%d %H:%M:%S} KST"),
        Fact("open", "now", state.is_open, sentence),
        Fact("session", "", state.session),
        Fact("closed_because", "", state.closed.value if state.closed else None),
        Fact("closes_at", "", _iso(state.closes)),
        Fact("opens_at", "", _iso(coming)),
        Fact("holidays", "", state.holidays.value),
    ]


def _sessions(state: Status, calendar: Calendar | None) -> Table:
    """The sessions of today at the exchange, or the next ones where it has none."""
    market, local = state.market, _local(state)
    day = f"{_weekday(local)} {local:%Y-%m-%d} {PLACES[market.zone]}"
    spans, title = sessions_today(market, state.at, calendar), f"sessions of {day}"
    if state.coming and not spans:
        spans = sessions_on(market, state.coming.trading_day, calendar)
        title = f"next sessions, for there are none on {day}"
    is_usual = all(span.session.due == BOOKS_AND_TRADES for span in spans)
    rows = [
        (*_session(span, state.at), span.session.due, "" if is_usual else span.session.due)
        for span in spans
    ]
    return Table("sessions", title, _SESSION_COLUMNS, rows)


def _session(span: Span, now: datetime) -> tuple[Value, ...]:
    names = (span.session.english, span.session.korean)
    if not span.session.is_known:
        state = "may be open" if span.holds(now) else ""
        return (*names, None, None, None, None, "", "not known", state)
    opens, closes = span.opens.astimezone(KST), span.closes.astimezone(KST)
    otherwise = "over" if closes <= now else "to come"
    is_korean = span.opens.utcoffset() == opens.utcoffset()  # one column says it
    return (
        *names,
        *map(_iso, (span.opens, span.closes, opens, closes)),
        "" if is_korean else _between(span.opens, span.closes),
        _between(opens, closes),
        "open" if span.holds(now) else otherwise,
    )


def _sibling(key: TrKey, now: datetime, calendar: Calendar | None) -> tuple[Value, ...]:
    state = key_status(key, now, calendar)
    word = "open" if state.is_surely_open else "may be open"
    shown = word if state.is_open else "closed"
    return (key.text, key.what, key.tr_id, state.is_open, shown)


def _between(opens: datetime, closes: datetime) -> str:
    day = "" if opens.date() == closes.date() else f"{_weekday(closes)} "
    return f"{_weekday(opens)} {hour(opens)} - {day}{hour(closes)}"


def _weekday(at: datetime) -> str:
    return WEEKDAYS[at.weekday()][:3]


def _local(state: Status) -> datetime:
    return state.at.astimezone(ZoneInfo(state.market.zone))


def _iso(at: datetime | None) -> str | None:
    return iso(at) if at else None


def _notes(*sentences: str) -> list[str]:
    return [sentence for sentence in sentences if sentence]
