"""Why nothing comes for a key, and what to try (protocol.md sections 4 and 5)."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

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
from kisq.spec.markets import Market
from kisq.spec.tables import TRS
from kisq.spec.timetable import EXPECTED
from kisq.wire.trkey import TrKey, parse_tr_key

CalendarOf = Callable[[Market], Calendar | None]


class Silence(NamedTuple):
    """Whether the key's market is closed, why nothing comes, and what to do next."""

    closed: bool
    reason: str
    next_step: str


NOT_ANSWERED = Silence(
    False,
    "The subscribe was not answered.",
    "Try again in some minutes; `kisq raw --json` shows all that is said. KIS answers at once.",
)


def silence(
    tr_id: str, text: str, now: datetime, calendar_of: CalendarOf, *, mock: bool
) -> Silence:
    """Explain the silence of (``tr_id``, ``text``) at ``now`` (aware).

    That a TR is documented as not offered on the mock server is a reason more, and decides nothing
    (protocol.md section 3).
    """
    found = _of_key(tr_id, text, now, calendar_of)
    if not mock or tr_id not in TRS or TRS[tr_id].on_mock:
        return found
    return Silence(
        found.closed,
        f"{tr_id} is documented as not offered on the mock server, which accepts the subscription "
        f"all the same. {found.reason}",
        "Use --env real with real credentials.",
    )


def _of_key(tr_id: str, text: str, now: datetime, calendar_of: CalendarOf) -> Silence:
    try:
        key = parse_tr_key(text, tr_id)
    except WrongKey as fault:
        return Silence(
            False,
            "A closed market sends nothing, nor does a key that does not exist.",
            f"Check the tr_id, the market code and the symbol: {fault}.",
        )
    if key.is_etn and key.market.for_stocks_alone:
        return Silence(
            False,
            f"{key.text} is an ETN, and {key.market.english} trades stocks only: nothing ever "
            "comes for it there.",
            f"Look at it on KRX: leave --venue {key.market.venue} out.",
        )
    calendar = calendar_of(key.market)
    found = key_status(key, now, calendar)
    if not found.is_open:
        return _closed(key, now, found, calendar)
    if tr_id == key.tr_ids[1] and found.on and found.on.session.due == EXPECTED:
        return _no_trades(key, found)
    return _open(key, found)


def _open(key: TrKey, status: Status) -> Silence:
    sentences = [
        key_sentence(key, status),
        due_sentence(status),
        *doubt_sentences(key, status),
        delay_sentence(key, status),
        holidays_sentence(status),
    ]
    return Silence(False, _joined(sentences), _spelling(key))


def _no_trades(key: TrKey, status: Status) -> Silence:
    """An auction, of which a TR of trades tells nothing until it ends."""
    sentences = [
        key_sentence(key, status),
        due_sentence(status),
        *doubt_sentences(key, status),
        holidays_sentence(status),
    ]
    step = f"Wait until the auction ends, or look at its order book: {key.tr_id}."
    return Silence(True, _joined(sentences), step)


def _closed(key: TrKey, now: datetime, status: Status, calendar: Calendar | None) -> Silence:
    others = [other for other in open_keys(key, now, calendar) if other != key]
    sentences = [
        key_sentence(key, status),
        _etn_sentence(key),
        *doubt_sentences(key, status),
        open_now_sentence(key, now, calendar),
        holidays_sentence(status),
    ]
    step = "Wait until it opens; a closed market sends nothing."
    if others:
        few = f": {others[0].market.few}" if others[0].market.few else ""
        step = f"Try {others[0].argument} ({others[0].what}), which is open now{few}."
    return Silence(True, _joined(sentences), step)


def _etn_sentence(key: TrKey) -> str:
    return f"{key.text} is an ETN, which has no after-market." if key.is_etn else ""


def _joined(sentences: list[str]) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


def _spelling(key: TrKey) -> str:
    wrong = "Check exchange and spelling, for a wrong symbol is accepted and then silent"
    if key.market.currency == "USD":
        return f"{wrong}: ETFs are often on AMS, share classes have a slash (BRK/B)."
    if key.market.few:
        return f"{wrong}; or try KRX, without --venue."
    if key.prefix == "R":
        return f"{wrong}; a paid feed must be applied for: try {key.siblings[0].argument}."
    return f"{wrong}."
