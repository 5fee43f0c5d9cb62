"""A request of a client, judged: its parts, its faults, and a right one."""

from kisq.explain.control import parts_table
from kisq.explain.explanation import Explanation, Fact, Table, Value
from kisq.wire.request_form import read_request
from kisq.wire.request_judgement import judge_request

_FAULT_COLUMNS = (
    ("field", "field"),
    ("kind", ""),
    ("sentence", "what is wrong"),
    ("code", "code that fits"),
)


def explain_request(text: str) -> Explanation:
    """The request ``text`` as a client sends it, also where it cannot be read."""
    judgement, value = judge_request(text), read_request(text).value
    is_right = not judgement.faults
    shown = "nothing is wrong with it" if is_right else "not right, see below"
    facts = [
        Fact("message", "message", "a request of a client"),
        Fact("right", "judged", is_right, shown),
        Fact("right_request", "a right request", judgement.right.to_text()),
    ]
    rows: list[tuple[Value, ...]] = [
        (fault.field, fault.kind.value, fault.sentence, fault.code) for fault in judgement.faults
    ]
    tables = [Table("faults", "what is wrong", _FAULT_COLUMNS, rows)] if rows else []
    tables += [parts_table(value)] if value else []
    return Explanation("message", facts, tables)
