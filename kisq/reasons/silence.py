"""Why nothing comes for a key, and what to try (protocol.md sections 4 and 5)."""

from collections.abc import Callable, Sequence
from datetime import datetime

from kisq.errors import WrongKey
from kisq.hours.clock import Status, key_status, open_keys
from kisq.hours.sentences import (
    delay_sentence,
    doubt_sentences,
    due_sentence,
    holidays_sentence,
    key_sentence,
    moment,
    open_now_sentence,
)
from kisq.hours.sessions import Calendar
from kisq.reasons.evidence import NO_EVIDENCE, Control, Evidence
from kisq.reasons.silent import Silence
from kisq.reasons.symbol_reasons import by_control, by_day, by_files
from kisq.spec.markets import Market
from kisq.spec.notices import is_notice
from kisq.spec.tables import TRS
from kisq.spec.timetable import EXPECTED
from kisq.wire.messages import Key
from kisq.wire.trkey import TrKey, parse_tr_key

__all__ = ["NOT_ANSWERED", "NO_ORDER", "CalendarOf", "Silence", "WhySilent", "silence"]

CalendarOf = Callable[[Market], Calendar | None]


# Of a key of which nothing came, and the keys of the same run of which something did.
WhySilent = Callable[[Key, Sequence[Key]], Silence]
NOT_ANSWERED = Silence(
    False,
    "The subscribe was not answered.",
    "Try again in some minutes; `kisq raw --json` shows all that is said. KIS answers at once.",
    "the subscribe was not answered",
)
NO_ORDER = Silence(
    False,
    "The subscription stands, no order yet: a notice comes only when an order of this HTS ID is "
    "placed, changed or filled.",
    "Place an order, from whatever medium, and look again.",
    "no order yet",
)
_WAIT = "Wait until it opens; a closed market sends nothing."
_TRY = "Try {key} ({kind}), which is open now."
_TRY_WITH_FEW = "Try {key} ({kind}), which is open now: {few}."
_SPELLING = "Check exchange and spelling, for a wrong symbol is accepted and then silent."
_SPELLING_US = (
    "Check exchange and spelling, for a wrong symbol is accepted and then silent: ETFs are often "
    "on AMS, share classes have a slash (BRK/B)."
)
_SPELLING_KRX = (
    "Check exchange and spelling, for a wrong symbol is accepted and then silent; or try KRX, "
    "without --venue."
)
_SPELLING_PAID = (
    "Check exchange and spelling, for a wrong symbol is accepted and then silent; a paid feed must "
    "be applied for: try {key}."
)
_OTHERS_TICK = (
    "Data of {ticking} came in the meantime, in the same session, so the feed is fine: {key} is "
    "thin, or its exchange or spelling is wrong."
)


def silence(
    tr_id: str,
    text: str,
    now: datetime,
    calendar_of: CalendarOf,
    *,
    mock: bool,
    ticking: Sequence[Key] = (),
    evidence: Evidence = NO_EVIDENCE,
) -> Silence:
    """Explain the silence of (``tr_id``, ``text``) at ``now`` (aware).

    ``ticking`` are keys of the same run of which data came: one of the same session shows that
    feed and market are open. ``evidence`` is what else is known. That a TR is documented as not
    offered on the mock server is a reason more, and decides nothing (protocol.md section 3).
    """
    if is_notice(tr_id):
        return NO_ORDER
    why = _of_key(tr_id, text, now, calendar_of, ticking, evidence)
    if not mock or tr_id not in TRS or TRS[tr_id].on_mock:
        return why
    return Silence(
        why.closed,
        f"{tr_id} is documented as not offered on the mock server, which accepts the subscription "
        f"all the same. {why.reason}",
        "Use --env real with real credentials.",
        why.short,
    )


