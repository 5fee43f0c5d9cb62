"""That a key is silent, and evidence besides: KIS's symbol files, and a control key."""

from collections.abc import Callable
from typing import NamedTuple

from kisq.locale.sentence import Sentence
from kisq.symbols.facts import SymbolFacts
from kisq.wire.key_parts import TrKey
from kisq.wire.messages import Key


class Silence(NamedTuple):
    """Whether the key's market is closed, why nothing comes, and what to do next.

    ``short`` is the reason in a few words, for a row of the board.
    """

    closed: bool
    reason: Sentence
    next_step: Sentence
    short: Sentence


class Control(NamedTuple):
    """A liquid key of the same session and TR that kisq registered besides a silent one.

    ``ticked`` tells whether data came for it; otherwise it was silent for long enough to count.
    With ``asked``, it is one of the user's own keys, and ticks. ``seconds`` is how long kisq
    listened to it.
    """

    key: TrKey
    ticked: bool
    asked: bool = False
    seconds: float = 0.0


class Evidence(NamedTuple):
    """What is known about a silent key; None for what is not known."""

    facts: SymbolFacts | None = None
    control: Control | None = None


NO_EVIDENCE = Evidence()
EvidenceOf = Callable[[Key], Evidence]


def none_of(_: Key) -> Evidence:
    """No evidence besides the silence itself."""
    return NO_EVIDENCE
