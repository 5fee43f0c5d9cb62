"""When to connect again after a connection that worked has died (protocol.md section 2).

KIS punishes reconnect storms with HTTP 401/403/500 at the handshake, and blocks loops for good.
"""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from kisq.signals import SIGNALS

RECONNECTS = 10
_HEALTHY_SECONDS = 60.0  # a connection that lived that long resets the counter
_LONGEST_SECONDS = 30.0
_THROTTLED_SECONDS = 600.0  # as the next step of such a refusal asks
_IN_USE_SECONDS = 60.0  # our own session before the loss may not be freed yet
_IN_USE_TRIES = 2
_JITTER = 0.2


@dataclass
class Backoff:
    """The pauses of one run: 1, 2, 4 … 30 s, give or take a fifth.

    After ``most`` failures in a row it gives up. ``pauses`` is a factor on each pause.
    """

    most: int = RECONNECTS
    pauses: float = 1.0
    failures: int = 0
    in_use: int = 0
    _random: random.Random = field(default_factory=random.Random, repr=False)

    def after(self, healthy_seconds: float, *, throttled: bool) -> float | None:
        """Seconds to wait after a connection that lived ``healthy_seconds``; None to give up."""
        if healthy_seconds >= _HEALTHY_SECONDS:
            self.failures = 0
            self.in_use = 0
        self.failures += 1
        if self.failures > self.most:
            return None
        pause = min(_LONGEST_SECONDS, 2.0 ** min(self.failures - 1, 10))
        if throttled:
            return _THROTTLED_SECONDS * self.pauses * self._random.uniform(1, 1 + _JITTER)
        return pause * self.pauses * self._random.uniform(1 - _JITTER, 1 + _JITTER)

    def after_in_use(self) -> float | None:
        """Seconds to wait after OPSP8996 on a new connection of this run; None to give up."""
        self.in_use += 1
        if self.in_use > _IN_USE_TRIES:
            return None
        return _IN_USE_SECONDS * self.pauses


def slices(seconds: float, wait: float) -> Iterator[None]:
    """Sleep for ``seconds``, and yield at least every ``wait`` seconds."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        SIGNALS.sleep(min(wait, left))
        yield
