"""Readers that do not read: the capture's, stderr's; nobody waits for them for long."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Run, clean_environment
from helpers.command import running, said
from helpers.patience import PATIENCE
from helpers.records import MANY, SPY, SUBSCRIBED
from player import Player

from kisq.output import stream
from kisq.output.stream import Lines, OutputStalled

Kisq = Callable[..., Run]
BAD = [SUBSCRIBED, *["0|HDFSASP0|001|" + "x" * 200] * 1000]


def test_deadline_beyond_one_wait_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader who never reads is given up at the deadline, however far that is."""
    monkeypatch.setattr(stream, "SLICE", 0.01)
    read, write = os.pipe()
    lines = Lines(write)
    lines.put(b"x" * 1_000_000)
    lines.deadline = time.monotonic() + 0.1
    with pytest.raises(OutputStalled):
        lines.flush()
    assert time.monotonic() >= lines.deadline
    os.close(read)
    os.close(write)


@pytest.mark.parametrize(
    ("options", "number", "code"),
    [(["--duration", "1s"], None, 0), ([], signal.SIGTERM, 143), ([], signal.SIGINT, 130)],
)
def test_capture_that_nobody_reads_holds_nothing_up(
    tmp_path: Path, options: list[str], number: signal.Signals | None, code: int
) -> None:
    """With -w into a pipe that is full, the run ends, shows all that came and says what is lost."""
    with (
        Player(MANY) as player,
        running(tmp_path, "raw", "DAMSSPY", "-w", "-", *options, **player.settings) as process,
    ):
        process.stdout.readline()
        if number:
            process.send_signal(number)
        shown = process.stderr.read().splitlines()
        assert process.wait(PATIENCE) == code
    assert shown.count(SPY.encode()) == len(MANY) - 1
    assert b"kisq: the end of the recording is LOST: nobody reads -" in shown
    assert '"tr_type":"2"' in player.received[-1][1]


def test_capture_whose_reader_leaves_is_an_error(tmp_path: Path) -> None:
    """A named pipe that is closed at its other end cannot be written: exit 74."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with (
        Player(MANY) as player,
        running(tmp_path, "raw", "DAMSSPY", "-w", "pipe", **player.settings) as process,
    ):
        with pipe.open("rb") as reader:
            reader.readline()
        process.stdout.read()
        assert "error: pipe cannot be written: Broken pipe" in process.stderr.read().decode()
        assert process.wait(PATIENCE) == 74


def test_check_does_not_wait_for_its_capture(tmp_path: Path) -> None:
    """A check whose capture nobody reads has its verdict, and what is lost is said."""
    arguments = ["check", "DAMSSPY", "-w", "-", "--for", "1s"]
    with (
        Player(MANY) as player,
        running(tmp_path, *arguments, **player.settings) as process,
    ):
        errors = process.stderr.read().decode()
        assert process.wait(PATIENCE) == 8  # the books are of months ago
    assert "the end of the recording is LOST: nobody reads -" in errors
    assert "degraded: Data for DAMSSPY come" in errors


@pytest.mark.parametrize("number", [None, signal.SIGTERM])
def test_stderr_that_nobody_reads_holds_nothing_up(
    tmp_path: Path, number: signal.Signals | None
) -> None:
    """Sentences that nobody takes are waited for once, and the session is given back."""
    options = [] if number else ["--duration", "1s"]
    command = ["watch", "DAMSSPY", "--json", *options]
    with (
        Player([*BAD, SPY]) as player,
        running(tmp_path, *command, **player.settings) as process,
    ):
        shown = process.stdout.readline()
        if number:
            process.send_signal(number)
        assert process.wait(PATIENCE) == (143 if number else 0)
    assert json.loads(shown)["symbol"] == "SPY"
    assert '"tr_type":"2"' in player.received[-1][1]


def test_sentence_is_shorter_than_what_a_pipe_takes_at_once(kisq: Kisq) -> None:
    """Of a text of KIS that is much too long its beginning is said."""
    refusal = {
        "header": {"tr_id": "X", "tr_key": "Y"},
        "body": {"rt_cd": "1", "msg1": "긴" * 99999},
    }
    with Player([SUBSCRIBED, json.dumps(refusal), SPY]) as player:
        run = kisq("watch", "DAMSSPY", "--json", "-n", "1", "-v", **player.settings)
    assert run.returncode == 0
    lines = said(run).splitlines()
    assert any(line.startswith('kisq: < control {"header": {"tr_id": "X"') for line in lines)
    assert max(len(line.encode()) for line in lines) < 4096


def test_notes_that_were_left_out_are_counted_once(tmp_path: Path) -> None:
    """With more notes than are kept while a ladder is shown, the rest is one sentence."""
    script = (
        "import sys; from kisq.output.notices import Notices; p = Notices(sys.stderr)\n"
        "p.hold(); [p.say(f'note {n}') for n in range(30)]; p.release(); p.release()\n"
    )
    master, slave = os.openpty()
    run = subprocess.Popen(
        [sys.executable, "-c", script], stderr=slave, cwd=tmp_path, env=clean_environment()
    )
    os.close(slave)
    text = b""
    reader = threading.Thread(target=run.wait)
    reader.start()
    try:
        while piece := os.read(master, 4096):
            text += piece
    except OSError:  # the process has ended
        pass
    reader.join()
    os.close(master)
    assert re.findall(rb"kisq: (\d+) earlier notes", text) == [b"10"]
    assert text.count(b"kisq: note ") == 20
