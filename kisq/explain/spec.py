"""Codes and TRs: what ``spec`` holds about them."""

from datetime import date

from kisq.explain.explanation import Explanation, Fact, Table, Value
from kisq.spec.access import ACCESS
from kisq.spec.close_codes import CLOSES
from kisq.spec.codes import OPSP
from kisq.spec.fields import Shape, Tr
from kisq.spec.http_codes import EGW, HANDSHAKE
from kisq.spec.key_advice import BY_KEY
from kisq.spec.key_forms import FORMS
from kisq.spec.tables import TRS, codes_of
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
    ("example", "such as"),
)
_LAYOUT_COLUMNS = (("width", "fields"), ("since", "since"), ("unnamed", "without a name"))
_CODE_COLUMNS = (("field", "field"), ("code", "code"), ("korean", "한글"), ("english", "English"))
_SHAPES = {
    Shape.BOOK: "order book",
    Shape.TRADE: "none: trades",
    Shape.RECORD: "none: a record of fields",
}


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
    trades = "these are trades" if tr.shape is Shape.TRADE else "none"
    facts = [
        Fact("tr_id", "TR", tr.id),
        Fact("korean", "Korean name", tr.korean),
        Fact("english", "what", tr.english),
        Fact("page", "KIS's page", tr.page or None, tr.page or "without a number"),
        Fact("on_real", "real server", tr.on_real, "offered" if tr.on_real else "not offered"),
        Fact("on_mock", "mock server", tr.on_mock, _mock(tr)),
        Fact("keys", "keys", _keys(tr)),
        *([delay_fact(tr.delay_minutes)] if tr.levels else []),
        Fact("levels", "levels a side", tr.levels or None, str(tr.levels or _SHAPES[tr.shape])),
        Fact("trades", "trades of its keys", tr.trades or None, tr.trades or trades),
        Fact("width", "fields a record", len(tr.fields)),
        Fact("live", "live frames", tr.live or None, tr.live or "nothing is known"),
        Fact("examples", "examples", tr.examples or None, tr.examples or "none is known"),
    ]
    rows: list[tuple[Value, ...]] = [
        (n, f.name, f.korean, f.english, f.kind.value, f.unit, f.example)
        for n, f in enumerate(tr.fields, 1)
    ]
    tables = [Table("fields", "fields in wire order", _FIELD_COLUMNS, rows)]
    tables += [_layouts(tr)] if len(tr.widths) > 1 else []
    tables += _codes_of_fields(tr)
    return Explanation("tr", facts, tables, _tr_notes(tr))


def _tr_notes(tr: Tr) -> list[str]:
    notes = ["KIS appends fields without warning; kisq keeps them as surplus."]
    notes += ["The totals equal the sums of the levels."] if tr.totals_add_up else []
    if tr.is_unfinished:
        notes.append(
            "Prices are not finished decimals: multiply each by 10 to the power of sCalcDesz, "
            "which stands in KIS's file ffcode.mst. kisq shows them as they come."
        )
    if tr.is_notice:
        notes.append(
            "It comes encrypted (AES-256-CBC, base64) with the key of the session's subscribe "
            "answer; kisq does not decrypt it."
        )
    return notes


def _layouts(tr: Tr) -> Table:
    """The layouts, the newest last."""
    rows: list[tuple[Value, ...]] = [
        (
            len(width.fields),
            None if width.since == date.min else width.since.isoformat(),
            width.unnamed or None,
        )
        for width in tr.widths
    ]
    return Table("layouts", "layouts, the newest last", _LAYOUT_COLUMNS, rows)


def _codes_of_fields(tr: Tr) -> list[Table]:
    rows: list[tuple[Value, ...]] = [
        (field.name, code, words.korean, words.english)
        for field in tr.fields
        for code, words in codes_of(tr.id, field.name).items()
    ]
    return [Table("codes", "codes of its fields", _CODE_COLUMNS, rows)] if rows else []


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
    texts = []
    for form in tr.keys:
        prefix, plus, codes = form.partition("+")
        if not plus:
            texts.append(f"{FORMS[form].says}, such as {FORMS[form].example}")
            continue
        for code in codes.split(","):
            grouped.setdefault((prefix, ACCESS[code, prefix]), []).append(code)
    overseas = (
        f"{prefix} + {' '.join(codes)} ({access})" for (prefix, access), codes in grouped.items()
    )
    return [*texts, *overseas]


def english(tr_id: str) -> str:
    """What a TR carries; empty where kisq does not know it."""
    return TRS[tr_id].english if tr_id in TRS else ""
