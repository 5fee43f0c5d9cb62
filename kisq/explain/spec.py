"""Codes and TRs: what ``spec`` holds about them."""

from kisq.explain.explanation import Explanation, Fact, Table, Value
from kisq.spec.close_codes import CLOSES
from kisq.spec.codes import EGW, HANDSHAKE, OPSP
from kisq.spec.fields import Tr
from kisq.spec.key_advice import BY_KEY
from kisq.spec.markets import ACCESS, MARKETS
from kisq.spec.trs import BOOKS, TRS
from kisq.wire.escape import MASK
from kisq.wire.messages import Key, Request
from kisq.wire.refusal import advice_for, next_step

CODES = OPSP | EGW
STATUSES = {str(status): meaning for status, meaning in HANDSHAKE.items()}
CLOSE_CODES = {str(code): meaning for code, meaning in CLOSES.items()}
_EXAMPLE = ("HDFSASP0", "DNASAAPL")
_KIND_COLUMNS = (
    ("keys", "key"),
    ("example", "such as"),
    ("meaning", "meaning"),
    ("next_step", "next step"),
)
_FIELD_COLUMNS = (
    ("number", "#"),
    ("name", "field"),
    ("korean", "한글명"),
    ("english", "English"),
    ("form", "form"),
    ("unit", "unit"),
)


def explain_code(name: str) -> Explanation:
    """A code of ``CODES``."""
    where = "answers of the feed" if name in OPSP else "answers of the approval endpoint"
    first, *rest = code_facts(name)
    facts = [first, Fact("sent_in", "sent in", where), *rest]
    return Explanation("code", facts, kinds_of_key(name))


def code_facts(name: str, key: Key | None = None) -> list[Fact]:
    """What a code of ``CODES`` says, means and calls for, with ``key`` if that is known."""
    code = CODES[name]
    meaning, step = code.meaning, code.next_step
    if key and name in BY_KEY:
        meaning, step = advice_for(name, key).row.meaning, next_step(name, [key])
    facts = [
        Fact("code", "code", name),
        Fact("text", "KIS's text", code.text),
        Fact("meaning", "meaning", meaning),
        Fact("next_step", "next step", step),
        Fact("retry", "retry", code.retry.value),
    ]
    return [*facts, *_request_facts(code.field)]


def _request_facts(field: str) -> list[Fact]:
    """Which field of the request a code is about, and a right request, for the client's author."""
    if not field:
        return []
    right = Request(MASK, "1", *_EXAMPLE).to_text()
    return [
        Fact("request_field", "field of request", field),
        Fact("right_request", "a right request", right),
    ]


def kinds_of_key(name: str) -> list[Table]:
    """What a code means for each kind of key, where that differs, with an example of each."""
    rows: list[tuple[Value, ...]] = [
        (row.keys, row.example[1], row.meaning, next_step(name, [row.example]))
        for row in BY_KEY.get(name, ())
    ]
    return [Table("by_key", "by the kind of the key", _KIND_COLUMNS, rows)] if rows else []


def explain_status(name: str) -> Explanation:
    """An HTTP status of ``STATUSES``."""
    note = "Of an approval key that is refused, the EGW code in the same answer says why."
    return _plain_code(name, "HTTP answers to the handshake of the feed", STATUSES[name], note)


def explain_close_code(name: str) -> Explanation:
    """A close code of ``CLOSE_CODES``."""
    note = "That is what it means to any WebSocket (RFC 6455)."
    return _plain_code(name, "close frames of the feed", CLOSE_CODES[name], note)


def _plain_code(name: str, where: str, meaning: str, note: str) -> Explanation:
    facts = [
        Fact("code", "code", name),
        Fact("sent_in", "sent in", where),
        Fact("meaning", "meaning", meaning),
    ]
    return Explanation("code", facts, notes=[note])


def explain_tr(name: str) -> Explanation:
    """A TR of ``TRS``: its fields in wire order, where it is offered, with which keys."""
    tr = TRS[name]
    facts = [
        Fact("tr_id", "TR", tr.id),
        Fact("korean", "Korean name", tr.korean),
        Fact("english", "what", tr.english),
        Fact("page", "KIS's page", tr.page or None, tr.page or "without a number"),
        Fact("on_real", "real server", True, "offered"),
        Fact("on_mock", "mock server", tr.on_mock, _mock(tr)),
        Fact("keys", "keys", _keys(tr)),
        *([delay_fact(tr.delay_minutes)] if tr.levels else []),
        Fact("levels", "levels a side", tr.levels or None, f"{tr.levels or 'none: trades'}"),
        Fact("trades", "trades of its keys", tr.trades or None, tr.trades or "these are trades"),
        Fact("width", "fields a record", len(tr.fields)),
        Fact("live", "live frames", tr.live or None, tr.live or "nothing is known"),
    ]
    rows: list[tuple[Value, ...]] = [
        (n, f.name, f.korean, f.english, f.kind.value, f.unit) for n, f in enumerate(tr.fields, 1)
    ]
    notes = ["KIS appends fields without warning; kisq keeps them as surplus."]
    notes += ["The totals equal the sums of the levels."] if tr.totals_add_up else []
    table = Table("fields", "fields in wire order", _FIELD_COLUMNS, rows)
    return Explanation("tr", facts, [table], notes)


def delay_fact(minutes: int) -> Fact:
    """How late data are."""
    shown = f"{minutes} minutes" if minutes else "nothing, real time"
    return Fact("delay_minutes", "late by", minutes, shown)


def _mock(tr: Tr) -> str:
    if tr.on_mock:
        return "documented as offered"
    return "documented as not offered; it accepts the subscription all the same"


def _keys(tr: Tr) -> list[str]:
    """Which keys go with ``tr``, those of one prefix and one access in one text."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for (code, prefix), access in ACCESS.items():
        book = BOOKS[MARKETS[code].trs[prefix]]
        if tr.id in (book.id, book.trades):
            grouped.setdefault((prefix, access), []).append(code)
    return [
        f"{prefix} + {' '.join(codes)} ({access})" if prefix else f"6 characters, 005930 ({access})"
        for (prefix, access), codes in grouped.items()
    ]


def english(tr_id: str) -> str:
    """What a TR carries; empty where kisq does not know it."""
    return TRS[tr_id].english if tr_id in TRS else ""
