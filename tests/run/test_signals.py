"""A signal in the middle of a flood loses no message and shows none twice."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from conftest import captured
from helpers.patience import PATIENCE
from liar import Liar, frame
from player import ACCEPTED

from kisq.capture.target import Target
from kisq.capture.writer import CaptureFile
from kisq.errors import Interrupted
from kisq.feed.approver import Approver
from kisq.feed.live import LiveFeed
from kisq.flow import Sink
from kisq.output.counts import Counts
from kisq.output.decoding import Decoding
from kisq.output.ndjson import RecordJson
from kisq.output.notices import Notices
from kisq.output.raw import Front, RawLines
from kisq.output.stream import Lines
from kisq.output.streams import Streams
from kisq.run.judgement import Limits, Run
from kisq.signals import SIGNALS, Signals, TimedQueue
from kisq.spec.tables import TRS
from kisq.wire.frames import DATA, Frame
from kisq.wire.recorded_line import frame_of

KEY = ("HDFSASP0", "DAMSSPY")
ANSWER = (ACCEPTED % KEY).encode()
ANSWERED = frame(ANSWER)
MANY = 2000
TEXTS = [b"0|HDFSASP0|001|%d" % n for n in range(MANY)]
TRADE = next(line for line in captured("hdfscnt0.txt") if "|001|" in line).rpartition("|")[2]
VOLUME = TRS["HDFSCNT0"].newest.index["TVOL"]
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
def _signalled() -> Iterator[None]:
    before = signal.signal(signal.SIGALRM, SIGNALS.come)
    SIGNALS.exit_code = 0
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)
    SIGNALS.exit_code = 0


def of_three(number: int) -> bytes:
    """A message of three trades, which their volumes tell apart."""
    record = TRADE.split("^")
    volumes = (str(3 * number + n) for n in range(3))
    records = ("^".join([*record[:VOLUME], volume, *record[VOLUME + 1 :]]) for volume in volumes)
    return f"0|HDFSCNT0|003|{'^'.join(records)}".encode()


def ended(
    liar: Liar,
    path: Path,
    seconds: float,
    made: Callable[[Lines, Counts], Sink],
    name: str = "out",
) -> Counts:
    """A run into the files ``name`` and day of ``path`` that a signal ends after ``seconds``."""
    notices, counts = Notices(sys.stderr), Counts(raw=True)
    approver = Approver("", None, None, "approval-key-1", notices.redact.add)
    feed = LiveFeed(liar.settings["KIS_WS_URL"], [KEY], approver, notices.say, notices.redact)
    target = Target(f"{path / 'day'}", overwrite=True)
    with (path / name).open("wb") as file, closing(CaptureFile(target)) as capture:
        out = Lines(file.fileno())
        sinks = [Alarm(seconds), made(out, counts)]
        run = Run(feed, sinks, Streams(out, notices, counts), capture=capture)
        assert run.until(Limits(), lambda: "") == 128 + signal.SIGALRM
    return counts


def test_signal_wakes_whoever_waits() -> None:
    """It ends a wait at once, is acted upon once, and the exit code is that of the first."""
    signals = Signals()
    awaited: TimedQueue[str | None] = TimedQueue()
    threading.Timer(0.05, signals.come, (signal.SIGINT,)).start()
    assert signals.take(awaited, 60) is None
    assert signals.take(awaited, 60) is None  # it was not acted upon yet
    signals.come(signal.SIGTERM)
    with pytest.raises(Interrupted) as interrupted:
        signals.check()
    signals.check()
    assert interrupted.value.exit_code == signals.exit_code == 130


def test_signal_before_a_wait_ends_it() -> None:
    """One that came while something else was done is not waited with."""
    for wait in (lambda s: s.sleep(60), lambda s: s.wait_for(threading.Event().wait)):
        signals = Signals()
        signals.come(signal.SIGHUP)
        with pytest.raises(Interrupted) as interrupted:
            wait(signals)
        assert interrupted.value.exit_code == 129


def test_what_is_waited_for_comes_through() -> None:
    """The result, the error, and TimeoutError where there is neither in time."""
    signals, awaited = Signals(), TimedQueue[str | None]()
    awaited.put("a frame")
    assert signals.take(awaited, 0) == "a frame"
    assert signals.take(awaited, 0) is None
    assert signals.wait_for(lambda: 7, 60) == 7
    assert signals.wait_for(lambda: None, 60) is None
    with pytest.raises(ZeroDivisionError):
        signals.wait_for(lambda: 1 // 0, 60)
    with pytest.raises(TimeoutError):
        signals.wait_for(threading.Event().wait, 0.01)


_STOPPED_WHILE_WAITING = """
import os, signal, threading
from kisq.signals import TimedQueue

