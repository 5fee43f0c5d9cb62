"""Rules about data that come, as a table: each fault, its sentence and what to do; pure.

The bounds of what is degraded are those of the contract (exit code 8).
"""

from kisq.check import clock_rules as clocks
from kisq.check import session_rules as session
from kisq.check.observation import Observation
from kisq.check.rules import Finding, Rule, always, findings
from kisq.locale.sentence import Plural, Sentence, joined
from kisq.spec.tables import TRS
from kisq.wire.record_faults import FaultKind

UNDECODABLE_SHARE = 0.05
_CONTRADICTORY_SHARE = 0.5
_MOST_FOREIGN = 3  # keys that a sentence names
_UNDECODABLE_TEXT = Sentence("{malformed} of {records} records not decodable: {reason}")
_UNDECODABLE_STEP = Sentence(
    "keep the output of `kisq raw` and look at such a message with `kisq explain -`: KIS may have "
    "changed the layout"
)
_FEW_UNDECODABLE_STEP = Sentence(
    "look at such a message with `kisq raw`, and let your parser leave it out"
)
_CONTRADICTORY_TEXT = Sentence(
    "{contradictory} of {records} records contradict themselves: {example}"
)
_CONTRADICTORY_STEP = Sentence(
    "compare a message with `kisq explain {tr_id}`: the columns may have shifted"
)
_SURPLUS_STEP = Sentence("let your parser accept {width} or more fields: it is sent {sent}")
_OTHER_TR_STEP = Sentence("ask for the TR that comes: --tr {tr_id}")
_FOREIGN_STEP = Sentence("compare the tr_key of your subscribe with what comes")
_CROSSED_STEP = Sentence("look at both sides before you rely on the best prices")
_CLOCK_STEP = Sentence("do not rely on the time of such a record")
_CONTRADICTS_STEP = Sentence("look at such a record with `kisq explain` before you rely on it")
_MORE = Sentence("{fault} (and {more} more like it)")
_NAMELESS = Plural(
    "{number} message of {tr_id} that names no key: {reason}",
    "{number} messages of {tr_id} that name no key: {reason}",
)
_SURPLUS = Plural(
    "{number} surplus field in {odd} of {records} records, which KIS appended: {surplus}",
    "{number} surplus fields in {odd} of {records} records, which KIS appended: {surplus}",
)
_FOREIGN = Plural(
    "{number} message came for a key that was not asked for: {named}",
    "{number} messages came for a key that was not asked for: {named}",
)
_FOREIGN_AND_MORE = Plural(
    "{number} message came for keys that were not asked for: {named} and {more} more",
    "{number} messages came for keys that were not asked for: {named} and {more} more",
)


def degraded(seen: Observation) -> list[Finding]:
    """Why data that come are not broadcast as they should be, the gravest first."""
    return findings(_DEGRADED, seen)


def warnings(seen: Observation) -> list[Finding]:
    """What is odd about data that come, or about the session, without being grave."""
    return [*findings(_WARNINGS, seen), *_odd_records(seen)]


def counted(fault: str, times: int) -> Sentence:
    """A fault of one record, and how many more records have one of its kind."""
    if times == 1:
        return joined("", [fault])
    return _MORE.format(fault=fault, more=times - 1)


def _undecodable_text(seen: Observation) -> Sentence:
    measure = seen.measure
    others = seen.others
    if not measure.malformed:
        return _NAMELESS.of(others.nameless, tr_id=measure.tr_id, reason=others.reason)
    return _UNDECODABLE_TEXT.format(
        malformed=measure.malformed,
        records=measure.records + measure.malformed,
        reason=measure.first_reason,
    )


def _contradictory_text(seen: Observation) -> Sentence:
    measure = seen.measure
    example = next(text for kind, text, _ in measure.odd() if kind.contradicts)
    return _CONTRADICTORY_TEXT.format(
        contradictory=measure.contradictory, records=measure.records, example=example
    )


def _surplus_text(seen: Observation) -> Sentence:
    measure = seen.measure
    return _SURPLUS.of(
        measure.surplus_fields,
        odd=measure.with_surplus,
        records=measure.records,
        surplus=measure.surplus,
    )


def _surplus_step(seen: Observation) -> Sentence:
    layout = seen.measure.layout
    width = 0
    if layout:
        width = layout.width
    return _SURPLUS_STEP.format(width=width, sent=seen.measure.width)


def foreign_text(seen: Observation) -> Sentence:
    """What came for keys that were not asked for."""
    foreign = seen.others.foreign
    named = ", ".join(f"{tr_key} ({tr_id})" for tr_id, tr_key in list(foreign)[:_MOST_FOREIGN])
    messages = sum(foreign.values())
    more = len(foreign) - _MOST_FOREIGN
    if more > 0:
        return _FOREIGN_AND_MORE.of(messages, named=named, more=more)
    return _FOREIGN.of(messages, named=named)


def other_tr(seen: Observation) -> Sentence | None:
    """What to ask for if the data of the key come under another TR that kisq knows."""
    for tr_id, tr_key in seen.others.foreign:
        if tr_key == seen.measure.tr_key and tr_id in TRS:
            return _OTHER_TR_STEP.format(tr_id=tr_id)
    return None


def _foreign_step(seen: Observation) -> Sentence:
    return other_tr(seen) or _FOREIGN_STEP


_UNDECODABLE = Rule(
    lambda seen: seen.undecodable >= UNDECODABLE_SHARE,
    _undecodable_text,
    always(_UNDECODABLE_STEP),
)
_CONTRADICTORY = Rule(
    lambda seen: seen.measure.contradictory > _CONTRADICTORY_SHARE * seen.measure.records,
    _contradictory_text,
    lambda seen: _CONTRADICTORY_STEP.format(tr_id=seen.measure.tr_id),
)
_DEGRADED = (session.LOST, session.FELL_SILENT, _UNDECODABLE, *clocks.GRAVE, _CONTRADICTORY)

_WARNINGS = (
    session.UNANSWERED_PINGPONG,
    Rule(
        lambda seen: 0 < seen.undecodable < UNDECODABLE_SHARE,
        _undecodable_text,
        always(_FEW_UNDECODABLE_STEP),
    ),
    Rule(lambda seen: seen.measure.with_surplus > 0, _surplus_text, _surplus_step),
    *clocks.ODD,
    session.GAP,
    Rule(
        lambda seen: bool(seen.measure.records and seen.others.foreign),
        foreign_text,
        _foreign_step,
    ),
    session.OTHER_REFUSAL,
)
# What to do about an oddity of single records; those that contradict themselves share one answer.
_ODD_STEPS = {FaultKind.CROSSED: _CROSSED_STEP, FaultKind.UNREADABLE_CLOCK: _CLOCK_STEP}


def _odd_records(seen: Observation) -> list[Finding]:
    """The oddities of single records; contradictions in most of them are degraded instead."""
    is_degraded = _CONTRADICTORY.applies(seen)
    return [
        Finding(counted(text, times), _ODD_STEPS.get(kind, _CONTRADICTS_STEP))
        for kind, text, times in seen.measure.odd()
        if not (is_degraded and kind.contradicts)
    ]
