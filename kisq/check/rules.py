"""Rules about data: when each applies, its sentence, and what to do next."""

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from kisq.check.observation import Observation
from kisq.locale.sentence import Sentence
from kisq.wire.clocks import in_words


class Finding(NamedTuple):
    """A sentence about something wrong, without a capital or full stop, and what to do next."""

    text: Sentence
    next_step: Sentence


class Rule(NamedTuple):
    """Something that may be wrong: when it is, the sentence about it, and what to do next."""

    applies: Callable[[Observation], bool]
    text: Callable[[Observation], Sentence]
    next_step: Callable[[Observation], Sentence]

    def finding(self, seen: Observation) -> Finding:
        """The finding, if the rule applies."""
        return Finding(self.text(seen), self.next_step(seen))


def findings(rules: tuple[Rule, ...], seen: Observation) -> list[Finding]:
    """The findings of the rules that apply, in their order."""
    return [rule.finding(seen) for rule in rules if rule.applies(seen)]


def always(sentence: Sentence) -> Callable[[Observation], Sentence]:
    """The same sentence whatever was observed."""
    return lambda _: sentence


def words(seconds: float) -> str:
    """How long that is, without its sign."""
    return in_words(timedelta(seconds=abs(seconds)))
