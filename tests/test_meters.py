"""The rate and the age that ladder and board show, by the clock of the source."""

from recordings import KEY, SPY, frame
from test_book import book

from kisq.output.meters import Meter
from kisq.protocol.frames import DATA, IN


def fed(meter: Meter, first: float, last: float, every: float, now_every: float = 0.1) -> float:
    """Books at a steady pace, measured as a screen does; gives the time it came to."""
    due, now = first, first
    while now < last:
        while due <= now:
            meter.update(frame((due, IN, DATA, SPY)), book(SPY, due))
            due += every
        meter.measure(now)
        now += now_every
    return now


def test_rate_is_that_of_the_last_five_seconds() -> None:
    """Ten a second, then two a second: five seconds later the rate is two."""
    meter = Meter(KEY)
    now = fed(meter, 0.0, 8.0, 0.1)
    assert 9.5 < meter.rate < 10.5
    now = fed(meter, now, now + 2.5, 0.5)
    assert 5.0 < meter.rate < 7.5  # half of the window is of the faster time
    fed(meter, now, now + 3.5, 0.5)
    assert 1.5 < meter.rate < 2.5


def test_rate_of_a_feed_that_stopped_is_zero_after_five_seconds() -> None:
    """The age grows from the last book on, and the rate falls to nothing."""
    meter = Meter(KEY)
    last = fed(meter, 0.0, 3.0, 0.1)
    for tenth in range(60):
        meter.measure(last + tenth / 10)
    assert meter.rate == 0.0
    assert 5.9 < meter.age < 6.2
    assert meter.row("").rate == 0.0
    assert meter.view is not None
    assert (meter.view.rate, meter.view.age) == (meter.rate, meter.age)


def test_one_book_has_no_rate() -> None:
    """What came once has an age and no rate."""
    meter = Meter(KEY)
    meter.update(frame((1.0, IN, DATA, SPY)), book(SPY, 1.0))
    meter.measure(1.05)
    assert (meter.rate, round(meter.age, 2)) == (0.0, 0.05)
