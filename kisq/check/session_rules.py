"""Rules about the session: lost, silent, without an answer to PINGPONG, with a gap; pure.

The bounds of what is degraded are those of the contract (exit code 8).
"""

from kisq.check.observation import Observation
from kisq.check.rules import Rule, always
from kisq.locale.sentence import Sentence

HEARTBEAT_SECONDS = 15.0  # PINGPONG comes after about 10 quiet seconds (protocol.md section 2)
_SILENT_MESSAGES = 5
_SILENT_SECONDS = 1.5
_SILENT_GAPS = 5
_GAP_SECONDS = 10.0
_GAP_TIMES = 10
_LOST_TEXT = Sentence("the connection was lost after {seconds:.1f} s of data: {reason}")
_LOST_STEP = Sentence("check the network, and again")
_FELL_SILENT_TEXT = Sentence(
    "it was broadcasting for {seconds:.1f} s, then nothing came for {quiet:.1f} s"
)
_FELL_SILENT_STEP = Sentence(
    "check again: if it stops again, see with `kisq raw --json` whether PINGPONG still comes; if "
    "not, the connection is half-open, so let your program reconnect after 90 s without any message"
)
_UNANSWERED_TEXT = Sentence("{unanswered} of {received} PINGPONGs were not answered")
_UNANSWERED_STEP = Sentence(
    "answer each PINGPONG with its own text, or KIS ends the session after about 100 s"
)
_GAP_TEXT = Sentence("nothing came for {seconds:.0f} s in between")
_GAP_STEP = Sentence("check the network, and whether your program notices such a gap")
_REFUSAL_TEXT = Sentence("KIS refused a request that is not for these keys: {refusal}")
_REFUSAL_STEP = Sentence("look at all requests and answers with `kisq raw --json`")


def fell_silent(seen: Observation) -> bool:
    """Whether data came and then stopped for much longer than the longest gap before."""
    measure = seen.measure
    if seen.lost or measure.messages < _SILENT_MESSAGES:
        return False
    usual = _SILENT_GAPS * (measure.longest_gap or 0.0)
    return measure.quiet(seen.ended_at) > max(_SILENT_SECONDS, usual)


def _has_gap(seen: Observation) -> bool:
    measure = seen.measure
    usual = measure.lived / max(1, measure.messages - 1)
    return (measure.longest_gap or 0.0) > max(_GAP_SECONDS, _GAP_TIMES * usual)


def _pingpong_unanswered(seen: Observation) -> bool:
    answered = seen.keepalive.answered
    return answered is not None and answered < seen.keepalive.received


def _unanswered_text(seen: Observation) -> Sentence:
    received = seen.keepalive.received
    answered = seen.keepalive.answered or 0
    return _UNANSWERED_TEXT.format(unanswered=received - answered, received=received)


def _lost_text(seen: Observation) -> Sentence:
    reason = Sentence("")
    if seen.lost:
        reason = seen.lost.sentence
    return _LOST_TEXT.format(seconds=seen.measure.lived, reason=reason)


def _lost_step(seen: Observation) -> Sentence:
    if seen.lost and seen.lost.next_step:
        return seen.lost.next_step
    return _LOST_STEP


def _fell_silent_text(seen: Observation) -> Sentence:
    measure = seen.measure
    return _FELL_SILENT_TEXT.format(seconds=measure.lived, quiet=measure.quiet(seen.ended_at))


LOST = Rule(lambda seen: seen.lost is not None, _lost_text, _lost_step)
FELL_SILENT = Rule(fell_silent, _fell_silent_text, always(_FELL_SILENT_STEP))
UNANSWERED_PINGPONG = Rule(_pingpong_unanswered, _unanswered_text, always(_UNANSWERED_STEP))
GAP = Rule(
    _has_gap,
    lambda seen: _GAP_TEXT.format(seconds=seen.measure.longest_gap or 0.0),
    always(_GAP_STEP),
)
OTHER_REFUSAL = Rule(
    lambda seen: bool(seen.others.refusal),
    lambda seen: _REFUSAL_TEXT.format(refusal=seen.others.refusal),
    always(_REFUSAL_STEP),
)
