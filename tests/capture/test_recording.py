"""``-w``: a file is kept until the connection stands, and nothing that is received is lost."""

import gzip
import json
import os
import pkgutil
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import pytest
import zstandard
from conftest import Run, captured, clean_environment, credentials
from helpers.command import said
from helpers.in_process import Beside, wait_until_full
from helpers.patience import PATIENCE
from player import ACCEPTED, Player

from kisq.feed.connection import Connection
from kisq.wire.frames import DATA, Frame
from kisq.wire.recorded_line import frame_of

Kisq = Callable[..., Run]
SPY = captured("hdfsasp0.txt")[1]
SUBSCRIBED = ACCEPTED % ("HDFSASP0", "DAMSSPY")
NUMBER = 1000  # of messages, far more than a pipe holds
FLOOD = 3000  # of messages, far more than there is room for
PUT = "kisq.feed.connection.Connection._put"  # which knows how many came
MANY = [SUBSCRIBED, *[SPY] * NUMBER]
YESTERDAY = f"{SPY}\n".encode()
NOBODY = {"KIS_WS_URL": "ws://127.0.0.1:9", "KIS_APPROVAL_KEY": "approval-key-1"}
COMMANDS = [["watch", "--json", "-n", "2"], ["raw", "-n", "2"], ["check", "--for", "200ms"]]
commands = pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])


def data_of(recorded: bytes) -> list[str]:
    """The data messages of a recording."""
    found = map(frame_of, recorded.splitlines())
    return [frame.text for frame in found if isinstance(frame, Frame) and frame.kind is DATA]


# what is there already


@commands
def test_file_that_is_not_empty_is_refused(kisq: Kisq, tmp_path: Path, command: list[str]) -> None:
    """Without an option it is exit 2, and the next step names both; nobody is connected to."""
    (tmp_path / "day").write_bytes(YESTERDAY)
    with Player([SUBSCRIBED, SPY]) as player:
        run = kisq(*command, "DAMSSPY", "-w", "day", **player.settings)
        assert player.connections == 0
    assert run.returncode == 2
    assert f"error: day already exists and holds {len(YESTERDAY)} bytes; add to it with" in said(
        run
    )
    assert "--append" in said(run)
    assert "--overwrite" in said(run)
    assert (tmp_path / "day").read_bytes() == YESTERDAY


@commands
@pytest.mark.parametrize("option", ["--append", "--overwrite"])
def test_file_that_is_not_empty_is_added_to_or_replaced(
    kisq: Kisq, tmp_path: Path, command: list[str], option: str
) -> None:
    """What was there stays in front with --append, and is gone with --overwrite."""
    (tmp_path / "day").write_bytes(YESTERDAY)
    with Player([SUBSCRIBED, SPY, SPY]) as player:
        run = kisq(*command, "DAMSSPY", "-w", "day", option, **player.settings)
    late = 8 if command[0] == "check" else 0  # the books are of months ago
    assert run.returncode == late, said(run)
    recorded = (tmp_path / "day").read_bytes()
    assert recorded.startswith(YESTERDAY) == (option == "--append")
    assert data_of(recorded) == [SPY] * (3 if option == "--append" else 2)


@pytest.mark.parametrize("before", [b"", None], ids=["empty", "not there"])
def test_file_that_is_empty_or_not_there_needs_no_option(
    kisq: Kisq, tmp_path: Path, before: bytes | None
) -> None:
    """It is written."""
    if before is not None:
        (tmp_path / "day").write_bytes(before)
    with Player([SUBSCRIBED, SPY]) as player:
        run = kisq("raw", "DAMSSPY", "-n", "1", "-w", "day", **player.settings)
    assert run.returncode == 0, said(run)
    assert data_of((tmp_path / "day").read_bytes()) == [SPY]


