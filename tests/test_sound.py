"""What is odd about a record: each kind, its bounds, and no alarm at what is real."""

from datetime import timedelta

import pytest
from conftest import captured
from test_book import book, with_field

from kisq.protocol.durations import in_words
from kisq.protocol.record import FaultKind

_AAPL, SPY = captured("hdfsasp0.txt")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (6, "6 seconds"),
        (60, "1 minute"),
        (9 * 3600, "9 hours"),
        (-9 * 3600, "9 hours"),
        (86_400 + 2 * 3600 + 7, "1 day, 2 hours and 7 seconds"),
        (2 * 86_400 + 3600 + 61, "2 days, 1 hour, 1 minute and 1 second"),
    ],
)
def test_durations_are_words(seconds: int, words: str) -> None:
    """A duration is said in words, never as Python writes it."""
    assert in_words(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("korean", "apart"),
    [
        ("235339", None),
        ("235329", None),
        ("235340", "6 seconds"),
        ("235328", "6 seconds"),
        ("235424", "50 seconds"),
        ("145334", "9 hours"),
    ],
)
def test_clocks_may_be_five_seconds_apart(korean: str, apart: str | None) -> None:
    """Exchange and Korean clock may be 5 s apart, either way; from 6 s on it is said in words."""
    faults = book(with_field("KHMS", korean, SPY)).faults()
    said = f"its exchange clock and its Korean clock are {apart} apart"
    assert faults == ([(FaultKind.CLOCKS, said)] if apart else [])


def test_kinds_that_contradict() -> None:
    """A crossed book or an unreadable clock is merely odd; all else contradicts itself."""
    odd = {kind for kind in FaultKind if not kind.contradicts}
    assert odd == {FaultKind.CROSSED, FaultKind.UNREADABLE_CLOCK}


def test_one_fault_of_each_kind() -> None:
    """Two totals that do not add up are one fault, which names both."""
    (fault,) = book(with_field("BVOL", "1", with_field("AVOL", "2", SPY))).faults()
    assert fault.kind is FaultKind.SUM
    assert fault.text == (
        "BVOL is 1, but its levels add up to 1621; AVOL is 2, but its levels add up to 1950"
    )
