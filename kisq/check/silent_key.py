"""The verdict on a key for which nothing came; pure."""

from datetime import datetime

from kisq.check.data_rules import foreign_text, other_tr
from kisq.check.observation import Observation
from kisq.check.report import Judgement, Verdict
from kisq.check.session_rules import HEARTBEAT_SECONDS
from kisq.locale.sentence import Sentence, as_sentence, joined
from kisq.reasons.evidence import EvidenceOf
from kisq.reasons.silence import NOT_ANSWERED, CalendarOf, silence
from kisq.wire.clocks import KST

_NO_TIMES = Sentence("The recording has no times, so whether the market was open cannot be told.")
_RECORD_TIMES = Sentence("Record with -w, which keeps the times.")
_THEN = Sentence("At the end of the recording, {moment:%Y-%m-%d %H:%M} KST, this held:")
_NOTHING_RECORDED = Sentence("The recording holds neither its subscribe nor any data.")
_NOT_SENT = Sentence("Its subscribe was not sent.")
_NO_ANSWER = Sentence("The subscribe was not answered in {seconds:.0f} s.")
_UNSUBSCRIBED = Sentence(
    "Accepted, and unsubscribed again after {seconds:.1f} s (OPSP0001) before anything came."
)
_HALF_OPEN = Sentence(
    "Accepted, but nothing came in {seconds:.0f} s, not even a PINGPONG: the connection may be "
    "dead (half-open)."
)
_NOTHING_CAME = Sentence("Accepted, but nothing came in {seconds:.0f} s.")
_STAY_SUBSCRIBED = Sentence("Let your program stay subscribed: its own unsubscribe ended the data.")


def silent_key(
    seen: Observation,
    now: datetime | None,
    calendar_of: CalendarOf,
    known: EvidenceOf,
    *,
    mock: bool,
) -> Judgement:
    """The verdict if nothing came for the key."""
    answer = _answered(seen)
    if seen.asked and seen.accepted_at is None:
        return Judgement(Verdict.SILENT, answer, as_sentence(NOT_ANSWERED.next_step))
    if _left_early(seen):
        return Judgement(Verdict.SILENT, answer, _STAY_SUBSCRIBED)
    if seen.others.foreign:
        answer = joined(" ", (answer, as_sentence(foreign_text(seen))))
    instead = other_tr(seen)
    if instead:
        return Judgement(Verdict.SILENT, answer, instead)
    if now is None:
        return Judgement(Verdict.SILENT, joined(" ", (answer, _NO_TIMES)), _RECORD_TIMES)
    key = (seen.measure.tr_id, seen.measure.tr_key)
    cause = silence(
        *key, now, calendar_of, mock=mock, ticking=seen.others.ticking, evidence=known(key)
    )
    if seen.recorded:
        answer = joined(" ", (answer, _THEN.format(moment=now.astimezone(KST))))
    verdict = Verdict.SILENT
    if cause.closed:
        verdict = Verdict.CLOSED
    return Judgement(verdict, joined(" ", (answer, cause.reason)), as_sentence(cause.next_step))


def _left_early(seen: Observation) -> bool:
    """Whether the key was unsubscribed and the session went on for longer than it had listened."""
    if seen.unsubscribed_at is None:
        return False
    return seen.session_ended_at - seen.unsubscribed_at > max(1.0, seen.listened)


def _answered(seen: Observation) -> Sentence:
    """What became of the subscribe, in a sentence."""
    listened = seen.listened
    if not seen.asked:
        return _NOTHING_RECORDED
    if seen.accepted_at is None and seen.sent_at is None:
        return _NOT_SENT
    if seen.accepted_at is None:
        return _NO_ANSWER.format(seconds=listened)
    if seen.unsubscribed_at is not None:
        return _UNSUBSCRIBED.format(seconds=listened)
    if not seen.keepalive.received and listened >= HEARTBEAT_SECONDS:
        return _HALF_OPEN.format(seconds=listened)
    return _NOTHING_CAME.format(seconds=listened)
