"""The outage of a run whose connection ended: how long to pause, when to give up, what to tell.

KIS punishes reconnect storms with HTTP 401/403/500 at the handshake, and blocks loops for good
(protocol.md section 2).
"""

import os
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import isfinite
from urllib.parse import urlsplit

from kisq.errors import ConnectionFailed, SettingsFault, SubscriptionRefused
from kisq.feed.proxy import LOOPBACK
from kisq.locale.sentence import Sentence
from kisq.signals import SIGNALS
from kisq.spec.codes import IN_USE
from kisq.spec.http_codes import HANDSHAKE

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


_RECONNECTING = Sentence("{happened}; connecting again in {seconds:.1f} s")
_NOT_FREED = Sentence(
    "{code} {text}: our own old session is not freed yet; connecting again in {seconds:.0f} s"
)
_RECONNECTED = Sentence("connected again, after an outage of {seconds:.1f} s")


class Outage:
    """The outage of a run, if there is one now; ``tell`` is told how it goes on."""

    def __init__(self, backoff: Backoff, tell: Callable[[Sentence], None]) -> None:
        self._backoff = backoff
        self._tell = tell
        self._began: float | None = None  # monotonic seconds

    def pause_after_loss(self, error: ConnectionFailed, lived: float) -> float:
        """Seconds until the next connection, after one that lived ``lived`` seconds.

        Raises ``error`` if there is to be none.
        """
        now = time.monotonic()
        pause = self._backoff.after(lived, throttled=error.status in HANDSHAKE)
        if pause is None:
            raise error
        if self._began is None:
            self._began = now
        self._tell(_RECONNECTING.format(happened=error.happened, seconds=pause))
        return pause

    def pause_after_refusal(self, error: SubscriptionRefused) -> float:
        """Seconds until the next connection, as our own old session may still hold the appkey.

        That can only be after an outage. Raises ``error`` if there is to be none.
        """
        pause = None
        if self._began is not None and error.code == IN_USE:
            pause = self._backoff.after_in_use()
        if pause is None:
            raise error
        self._tell(_NOT_FREED.format(code=error.code, text=error.kis_text, seconds=pause))
        return pause

    def end(self) -> None:
        """A key was accepted: the outage is over, if there was one."""
        if self._began is None:
            return
        seconds = time.monotonic() - self._began
        self._began = None
        self._tell(_RECONNECTED.format(seconds=seconds))


_NAME = "KISQ_PAUSES"
_NOT_A_FACTOR = Sentence("{name} is not a factor: set it to a number such as 0.1, or unset it")


def pauses(url: str) -> float:
    """The factor for the pauses with ``url``. Raises SettingsFault if the setting is not one."""
    setting = os.environ.get(_NAME, "").strip()
    if not setting or urlsplit(url).hostname not in LOOPBACK:
        return 1.0
    try:
        factor = float(setting)
    except ValueError:
        factor = -1.0
    if not isfinite(factor) or factor < 0:
        raise SettingsFault(_NOT_A_FACTOR.format(name=_NAME))
    return factor
