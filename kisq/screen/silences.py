"""Why nothing comes for some of the keys on a live screen."""

from kisq.reasons.silence import WhySilent
from kisq.screen.stats import KeyStats
from kisq.screen.waiting import HINT_SECONDS
from kisq.wire.messages import Key


class Silences:
    """Finds out every 10 s of the source why some keys are silent while others have data."""

    def __init__(self, why_silent: WhySilent | None) -> None:
        self._why_silent = why_silent
        self._last_at: float | None = None

    def begin(self, now: float) -> None:
        """The waiting begins, if it has not begun."""
        if self._last_at is None:
            self._last_at = now

    def explain(self, stats_of: dict[Key, KeyStats], now: float) -> None:
        """Note the reason with each key of which nothing came, if it is time."""
        if self._why_silent is None or self._last_at is None or now - self._last_at < HINT_SECONDS:
            return
        self._last_at = now
        ticking = [key for key, stats in stats_of.items() if stats.heard]
        for key, stats in stats_of.items():
            if not stats.heard:
                stats.silence = self._why_silent(key, ticking)
