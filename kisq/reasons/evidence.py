"""What was seen beside the silence of a key: what KIS's files tell, and a control key."""

from collections.abc import Callable
from typing import NamedTuple

from kisq.symbols.facts import SymbolFacts
from kisq.wire.key_parts import TrKey
from kisq.wire.messages import Key


class Control(NamedTuple):
    """A liquid key of the same session and TR that kisq registered beside a silent one.

    ``ticked`` says that data came of it; else it was silent for as long as it takes to tell. With
    ``asked`` it is no such key but one that was asked for, and ticks. ``seconds`` is for how long
    it was listened to.
    """

    key: TrKey
    ticked: bool
    asked: bool = False
    seconds: float = 0.0


class Evidence(NamedTuple):
    """What is known of a silent key; each is None where nothing is."""

    facts: SymbolFacts | None = None
    control: Control | None = None


NO_EVIDENCE = Evidence()
EvidenceOf = Callable[[Key], Evidence]


def none_of(_: Key) -> Evidence:
    """Nothing beside the silence itself."""
    return NO_EVIDENCE
