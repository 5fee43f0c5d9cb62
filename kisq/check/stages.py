"""What was heard of a key, judged stage by stage; pure."""

from dataclasses import dataclass

from kisq.check.measure import Measure
from kisq.errors import KisqError, SubscriptionRefused
from kisq.protocol.report import Name, Stage, Status
from kisq.protocol.trkey import delay_minutes
from kisq.spec.trs import TRS

_LATE_SECONDS = 5.0
_EARLY_SECONDS = -2.0
STILL_SECONDS = 3.0
_EXCERPT = 60


@dataclass(frozen=True, slots=True)
class Heard:
    """What a check knows of one key when it stops listening; times are monotonic seconds.

    ``accepted`` is KIS's code and text, ``answered`` how many of the ``pingpongs`` were answered,
    ``lost`` how the connection was lost, ``refusal`` how the subscription was refused. ``asked`` is
    false where a recording does not hold the subscribe.
    """

    measure: Measure
    sent_at: float
    accepted_at: float | None
    accepted: str
    ended_at: float
    pingpong_at: float | None
    pingpongs: int
    answered: int
    refusal: SubscriptionRefused | None
    lost: KisqError | None
    asked: bool = True


def subscription(heard: Heard) -> Stage:
    """Whether KIS accepted the subscription."""
    if heard.refusal:
        said = f"{heard.refusal.code} {heard.refusal.text}"
        return Stage(Name.SUBSCRIPTION, Status.FAILED, None, said)
    if not heard.asked:
        said = "the recording does not hold the subscribe"
        return Stage(Name.SUBSCRIPTION, Status.UNKNOWN, None, said)
    if heard.accepted_at is None:
        return Stage(Name.SUBSCRIPTION, Status.UNKNOWN, None, "the subscribe was not answered")
    seconds = heard.accepted_at - heard.sent_at
    return Stage(Name.SUBSCRIPTION, Status.OK, seconds, heard.accepted)


def heartbeat(heard: Heard) -> Stage:
    """Whether PINGPONG came."""
    if heard.refusal:
        return Stage(Name.HEARTBEAT, Status.SKIPPED)
    if heard.pingpong_at is not None:
        seconds = heard.pingpong_at - heard.sent_at
        said = f"{heard.pingpongs} PINGPONG{_answered(heard)}"
        return Stage(Name.HEARTBEAT, Status.OK, seconds, said)
    listened = heard.ended_at - heard.sent_at
    due = "KIS sends one about every 10 s when the stream is quiet"
    said = f"none in {listened:.0f} s; {due}"
    return Stage(Name.HEARTBEAT, Status.UNKNOWN, None, said)


def _answered(heard: Heard) -> str:
    """Whether PINGPONG was answered; messages without a direction do not tell."""
    if heard.answered == heard.pingpongs:
        return ", answered"
    return f", {heard.answered} answered" if heard.asked else ""


def first_data(heard: Heard) -> Stage:
    """Whether any data message came."""
    measure = heard.measure
    if heard.refusal:
        return Stage(Name.FIRST_DATA, Status.SKIPPED)
    if measure.first_at is None and measure.stray:
        said = f"{measure.stray} messages of {measure.tr_id}, none with this key"
        return Stage(Name.FIRST_DATA, Status.FAILED, None, said)
    if measure.first_at is None:
        listened = heard.ended_at - heard.sent_at
        return Stage(Name.FIRST_DATA, Status.FAILED, None, f"none in {listened:.1f} s")
    return Stage(
        Name.FIRST_DATA,
        Status.OK,
        measure.first_at - heard.sent_at,
        f"{measure.first_text[:_EXCERPT]}…",
    )


def decoded(heard: Heard) -> Stage:
    """Whether the messages are what the spec says."""
    measure = heard.measure
    if not measure.messages and not measure.stray:
        return Stage(Name.DECODED, Status.SKIPPED)
    if not measure.records:
        return Stage(Name.DECODED, Status.FAILED, None, measure.first_reason)
    tr = TRS[measure.tr_id]
    said = f"{len(tr.fields)} fields"
    said += f", {tr.levels} level{'s' if tr.levels > 1 else ''} a side" if tr.levels else ""
    if measure.most_records > 1:
        said += f", up to {measure.most_records} records a message"
    seconds = (measure.decoded_at or heard.sent_at) - heard.sent_at
    return Stage(Name.DECODED, Status.OK, seconds, said)


def sound(heard: Heard) -> Stage:
    """Whether the records contradict themselves."""
    measure = heard.measure
    if not measure.records:
        return Stage(Name.SOUND, Status.SKIPPED)
    if measure.faults:
        said = "; ".join(counted(text, times) for text, times in measure.odd())
        return Stage(Name.SOUND, Status.FAILED, None, said)
    tr = TRS[measure.tr_id]
    said = "totals add up, " if tr.totals_add_up else ""
    said += "bid below ask, levels in order, " if tr.levels else ""
    return Stage(Name.SOUND, Status.OK, None, f"{said}clocks agree")


def counted(text: str, times: int) -> str:
    return text if times == 1 else f"{text} (and {times - 1} more like it)"


def fresh(heard: Heard) -> Stage:
    """Whether the records are as late as they should be."""
    measure = heard.measure
    lag = measure.lag
    if lag is None:
        return Stage(Name.FRESH, Status.SKIPPED)
    said = f"lag {lag.median:.1f} s median ({lag.min:.1f} to {lag.max:.1f})"
    delay = delay_minutes(measure.tr_id, measure.tr_key)
    said += f", documented {delay} minutes" if delay else ""
    fault = staleness(measure)
    if fault:
        return Stage(Name.FRESH, Status.FAILED, None, f"{fault}; {said}")
    return Stage(Name.FRESH, Status.OK, None, said)


def staleness(measure: Measure) -> str:
    lag, delay = measure.lag, delay_minutes(measure.tr_id, measure.tr_key) * 60
    if lag is None:
        return ""
    if len(measure.clocks) == 1 and measure.lived >= STILL_SECONDS:
        return f"its clock stood still for {measure.lived:.0f} s"
    if lag.median - delay > _LATE_SECONDS:
        return f"the data are {lag.median - delay:.0f} s later than documented"
    if lag.median - delay < _EARLY_SECONDS:
        early = delay - lag.median
        return f"the data are {early:.0f} s ahead of this machine's clock: check the clock here"
    return ""


# What can be said while listening, and what only at the end.
EARLY = {
    Name.SUBSCRIPTION: subscription,
    Name.HEARTBEAT: heartbeat,
    Name.FIRST_DATA: first_data,
    Name.DECODED: decoded,
}
STAGES = (*EARLY.values(), sound, fresh)
