"""What is not as it should be with data that come, as a table; pure.

The bounds of what is degraded are those of the contract (exit code 8).
"""

from kisq.check import clock_rules as clocks
from kisq.check.observation import Observation
from kisq.check.rules import Finding, Rule, always, findings
from kisq.locale.sentence import Plural
from kisq.spec.tables import TRS
from kisq.wire.record_faults import FaultKind

HEARTBEAT_SECONDS = 15.0  # PINGPONG comes after about 10 quiet seconds (protocol.md section 2)
UNDECODABLE_SHARE = 0.05
_CONTRADICTORY_SHARE = 0.5
_SILENT_MESSAGES, _SILENT_SECONDS, _SILENT_GAPS = 5, 1.5, 5
_GAP_SECONDS, _GAP_TIMES = 10.0, 10
_MOST_FOREIGN = 3  # keys that a sentence names
_NAMELESS = Plural(
    "{number} message of {tr_id} that names no key: {reason}",
    "{number} messages of {tr_id} that name no key: {reason}",
)
_SURPLUS = Plural(
    "{number} surplus field in {odd} of {records} records, which KIS appended: {surplus}",
    "{number} surplus fields in {odd} of {records} records, which KIS appended: {surplus}",
)
_FOREIGN = Plural(
    "{number} message came of what was not asked for: {named}",
    "{number} messages came of what was not asked for: {named}",
)
_FOREIGN_AND_MORE = Plural(
    "{number} message came of keys that were not asked for: {named} and {more} more",
    "{number} messages came of keys that were not asked for: {named} and {more} more",
)


def degraded(seen: Observation) -> list[Finding]:
    """Why data that come are not broadcast as they should be, the gravest first."""
    return findings(_DEGRADED, seen)


def warnings(seen: Observation) -> list[Finding]:
    """What is odd about data that come, or about the session, without being grave."""
    return [*findings(_WARNINGS, seen), *_odd_records(seen)]


def counted(text: str, times: int) -> str:
    """A fault of one record, and how many more records have one of its kind."""
    return text if times == 1 else f"{text} (and {times - 1} more like it)"


def fell_silent(seen: Observation) -> bool:
    """Whether data came and then, for much longer than its longest gap, came no more."""
    measure = seen.measure
    usual = _SILENT_GAPS * (measure.longest_gap or 0.0)
    quiet = measure.quiet(seen.ended_at)
    enough = measure.messages >= _SILENT_MESSAGES
    return enough and quiet > max(_SILENT_SECONDS, usual) and not seen.lost


def _undecodable_text(seen: Observation) -> str:
    measure, others = seen.measure, seen.others
    if measure.malformed:
        records = measure.records + measure.malformed
        return f"{measure.malformed} of {records} records not decodable: {measure.first_reason}"
    return _NAMELESS.of(others.nameless, tr_id=measure.tr_id, reason=others.reason)


def _contradictory_text(seen: Observation) -> str:
    measure = seen.measure
    example = next(text for kind, text, _ in measure.odd() if kind.contradicts)
    return f"{measure.contradictory} of {measure.records} records contradict themselves: {example}"


def _surplus_text(seen: Observation) -> str:
    measure = seen.measure
    return _SURPLUS.of(
        measure.surplus_fields,
        odd=measure.with_surplus,
        records=measure.records,
        surplus=measure.surplus,
    )


def _surplus_step(seen: Observation) -> str:
    layout = seen.measure.layout
    width = layout.width if layout else 0
    return f"let your parser accept {width} or more fields, it is sent {seen.measure.width}"


def _has_gap(seen: Observation) -> bool:
    measure = seen.measure
    usual = measure.lived / max(1, measure.messages - 1)
    return (measure.longest_gap or 0.0) > max(_GAP_SECONDS, _GAP_TIMES * usual)


def _pingpong_unanswered(seen: Observation) -> bool:
    answered = seen.keepalive.answered
    return answered is not None and answered < seen.keepalive.received


def foreign_text(seen: Observation) -> str:
    """What came of keys that were not asked for."""
    foreign = seen.others.foreign
    named = ", ".join(f"{tr_key} ({tr_id})" for tr_id, tr_key in list(foreign)[:_MOST_FOREIGN])
    messages, more = sum(foreign.values()), len(foreign) - _MOST_FOREIGN
    if more > 0:
        return _FOREIGN_AND_MORE.of(messages, named=named, more=more)
    return _FOREIGN.of(messages, named=named)


