"""Codes of KIS, HTTP statuses and close codes, as ``spec`` has them."""

from kisq.explain.explanation import Column, Explanation, Fact, Row, Table
from kisq.locale.sentence import Sentence
from kisq.spec.codes import OPSP
from kisq.spec.http_codes import CLOSES, EGW, HANDSHAKE
from kisq.spec.key_advice import BY_KEY
from kisq.wire.escape import MASK
from kisq.wire.messages import Key, Request
from kisq.wire.refusal import advice_for, next_step

CODES = OPSP | EGW
STATUSES = {str(status): meaning for status, meaning in HANDSHAKE.items()}
CLOSE_CODES = {str(code): meaning for code, meaning in CLOSES.items()}
_EXAMPLE = ("HDFSASP0", "DNASAAPL")
_KIND_COLUMNS = (
    Column("keys", Sentence("key")),
    Column("example", Sentence("example")),
    Column("meaning", Sentence("meaning")),
    Column("next_step", Sentence("next step")),
)
_BY_KEY = Sentence("by kind of key")
_IN_ANSWERS = Sentence("answers of the feed")
_IN_APPROVAL = Sentence("answers of the approval endpoint")
_IN_HANDSHAKE = Sentence("HTTP answers to the handshake of the feed")
_IN_CLOSE = Sentence("close frames of the feed")
_KEY_REFUSED = Sentence("If an approval key is refused, the EGW code in the same answer says why.")
_ANY_WEBSOCKET = Sentence("It means that to any WebSocket (RFC 6455).")


def explain_code(name: str) -> Explanation:
    """A code of ``CODES``."""
    where = _IN_APPROVAL
    if name in OPSP:
        where = _IN_ANSWERS
    facts = code_facts(name)
    facts.insert(1, Fact("sent_in", Sentence("sent in"), where))
    return Explanation("code", facts, kinds_of_key(name))


def code_facts(name: str, key: Key | None = None) -> list[Fact]:
    """KIS's text of a code of ``CODES``, its meaning and the next step, for ``key`` if known."""
    code = CODES[name]
    meaning = code.meaning
    step = code.next_step
    if key and name in BY_KEY:
        meaning = advice_for(name, key).row.meaning
        step = next_step(name, [key])
    return [
        Fact("code", Sentence("code"), name),
        Fact("text", Sentence("KIS's text"), code.text),
        Fact("meaning", Sentence("meaning"), meaning),
        Fact("next_step", Sentence("next step"), step),
        Fact("retry", Sentence("retry"), code.retry.value),
        *_request_facts(code.field),
    ]


def _request_facts(field: str) -> list[Fact]:
    """The field of the request that a code is about, and a right request, for its author."""
    if not field:
        return []
    right = Request(MASK, "1", *_EXAMPLE).to_text()
    return [
        Fact("request_field", Sentence("field of the request"), field),
        Fact("right_request", Sentence("a right request"), right),
    ]


def kinds_of_key(name: str) -> list[Table]:
    """The meanings of a code for each kind of key, if they differ, with an example of each."""
    rows: list[Row] = [
        (advice.keys, advice.example[1], advice.meaning, next_step(name, [advice.example]))
        for advice in BY_KEY.get(name, ())
    ]
    if not rows:
        return []
    return [Table("by_key", _BY_KEY, _KIND_COLUMNS, rows)]


def explain_status(name: str) -> Explanation:
    """An HTTP status of ``STATUSES``."""
    return _plain_code(name, _IN_HANDSHAKE, STATUSES[name], _KEY_REFUSED)


def explain_close_code(name: str) -> Explanation:
    """A close code of ``CLOSE_CODES``."""
    return _plain_code(name, _IN_CLOSE, CLOSE_CODES[name], _ANY_WEBSOCKET)


def _plain_code(name: str, where: Sentence, meaning: str, note: Sentence) -> Explanation:
    facts = [
        Fact("code", Sentence("code"), name),
        Fact("sent_in", Sentence("sent in"), where),
        Fact("meaning", Sentence("meaning"), meaning),
    ]
    return Explanation("code", facts, notes=[note])
