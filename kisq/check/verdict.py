"""From what was measured to stages, warnings and a verdict; pure."""

from dataclasses import dataclass
from datetime import datetime

from kisq.check.measure import Measure
from kisq.errors import KisqError, SubscriptionRefused
from kisq.protocol.report import KeyReport, Name, Stage, Status, Verdict
from kisq.protocol.silence import CalendarOf, silence
from kisq.spec.trs import BOOKS

_LATE_SECONDS = 5.0
_EARLY_SECONDS = -2.0
_STILL_SECONDS = 3.0
_HEARTBEAT_SECONDS = 15.0  # PINGPONG comes about every 10 s (protocol.md section 2)
_EXCERPT = 60


@dataclass(frozen=True, slots=True)
class Heard:
    """What a check knows of one key when it stops listening; times are monotonic seconds.

    ``lost`` is how the connection was lost, ``refusal`` how the subscription was refused.
    """

    measure: Measure
    sent_at: float
    accepted_at: float | None
    ended_at: float
    pingpong_at: float | None
    pingpongs: int
    refusal: SubscriptionRefused | None
    lost: KisqError | None


def subscription(heard: Heard) -> Stage:
    """Whether KIS accepted the subscription."""
    if heard.refusal:
        said = f"{heard.refusal.code} {heard.refusal.text}"
        return Stage(Name.SUBSCRIPTION, Status.FAILED, None, said)
    if heard.accepted_at is None:
        return Stage(Name.SUBSCRIPTION, Status.UNKNOWN, None, "the subscribe was not answered")
    seconds = heard.accepted_at - heard.sent_at
    return Stage(Name.SUBSCRIPTION, Status.OK, seconds, "OPSP0000 SUBSCRIBE SUCCESS")


def heartbeat(heard: Heard) -> Stage:
    """Whether PINGPONG came."""
    if heard.refusal:
        return Stage(Name.HEARTBEAT, Status.SKIPPED)
    if heard.pingpong_at is not None:
        seconds = heard.pingpong_at - heard.sent_at
        said = f"{heard.pingpongs} PINGPONG, answered"
        return Stage(Name.HEARTBEAT, Status.OK, seconds, said)
    listened = heard.ended_at - heard.sent_at
    said = f"none in {listened:.0f} s; KIS sends one about every 10 s when the stream is quiet"
    return Stage(Name.HEARTBEAT, Status.UNKNOWN, None, said)


def first_data(heard: Heard) -> Stage:
    """Whether any data message came."""
    measure = heard.measure
    if heard.refusal:
        return Stage(Name.FIRST_DATA, Status.SKIPPED)
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
    if not measure.messages:
        return Stage(Name.DECODED, Status.SKIPPED)
    if not measure.records:
        return Stage(Name.DECODED, Status.FAILED, None, measure.first_reason)
    said = f"messages {measure.messages}, records {measure.records}"
    if measure.malformed:
        said += f", {measure.malformed} not decodable: {measure.first_reason}"
    seconds = (measure.decoded_at or heard.sent_at) - heard.sent_at
    return Stage(Name.DECODED, Status.OK, seconds, said)


def sound(heard: Heard) -> Stage:
    """Whether the books contradict themselves."""
    measure = heard.measure
    if not measure.records:
        return Stage(Name.SOUND, Status.SKIPPED)
    if measure.faults:
        said = "; ".join(_counted(text, times) for text, times in measure.odd())
        return Stage(Name.SOUND, Status.FAILED, None, said)
    tr = BOOKS[measure.tr_id]
    sums = "totals add up, " if tr.totals_add_up else ""
    return Stage(Name.SOUND, Status.OK, None, f"{sums}bid below ask, levels in order, clocks agree")


def _counted(text: str, times: int) -> str:
    return text if times == 1 else f"{text} (and {times - 1} more like it)"


def fresh(heard: Heard) -> Stage:
    """Whether the books are as late as they should be."""
    measure = heard.measure
    lag = measure.lag
    if lag is None:
        return Stage(Name.FRESH, Status.SKIPPED)
    said = f"lag {lag.median:.1f} s median ({lag.min:.1f} to {lag.max:.1f})"
    delay = BOOKS[measure.tr_id].delay_minutes
    said += f", documented {delay} minutes" if delay else ""
    fault = _staleness(measure)
    if fault:
        return Stage(Name.FRESH, Status.FAILED, None, f"{fault}; {said}")
    return Stage(Name.FRESH, Status.OK, None, said)


