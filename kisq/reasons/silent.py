"""That a key is silent, why, and what to do about it, as facts."""

from typing import NamedTuple

from kisq.locale.sentence import Sentence


class Silence(NamedTuple):
    """Whether the key's market is closed, why nothing comes, and what to do next.

    ``short`` is the reason in a few words, for a row of the board.
    """

    closed: bool
    reason: Sentence
    next_step: Sentence
    short: Sentence
