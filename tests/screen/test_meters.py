"""The rate and the age that ladder and board show, by the clock of the source."""

from conftest import captured
from helpers.records import book
from recordings import KEY, SPY, frame

from kisq.screen.stats import KeyStats
from kisq.wire.decode import decode
from kisq.wire.frames import DATA, IN
from kisq.wire.trade import Trade

TRADE = captured("hdfscnt0.txt")[-1]


def fed(stats: KeyStats, first: float, last: float, every: float, now_every: float = 0.1) -> float:
    """Books at a steady pace, measured as a screen does; gives the time it came to."""
    due, now = first, first
    while now < last:
        while due <= now:
            stats.update(frame((due, IN, DATA, SPY)), book(SPY, due))
            due += every
        stats.measure(now)
        now += now_every
    return now


def test_rate_is_that_of_the_last_five_seconds() -> None:
    """Ten a second, then two a second: five seconds later the rate is two."""
    stats = KeyStats(KEY)
    now = fed(stats, 0.0, 8.0, 0.1)
    assert 9.5 < stats.rate < 10.5
    now = fed(stats, now, now + 2.5, 0.5)
    assert 5.0 < stats.rate < 7.5  # half of the window is of the faster time
    fed(stats, now, now + 3.5, 0.5)
    assert 1.5 < stats.rate < 2.5


def test_rate_of_a_feed_that_stopped_is_zero_after_five_seconds() -> None:
    """The age grows from the last book on, and the rate falls to nothing."""
    stats = KeyStats(KEY)
    last = fed(stats, 0.0, 3.0, 0.1)
    for tenth in range(60):
        stats.measure(last + tenth / 10)
    assert stats.rate == 0.0
    assert 5.9 < stats.age < 6.2
    assert stats.row("").rate == 0.0
    assert stats.view is not None
    assert (stats.view.rate, stats.view.age) == (stats.rate, stats.age)


def test_one_book_has_no_rate() -> None:
    """What came once has an age and no rate."""
    stats = KeyStats(KEY)
    stats.update(frame((1.0, IN, DATA, SPY)), book(SPY, 1.0))
    stats.measure(1.05)
    assert (stats.rate, round(stats.age, 2)) == (0.0, 0.05)


def test_mid_is_sampled_each_second_for_a_minute() -> None:
    """The course of the price is the last 60 mids, one a second."""
    stats = KeyStats(KEY)
    now = fed(stats, 0.0, 30.0, 1.0, 0.25)
    assert len(stats.row("").mids) == 30
    assert set(stats.row("").mids) == {752.155}
    fed(stats, now, 90.0, 1.0, 0.25)
    assert len(stats.row("").mids) == 60


def test_tape_keeps_the_last_two_hundred_trades() -> None:
    """However many trades come, it is bounded; they do not count as updates of the book."""
    stats = KeyStats(KEY)
    stats.update(frame((0.0, IN, DATA, SPY)), book(SPY, 0.0))
    (trade,) = decode(TRADE)
    assert isinstance(trade, Trade)
    for _ in range(300):
        stats.update(frame((9.0, IN, DATA, TRADE)), trade)
    stats.measure(10.0)
    assert len(stats.trades) == 200
    assert stats.age == 10.0
