"""How many data messages were lost, and why: what took the time during which they were lost."""

import time
from collections import Counter

from kisq.flow import Recorder, Source
from kisq.output.counts import Loss
from kisq.output.stream import Lines


class Losses:
    """The losses of one run; ``counts`` are data messages by their reason."""

    def __init__(self, source: Source, out: Lines, capture: Recorder | None) -> None:
        self._source = source
        self._out = out
        self._capture = capture
        self.counts: Counter[Loss] = Counter()
        self._seen = 0  # of the losses of the source
        self._looked_at = 0.0
        self._out_seconds = 0.0
        self._capture_seconds = 0.0

    def add(self, reason: Loss, number: int) -> None:
        """Count ``number`` more messages that were lost for ``reason``."""
        self.counts[reason] += number

    def look(self) -> None:
        """If the source lost any since the last look, count them for what took the most time."""
        now = time.monotonic()
        lost = self._source.lost
        out_seconds = self._out.seconds
        capture_seconds = 0.0
        if self._capture:
            capture_seconds = self._capture.seconds
        if lost > self._seen:
            shares = {
                Loss.NOBODY: out_seconds - self._out_seconds,
                Loss.CAPTURE: capture_seconds - self._capture_seconds,
                Loss.SLOW: (now - self._looked_at) / 2,
            }
            self.add(max(shares, key=shares.__getitem__), lost - self._seen)
        self._seen = lost
        self._looked_at = now
        self._out_seconds = out_seconds
        self._capture_seconds = capture_seconds

    def end(self, waiting: int, *, unwritable: bool) -> None:
        """Count as lost what will not be shown: ``waiting`` messages and what is not written."""
        self.look()
        reason = Loss.FULL if unwritable else Loss.NOBODY
        self.add(reason, waiting + self._out.left)