@commands
@pytest.mark.parametrize("failure", ["settings", "approval", "handshake", "recording"])
def test_nothing_is_emptied_or_created_before_the_connection_stands(
    kisq: Kisq, tmp_path: Path, command: list[str], failure: str
) -> None:
    """Whatever fails until then, yesterday's recording is untouched, and no new one is there."""
    (tmp_path / "day").write_bytes(YESTERDAY)
    (tmp_path / "nothing").write_bytes(b"")
    os.utime(tmp_path / "day", (1, 1))
    rest = credentials() | NOBODY | {"KIS_APPROVAL_KEY": "", "KIS_REST_URL": "http://127.0.0.1:9"}
    settings = {"settings": {}, "approval": rest, "handshake": NOBODY, "recording": {}}[failure]
    source = ["DAMSSPY", "-r", "nothing"] if failure == "recording" else ["DAMSSPY"]
    code = {"settings": 3, "recording": 1}.get(failure, 5)
    for name in ("day", "new", "new.gz", "new.zst"):
        run = kisq(*command, *source, "-w", name, "--overwrite", **settings)
        assert run.returncode == code, said(run)
    assert (tmp_path / "day").read_bytes() == YESTERDAY
    assert (tmp_path / "day").stat().st_mtime == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["day", "nothing"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--append"], "--append is for a recording: name its file with -w"),
        (["--overwrite"], "--overwrite is for a recording: name its file with -w"),
        (["--append", "--overwrite", "-w", "x"], "give one of the two"),
    ],
)
@commands
def test_options_that_make_no_sense(
    kisq: Kisq, command: list[str], options: list[str], message: str
) -> None:
    """Each is a wrong usage."""
    run = kisq(*command, "DAMSSPY", *options, **NOBODY)
    assert run.returncode == 2
    assert message in said(run)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("folder/", "Is a directory"),
        ("new/", "Is a directory"),
        ("day/x", "Not a directory"),
        ("link", "No such file or directory"),
        ("x" * 300, "File name too long"),
    ],
)
def test_file_that_cannot_be_written(kisq: Kisq, tmp_path: Path, name: str, reason: str) -> None:
    """It is exit 74 before anything connects, and leaves no file behind."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "day").write_bytes(YESTERDAY)
    (tmp_path / "link").symlink_to("no/such/x")
    before = sorted(tmp_path.rglob("*"))
    with Player([SUBSCRIBED, SPY]) as player:
        run = kisq("raw", "DAMSSPY", "-n", "1", "-w", name, "--overwrite", **player.settings)
        assert player.connections == 0
    assert run.returncode == 74
    assert f"{name} cannot be written: {reason}; name a file" in said(run)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.skipif(os.name != "posix", reason="other systems have no such permissions")
@pytest.mark.parametrize("name", ["folder/new", "folder/day"])
def test_file_that_may_not_be_written(tmp_path: Path, name: str) -> None:
    """Neither a folder nor a file without permission is written, and that is reported first."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "day").write_bytes(b"")
    (folder / "day").chmod(0o444)
    folder.chmod(0o555)
    tmp_path.chmod(0o755)
    code = "from kisq.__main__ import main; main()"
    if not os.geteuid():  # who may write everywhere; nobody else may be able to read the modules
        code = (
            "import os, sys\n"
            "from kisq.__main__ import main\n"
            "name, sys.argv[-1] = sys.argv[-1], '/no/such/folder/x'\n"
            "try: main()\n"
            "except SystemExit: pass\n"  # now all that it takes is loaded
            "sys.argv[-1] = name\n"
            "os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
            "main()"
        )
    run = subprocess.run(
        [sys.executable, "-c", code, "raw", "DAMSSPY", "-w", f"{tmp_path}/{name}"],
        capture_output=True,
        cwd="/",
        env=clean_environment(**NOBODY),
        timeout=PATIENCE,
        check=False,
    )
    folder.chmod(0o755)
    assert run.returncode == 74, run.stderr
    assert b"cannot be written: Permission denied" in run.stderr
    assert [path.name for path in folder.iterdir()] == ["day"]


@pytest.mark.parametrize("name", ["day.gz", "day.zst"])
def test_compressed_recording_is_added_to(kisq: Kisq, tmp_path: Path, name: str) -> None:
    """A second part follows the first, and both are read; one that is cut is refused."""
    with Player([SUBSCRIBED, SPY, SPY]) as player:
        for option in ([], ["--append"]):
            run = kisq("raw", "DAMSSPY", "-n", "2", "-w", name, *option, **player.settings)
            assert run.returncode == 0, said(run)
    again = kisq("raw", "-r", name)
    assert again.stdout.splitlines().count(SPY.encode()) == 4
    assert "cut short" not in said(again)
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(whole[:-3])
    run = kisq("raw", "DAMSSPY", "-n", "2", "-w", name, "--append", **NOBODY)
    assert run.returncode == 2
    assert f"{name} cannot be added to: the compressed file is cut short; name another" in said(run)
    assert (tmp_path / name).read_bytes() == whole[:-3]


