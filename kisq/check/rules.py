"""What a rule about data is: when it applies, what is said then, and what to do next."""

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from kisq.check.observation import Observation
from kisq.wire.durations import in_words


class Finding(NamedTuple):
    """A sentence about what is not as it should be, without a full stop, and what to do next."""

    text: str
    next_step: str


class Rule(NamedTuple):
    """One thing that may be wrong: when it is, what is said of it, and what to do next."""

    applies: Callable[[Observation], bool]
    text: Callable[[Observation], str]
    next_step: Callable[[Observation], str]

    def finding(self, seen: Observation) -> Finding | None:
        """The finding where the rule applies."""
        return Finding(self.text(seen), self.next_step(seen)) if self.applies(seen) else None


def findings(rules: tuple[Rule, ...], seen: Observation) -> list[Finding]:
    """What the rules find, in their order."""
    every = (rule.finding(seen) for rule in rules)
    return [finding for finding in every if finding]


def always(sentence: str) -> Callable[[Observation], str]:
    """The same sentence whatever was observed."""
    return lambda _: sentence


def words(seconds: float) -> str:
    """How long that is, without its sign."""
    return in_words(timedelta(seconds=abs(seconds)))