signal.signal(signal.SIGUSR1, lambda *_: None)
threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGSTOP)).start()
print(TimedQueue().get(0.4))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="nothing stops a process here")
def test_wait_ends_though_its_time_passed_while_the_process_stood_still() -> None:
    """Also where a signal comes meanwhile, after which SimpleQueue waits for ever."""
    command = [sys.executable, "-c", _STOPPED_WHILE_WAITING]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        os.waitpid(process.pid, os.WUNTRACED)
        process.send_signal(signal.SIGUSR1)
        time.sleep(0.5)  # its time passes
        process.send_signal(signal.SIGCONT)
        try:
            assert process.communicate(timeout=PATIENCE) == ("None\n", None)
        finally:
            process.kill()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.usefixtures("_signalled")
def test_signal_in_a_flood_loses_nothing(tmp_path: Path, seed: int) -> None:
    """Whenever it comes, everything until the answer to the unsubscribe is written once."""
    chance = random.Random(seed)
    with Liar(ANSWERED + FLOOD, ANSWERED) as liar:
        for _ in range(12):
            seconds = chance.uniform(1e-6, 0.012)
            counts = ended(liar, tmp_path, seconds, lambda *to: RawLines(*to, Front()))
            assert (tmp_path / "out").read_bytes().splitlines() == [ANSWER, *TEXTS, ANSWER]
            assert counts.shown == counts.messages == MANY
            found = map(frame_of, (tmp_path / "day").read_bytes().splitlines())
            assert [f.data for f in found if isinstance(f, Frame) and f.kind is DATA] == TEXTS


@pytest.mark.usefixtures("_signalled")
def test_signal_in_a_message_of_several_records_loses_none(tmp_path: Path) -> None:
    """A message is decoded to its end before the run ends."""
    chance, notices, some = random.Random(1), Notices(sys.stderr), MANY // 5
    flood = b"".join(frame(of_three(n)) for n in range(some))
    with Liar(ANSWERED + flood, ANSWERED) as liar:
        for _ in range(15):
            seconds = chance.uniform(1e-6, 0.012)
            counts = ended(
                liar,
                tmp_path,
                seconds,
                lambda out, counts: Decoding(RecordJson(out, 1), Streams(out, notices, counts)),
            )
            lines = (tmp_path / "out").read_bytes().splitlines()
            assert [json.loads(line)["volume"] for line in lines] == list(range(3 * some))
            assert (counts.shown, counts.messages) == (3 * some, some)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
@pytest.mark.usefixtures("_signalled")
def test_signal_while_nobody_reads_stdout_loses_nothing_of_the_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whenever it comes, everything is recorded once, and what was not shown is known."""
    monkeypatch.setattr("kisq.run.delivery._DRAIN_SECONDS", 0.1)
    chance = random.Random(1)
    texts = [text + b"x" * 200 for text in TEXTS]  # more than a pipe takes
    os.mkfifo(tmp_path / "pipe")
    unread = os.open(tmp_path / "pipe", os.O_RDWR)
    with Liar(ANSWERED + b"".join(map(frame, texts)), ANSWERED) as liar:
        for _ in range(8):
            counts = ended(
                liar,
                tmp_path,
                chance.uniform(1e-6, 0.3),
                lambda *to: RawLines(*to, Front()),
                "pipe",
            )
            assert counts.messages == MANY
            found = map(frame_of, (tmp_path / "day").read_bytes().splitlines())
            assert [f.data for f in found if isinstance(f, Frame) and f.kind is DATA] == texts
    os.close(unread)
