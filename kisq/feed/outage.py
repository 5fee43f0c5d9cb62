"""The outage of a run whose connection ended: how long to pause, when to give up, what to tell."""

import time
from collections.abc import Callable

from kisq.errors import ConnectionFailed, SubscriptionRefused
from kisq.feed.backoff import Backoff
from kisq.locale.sentence import Sentence
from kisq.spec.codes import IN_USE
from kisq.spec.http_codes import HANDSHAKE

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
