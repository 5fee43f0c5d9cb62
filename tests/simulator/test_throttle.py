"""The refusal of handshakes after a storm of connects, by a clock that the test sets."""

from kisq.simulator.server import Throttle


def test_eleven_connects_within_ten_seconds_are_a_storm() -> None:
    """The eleventh is refused, and so is every one in the minute after it."""
    throttle = Throttle()
    assert not any(throttle.refuses(n / 2) for n in range(10))
    assert throttle.refuses(9.999)
    assert throttle.refuses(69.998)
    assert not throttle.refuses(69.999)


def test_eleven_connects_in_ten_seconds_are_none() -> None:
    """Connects that take ten seconds or more are not a storm, however long they go on."""
    throttle = Throttle()
    assert not any(throttle.refuses(float(n)) for n in range(100))
