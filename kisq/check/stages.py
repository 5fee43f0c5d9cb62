"""What was observed of a key, judged stage by stage; pure."""

from kisq.check.clock_rules import clock_findings
from kisq.check.data_rules import UNDECODABLE_SHARE, counted, foreign_text
from kisq.check.observation import Observation
from kisq.check.report import Stage, StageName, Status
from kisq.check.session_rules import HEARTBEAT_SECONDS, UNANSWERED_PINGPONG
from kisq.locale.sentence import Plural, Sentence, joined
from kisq.spec.notices import is_notice

_NO_ORDER = Sentence("no notice is due without an order")
_EXCERPT = 60
_NOT_RECORDED = Sentence("the recording does not hold the subscribe")
_NOT_SENT = Sentence("the subscribe was not sent")
_NOT_ANSWERED = Sentence("the subscribe was not answered")
_NONE_DUE = Sentence("none was due: KIS sends one when the stream is quiet for about 10 s")
_NO_PINGPONG = Sentence("none, though nothing came for {seconds:.0f} s")
_PINGPONGS = Sentence("{received} PINGPONG")
_PINGPONGS_ANSWERED = Sentence("{received} PINGPONG, answered")
_SOME_ANSWERED = Sentence("{received} PINGPONG, {answered} answered")
_WITHOUT_KEY = Plural(
    "{number} message of {tr_id}, none with this key",
    "{number} messages of {tr_id}, none with this key",
)
_NOTHING = Sentence("none in {seconds:.1f} s")
_NOTHING_BUT = Sentence("none in {seconds:.1f} s; {foreign}")
_FIELDS = Sentence("{width} fields")
_LEVELS = Plural("{number} level per side", "{number} levels per side")
_UNNAMED = Sentence("the last {unnamed} of them without a name in any list")
_SEVERAL_RECORDS = Sentence("up to {records} records per message")
_SUMS = Sentence("totals add up")
_BOOK = Sentence("bid below ask, levels in order")
_CLOCKS = Sentence("clocks agree")
_NUMBERS = Sentence("each number is one")
_LAG = Sentence("lag {median:.1f} s median ({min:.1f} to {max:.1f})")
_LAG_DOCUMENTED = Sentence(
    "lag {median:.1f} s median ({min:.1f} to {max:.1f}), documented {minutes} minutes"
)


def subscription(seen: Observation) -> Stage:
    """Whether KIS accepted the subscription."""
    name = StageName.SUBSCRIPTION
    if seen.refusal:
        return Stage(name, Status.FAILED, None, f"{seen.refusal.code} {seen.refusal.kis_text}")
    if not seen.asked:
        return Stage(name, Status.UNKNOWN, None, _NOT_RECORDED)
    if seen.accepted_at is not None:
        return Stage(name, Status.OK, seen.accepted_at - seen.since, seen.accepted)
    if seen.sent_at is None:
        return Stage(name, Status.UNKNOWN, None, _NOT_SENT)
    return Stage(name, Status.UNKNOWN, None, _NOT_ANSWERED)


def heartbeat(seen: Observation) -> Stage:
    """Whether PINGPONG came, if one was due, and was answered."""
    name = StageName.HEARTBEAT
    keepalive = seen.keepalive
    if seen.refusal:
        return Stage(name, Status.SKIPPED)
    if keepalive.first_at is not None:
        status = Status.OK
        if UNANSWERED_PINGPONG.applies(seen):
            status = Status.FAILED
        return Stage(name, status, keepalive.first_at - seen.since, _pingpongs(seen))
    if keepalive.quiet < HEARTBEAT_SECONDS:
        return Stage(name, Status.SKIPPED, None, _NONE_DUE)
    return Stage(name, Status.FAILED, None, _NO_PINGPONG.format(seconds=keepalive.quiet))


