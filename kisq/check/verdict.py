"""From what was heard to warnings and a verdict; pure."""

from datetime import datetime

from kisq.check.stages import STAGES, STILL_SECONDS, Heard, counted, staleness
from kisq.errors import ApprovalRefused, ConnectionFailed, KisqError, SettingsFault
from kisq.protocol.report import KeyReport, Stage, Verdict
from kisq.protocol.silence import NOT_ANSWERED, CalendarOf, silence

_NO_TIMES = (
    "The recording has no times, so whether the market was open cannot be told.",
    "Record with -w, which keeps the times.",
)
_HEARTBEAT_SECONDS = 15.0  # PINGPONG comes about every 10 s (protocol.md section 2)


# What an error that ends a check makes of it.
VERDICTS: dict[type[KisqError], Verdict] = {
    SettingsFault: Verdict.SETTINGS,
    ApprovalRefused: Verdict.APPROVAL,
    ConnectionFailed: Verdict.UNREACHABLE,
}


def report(
    heard: Heard, shared: list[Stage], now: datetime | None, calendar_of: CalendarOf, *, mock: bool
) -> KeyReport:
    """The report of one key; ``now`` (aware) tells whether its market is open, if that is known."""
    measure = heard.measure
    verdict, reason, next_step = _verdict(heard, now, calendar_of, mock=mock)
    return KeyReport(
        measure.tr_id,
        measure.tr_key,
        verdict,
        reason,
        sentence(next_step),
        [*shared, *(stage(heard) for stage in STAGES)],
        measure.messages,
        measure.records,
        measure.rate(heard.ended_at),
        None if measure.first_at is None else measure.first_at - heard.sent_at,
        _longest_gap(heard),
        measure.lag,
        _warnings(heard),
        _measured(heard),
    )


def sentence(text: str) -> str:
    """``text`` with a capital at its beginning and a full stop at its end."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _longest_gap(heard: Heard) -> float | None:
    """The time without a message at the end counts as a gap as well."""
    if heard.measure.first_at is None:
        return None
    return max(heard.measure.longest_gap or 0.0, heard.measure.quiet(heard.ended_at))


def _measured(heard: Heard) -> str:
    measure = heard.measure
    if measure.first_at is None:
        return ""
    said = f"{measure.messages} messages in {heard.ended_at - measure.first_at:.1f} s"
    rate, gap, lag = measure.rate(heard.ended_at), _longest_gap(heard), measure.lag
    said += f", {rate:.1f} a second" if rate else ""
    said += f", longest gap {gap:.2f} s" if gap else ""
    said += f", lag {lag.median:.1f} s ({lag.min:.1f} to {lag.max:.1f})" if lag else ""
    return f"{said}, {heard.pingpongs} PINGPONG"


def _stopped(heard: Heard) -> bool:
    """Whether data came and then, for much longer than its usual gap, came no more."""
    measure = heard.measure
    usual = measure.lived / max(1, measure.messages - 1)
    return measure.quiet(heard.ended_at) > max(STILL_SECONDS, 5 * usual) and not heard.lost


def _verdict(
    heard: Heard, now: datetime | None, calendar_of: CalendarOf, *, mock: bool
) -> tuple[Verdict, str, str]:
    measure, key = heard.measure, heard.measure.tr_key
    if heard.refusal:
        return Verdict.REFUSED, f"{heard.refusal.what}.", heard.refusal.next_step
    if measure.records:
        odd = bool(_warnings(heard))
        step = "Look at the warnings before you rely on it." if odd else "Nothing to do."
        return Verdict.BROADCASTING, _broadcasting(heard), step
    if measure.messages or measure.stray:
        return (
            Verdict.GARBLED,
            f"{measure.messages or measure.stray} messages came, and none is what kisq knows: "
            f"{measure.first_reason}.",
            "KIS may have changed the layout: keep the output of `kisq raw` and report it.",
        )
    if heard.lost:
        verdict = VERDICTS.get(type(heard.lost), Verdict.UNREACHABLE)
        return verdict, f"{heard.lost.what}.", heard.lost.next_step or "Correct the setting."
    if heard.asked and heard.accepted_at is None:
        return Verdict.SILENT, _answered(heard), NOT_ANSWERED.next_step
    if now is None:
        return Verdict.SILENT, f"{_answered(heard)} {_NO_TIMES[0]}", _NO_TIMES[1]
    found = silence(measure.tr_id, key, now, calendar_of, mock=mock)
    verdict = Verdict.CLOSED if found.closed else Verdict.SILENT
    return verdict, f"{_answered(heard)} {found.reason}", found.next_step


def _broadcasting(heard: Heard) -> str:
    key, lived = heard.measure.tr_key, heard.measure.lived
    if heard.lost:
        return f"{key} was broadcasting until the connection was lost after {lived:.0f} s."
    if _stopped(heard):
        return f"{key} was broadcasting for {lived:.0f} s, then nothing came any more."
    rate = heard.measure.rate(heard.ended_at)
    return f"{key} is broadcasting{f' at {rate:.1f} messages a second' if rate else ''}."


def _answered(heard: Heard) -> str:
    listened = heard.ended_at - heard.sent_at
    if not heard.asked:
        return "The recording holds neither its subscribe nor any data."
    if heard.accepted_at is None:
        return f"The subscribe was not answered in {listened:.0f} s."
    said = f"Accepted, but nothing came in {listened:.0f} s"
    if not heard.pingpongs and listened >= _HEARTBEAT_SECONDS:
        said += ", not even a PINGPONG: the connection may be dead (half-open)"
    return f"{said}."


def _warnings(heard: Heard) -> list[str]:
    measure, found = heard.measure, []
    found += [counted(text, times) for text, times in measure.odd()]
    if measure.extra:
        found.append(
            f"{measure.extra} surplus fields in each record, which KIS appended: {measure.surplus}"
        )
    if measure.records and measure.malformed:
        of = f"{measure.malformed} of {measure.messages} messages"
        found.append(f"{of} not decodable: {measure.first_reason}")
    if measure.records and measure.stray:
        of = f"{measure.stray} messages of {measure.tr_id} that name no key"
        found.append(f"{of}: {measure.first_reason}")
    if measure.records and _stopped(heard):
        quiet = measure.quiet(heard.ended_at)
        found.append(
            f"nothing came in the last {quiet:.0f} s: the stream stopped, or the "
            "connection is half-open"
        )
    if measure.records and (stale := staleness(measure)):
        found.append(stale)
    if measure.records and heard.lost:
        found.append(f"the connection was lost: {heard.lost.what}")
    return found
