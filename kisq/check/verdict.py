"""From what was observed to a verdict with its reason and the next step; pure."""

from datetime import datetime

from kisq.check.data_rules import HEARTBEAT_SECONDS, degraded, fell_silent, foreign_text, warnings
from kisq.check.observation import Observation
from kisq.check.report import KeyReport, Stage, Verdict
from kisq.check.stages import STAGES
from kisq.errors import ApprovalRefused, ConnectionFailed, KisqError, SettingsFault
from kisq.locale.sentence import Plural
from kisq.reasons.evidence import EvidenceOf, none_of
from kisq.reasons.silence import NO_ORDER, NOT_ANSWERED, CalendarOf, silence
from kisq.spec.notices import is_notice
from kisq.spec.tables import TRS

_NO_TIMES = (
    "The recording has no times, so whether the market was open cannot be told.",
    "Record with -w, which keeps the times.",
)
_GARBLED = Plural(
    "{number} message came, and it is nothing that kisq knows: {why}.",
    "{number} messages came, and none is what kisq knows: {why}.",
)
_NOT_DECRYPTED = Plural(
    "The subscription stands; {number} notice came, which is not decrypted here.",
    "The subscription stands; {number} notices came, which are not decrypted here.",
)
# What an error that ends a check makes of it.
VERDICTS: dict[type[KisqError], Verdict] = {
    SettingsFault: Verdict.SETTINGS,
    ApprovalRefused: Verdict.APPROVAL,
    ConnectionFailed: Verdict.UNREACHABLE,
}
_Judged = tuple[Verdict, str, str]


def report(
    seen: Observation,
    shared: list[Stage],
    now: datetime | None,
    calendar_of: CalendarOf,
    *,
    mock: bool,
    known: EvidenceOf = none_of,
) -> KeyReport:
    """The report of one key; ``now`` (aware) tells whether its market is open, if that is known.

    ``known`` is asked what else is known of the key where nothing came of it.
    """
    measure = seen.measure
    verdict, reason, next_step = _verdict(seen, now, calendar_of, known, mock=mock)
    return KeyReport(
        measure.tr_id,
        measure.tr_key,
        verdict,
        reason,
        sentence(next_step),
        [*shared, *(stage(seen) for stage in STAGES)],
        measure.messages,
        measure.records,
        measure.rate(seen.ended_at),
        None if measure.first_at is None else measure.first_at - seen.since,
        _longest_gap(seen),
        measure.lag,
        [finding.text for finding in warnings(seen)],
        _measured(seen),
    )