def _pingpongs(seen: Observation) -> Sentence:
    """How many there were, and whether they were answered, if that is known."""
    received = seen.keepalive.received
    answered = seen.keepalive.answered
    if answered is None:
        return _PINGPONGS.format(received=received)
    if answered == received:
        return _PINGPONGS_ANSWERED.format(received=received)
    return _SOME_ANSWERED.format(received=received, answered=answered)


def first_data(seen: Observation) -> Stage:
    """Whether any data message came."""
    name = StageName.FIRST_DATA
    measure = seen.measure
    if seen.refusal:
        return Stage(name, Status.SKIPPED)
    if measure.first_at is not None:
        excerpt = f"{measure.first_text[:_EXCERPT]}…"
        return Stage(name, Status.OK, measure.first_at - seen.since, excerpt)
    if seen.others.nameless:
        detail = _WITHOUT_KEY.of(seen.others.nameless, tr_id=measure.tr_id)
        return Stage(name, Status.FAILED, None, detail)
    if is_notice(measure.tr_id) and seen.accepted_at is not None:
        return Stage(name, Status.SKIPPED, None, _NO_ORDER)
    if seen.others.foreign:
        detail = _NOTHING_BUT.format(seconds=seen.listened, foreign=foreign_text(seen))
        return Stage(name, Status.FAILED, None, detail)
    return Stage(name, Status.FAILED, None, _NOTHING.format(seconds=seen.listened))


def decoded(seen: Observation) -> Stage:
    """Whether the messages are as the spec has them."""
    name = StageName.DECODED
    measure = seen.measure
    others = seen.others
    if not measure.messages and not others.nameless:
        return Stage(name, Status.SKIPPED)
    layout = measure.layout
    if layout is None:
        return Stage(name, Status.FAILED, None, measure.first_reason or others.reason)
    details = [_FIELDS.format(width=layout.width)]
    if layout.levels:
        details.append(_LEVELS.of(layout.levels))
    if layout.unnamed:
        details.append(_UNNAMED.format(unnamed=layout.unnamed))
    if measure.most_records > 1:
        details.append(_SEVERAL_RECORDS.format(records=measure.most_records))
    status = Status.OK
    if seen.undecodable >= UNDECODABLE_SHARE:
        status = Status.FAILED
    seconds = (measure.decoded_at or seen.since) - seen.since
    return Stage(name, status, seconds, joined(", ", details))


def sound(seen: Observation) -> Stage:
    """Whether the records contradict themselves."""
    name = StageName.SOUND
    measure = seen.measure
    layout = measure.layout
    if layout is None:
        return Stage(name, Status.SKIPPED)
    if measure.faults:
        faults = [counted(text, times) for _, text, times in measure.odd()]
        return Stage(name, Status.FAILED, None, joined("; ", faults))
    details = []
    if layout.sums:
        details.append(_SUMS)
    if layout.levels:
        details.append(_BOOK)
    if layout.has_clock:
        details.append(_CLOCKS)
    return Stage(name, Status.OK, None, joined(", ", details or [_NUMBERS]))


def fresh(seen: Observation) -> Stage:
    """Whether the records are as late as they should be."""
    name = StageName.FRESH
    lag = seen.measure.lag
    if lag is None:
        return Stage(name, Status.SKIPPED)
    figures = _LAG.format(**lag._asdict())
    if seen.measure.delay:
        figures = _LAG_DOCUMENTED.format(**lag._asdict(), minutes=seen.measure.delay // 60)
    faults = clock_findings(seen)
    if faults:
        return Stage(name, Status.FAILED, None, joined("; ", (faults[0].text, figures)))
    return Stage(name, Status.OK, None, figures)


# What can be said while listening, and what only at the end.
EARLY = {
    StageName.SUBSCRIPTION: subscription,
    StageName.HEARTBEAT: heartbeat,
    StageName.FIRST_DATA: first_data,
    StageName.DECODED: decoded,
}
STAGES = (*EARLY.values(), sound, fresh)