def test_recording_that_ends_within_a_line_is_added_to_on_the_next(
    kisq: Kisq, tmp_path: Path
) -> None:
    """What a killed run left by half spoils nothing that follows it."""
    (tmp_path / "day").write_bytes(YESTERDAY + b'{"at":"20')
    with Player([SUBSCRIBED, SPY]) as player:
        kisq("raw", "DAMSSPY", "-n", "1", "-w", "day", "--append", **player.settings)
    again = kisq("raw", "-r", "day")
    assert again.stdout.splitlines().count(SPY.encode()) == 2
    assert said(again).count("is skipped") == 1
    assert "line 2 is skipped: broken JSON" in said(again)


@pytest.mark.parametrize("rotated", ["cut", "moved"])
def test_recording_that_is_rotated_has_no_hole(kisq: Kisq, tmp_path: Path, rotated: str) -> None:
    """Where the file is cut, writing goes on at its beginning; where it is moved, in the moved."""
    path = tmp_path / "day"

    def rotate(beside: Beside) -> None:
        for _ in range(51):
            beside.stdout.readline()
        if rotated == "cut":
            os.truncate(path, 0)
        else:
            path.rename(tmp_path / "moved")
        beside.send_signal(signal.SIGINT)

    with Player([SUBSCRIBED, *[SPY] * 50]) as player:
        run = kisq("raw", "DAMSSPY", "-w", "day", meanwhile=rotate, **player.settings)
    assert run.returncode == 130
    recorded = (tmp_path / ("day" if rotated == "cut" else "moved")).read_bytes()
    assert b"\0" not in recorded
    assert b'\\"tr_type\\":\\"2\\"' in recorded
    assert len(data_of(recorded)) == (0 if rotated == "cut" else 50)
    assert path.exists() == (rotated == "cut")


@pytest.mark.parametrize("name", ["day.gz", "day.zst"])
def test_compressed_recording_that_is_cut_begins_anew(
    kisq: Kisq, tmp_path: Path, name: str
) -> None:
    """What is received after the cut can be read, although the beginning of the file is gone."""
    path = tmp_path / name

    def cut(beside: Beside) -> None:
        for _ in range(51):
            beside.stdout.readline()
        while not path.stat().st_size:
            assert beside.runs
        os.truncate(path, 0)
        beside.send_signal(signal.SIGINT)

    with Player([SUBSCRIBED, *[SPY] * 50]) as player:
        run = kisq("raw", "DAMSSPY", "-w", name, meanwhile=cut, **player.settings)
    assert run.returncode == 130
    again = kisq("raw", "--json", "-r", name)
    assert b'\\"tr_type\\":\\"2\\"' in again.stdout, said(again)
    assert "damaged" not in said(again)


# nothing received is lost


full_disk = pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
fifos = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")


@full_disk
@pytest.mark.parametrize("command", [["watch", "--json"], ["watch"], ["raw"], ["raw", "--json"]])
def test_full_disk_of_stdout_costs_the_recording_nothing(
    kisq: Kisq, tmp_path: Path, command: list[str]
) -> None:
    """Everything that was received is recorded, and counted as LOST with the reason."""
    with Player(MANY) as player:
        run = kisq(*command, "DAMSSPY", "-w", "day", stdout=Path("/dev/full"), **player.settings)
    assert run.returncode == 74
    recorded = data_of((tmp_path / "day").read_bytes())
    (lost,) = re.findall(rb"(\d+) LOST because the output could not be written", run.stderr)
    assert b"error: stdout cannot be written: No space left on device" in run.stderr
    assert recorded == [SPY] * int(lost)
    assert int(lost) > 0
    if command[0] == "watch":
        assert b"kisq: 0 order books, %d data messages, 0 PING" % int(lost) in run.stderr


@full_disk
@pytest.mark.parametrize("command", [["watch", "--json"], ["raw"]])
def test_full_disk_of_the_recording_costs_stdout_nothing(
    kisq: Kisq, tmp_path: Path, command: list[str]
) -> None:
    """Everything that was received is shown, before the run ends with the error."""
    out = tmp_path / "out"
    out.touch()
    with Player(MANY) as player:
        run = kisq(*command, "DAMSSPY", "-w", "/dev/full", stdout=out, **player.settings)
    assert run.returncode == 74
    assert b"error: /dev/full cannot be written: No space left on device" in run.stderr
    shown = sum(b"DAMSSPY^" in line or b'"book"' in line for line in out.read_bytes().splitlines())
    assert re.search(rb"kisq: %d (order books|data messages), " % shown, run.stderr)
    assert b"LOST" not in run.stderr
    assert shown > 0


