"""Why nothing comes for a key, and what to try (protocol.md sections 4 and 5)."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from kisq.errors import WrongUsage
from kisq.protocol.clock import Calendar, open_keys, status
from kisq.protocol.clock_text import (
    delay_sentence,
    holidays_sentence,
    key_sentence,
    open_now_sentence,
)
from kisq.protocol.trkey import TrKey, parse_tr_key
from kisq.spec.markets import Market
from kisq.spec.trs import TRS

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
    """Explain the silence of (``tr_id``, ``text``) at ``now`` (aware)."""
    if mock and tr_id in TRS and not TRS[tr_id].on_mock:
        return Silence(
            False,
            f"KIS does not offer {tr_id} on the mock server, which accepts the subscription and "
            "then never sends.",
            "Use --env real with real credentials.",
        )
    try:
        key = parse_tr_key(text, tr_id)
    except WrongUsage as fault:
        return Silence(
            False,
            "A closed market sends nothing, nor does a key that does not exist.",
            f"Check the tr_id, the market code and the symbol: {fault}.",
        )
    return _of_market(key, now, calendar_of(key.market))


def _of_market(key: TrKey, now: datetime, calendar: Calendar | None) -> Silence:
    found = status(key.market, now, calendar)
    sentences = [key_sentence(key, found), delay_sentence(key, found)]
    if found.is_open:
        sentences.append(holidays_sentence(found))
        return Silence(False, _joined(sentences), _spelling(key))
    others = [other for other in open_keys(key, now, calendar) if other != key]
    sentences += [open_now_sentence(key, now, calendar), holidays_sentence(found)]
    step = "Wait until it opens; a closed market sends nothing."
    if others:
        step = f"Try {others[0].argument} ({others[0].what}), which is open now."
    return Silence(True, _joined(sentences), step)


def _joined(sentences: list[str]) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


def _spelling(key: TrKey) -> str:
    wrong = "Check exchange and spelling, for a wrong symbol is accepted and then silent"
    if key.market.currency == "USD":
        return f"{wrong}: ETFs are often on AMS, share classes have a slash (BRK/B)."
    if key.prefix == "R":
        return f"{wrong}; a paid feed must be applied for: try {key.siblings[0].argument}."
    return f"{wrong}."
