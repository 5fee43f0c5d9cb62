"""What a run counts, and how it is put."""

import pytest

from kisq.output.counts import Counts
from kisq.wire.frames import CONTROL, DATA, IN, OUT, PINGPONG, Direction, Frame, FrameKind


@pytest.mark.parametrize(
    ("direction", "kind", "counted"),
    [
        (IN, DATA, (1, 0)),
        (IN, PINGPONG, (0, 1)),
        (OUT, PINGPONG, (0, 0)),  # the answer to one
        (IN, CONTROL, (0, 0)),
        (OUT, CONTROL, (0, 0)),
    ],
)
def test_messages_and_pingpongs_of_the_server_count(
    direction: Direction, kind: FrameKind, counted: tuple[int, int]
) -> None:
    """What the client sends is counted nowhere."""
    counts = Counts()
    counts.see(Frame(0.0, direction, kind, b"x"))
    assert (counts.messages, counts.pingpongs) == counted


@pytest.mark.parametrize(
    ("books", "trades", "shown", "noun"),
    [
        (2, 0, 2, "2 order books"),
        (0, 2, 2, "2 trades"),
        (1, 1, 2, "2 records"),
        (0, 0, 1, "1 record"),
        (1, 0, 2, "2 records"),
    ],
)
def test_what_was_shown_has_its_name(books: int, trades: int, shown: int, noun: str) -> None:
    """Of one kind it is called by it, of several they are records."""
    counts = Counts(shown=shown, books=books, trades=trades)
    assert counts.sentence(1.0, 0, {}) == f"{noun}, 0 data messages, 0 PINGPONGs in 1.0 s"