def test_closed_stdout_costs_the_recording_nothing(kisq: Kisq, tmp_path: Path) -> None:
    """A reader who leaves ends the run quietly; what was received by then is recorded."""
    read, write = os.pipe()
    os.close(read)
    with Player(MANY) as player:
        run = kisq("watch", "DAMSSPY", "--json", "-w", "day", stdout=write, **player.settings)
    os.close(write)
    assert (run.returncode, run.stderr) == (0, b"")
    recorded = (tmp_path / "day").read_bytes()
    assert data_of(recorded)
    assert b'\\"tr_type\\":\\"2\\"' in recorded


def read_data(recording: BinaryIO) -> None:
    """Read a recording up to the last of the messages."""
    recorded = 0
    while recorded < NUMBER:
        recorded += b'"kind":"data"' in recording.readline()


@pytest.fixture
def short_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the end of a run a reader who does not read is waited for a fifth of a second."""
    monkeypatch.setattr("kisq.run.delivery._DRAIN_SECONDS", 0.2)


@fifos
@pytest.mark.usefixtures("short_end")
@pytest.mark.parametrize("command", [["watch", "--json"], ["raw"]], ids=" ".join)
def test_recording_goes_on_while_nobody_reads_stdout(
    kisq: Kisq, tmp_path: Path, command: list[str]
) -> None:
    """Everything is recorded as it comes, and not only when the run ends."""
    os.mkfifo(tmp_path / "day")

    def read(beside: Beside) -> None:
        with (tmp_path / "day").open("rb") as recording:
            read_data(recording)
            assert beside.runs
            beside.send_signal(signal.SIGINT)
            recording.read()

    with Player(MANY) as player:
        run = kisq(*command, "DAMSSPY", "-w", "day", meanwhile=read, **player.settings)
    assert run.returncode == 130
    assert "LOST because nobody took the output" in said(run)


@fifos
@pytest.mark.usefixtures("short_end")
def test_stdout_goes_on_while_nobody_reads_the_recording(kisq: Kisq, tmp_path: Path) -> None:
    """Everything is shown as it comes, and that the recording has no end is reported."""
    os.mkfifo(tmp_path / "day")
    shown: list[bytes] = []

    def read(beside: Beside) -> None:
        descriptor = os.open(tmp_path / "day", os.O_RDONLY)
        shown.extend(beside.stdout.readline() for _ in MANY)
        assert beside.runs
        beside.send_signal(signal.SIGINT)
        beside.stdout.read()  # to its end, so that the recording is given up before it is closed
        os.close(descriptor)

    with Player(MANY) as player:
        run = kisq("raw", "DAMSSPY", "-w", "day", meanwhile=read, **player.settings)
    assert run.returncode == 130
    assert shown.count(f"{SPY}\n".encode()) == NUMBER
    assert "kisq: the end of the recording is LOST: nobody reads day" in said(run)


@fifos
@pytest.mark.usefixtures("short_end")
def test_what_waits_for_the_recording_is_bounded(
    kisq: Kisq, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With more than that the recording is given up while the run goes on, and that is reported."""
    monkeypatch.setattr("kisq.capture.writer._MOST_WAITING", 256 * 1024)
    os.mkfifo(tmp_path / "day")
    told: list[bytes] = []

    def read(beside: Beside) -> None:
        descriptor = os.open(tmp_path / "day", os.O_RDONLY)
        for _ in MANY:
            beside.stdout.readline()
        told.append(beside.stderr.readline())
        assert beside.runs
        beside.send_signal(signal.SIGINT)
        beside.stdout.read()
        os.close(descriptor)

    with Player(MANY) as player:
        run = kisq("raw", "DAMSSPY", "-w", "day", meanwhile=read, **player.settings)
    assert run.returncode == 130
    assert told == [b"kisq: the end of the recording is LOST: nobody reads day\n"]


