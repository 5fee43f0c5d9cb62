"""The summary of a tap, at its end and on request."""

from collections.abc import Iterator, Mapping
from statistics import median

from kisq.locale.sentence import Plural, Sentence
from kisq.output.counts import Counts, Loss
from kisq.tap.program import Program, Registration
from kisq.wire.refusal import next_step

_CONNECTS = Plural("{number} connect", "{number} connects")
_REGISTRATIONS = Plural("{number} key", "{number} keys")
_FIRST = Sentence("{counts}; the program: {connects}, {keys}")
_KEY = Plural(
    "{tr_id} {tr_key}: {standing}, {number} data message",
    "{tr_id} {tr_key}: {standing}, {number} data messages",
)
_PINGPONGS = Sentence(
    "{answered} of {number} PINGPONG answered, after {median:.3f} s in the median and "
    "{slowest:.3f} s at the latest"
)
_NOT_ANSWERED = Sentence("none of {number} PINGPONG answered")
_REFUSED = Plural(
    "refused {number} time: {code} {text}; {next_step}",
    "refused {number} times: {code} {text}; {next_step}",
)


def summary(
    program: Program, counts: Counts, seconds: float, unwritten: int, losses: Mapping[Loss, int]
) -> Iterator[Sentence]:
    """The sentences of the summary; ``seconds`` is how long the tap has run."""
    yield _FIRST.format(
        counts=counts.sentence(seconds, unwritten, losses),
        connects=_CONNECTS.of(program.attempts),
        keys=_REGISTRATIONS.of(len(program.registrations)),
    )
    yield from map(_of_key, program.registrations.values())
    if program.answer_seconds:
        yield _PINGPONGS.format(
            answered=len(program.answer_seconds),
            number=program.pingpongs,
            median=median(program.answer_seconds),
            slowest=max(program.answer_seconds),
        )
    elif program.pingpongs:
        yield _NOT_ANSWERED.format(number=program.pingpongs)
    for (code, text), number in program.refusals.items():
        keys = [key for key, each in program.registrations.items() if _has(each, code)]
        yield _REFUSED.of(number, code=code, text=text, next_step=next_step(code, keys))


def _of_key(registration: Registration) -> Sentence:
    tr_id, tr_key = registration.key
    standing = registration.standing.value
    return _KEY.of(registration.messages, tr_id=tr_id, tr_key=tr_key, standing=standing)


def _has(registration: Registration, code: str) -> bool:
    return registration.refusal is not None and registration.refusal.msg_cd == code
