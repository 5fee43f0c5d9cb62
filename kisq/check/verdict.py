"""From what was observed to a verdict with its reason and the next step; pure."""

from datetime import datetime

from kisq.check.data_rules import degraded, warnings
from kisq.check.observation import Observation
from kisq.check.report import Judgement, KeyReport, Stage, Verdict
from kisq.check.session_rules import fell_silent
from kisq.check.silent_key import silent_key
from kisq.check.stages import STAGES
from kisq.errors import ApprovalRefused, ConnectionFailed, KisqError, SettingsFault
from kisq.locale.sentence import NO_SENTENCE, Plural, Sentence, as_sentence, ended, joined
from kisq.reasons.evidence import EvidenceOf, none_of
from kisq.reasons.silence import NO_ORDER, CalendarOf
from kisq.spec.notices import is_notice

_NOTHING_TO_DO = Sentence("Nothing to do.")
_GARBLED = Plural(
    "{number} message came, but kisq does not know what it is: {reason}.",
    "{number} messages came, but kisq does not know what they are: {reason}.",
)
_GARBLED_STEP = Sentence(
    "KIS may have changed the layout: keep the output of `kisq raw` and report it."
)
_NOT_DECRYPTED = Plural(
    "The subscription stands; {number} notice came, which is not decrypted here.",
    "The subscription stands; {number} notices came, which are not decrypted here.",
)
_CORRECT = Sentence("Correct the setting.")
_BROADCASTING = Sentence("{key} is broadcasting.")
_BROADCASTING_AT = Sentence("{key} is broadcasting at {rate:.1f} messages a second.")
_WAS_BROADCASTING = Sentence("{key} was broadcasting.")
_WAS_BROADCASTING_AT = Sentence("{key} was broadcasting at {rate:.1f} messages a second.")
_NOT_WELL = Sentence("Data for {key} come, but not as they should.")
_WERE_NOT_WELL = Sentence("Data for {key} came, but not as they should.")
_IN_SECONDS = Plural("{number} message in {seconds:.1f} s", "{number} messages in {seconds:.1f} s")
_RATE = Sentence("{rate:.1f} a second")
_LONGEST_GAP = Sentence("longest gap {seconds:.2f} s")
_LAG = Sentence("lag {median:.1f} s ({min:.1f} to {max:.1f})")
_PINGPONGS = Sentence("{number} PINGPONG")
# The verdict for an error that ends a check.
VERDICTS: dict[type[KisqError], Verdict] = {
    SettingsFault: Verdict.SETTINGS,
    ApprovalRefused: Verdict.APPROVAL,
    ConnectionFailed: Verdict.UNREACHABLE,
}


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

    ``known`` is asked for more evidence about the key if nothing came for it.
    """
    measure = seen.measure
    judgement = _judgement(seen, now, calendar_of, known, mock=mock)
    first_data_seconds = None
    if measure.first_at is not None:
        first_data_seconds = measure.first_at - seen.since
    return KeyReport(
        measure.tr_id,
        measure.tr_key,
        judgement.verdict,
        judgement.reason,
        as_sentence(judgement.next_step),
        [*shared, *(stage(seen) for stage in STAGES)],
        measure.messages,
        measure.records,
        measure.rate(seen.ended_at),
        first_data_seconds,
        _longest_gap(seen),
        measure.lag,
        [finding.text for finding in warnings(seen)],
        _measured(seen),
    )


def _longest_gap(seen: Observation) -> float | None:
    """The longest time without a message, the one at the end included."""
    if seen.measure.first_at is None:
        return None
    return max(seen.measure.longest_gap or 0.0, seen.measure.quiet(seen.ended_at))


def _measured(seen: Observation) -> Sentence:
    """The figures of the data that came, in a list; empty if none did."""
    measure = seen.measure
    if measure.first_at is None:
        return NO_SENTENCE
    figures = [_IN_SECONDS.of(measure.messages, seconds=seen.ended_at - measure.first_at)]
    rate = measure.rate(seen.ended_at)
    if rate:
        figures.append(_RATE.format(rate=rate))
    longest_gap = _longest_gap(seen)
    if longest_gap:
        figures.append(_LONGEST_GAP.format(seconds=longest_gap))
    if measure.lag:
        figures.append(_LAG.format(**measure.lag._asdict()))
    figures.append(_PINGPONGS.format(number=seen.keepalive.received))
    return joined(", ", figures)


def _judgement(
    seen: Observation,
    now: datetime | None,
    calendar_of: CalendarOf,
    known: EvidenceOf,
    *,
    mock: bool,
) -> Judgement:
    if seen.refusal:
        reason = ended(seen.refusal.sentence)
        return Judgement(Verdict.REFUSED, reason, seen.refusal.next_step)
    if seen.measure.records:
        return _of_data(seen)
    if _stands_without_order(seen):
        return Judgement(Verdict.BROADCASTING, _of_notices(seen), _NOTHING_TO_DO)
    garbled = _garbled(seen)
    if garbled:
        return garbled
    if seen.lost:
        verdict = VERDICTS.get(type(seen.lost), Verdict.UNREACHABLE)
        return Judgement(verdict, ended(seen.lost.sentence), seen.lost.next_step or _CORRECT)
    return silent_key(seen, now, calendar_of, known, mock=mock)


def _stands_without_order(seen: Observation) -> bool:
    """Whether order notices are subscribed to, and no malformed one came."""
    is_well = seen.accepted_at is not None and not seen.lost and not seen.measure.malformed
    return is_notice(seen.measure.tr_id) and is_well


def _of_notices(seen: Observation) -> Sentence:
    if seen.measure.messages:
        return _NOT_DECRYPTED.of(seen.measure.messages)
    return ended(NO_ORDER.reason)


def _of_data(seen: Observation) -> Judgement:
    """The verdict if records came."""
    grave = degraded(seen)
    steps = [as_sentence(finding.next_step) for finding in (*grave, *warnings(seen))]
    next_step = joined(" ", dict.fromkeys(steps or [_NOTHING_TO_DO]))
    if not grave:
        return Judgement(Verdict.BROADCASTING, _broadcasting(seen), next_step)
    reasons = [_not_well(seen), *(as_sentence(finding.text) for finding in grave)]
    return Judgement(Verdict.DEGRADED, joined(" ", reasons), next_step)


def _broadcasting(seen: Observation) -> Sentence:
    key = seen.measure.tr_key
    rate = seen.measure.rate(seen.ended_at)
    if rate and seen.recorded:
        return _WAS_BROADCASTING_AT.format(key=key, rate=rate)
    if rate:
        return _BROADCASTING_AT.format(key=key, rate=rate)
    if seen.recorded:
        return _WAS_BROADCASTING.format(key=key)
    return _BROADCASTING.format(key=key)


def _not_well(seen: Observation) -> Sentence:
    key = seen.measure.tr_key
    if seen.recorded or seen.lost or fell_silent(seen):
        return _WERE_NOT_WELL.format(key=key)
    return _NOT_WELL.format(key=key)


def _garbled(seen: Observation) -> Judgement | None:
    """The verdict if messages came, but nothing that can be decoded.

    Messages that name no key are evidence only if none of their TR could be decoded.
    """
    messages = seen.measure.messages
    if not messages and not seen.others.decoded:
        messages = seen.others.nameless
    if not messages:
        return None
    cause = seen.measure.first_reason or seen.others.reason
    return Judgement(Verdict.GARBLED, _GARBLED.of(messages, reason=cause), _GARBLED_STEP)