def _of_key(
    tr_id: str,
    text: str,
    now: datetime,
    calendar_of: CalendarOf,
    ticking: Sequence[Key],
    evidence: Evidence,
) -> Silence:
    try:
        key = parse_tr_key(text, tr_id)
    except WrongKey as fault:
        return Silence(
            False,
            "A closed market sends nothing, nor does a key that does not exist.",
            f"Check the tr_id, the market code and the symbol: {fault}.",
            "check the tr_key",
        )
    if key.is_etn and key.market.for_stocks_alone:
        return Silence(
            False,
            f"{key.text} is an ETN, and {key.market.english} trades stocks only: nothing ever "
            "comes for it there.",
            f"Look at it on KRX: leave --venue {key.market.venue} out.",
            "an ETN, which is not traded there",
        )
    calendar = calendar_of(key.market)
    status = key_status(key, now, calendar)
    alike = _of_same_session(key, ticking)
    ticks = alike is not None or (evidence.control is not None and evidence.control.ticked)
    if not ticks and not status.is_open:
        return _closed(key, now, status, calendar)
    if alike:
        evidence = evidence._replace(control=Control(alike, ticked=True, asked=True))
    if why := by_files(key, evidence) or by_day(key, evidence):
        return why
    if alike:
        return _others_tick(key, alike)
    if why := by_control(key, evidence):
        return why
    if tr_id == key.tr_ids[1] and status.on and status.on.session.due == EXPECTED:
        return _no_trades(key, status)
    return _open(key, status)


def _of_same_session(key: TrKey, ticking: Sequence[Key]) -> TrKey | None:
    """The first key with data whose sessions, TR and delay are those of ``key``."""
    for tr_id, text in ticking:
        try:
            other = parse_tr_key(text, tr_id)
        except WrongKey:
            continue
        if (other.hours.timetables, other.tr_ids) == (key.hours.timetables, key.tr_ids):
            return other
    return None


def _others_tick(key: TrKey, other: TrKey) -> Silence:
    """Silent in a session of which data come: nothing is wrong but the key, if anything."""
    return Silence(
        False,
        _OTHERS_TICK.format(ticking=other.text, key=key.text),
        _spelling(key),
        "others tick: thin, or wrong exchange or spelling",
    )


def _open(key: TrKey, status: Status) -> Silence:
    sentences = [
        key_sentence(key, status),
        due_sentence(status),
        *doubt_sentences(key, status),
        delay_sentence(key, status),
        holidays_sentence(status),
    ]
    short = "the market is open: check exchange and spelling"
    return Silence(False, _joined(sentences), _spelling(key), short)


def _no_trades(key: TrKey, status: Status) -> Silence:
    """An auction, of which a TR of trades tells nothing until it ends."""
    sentences = [
        key_sentence(key, status),
        due_sentence(status),
        *doubt_sentences(key, status),
        holidays_sentence(status),
    ]
    step = f"Wait until the auction ends, or look at its order book: {key.tr_id}."
    return Silence(True, _joined(sentences), step, "an auction, without trades until it ends")


def _closed(key: TrKey, now: datetime, status: Status, calendar: Calendar | None) -> Silence:
    others = [other for other in open_keys(key, now, calendar) if other != key]
    sentences = [
        key_sentence(key, status),
        _etn_sentence(key),
        *doubt_sentences(key, status),
        open_now_sentence(key, now, calendar),
        holidays_sentence(status),
    ]
    step = _try_another(others[0]) if others else _WAIT
    return Silence(True, _joined(sentences), step, _closed_until(status))


def _try_another(key: TrKey) -> str:
    template = _TRY_WITH_FEW if key.market.few else _TRY
    return template.format(key=key.argument, kind=key.what, few=key.market.few)


def _closed_until(status: Status) -> str:
    if status.coming is None or not status.coming.session.is_known:
        return "the market is closed"
    return f"the market is closed until {moment(status.coming.opens, status.at)}"


def _etn_sentence(key: TrKey) -> str:
    return f"{key.text} is an ETN, which has no after-market." if key.is_etn else ""


def _joined(sentences: list[str]) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


def _spelling(key: TrKey) -> str:
    if key.market.currency == "USD":
        return _SPELLING_US
    if key.market.few:
        return _SPELLING_KRX
    if key.prefix == "R":
        return _SPELLING_PAID.format(key=key.siblings[0].argument)
    return _SPELLING
