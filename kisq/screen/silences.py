"""Why nothing comes for some of the keys on a live screen."""

from kisq.reasons.silence import WhySilent
from kisq.screen.stats import KeyStats
from kisq.screen.waiting import HINT_SECONDS
from kisq.wire.messages import Key


class Silences:
    """Finds out every 10 s why some keys are silent.

    ``due`` is when to ask the next time, by the clock of the source.
    """

    def __init__(self, why_silent: WhySilent | None) -> None:
        self._why_silent = why_silent
        self.due = float("-inf")

    def explain(self, stats_of: dict[Key, KeyStats], now: float) -> None:
        """Note the reason with each key of which nothing came; at first only begin to wait."""
        has_waited = self.due > float("-inf")
        self.due = now + HINT_SECONDS
        if self._why_silent is None or not has_waited:
            return
        ticking = [key for key, stats in stats_of.items() if stats.heard]
        for key, stats in stats_of.items():
            if not stats.heard:
                stats.silence = self._why_silent(key, ticking)
