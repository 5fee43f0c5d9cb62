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
    open_now_sentence,
)
from kisq.hours.sessions import Calendar
from kisq.hours.time_words import moment
from kisq.locale.sentence import Sentence, joined
from kisq.reasons.evidence import NO_EVIDENCE, Control, Evidence, Silence
from kisq.reasons.symbol_reasons import by_control, by_day, by_files
from kisq.spec.markets import Market
from kisq.spec.notices import is_notice
from kisq.spec.tables import TRS
from kisq.spec.timetable import EXPECTED
from kisq.wire.messages import Key
from kisq.wire.trkey import TrKey, parse_tr_key

__all__ = ["NOT_ANSWERED", "NO_ORDER", "CalendarOf", "Silence", "WhySilent", "silence"]

CalendarOf = Callable[[Market], Calendar | None]


# For a key without data, and the keys of the same run that had data.
WhySilent = Callable[[Key, Sequence[Key]], Silence]
NOT_ANSWERED = Silence(
    False,
    Sentence("The subscribe was not answered."),
    Sentence(
        "KIS normally answers at once. Try again in a few minutes; `kisq raw --json` shows every "
        "message."
    ),
    Sentence("the subscribe was not answered"),
)
NO_ORDER = Silence(
    False,
    Sentence(
        "The subscription stands, no order yet: a notice comes only when an order of this HTS ID "
        "is placed, changed or filled."
    ),
    Sentence("Place an order, through any channel, and look again."),
    Sentence("no order yet"),
)
_NOT_ON_MOCK = Sentence(
    "{tr_id} is documented as not offered on the mock server, which accepts the subscription "
    "anyway. {reason}"
)
_NOT_ON_MOCK_STEP = Sentence("Use --env real with real credentials.")
_WRONG_KEY = Sentence("A closed market sends nothing, nor does a key that does not exist.")
_WRONG_KEY_STEP = Sentence("Check the tr_id, the market code and the symbol: {fault}.")
_WRONG_KEY_SHORT = Sentence("check the tr_key")
_ETN = Sentence(
    "{key} is an ETN, and {market} trades stocks only: nothing ever comes for it there."
)
_ETN_STEP = Sentence("Look at it on KRX: leave --venue {venue} out.")
_ETN_SHORT = Sentence("an ETN, which is not traded there")
_ETN_AFTER_MARKET = Sentence("{key} is an ETN, which has no after-market.")
_WAIT = Sentence("Wait until it opens; a closed market sends nothing.")
_TRY = Sentence("Try {key} ({kind}), which is open now.")
_TRY_WITH_FEW = Sentence("Try {key} ({kind}), which is open now: {few}.")
_AUCTION_STEP = Sentence("Wait until the auction ends, or look at its order book: {tr_id}.")
_AUCTION_SHORT = Sentence("an auction, without trades until it ends")
_CLOSED = Sentence("the market is closed")
_CLOSED_UNTIL = Sentence("the market is closed until {moment}")
_OPEN_SHORT = Sentence("the market is open: check exchange and spelling")
_SPELLING = Sentence("Check exchange and spelling: a wrong symbol is accepted and then silent.")
_SPELLING_US = Sentence(
    "Check exchange and spelling: a wrong symbol is accepted and then silent. ETFs are often on "
    "AMS, share classes have a slash (BRK/B)."
)
_SPELLING_KRX = Sentence(
    "Check exchange and spelling: a wrong symbol is accepted and then silent. Or try KRX, without "
    "--venue."
)
_SPELLING_PAID = Sentence(
    "Check exchange and spelling: a wrong symbol is accepted and then silent. A paid feed must be "
    "applied for: try {key}."
)
_OTHERS_TICK = Sentence(
    "Data for {ticking} came in the same session, so the feed is fine: {key} is thin, or its "
    "exchange or spelling is wrong."
)
_OTHERS_TICK_SHORT = Sentence("others tick: thin, or wrong exchange or spelling")


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

    ``ticking`` are keys of the same run that had data: one of the same session shows that feed and
    market are open. ``evidence`` is what else is known. If the TR is documented as not offered on
    the mock server, that is an additional reason, but decides nothing (protocol.md section 3).
    """
    if is_notice(tr_id):
        return NO_ORDER
    why = _of_text(tr_id, text, now, calendar_of, ticking, evidence)
    if not mock or tr_id not in TRS or TRS[tr_id].on_mock:
        return why
    reason = _NOT_ON_MOCK.format(tr_id=tr_id, reason=why.reason)
    return Silence(why.closed, reason, _NOT_ON_MOCK_STEP, why.short)


def _of_text(
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
        step = _WRONG_KEY_STEP.format(fault=fault.text)
        return Silence(False, _WRONG_KEY, step, _WRONG_KEY_SHORT)
    if key.is_etn and key.market.for_stocks_alone:
        reason = _ETN.format(key=key.text, market=key.market.english)
        return Silence(False, reason, _ETN_STEP.format(venue=key.market.venue), _ETN_SHORT)
    calendar = calendar_of(key.market)
    status = key_status(key, now, calendar)
    other = _of_same_session(key, ticking)
    if other:
        evidence = evidence._replace(control=Control(other, ticked=True, asked=True))
    control_ticks = evidence.control is not None and evidence.control.ticked
    if not status.is_open and not control_ticks:
        return _closed(key, now, status, calendar)
    is_of_trades = tr_id == key.tr_ids[1]
    return (
        by_files(key, evidence)
        or by_day(key, evidence)
        or _others_tick(key, other)
        or by_control(key, evidence)
        or _no_trades(key, status, is_of_trades=is_of_trades)
        or _open(key, status)
    )


def _of_same_session(key: TrKey, ticking: Sequence[Key]) -> TrKey | None:
    """The first key with data that has the same sessions, TRs and delay as ``key``."""
    for tr_id, text in ticking:
        try:
            other = parse_tr_key(text, tr_id)
        except WrongKey:
            continue
        if other.hours.timetables == key.hours.timetables and other.tr_ids == key.tr_ids:
            return other
    return None


def _others_tick(key: TrKey, other: TrKey | None) -> Silence | None:
    """Silent while data come for ``other``: if anything is wrong, it is the key."""
    if other is None:
        return None
    reason = _OTHERS_TICK.format(ticking=other.text, key=key.text)
    return Silence(False, reason, _spelling(key), _OTHERS_TICK_SHORT)


def _open(key: TrKey, status: Status) -> Silence:
    sentences = [
        key_sentence(key, status),
        due_sentence(status),
        *doubt_sentences(key, status),
        delay_sentence(key, status),
        holidays_sentence(status),
    ]
    return Silence(False, _in_a_row(sentences), _spelling(key), _OPEN_SHORT)


def _no_trades(key: TrKey, status: Status, *, is_of_trades: bool) -> Silence | None:
    """A TR of trades during an auction, when there are none until it ends."""
    if not is_of_trades or status.on is None or status.on.session.due != EXPECTED:
        return None
    sentences = [
        key_sentence(key, status),
        due_sentence(status),
        *doubt_sentences(key, status),
        holidays_sentence(status),
    ]
    step = _AUCTION_STEP.format(tr_id=key.tr_id)
    return Silence(True, _in_a_row(sentences), step, _AUCTION_SHORT)


def _closed(key: TrKey, now: datetime, status: Status, calendar: Calendar | None) -> Silence:
    sentences: list[Sentence | None] = [key_sentence(key, status)]
    if key.is_etn:
        sentences.append(_ETN_AFTER_MARKET.format(key=key.text))
    sentences += doubt_sentences(key, status)
    sentences += [open_now_sentence(key, now, calendar), holidays_sentence(status)]
    step = _WAIT
    others = [other for other in open_keys(key, now, calendar) if other != key]
    if others:
        step = _try_another(others[0])
    return Silence(True, _in_a_row(sentences), step, _closed_until(status))


def _try_another(key: TrKey) -> Sentence:
    if key.market.few:
        return _TRY_WITH_FEW.format(key=key.argument, kind=key.what, few=key.market.few)
    return _TRY.format(key=key.argument, kind=key.what)


def _closed_until(status: Status) -> Sentence:
    if status.coming is None or not status.coming.session.is_known:
        return _CLOSED
    return _CLOSED_UNTIL.format(moment=moment(status.coming.opens, status.at))


def _in_a_row(sentences: Sequence[Sentence | None]) -> Sentence:
    return joined(" ", [sentence for sentence in sentences if sentence])


def _spelling(key: TrKey) -> Sentence:
    if key.market.currency == "USD":
        return _SPELLING_US
    if key.market.few:
        return _SPELLING_KRX
    if key.prefix == "R":
        return _SPELLING_PAID.format(key=key.siblings[0].argument)
    return _SPELLING
