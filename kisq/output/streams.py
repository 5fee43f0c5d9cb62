"""Where a run writes and what it counts, as one value."""

from dataclasses import dataclass

from kisq.output.counts import Counts
from kisq.output.notices import Notices
from kisq.output.stream import Lines


@dataclass(frozen=True, slots=True)
class Streams:
    """``out`` takes what is shown, ``notices`` the sentences for people; ``counts`` of the run."""

    out: Lines
    notices: Notices
    counts: Counts