def _staleness(measure: Measure) -> str:
    lag, delay = measure.lag, BOOKS[measure.tr_id].delay_minutes * 60
    if lag is None:
        return ""
    if len(measure.clocks) == 1 and measure.listened >= _STILL_SECONDS:
        return f"its clock stood still for {measure.listened:.0f} s"
    if lag.median - delay > _LATE_SECONDS:
        return f"the books are {lag.median - delay:.0f} s later than documented"
    if lag.median - delay < _EARLY_SECONDS:
        early = delay - lag.median
        return f"the books are {early:.0f} s ahead of this machine's clock: check the clock here"
    return ""


# What can be said while listening, and what only at the end.
EARLY = {
    Name.SUBSCRIPTION: subscription,
    Name.HEARTBEAT: heartbeat,
    Name.FIRST_DATA: first_data,
    Name.DECODED: decoded,
}
_STAGES = (*EARLY.values(), sound, fresh)


def report(
    heard: Heard, shared: list[Stage], now: datetime, calendar_of: CalendarOf, *, mock: bool
) -> KeyReport:
    """The report of one key; ``now`` (aware) tells whether its market is open."""
    measure = heard.measure
    verdict, reason, next_step = _verdict(heard, now, calendar_of, mock=mock)
    return KeyReport(
        measure.tr_id,
        measure.tr_key,
        verdict,
        reason,
        next_step,
        [*shared, *(stage(heard) for stage in _STAGES)],
        measure.messages,
        measure.records,
        measure.rate,
        None if measure.first_at is None else measure.first_at - heard.sent_at,
        measure.longest_gap,
        measure.lag,
        _warnings(heard),
    )


def _verdict(
    heard: Heard, now: datetime, calendar_of: CalendarOf, *, mock: bool
) -> tuple[Verdict, str, str]:
    measure, key = heard.measure, heard.measure.tr_key
    if heard.refusal:
        return Verdict.REFUSED, f"{heard.refusal.what}.", heard.refusal.next_step
    if measure.records:
        rate = f" at {measure.rate:.1f} messages a second" if measure.rate else ""
        odd = bool(_warnings(heard))
        step = "Look at the warnings before you rely on it." if odd else "Nothing to do."
        return Verdict.BROADCASTING, f"{key} is broadcasting{rate}.", step
    if measure.messages:
        return (
            Verdict.GARBLED,
            f"{measure.messages} messages came, and none is what kisq knows: "
            f"{measure.first_reason}.",
            "KIS may have changed the layout: keep the output of `kisq raw` and report it.",
        )
    if heard.lost:
        return Verdict.UNREACHABLE, f"{heard.lost.what}.", heard.lost.next_step
    found = silence(measure.tr_id, key, now, calendar_of, mock=mock)
    verdict = Verdict.CLOSED if found.closed else Verdict.SILENT
    return verdict, f"{_answered(heard)} {found.reason}", found.next_step


def _answered(heard: Heard) -> str:
    listened = heard.ended_at - heard.sent_at
    if heard.accepted_at is None:
        return f"The subscribe was not answered in {listened:.0f} s."
    said = f"Accepted, but nothing came in {listened:.0f} s"
    if not heard.pingpongs and listened >= _HEARTBEAT_SECONDS:
        said += ", not even a PINGPONG: the connection may be dead (half-open)"
    return f"{said}."


def _warnings(heard: Heard) -> list[str]:
    measure, found = heard.measure, []
    found += [_counted(text, times) for text, times in measure.odd()]
    if measure.extra:
        found.append(
            f"{measure.extra} surplus fields in each record, which KIS appended: {measure.surplus}"
        )
    if measure.records and measure.malformed:
        found.append(f"{measure.malformed} not decodable: {measure.first_reason}")
    if measure.records and (stale := _staleness(measure)):
        found.append(stale)
    if measure.records and heard.lost:
        found.append(f"the connection was lost: {heard.lost.what}")
    if measure.most_records > 1:
        found.append(f"up to {measure.most_records} records in one message")
    return found