def _foreign_step(seen: Observation) -> str:
    tr_ids = [tr_id for tr_id, tr_key in seen.others.foreign if tr_key == seen.measure.tr_key]
    if tr_ids and tr_ids[0] in TRS:
        return f"ask for the TR that comes: --tr {tr_ids[0]}"
    return "compare the tr_key of your subscribe with what comes"


def _lost_text(seen: Observation) -> str:
    why = seen.lost.sentence if seen.lost else ""
    return f"the connection was lost after {seen.measure.lived:.1f} s of data: {why}"


def _lost_step(seen: Observation) -> str:
    step = seen.lost.next_step if seen.lost else ""
    return step or "check the network, and again"


_LOST = Rule(
    lambda seen: seen.lost is not None,
    _lost_text,
    _lost_step,
)
_FELL_SILENT = Rule(
    fell_silent,
    lambda seen: (
        f"it was broadcasting for {seen.measure.lived:.1f} s, then nothing came any more for "
        f"{seen.measure.quiet(seen.ended_at):.1f} s"
    ),
    always(
        "check again: if it stops again, see with `kisq raw --json` whether PINGPONG still comes; "
        "where it does not, the connection is half-open, so let your program reconnect after 90 s "
        "without any message"
    ),
)
_UNDECODABLE = Rule(
    lambda seen: seen.undecodable >= UNDECODABLE_SHARE,
    _undecodable_text,
    always(
        "keep the output of `kisq raw` and look at such a message with `kisq explain -`: KIS may "
        "have changed the layout"
    ),
)
_CONTRADICTORY = Rule(
    lambda seen: seen.measure.contradictory > _CONTRADICTORY_SHARE * seen.measure.records,
    _contradictory_text,
    lambda seen: (
        f"compare a message with `kisq explain {seen.measure.tr_id}`: the columns may have shifted"
    ),
)
_DEGRADED = (_LOST, _FELL_SILENT, _UNDECODABLE, *clocks.GRAVE, _CONTRADICTORY)

UNANSWERED_PINGPONG = Rule(
    _pingpong_unanswered,
    lambda seen: (
        f"{seen.keepalive.received - (seen.keepalive.answered or 0)} of "
        f"{seen.keepalive.received} PINGPONGs were not answered"
    ),
    always("answer each PINGPONG with its own text, or KIS ends the session after about 100 s"),
)
_WARNINGS = (
    UNANSWERED_PINGPONG,
    Rule(
        lambda seen: 0 < seen.undecodable < UNDECODABLE_SHARE,
        _undecodable_text,
        always("look at such a message with `kisq raw`, and let your parser leave it out"),
    ),
    Rule(lambda seen: seen.measure.with_surplus > 0, _surplus_text, _surplus_step),
    *clocks.ODD,
    Rule(
        _has_gap,
        lambda seen: f"nothing came for {seen.measure.longest_gap or 0.0:.0f} s in between",
        always("check the network, and whether your program notices such a gap"),
    ),
    Rule(
        lambda seen: bool(seen.measure.records and seen.others.foreign),
        foreign_text,
        _foreign_step,
    ),
    Rule(
        lambda seen: bool(seen.others.refusal),
        lambda seen: f"KIS refused a request for none of these keys: {seen.others.refusal}",
        always("look at all requests and answers with `kisq raw --json`"),
    ),
)
# What to do about an oddity of single records; those that contradict themselves share one answer.
_ODD_STEPS = {
    FaultKind.CROSSED: "look at both sides before you rely on the best prices",
    FaultKind.UNREADABLE_CLOCK: "do not rely on the time of such a record",
}
_CONTRADICTS_STEP = "look at such a record with `kisq explain` before you rely on it"


def _odd_records(seen: Observation) -> list[Finding]:
    """What single records have that is odd; what contradicts in most of them is degraded."""
    most = _CONTRADICTORY.applies(seen)
    return [
        Finding(counted(text, times), _ODD_STEPS.get(kind, _CONTRADICTS_STEP))
        for kind, text, times in seen.measure.odd()
        if not (most and kind.contradicts)
    ]
