"""What was observed of a key, judged stage by stage; pure."""

from kisq.check.clock_rules import clock_findings
from kisq.check.data_rules import (
    HEARTBEAT_SECONDS,
    UNANSWERED_PINGPONG,
    UNDECODABLE_SHARE,
    counted,
    foreign_text,
)
from kisq.check.observation import Observation
from kisq.check.report import Name, Stage, Status
from kisq.locale.sentence import Plural
from kisq.spec.notices import is_notice

_NO_ORDER = "none is due without an order"
_EXCERPT = 60
_WITHOUT_KEY = Plural(
    "{number} message of {tr_id}, none with this key",
    "{number} messages of {tr_id}, none with this key",
)
_LEVELS = Plural("{number} level a side", "{number} levels a side")


def subscription(seen: Observation) -> Stage:
    """Whether KIS accepted the subscription."""
    if seen.refusal:
        refusal = f"{seen.refusal.code} {seen.refusal.kis_text}"
        return Stage(Name.SUBSCRIPTION, Status.FAILED, None, refusal)
    if not seen.asked:
        detail = "the recording does not hold the subscribe"
        return Stage(Name.SUBSCRIPTION, Status.UNKNOWN, None, detail)
    if seen.accepted_at is None and seen.sent_at is None:
        return Stage(Name.SUBSCRIPTION, Status.UNKNOWN, None, "the subscribe was not sent")
    if seen.accepted_at is None:
        return Stage(Name.SUBSCRIPTION, Status.UNKNOWN, None, "the subscribe was not answered")
    return Stage(Name.SUBSCRIPTION, Status.OK, seen.accepted_at - seen.since, seen.accepted)


def heartbeat(seen: Observation) -> Stage:
    """Whether PINGPONG came, where one was due, and was answered."""
    keepalive = seen.keepalive
    if seen.refusal:
        return Stage(Name.HEARTBEAT, Status.SKIPPED)
    if keepalive.first_at is not None:
        seconds = keepalive.first_at - seen.since
        status = Status.FAILED if UNANSWERED_PINGPONG.applies(seen) else Status.OK
        return Stage(Name.HEARTBEAT, status, seconds, _pingpongs(seen))
    if keepalive.quiet < HEARTBEAT_SECONDS:
        detail = "none was due: KIS sends one when the stream is quiet for about 10 s"
        return Stage(Name.HEARTBEAT, Status.SKIPPED, None, detail)
    detail = f"none, though nothing came for {keepalive.quiet:.0f} s"
    return Stage(Name.HEARTBEAT, Status.FAILED, None, detail)


def _pingpongs(seen: Observation) -> str:
    """How many there were, and whether they were answered, where that is known."""
    received, answered = seen.keepalive.received, seen.keepalive.answered
    if answered is None:
        return f"{received} PINGPONG"
    if answered == received:
        return f"{received} PINGPONG, answered"
    return f"{received} PINGPONG, {answered} answered"


def first_data(seen: Observation) -> Stage:
    """Whether any data message came."""
    measure = seen.measure
    if seen.refusal:
        return Stage(Name.FIRST_DATA, Status.SKIPPED)
    if measure.first_at is not None:
        excerpt = f"{measure.first_text[:_EXCERPT]}…"
        return Stage(Name.FIRST_DATA, Status.OK, measure.first_at - seen.since, excerpt)
    if seen.others.nameless:
        nameless = _WITHOUT_KEY.of(seen.others.nameless, tr_id=measure.tr_id)
        return Stage(Name.FIRST_DATA, Status.FAILED, None, nameless)
    if is_notice(measure.tr_id) and seen.accepted_at is not None:
        return Stage(Name.FIRST_DATA, Status.SKIPPED, None, _NO_ORDER)
    detail = f"none in {seen.listened:.1f} s"
    if seen.others.foreign:
        detail = f"none in {seen.listened:.1f} s; {foreign_text(seen)}"
    return Stage(Name.FIRST_DATA, Status.FAILED, None, detail)


def decoded(seen: Observation) -> Stage:
    """Whether the messages are what the spec says."""
    measure, others = seen.measure, seen.others
    if not measure.messages and not others.nameless:
        return Stage(Name.DECODED, Status.SKIPPED)
    layout = measure.layout
    if layout is None:
        reason = measure.first_reason or others.reason
        return Stage(Name.DECODED, Status.FAILED, None, reason)
    details = [f"{layout.width} fields"]
    if layout.levels:
        details.append(_LEVELS.of(layout.levels))
    if layout.unnamed:
        details.append(f"the last {layout.unnamed} of them without a name in any list")
    if measure.most_records > 1:
        details.append(f"up to {measure.most_records} records a message")
    status = Status.FAILED if seen.undecodable >= UNDECODABLE_SHARE else Status.OK
    seconds = (measure.decoded_at or seen.since) - seen.since
    return Stage(Name.DECODED, status, seconds, ", ".join(details))


def sound(seen: Observation) -> Stage:
    """Whether the records contradict themselves."""
    measure = seen.measure
    layout = measure.layout
    if layout is None:
        return Stage(Name.SOUND, Status.SKIPPED)
    if measure.faults:
        faults = "; ".join(counted(text, times) for _, text, times in measure.odd())
        return Stage(Name.SOUND, Status.FAILED, None, faults)
    details = ["totals add up"] if layout.sums else []
    if layout.levels:
        details += ["bid below ask", "levels in order"]
    if layout.has_clock:
        details.append("clocks agree")
    return Stage(Name.SOUND, Status.OK, None, ", ".join(details) or "each number is one")


def fresh(seen: Observation) -> Stage:
    """Whether the records are as late as they should be."""
    measure, lag = seen.measure, seen.measure.lag
    if lag is None:
        return Stage(Name.FRESH, Status.SKIPPED)
    figures = f"lag {lag.median:.1f} s median ({lag.min:.1f} to {lag.max:.1f})"
    if measure.delay:
        figures = ", ".join([figures, f"documented {measure.delay // 60} minutes"])
    if wrong := clock_findings(seen):
        return Stage(Name.FRESH, Status.FAILED, None, f"{wrong[0].text}; {figures}")
    return Stage(Name.FRESH, Status.OK, None, figures)


# What can be said while listening, and what only at the end.
EARLY = {
    Name.SUBSCRIPTION: subscription,
    Name.HEARTBEAT: heartbeat,
    Name.FIRST_DATA: first_data,
    Name.DECODED: decoded,
}
STAGES = (*EARLY.values(), sound, fresh)
