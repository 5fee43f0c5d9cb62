"""A clock of live feeds that leaps once something has happened, so that nothing is waited for."""

import time
from collections.abc import Callable
from weakref import WeakSet

import pytest

from kisq.feed.live import LiveFeed, State

LEAP = 60  # seconds
Happened = Callable[[LiveFeed], bool]


def over_once(monkeypatch: pytest.MonkeyPatch, happened: Happened) -> None:
    """By the clock of a feed, a minute is over once something has happened with it."""
    ahead: WeakSet[LiveFeed] = WeakSet()

    def now(feed: LiveFeed) -> float:
        if happened(feed):
            ahead.add(feed)
        return time.monotonic() + LEAP * (feed in ahead)

    monkeypatch.setattr(LiveFeed, "now", now)


def are_accepted(feed: LiveFeed) -> bool:
    """Whether the server has accepted all keys."""
    return all(state is State.ACCEPTED for state in feed.states.values())
