"""Markets and tr_keys: what they are, and what the session clock says about them."""

from datetime import datetime

from kisq.explain.explanation import (
    JSON_ONLY,
    PEOPLE_ONLY,
    Column,
    Explanation,
    Fact,
    Row,
    Table,
)
from kisq.explain.session_rows import (
    EXCHANGE_TIME,
    KOREAN_TIME,
    MAY_BE_OPEN,
    NOW,
    OPEN,
    local_time,
    sessions_table,
)
from kisq.explain.tr import delay_fact, named_tr
from kisq.hours.clock import Status, iso, key_status, status
from kisq.hours.sentences import (
    delay_sentence,
    doubt_sentences,
    holidays_sentence,
    key_sentence,
    market_sentence,
    open_now_sentence,
    schedule,
)
from kisq.hours.sessions import Calendar
from kisq.locale.sentence import Sentence
from kisq.spec.access import ACCESS
from kisq.spec.markets import MARKETS, Market
from kisq.wire.clocks import KST
from kisq.wire.trkey import TrKey

_KEY_COLUMNS = (
    Column("tr_key", Sentence("key")),
    Column("what", Sentence("feed")),
    Column("tr_id", Sentence("TR")),
    Column("open", JSON_ONLY),
    Column(PEOPLE_ONLY, NOW),
)
_ACCESS_COLUMNS = (
    Column("prefix", Sentence("prefix")),
    Column("tr_id", Sentence("TR")),
    Column("access", Sentence("access")),
)
_KEYS = Sentence("keys")
_SIBLINGS = Sentence("other keys of this symbol")
_FEW = Sentence("Note that {few}.")
_CLOSED = Sentence("closed")


def explain_market(name: str, now: datetime, calendar: Calendar | None) -> Explanation:
    """A market of ``MARKETS`` at ``now`` (aware); ``calendar`` has its holidays."""
    market = MARKETS[name]
    state = status(market, now, calendar)
    facts = [
        Fact("market", Sentence("market"), name),
        *_market_facts(state),
        Fact("symbols", Sentence("symbols"), market.symbol_says),
        *_state_facts(state, market_sentence(market, state)),
    ]
    rows: list[Row] = [
        (prefix, tr_id, ACCESS[name, prefix]) for prefix, tr_id in market.trs.items()
    ]
    tables = [Table("keys", _KEYS, _ACCESS_COLUMNS, rows), sessions_table(state, calendar)]
    notes = _notes(*state.doubts, _few(market), holidays_sentence(state))
    return Explanation("market", facts, tables, notes)


def explain_key(key: TrKey, now: datetime, calendar: Calendar | None) -> Explanation:
    """A tr_key at ``now`` (aware); ``calendar`` has the holidays of its market."""
    state = key_status(key, now, calendar)
    facts = [
        Fact("tr_key", Sentence("tr_key"), key.text),
        Fact("market", Sentence("market"), key.market.code),
        *_market_facts(state),
        Fact("symbol", Sentence("symbol"), key.symbol),
        *_tr_facts(key),
        Fact("access", Sentence("access"), key.access),
        delay_fact(key.delay_minutes),
        *_state_facts(state, key_sentence(key, state)),
    ]
    siblings = [_sibling(sibling, now, calendar) for sibling in key.siblings]
    tables = [
        sessions_table(state, calendar),
        Table("siblings", _SIBLINGS, _KEY_COLUMNS, siblings),
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
    facts = [Fact("tr_id", Sentence("TR"), tr_id, named_tr(tr_id))]
    if trades:
        facts.append(Fact("trades", Sentence("trades"), trades, named_tr(trades)))
    return facts


def _few(market: Market) -> str:
    if market.few:
        return _FEW.format(few=market.few)
    return ""


def _market_facts(state: Status) -> list[Fact]:
    market = state.market
    day = local_time(state).date()
    if state.on:
        day = state.on.trading_day
    return [
        Fact("exchange", Sentence("exchange"), market.english),
        Fact("korean", JSON_ONLY, market.korean),
        Fact("trader_session", Sentence("session"), market.session),
        Fact("hours", Sentence("hours"), schedule(market, day, state.calendar)),
        Fact("time_zone", Sentence("time zone"), market.zone),
        Fact("currency", Sentence("currency"), market.currency),
    ]


def _state_facts(state: Status, sentence: str) -> list[Fact]:
    local = local_time(state)
    korean = state.at.astimezone(KST)
    local_text = f"{local:%Y-%m-%d %H:%M:%S %Z}"
    korean_text = f"{korean:%Y-%m-%d %H:%M:%S} KST"
    closed_because = None
    if state.closed:
        closed_because = state.closed.value
    opens_at = None
    if state.coming:
        opens_at = iso(state.coming.opens)
    closes_at = None
    if state.closes:
        closes_at = iso(state.closes)
    return [
        Fact("exchange_time", EXCHANGE_TIME, iso(local), local_text),
        Fact("kst_time", KOREAN_TIME, iso(korean), korean_text),
        Fact("open", NOW, state.is_open, sentence),
        Fact("session", JSON_ONLY, state.session),
        Fact("closed_because", JSON_ONLY, closed_because),
        Fact("closes_at", JSON_ONLY, closes_at),
        Fact("opens_at", JSON_ONLY, opens_at),
        Fact("holidays", JSON_ONLY, state.holidays.value),
    ]


def _sibling(key: TrKey, now: datetime, calendar: Calendar | None) -> Row:
    state = key_status(key, now, calendar)
    shown = _CLOSED
    if state.is_surely_open:
        shown = OPEN
    elif state.is_open:
        shown = MAY_BE_OPEN
    return key.text, key.what, key.tr_id, state.is_open, shown


def _notes(*sentences: str | None) -> list[str]:
    return [sentence for sentence in sentences if sentence]
