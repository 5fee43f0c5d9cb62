"""A signal in the middle of a flood loses no message and shows none twice."""

import gc
import random
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from liar import Liar, frame
from player import ACCEPTED

from kisq.feed.approval import Approver
from kisq.feed.live import LiveFeed
from kisq.output.people import People
from kisq.output.raw import RawLines
from kisq.output.stream import Lines
from kisq.output.tally import Tally
from kisq.protocol.frames import DATA, Frame
from kisq.run import Limits, Run

KEY = ("HDFSASP0", "DAMSSPY")
ANSWER = (ACCEPTED % KEY).encode()
ANSWERED = frame(ANSWER)
MANY = 4000
TEXTS = [b"0|HDFSASP0|001|%d" % n for n in range(MANY)]
FLOOD = b"".join(map(frame, TEXTS))


class Alarm:
    """A sink that has a signal sent ``seconds`` after the first message."""

    def __init__(self, seconds: float) -> None:
        self._seconds: float | None = seconds

    def write(self, given: Frame) -> None:
        seconds = self._seconds
        if given.kind is DATA and seconds:
            self._seconds = None
            signal.setitimer(signal.ITIMER_REAL, seconds)

    def flush(self, now: float) -> None: ...

    def close(self) -> None: ...


@pytest.fixture
def _interrupting() -> Iterator[None]:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    gc.disable()  # what a signal raises in its callbacks is raised nowhere
    yield
    gc.enable()
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.skipif(sys.gettrace() is not None, reason="it would come in a lock of the tracer")
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.usefixtures("_interrupting")
def test_signal_in_a_flood_loses_nothing(tmp_path: Path, seed: int) -> None:
    """Whenever it comes, everything until the answer to the unsubscribe is written once."""
    chance, people = random.Random(seed), People(sys.stderr)
    printed = tmp_path / "out"
    with Liar(ANSWERED + FLOOD, ANSWERED) as liar:
        for _ in range(40):
            gc.collect()
            approver = Approver("", None, None, "approval-key-1", people.redact.add)
            feed = LiveFeed(liar.settings["KIS_WS_URL"], [KEY], approver, people.say, people.redact)
            with printed.open("wb") as file:
                out, tally = Lines(file.fileno()), Tally(raw=True)
                sinks = [
                    Alarm(chance.uniform(1e-6, 0.015)),
                    RawLines(out, tally, terminal=False, time=False),
                ]
                assert Run(feed, sinks, out, tally, people).until(Limits(), lambda: "") == 130
            assert printed.read_bytes().splitlines() == [ANSWER, *TEXTS, ANSWER]
            assert tally.shown == MANY