def sentence(text: str) -> str:
    """``text`` with a capital at its beginning and a full stop at its end."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _longest_gap(seen: Observation) -> float | None:
    """The time without a message at the end counts as a gap as well."""
    if seen.measure.first_at is None:
        return None
    return max(seen.measure.longest_gap or 0.0, seen.measure.quiet(seen.ended_at))


_IN_SECONDS = Plural("{number} message in {seconds:.1f} s", "{number} messages in {seconds:.1f} s")


def _measured(seen: Observation) -> str:
    """The figures of the data that came, in a list; empty where none did."""
    measure = seen.measure
    if measure.first_at is None:
        return ""
    rate, gap, lag = measure.rate(seen.ended_at), _longest_gap(seen), measure.lag
    figures: list[str] = [
        _IN_SECONDS.of(measure.messages, seconds=seen.ended_at - measure.first_at)
    ]
    if rate:
        figures.append(f"{rate:.1f} a second")
    if gap:
        figures.append(f"longest gap {gap:.2f} s")
    if lag:
        figures.append(f"lag {lag.median:.1f} s ({lag.min:.1f} to {lag.max:.1f})")
    figures.append(f"{seen.keepalive.received} PINGPONG")
    return ", ".join(figures)


def _verdict(
    seen: Observation,
    now: datetime | None,
    calendar_of: CalendarOf,
    known: EvidenceOf,
    *,
    mock: bool,
) -> _Judged:
    if seen.refusal:
        return Verdict.REFUSED, f"{seen.refusal.sentence}.", seen.refusal.next_step
    if seen.measure.records:
        return _of_data(seen)
    if _stands_without_order(seen):
        return Verdict.BROADCASTING, _of_notices(seen), "Nothing to do."
    if garbled := _garbled(seen):
        return garbled
    if seen.lost:
        verdict = VERDICTS.get(type(seen.lost), Verdict.UNREACHABLE)
        return verdict, f"{seen.lost.sentence}.", seen.lost.next_step or "Correct the setting."
    return _of_silence(seen, now, calendar_of, known, mock=mock)


def _stands_without_order(seen: Observation) -> bool:
    """Whether order notices are subscribed to, and none came that is not well."""
    is_well = seen.accepted_at is not None and not seen.lost and not seen.measure.malformed
    return is_notice(seen.measure.tr_id) and is_well


def _of_notices(seen: Observation) -> str:
    if seen.measure.messages:
        return _NOT_DECRYPTED.of(seen.measure.messages)
    return NO_ORDER.reason


def _of_data(seen: Observation) -> _Judged:
    """The verdict where records came."""
    grave, odd = degraded(seen), warnings(seen)
    steps = dict.fromkeys(sentence(finding.next_step) for finding in (*grave, *odd))
    next_step = " ".join(steps) or "Nothing to do."
    if not grave:
        return Verdict.BROADCASTING, _broadcasting(seen), next_step
    reasons = [_not_well(seen), *(sentence(finding.text) for finding in grave)]
    return Verdict.DEGRADED, " ".join(reasons), next_step


def _broadcasting(seen: Observation) -> str:
    key, rate = seen.measure.tr_key, seen.measure.rate(seen.ended_at)
    if seen.recorded and rate:
        return f"{key} was broadcasting at {rate:.1f} messages a second."
    if seen.recorded:
        return f"{key} was broadcasting."
    if rate:
        return f"{key} is broadcasting at {rate:.1f} messages a second."
    return f"{key} is broadcasting."


def _not_well(seen: Observation) -> str:
    key = seen.measure.tr_key
    if seen.recorded or seen.lost or fell_silent(seen):
        return f"Data of {key} came, but not as they should."
    return f"Data of {key} come, but not as they should."


def _garbled(seen: Observation) -> _Judged | None:
    """Where messages came, but nothing that can be decoded.

    Messages that name no key are evidence only where none of their TR could be decoded.
    """
    measure, others = seen.measure, seen.others
    messages = measure.messages or (0 if others.decoded else others.nameless)
    if not messages:
        return None
    why = measure.first_reason or others.reason
    reason = _GARBLED.of(messages, why=why)
    step = "KIS may have changed the layout: keep the output of `kisq raw` and report it."
    return Verdict.GARBLED, reason, step


def _of_silence(
    seen: Observation,
    now: datetime | None,
    calendar_of: CalendarOf,
    known: EvidenceOf,
    *,
    mock: bool,
) -> _Judged:
    """The verdict where nothing came for the key."""
    answer = _answered(seen)
    if seen.asked and seen.accepted_at is None:
        return Verdict.SILENT, answer, NOT_ANSWERED.next_step
    if _left_early(seen):
        step = "Let your program stay subscribed: its own unsubscribe ended the data."
        return Verdict.SILENT, answer, step
    if seen.others.foreign:
        answer = f"{answer} {sentence(foreign_text(seen))}"
    if instead := _under_another_tr(seen):
        return Verdict.SILENT, answer, instead
    if now is None:
        return Verdict.SILENT, f"{answer} {_NO_TIMES[0]}", _NO_TIMES[1]
    key = seen.measure.tr_id, seen.measure.tr_key
    others = seen.others.ticking
    why = silence(*key, now, calendar_of, mock=mock, ticking=others, evidence=known(key))
    verdict = Verdict.CLOSED if why.closed else Verdict.SILENT
    return verdict, f"{answer} {why.reason}", why.next_step


def _under_another_tr(seen: Observation) -> str:
    """What to ask for where the data of the key come under another TR; or empty."""
    tr_ids = [tr for tr, tr_key in seen.others.foreign if tr_key == seen.measure.tr_key]
    known = [tr_id for tr_id in tr_ids if tr_id in TRS]
    return f"Ask for the TR that comes: --tr {known[0]}." if known else ""


def _left_early(seen: Observation) -> bool:
    """Whether the key was unsubscribed and the session went on for longer than it had listened."""
    if seen.unsubscribed_at is None:
        return False
    return seen.session_ended_at - seen.unsubscribed_at > max(1.0, seen.listened)


def _answered(seen: Observation) -> str:
    """What came of the subscribe, in a sentence."""
    listened = seen.listened
    if not seen.asked:
        return "The recording holds neither its subscribe nor any data."
    if seen.accepted_at is None and seen.sent_at is None:
        return "Its subscribe was not sent."
    if seen.accepted_at is None:
        return f"The subscribe was not answered in {listened:.0f} s."
    if seen.unsubscribed_at is not None:
        return (
            f"Accepted, and unsubscribed again after {listened:.1f} s (OPSP0001) before anything "
            "came."
        )
    if not seen.keepalive.received and listened >= HEARTBEAT_SECONDS:
        return (
            f"Accepted, but nothing came in {listened:.0f} s, not even a PINGPONG: the connection "
            "may be dead (half-open)."
        )
    return f"Accepted, but nothing came in {listened:.0f} s."
