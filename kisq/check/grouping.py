"""Keys of a check about which the same is to be said, so that it is said once; pure."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from kisq.check.report import KeyReport, Verdict
from kisq.errors import WrongKey
from kisq.locale.sentence import Sentence
from kisq.wire.trkey import parse_tr_key

_WORST_FIRST = list(reversed(Verdict))
_FIGURE = re.compile(r"[-+]?[0-9][0-9.,]*")  # such as a price
_A_FIGURE = 0
Shape = object  # of a sentence: equal for sentences that differ only in the key and in figures


class Group(NamedTuple):
    """Reports with the same verdict, whose sentences differ at most in their key and figures."""

    keys: list[KeyReport]

    @property
    def example(self) -> KeyReport:
        """The one whose sentences are shown."""
        return self.keys[0]

    @property
    def is_alike(self) -> bool:
        """Whether the sentences of all keys are the very same."""
        return len({_sentences(key) for key in self.keys}) == 1


def grouped(keys: Sequence[KeyReport]) -> list[Group]:
    """The keys in groups, the worst verdict first, else in their order."""
    groups: dict[Shape, Group] = {}
    for key in keys:
        groups.setdefault(_shape_of(key), Group([])).keys.append(key)
    return sorted(groups.values(), key=lambda group: _WORST_FIRST.index(group.example.verdict))


def counts_of(keys: Sequence[KeyReport]) -> list[tuple[Verdict, int]]:
    """How many keys have each verdict, the worst first."""
    counts = Counter(key.verdict for key in keys)
    return [(verdict, counts[verdict]) for verdict in _WORST_FIRST if counts[verdict]]


def _sentences(key: KeyReport) -> tuple[str, ...]:
    return (key.reason, key.next_step, *key.warnings)


def _shape_of(key: KeyReport) -> Shape:
    without_names = _remover(key)
    return (key.verdict, *(_shape(sentence, without_names) for sentence in _sentences(key)))


def _shape(value: object, without_names: Callable[[str], str]) -> Shape:
    """The template of a sentence with the shapes of its fields; a figure counts as any other."""
    if isinstance(value, Sentence):
        fields = [(name, _shape(field, without_names)) for name, field in value.fields.items()]
        return (value.template, *fields)
    if isinstance(value, str) and not _FIGURE.fullmatch(value):
        return without_names(value)
    return _A_FIGURE


def _remover(key: KeyReport) -> Callable[[str], str]:
    """Takes the key and its symbol out of a text."""
    try:
        symbol = parse_tr_key(key.tr_key, key.tr_id).symbol
    except WrongKey:
        symbol = key.tr_key
    names = re.compile(rf"{re.escape(key.tr_key)}|{re.escape(symbol)}\b")
    return lambda text: names.sub("\0", text)
