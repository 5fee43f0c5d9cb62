"""From a source to sinks: how much at once, and what became of what was not shown."""

import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from kisq.output.counts import Counts, Loss, Losses
from kisq.output.notices import stderr_notices
from kisq.output.stream import Lines
from kisq.output.streams import Streams
from kisq.run.delivery import Delivery
from kisq.wire.frames import DATA, IN, Frame

FRAME = Frame(0.0, IN, DATA, b"0|A|1|x")


class Burst:
    """A live source that has so many frames at once, and then none."""

    recorded = False

    def __init__(self, number: int, frame: Frame = FRAME) -> None:
        self._number, self._frame = number, frame
        self.refusals: list[object] = []
        self.lost = 0

    def now(self) -> float:
        return 0.0

    def receive(self, wait: float, into: deque[Frame]) -> Iterator[None]:
        into.extend([self._frame] * self._number)
        while True:
            yield

    def close(self) -> None:
        pass

    def abort(self) -> None:
        pass


class Shown:
    """A sink that counts."""

    def __init__(self) -> None:
        self.number = 0

    def write(self, frame: Frame) -> None:
        self.number += 1

    def flush(self, now: float) -> None:
        pass

    def close(self) -> None:
        pass


class Capture(Shown):
    """A capture of which only is known how long it took."""

    name, deadline, patient, seconds = "day", None, True, 0.0


@pytest.fixture
def streams(tmp_path: Path) -> Iterator[Streams]:
    with (tmp_path / "out").open("wb") as file:
        yield Streams(Lines(file.fileno()), stderr_notices(), Counts(raw=True))


def test_keys_and_limits_are_looked_at_after_ten_thousand_frames(streams: Streams) -> None:
    """Whatever comes at once, a step shows so many; the rest is shown in the next ones."""
    shown = Shown()
    delivery = Delivery(Burst(25_000), [shown], streams)
    delivery.begin(None)
    steps = []
    for _ in range(4):
        assert delivery.step()
        steps.append(shown.number)
    assert steps == [10_000, 20_000, 25_000, 25_000]
    assert streams.counts.messages == 25_000


def test_256_mib_wait_for_a_reader_and_no_more(streams: Streams) -> None:
    """While nobody takes what is shown all is recorded; what is beyond that is never shown."""
    shown, capture = Shown(), Capture()
    mebibyte = FRAME._replace(data=bytes(1 << 20))  # one, however many frames hold it
    delivery = Delivery(Burst(300, mebibyte), [shown], streams, capture)
    delivery.begin(None)
    assert streams.out.meanwhile is not None
    streams.out.meanwhile()
    assert (capture.number, shown.number) == (300, 0)
    assert delivery.step()
    assert shown.number == 255
    assert delivery.losses.counts == {Loss.NOBODY: 45}


def test_at_the_end_a_reader_has_a_second(streams: Streams) -> None:
    """For so long what is left is offered, and no longer."""
    delivery = Delivery(Burst(1), [Shown()], streams)
    delivery.begin(None)
    began = time.monotonic()
    delivery.end()
    assert streams.out.deadline is not None
    assert 1.0 <= streams.out.deadline - began < 5


@pytest.mark.parametrize(
    ("writing", "recording", "elapsed", "reason"),
    [
        (0.6, 0.0, 1.0, Loss.NOBODY),
        (0.4, 0.0, 1.0, Loss.SLOW),
        (0.2, 0.7, 1.0, Loss.CAPTURE),
        (0.0, 0.0, 1.0, Loss.SLOW),
    ],
)
def test_a_loss_is_put_down_to_what_took_the_time(
    streams: Streams,
    monkeypatch: pytest.MonkeyPatch,
    writing: float,
    recording: float,
    elapsed: float,
    reason: Loss,
) -> None:
    """To writing or recording where that took more than half of the time, else to kisq."""
    source = Burst(0)

    capture = Capture()
    moments = iter((100.0, 100.0 + elapsed, 100.0 + 2 * elapsed))
    clock = SimpleNamespace(monotonic=lambda: next(moments))
    monkeypatch.setattr("kisq.output.counts.time", clock)
    losses = Losses(source, streams.out, capture)
    losses.look()
    streams.out.seconds, capture.seconds, source.lost = writing, recording, 7
    losses.look()
    assert losses.counts == {reason: 7}
    losses.look()
    assert losses.counts == {reason: 7}  # each loss counts once


@pytest.mark.parametrize(("unwritable", "reason"), [(False, Loss.NOBODY), (True, Loss.FULL)])
def test_what_waits_at_the_end_is_lost(streams: Streams, reason: Loss, *, unwritable: bool) -> None:
    """For nobody took it, or it could not be written; lines that were not sent are lost too."""
    streams.out.write(b"a line", counted=True)
    losses = Losses(Burst(0), streams.out, None)
    losses.end(3, unwritable=unwritable)
    assert losses.counts == {reason: 4}