@fifos
def test_what_waits_for_stdout_is_bounded(
    kisq: Kisq, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Messages for which there is no room count as LOST, but they are recorded."""
    monkeypatch.setattr("kisq.run.delivery._MOST_WEIGHT", 128 * 1024)
    os.mkfifo(tmp_path / "day")

    def read(beside: Beside) -> None:
        with (tmp_path / "day").open("rb") as recording:
            read_data(recording)
            beside.send_signal(signal.SIGINT)
            recording.read()

    with Player(MANY) as player:
        run = kisq("raw", "DAMSSPY", "-w", "day", meanwhile=read, **player.settings)
    (lost,) = re.findall(r"(\d+) LOST because nobody took the output", said(run))
    assert run.stdout.splitlines().count(SPY.encode()) + int(lost) == NUMBER
    assert int(lost) > NUMBER / 2


@pytest.mark.parametrize(
    ("slow", "has_data", "reason"),
    [
        (
            "kisq.output.stream.Lines._send_all",
            lambda lines: b"0|HDFSASP0" in vars(lines)["_sending"],
            "writing the recording took too long",
        ),
        (
            "kisq.output.raw.RawLines.write",
            lambda _, frame: frame.kind is DATA,
            "kisq was too slow",
        ),
    ],
    ids=["the disk", "the machine"],
)
def test_loss_names_its_reason(
    kisq: Kisq,
    monkeypatch: pytest.MonkeyPatch,
    slow: str,
    has_data: Callable[..., bool],
    reason: str,
) -> None:
    """A loss names a disk that is slow to take the recording, or a machine that is too slow."""
    real = pkgutil.resolve_name(slow)
    real_put = pkgutil.resolve_name(PUT)
    began, all_came = threading.Event(), threading.Event()
    came = 0

    def put(self: Connection, frames: list[Frame]) -> None:
        nonlocal came
        real_put(self, frames)
        came += sum(frame.kind is DATA for frame in frames)
        if came > FLOOD:
            all_came.set()

    def slower(self: object, *args: object) -> object:
        if getattr(self, "_name", "day") == "day" and has_data(self, *args) and not began.is_set():
            began.set()
            assert all_came.wait(PATIENCE)
        return real(self, *args)

    def flood() -> Iterator[str]:
        yield from (SUBSCRIBED, SPY)
        assert began.wait(PATIENCE)
        yield from [SPY] * FLOOD

    monkeypatch.setattr("kisq.feed.connection._MOST_WEIGHT", 256 * 1024)
    monkeypatch.setattr(PUT, put)
    monkeypatch.setattr(slow, slower)
    with Player(flood()) as player:
        run = kisq("raw", "DAMSSPY", "-w", "day", "-n", "3", **player.settings)
    reasons = {
        why: int(n) for n, why in re.findall(r"(\d+) LOST because ([a-z ]+?)(?:,| in)", said(run))
    }
    assert max(reasons, key=lambda why: reasons[why]) == reason, reasons


@pytest.mark.long
@pytest.mark.usefixtures("short_end")
def test_replay_waits_for_a_slow_reader_of_its_copy(kisq: Kisq, tmp_path: Path) -> None:
    """No session waits for its end, so a reader of -w - gets all of it, however long it takes."""
    (tmp_path / "day").write_bytes(YESTERDAY * 3000)

    def wait(beside: Beside) -> None:
        threading.Thread(target=beside.stderr.read).start()  # which has what raw shows
        wait_until_full(beside.stdout)
        time.sleep(1)  # this is what is tested, five times as long as a live run waits
        assert beside.runs

    run = kisq("raw", "-r", "day", "-w", "-", meanwhile=wait)
    assert data_of(run.stdout) == [SPY] * 3000
    assert run.returncode == 0


def test_packed_recordings_are_what_the_libraries_read(kisq: Kisq, tmp_path: Path) -> None:
    """gzip and zstandard themselves unpack a file that was added to."""
    with Player([SUBSCRIBED, SPY]) as player:
        for name in ("day.gz", "day.zst"):
            for option in ([], ["--append"]):
                kisq("raw", "DAMSSPY", "-n", "1", "-w", name, *option, **player.settings)
    with zstandard.open(tmp_path / "day.zst", "rb") as file:
        assert data_of(file.read())[:1] == [SPY]
    lines = gzip.decompress((tmp_path / "day.gz").read_bytes()).splitlines()
    assert [json.loads(line)["kind"] for line in lines].count("data") == 2
