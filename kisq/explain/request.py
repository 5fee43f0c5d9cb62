"""A request of a client, judged: its parts, its faults, and a right one."""

from kisq.explain.control import parts_table
from kisq.explain.explanation import JSON_ONLY, Column, Explanation, Fact, Row, Table
from kisq.locale.sentence import Sentence
from kisq.spec.notices import is_notice
from kisq.wire.escape import MASK
from kisq.wire.messages import Request
from kisq.wire.request_form import read_request
from kisq.wire.request_judgement import judge_request

_FAULTS = Sentence("what is wrong")
_FAULT_COLUMNS = (
    Column("field", Sentence("field")),
    Column("kind", JSON_ONLY),
    Column("sentence", _FAULTS),
    Column("code", Sentence("code that fits")),
)
_REQUEST = Sentence("a request of a client")
_RIGHT = Sentence("nothing is wrong with it")
_WRONG = Sentence("not right, see below")


def explain_request(text: str) -> Explanation:
    """The request ``text`` as a client sends it, even if it cannot be read."""
    judgement = judge_request(text)
    value = read_request(text).value
    is_right = not judgement.faults
    shown = _WRONG
    if is_right:
        shown = _RIGHT
    right = _without_hts_id(judgement.right)
    facts = [
        Fact("message", Sentence("message"), _REQUEST),
        Fact("right", Sentence("verdict"), is_right, shown),
        Fact("right_request", Sentence("a right request"), right.to_text()),
    ]
    rows: list[Row] = [
        (fault.field, fault.kind.value, fault.sentence, fault.code) for fault in judgement.faults
    ]
    tables = []
    if rows:
        tables.append(Table("faults", _FAULTS, _FAULT_COLUMNS, rows))
    if value:
        tables.append(parts_table(value))
    return Explanation("message", facts, tables)


def _without_hts_id(request: Request) -> Request:
    """``request`` as it may be shown: the key of a notice TR is an HTS ID."""
    if is_notice(request.tr_id):
        return request._replace(tr_key=MASK)
    return request
