"""How many data messages were lost, and why: what took the time in which they were."""

import time
from collections import Counter

from kisq.flow import Recorder, Source
from kisq.output.counts import Loss
from kisq.output.stream import Lines


class Losses:
    """The losses of one run; ``counts`` are data messages by their reason."""

    def __init__(self, source: Source, out: Lines, capture: Recorder | None) -> None:
        self._source, self._out, self._capture = source, out, capture
        self.counts: Counter[Loss] = Counter()
        self._seen = 0  # of those that the source lost
        self._looked_at = self._out_seconds = self._capture_seconds = 0.0

    def add(self, reason: Loss, number: int) -> None:
        """So many were lost for that reason."""
        self.counts[reason] += number

    def look(self) -> None:
        """If the source lost any since the last time, note what took the most time meanwhile."""
        out, capture = self._out.seconds, self._capture.seconds if self._capture else 0.0
        now, lost = time.monotonic(), self._source.lost
        if lost > self._seen:
            shares = {
                Loss.NOBODY: out - self._out_seconds,
                Loss.CAPTURE: capture - self._capture_seconds,
                Loss.SLOW: (now - self._looked_at) / 2,
            }
            self.add(max(shares, key=shares.__getitem__), lost - self._seen)
        self._seen, self._looked_at = lost, now
        self._out_seconds, self._capture_seconds = out, capture

    def end(self, waiting: int, *, unwritable: bool) -> None:
        """Nothing more is shown, though so many wait and some were not written."""
        self.look()
        self.add(Loss.FULL if unwritable else Loss.NOBODY, waiting + self._out.left)
