"""That a key is silent, why, and what to do: as facts for whoever says it."""

from typing import NamedTuple


class Silence(NamedTuple):
    """Whether the key's market is closed, why nothing comes, and what to do next.

    ``short`` is the reason in a few words, for a row of the board.
    """

    closed: bool
    reason: str
    next_step: str
    short: str
