"""Record and replay on the command line, in pipes, files and a real terminal."""

import gzip
import json
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import zstandard
from conftest import FRAMES, Run, captured, clean_environment, credentials
from helpers.command import running, said
from helpers.in_process import Beside, wait_until_full
from helpers.patience import PATIENCE
from player import ACCEPTED, Player
from terminal import Terminal

from kisq.wire.frames import CLOSE, CONTROL, DATA, IN, OPEN, OUT, Frame, moment
from kisq.wire.messages import Request
from kisq.wire.recorded_line import line_of

Kisq = Callable[..., Run]
SPY = captured("hdfsasp0.txt")[1]
SUBSCRIBED = ACCEPTED % ("HDFSASP0", "DAMSSPY")
BEGAN = 1783695214  # 2026-07-10 23:53:34 KST, the clock of SPY


def capture(path: Path, *frames: tuple[float, str, str, str]) -> None:
    """Write frames, each with its seconds since the beginning."""
    made = [
        Frame(moment(BEGAN + int(at), int(at % 1 * 1_000_000)), direction, kind, text.encode())
        for at, direction, kind, text in frames
    ]
    path.write_bytes(b"".join(line_of(frame) + b"\n" for frame in made))


def books(*seconds: float, text: str = SPY) -> list[tuple[float, str, str, str]]:
    return [(at, IN, DATA, text) for at in seconds]


def in_bash(folder: Path, command: str, **settings: str) -> Run:
    """The end of a shell's command, with its pipes."""
    return subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        cwd=folder,
        env=clean_environment(**settings),
        timeout=PATIENCE,
        check=False,
    )


def test_replay_gives_the_very_bytes_of_the_live_run(kisq: Kisq, tmp_path: Path) -> None:
    """watch --json and raw --json of a capture are what they were live, receive times and all."""
    watch = ["watch", "DNASAAPL", "DHKS00003", "--sim", "--rate", "100", "--fault", "garbage=0.1"]
    live = kisq(*watch, "--json", "-n", "50", "-w", "day.ndjson.zst")
    again = kisq("watch", "--json", "-n", "50", "-r", "day.ndjson.zst")
    assert live.returncode == again.returncode == 0, said(again)
    assert live.stdout == again.stdout
    assert len(live.stdout.splitlines()) == 50
    raw = kisq("raw", "--json", "-r", "day.ndjson.zst", "-w", "copy.gz")
    assert gzip.decompress((tmp_path / "copy.gz").read_bytes()) == raw.stdout
    kinds = [json.loads(line)["kind"] for line in raw.stdout.splitlines()]
    assert (kinds[0], kinds[-1]) == ("open", "close")
    bare = kisq("raw", "-t", "-r", "-", stdin=raw.stdout)
    assert kisq("raw", "-t", "-r", "-", stdin=bare.stdout).stdout == bare.stdout
    assert kisq("watch", "--json", "-r", "-", stdin=bare.stdout).stdout == live.stdout


@pytest.mark.parametrize("name", ["day.ndjson", "day.ndjson.gz"])
def test_killed_recording_keeps_every_whole_line(kisq: Kisq, tmp_path: Path, name: str) -> None:
    """After kill -9 every whole line is there, and all that was shown but for the last moment."""
    args = ["watch", "DNASAAPL", "--sim", "--json", "--rate", "100", "-w", name]
    with running(tmp_path, *args) as process:
        assert process.stdout is not None
        shown = [process.stdout.readline() for _ in range(100)]
        process.kill()
        process.wait(PATIENCE)
        shown += process.stdout.readlines()
    again = kisq("watch", "--json", "-r", name)
    assert again.returncode == 0
    lines = again.stdout.splitlines(keepends=True)
    whole = [line for line in shown if line.endswith(b"\n")]
    common = min(len(lines), len(whole))
    assert lines[:common] == whole[:common]
    assert len(lines) > (40 if name.endswith(".gz") else len(whole) - 10)
    assert ("the compressed file is cut short" in said(again)) == name.endswith(".gz")


def test_bad_lines_are_said_with_their_numbers(kisq: Kisq, tmp_path: Path) -> None:
    """A bad line in the middle and a half one at the end are skipped, said and counted."""
    capture(tmp_path / "day", *books(0, 1, 2))
    first, second, third = (tmp_path / "day").read_bytes().splitlines()
    (tmp_path / "day").write_bytes(b"\n".join([first, b'{"at":"20', second, third[:-9]]))
    run = kisq("watch", "--json", "-r", "day")
    assert run.returncode == 0
    assert len(run.stdout.splitlines()) == 2
    assert "line 2 is skipped: broken JSON" in said(run)
    assert "line 4 is skipped: a half-written last line" in said(run)
    assert said(run).endswith("2 lines of the recording skipped in 1.0 s\n")
    (tmp_path / "day").write_bytes(b"hello\n" * 1000)
    flood = kisq("raw", "-r", "day")
    assert len(said(flood).splitlines()) == 8
    assert "error: the recording holds no data message that was asked for" in said(flood)
    assert flood.returncode == 1
    assert "1000 lines of the recording skipped" in said(flood)


def test_time_is_the_recordings(kisq: Kisq, tmp_path: Path) -> None:
    """--duration, --timeout and the summary are recorded seconds."""
    capture(tmp_path / "day", *books(5, 100, 200, 300), *books(400, text="0|HDFSASP0|001|DNASX^"))
    run = kisq("watch", "-r", "day", "--duration", "195s")
    assert (run.returncode, len(run.stdout.splitlines())) == (0, 2)
    assert "2 order books, 2 data messages, 0 PINGPONGs in 195.0 s" in said(run)
    run = kisq("watch", "DAMSSPY", "-r", "day")
    assert "4 order books, 4 data messages, 0 PINGPONGs in 295.0 s" in said(run)
    assert run.stdout.startswith(b"2026-07-10T23:53:39.000000+09:00 DAMSSPY")
    assert b"lag 5.000 s" in run.stdout
    capture(tmp_path / "day", (0, OUT, OPEN, "ws://x"), *books(30, 31), (32, IN, CLOSE, "gone"))
    run = kisq("raw", "-r", "day", "--timeout", "20s")
    assert (run.returncode, run.stdout) == (1, b"")
    assert "no data message came in 20.0 s" in said(run)
    run = kisq("raw", "--json", "-r", "day", "-n", "1")
    assert [json.loads(line)["kind"] for line in run.stdout.splitlines()] == ["open", "data"]
    run = kisq("watch", "-r", "day", "DNASAAPL", "--speed", "100")
    assert (run.returncode, run.stdout) == (1, b"")
    assert "in the recording the connection ended: gone" in said(run)
    assert "0 order books, 0 data messages, 0 PINGPONGs in 32.0 s" in said(run)


def test_recording_without_times_is_shown_without_lag(kisq: Kisq, tmp_path: Path) -> None:
    """Bare text, comments and all, is shown with dashes where nothing is known."""
    frames = FRAMES / "hdfsasp0.txt"
    run = kisq("watch", "-r", str(frames))
    assert run.returncode == 0
    lines = run.stdout.decode().splitlines()
    assert len(lines) == len(captured("hdfsasp0.txt"))
    assert all(line.startswith("– ") and line.endswith("lag –") for line in lines)
    assert b"lag - " in kisq("watch", "-r", str(frames), "--once").stdout
    assert kisq("raw", "-t", "-r", str(frames), "-n", "1").stdout.startswith(b"- 0|HDFSASP0|")
    line = json.loads(kisq("raw", "--json", "-r", str(frames), "-n", "1").stdout)
    assert line["at"] is None


def test_capture_to_stdout(kisq: Kisq) -> None:
    """With -w - stdout is the capture alone, and what the command shows goes to stderr."""
    run = kisq("watch", "DNASAAPL", "--sim", "--rate", "50", "-n", "3", "-w", "-")
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    assert sum(line["kind"] == "data" for line in lines) == 3
    assert {line["dir"] for line in lines} == {"in", "out"}
    assert said(run).count("매수 bid") == 3


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (["watch", "DAMSSPY", "-w", "no/such/x"], 74, "no/such/x cannot be written: No such file"),
        (["raw", "DAMSSPY", "-w", "."], 74, ". cannot be written: Is a directory"),
        (["check", "DAMSSPY", "-w", "no/such/x.gz"], 74, "cannot be written"),
        (["watch", "DAMSSPY", "--json", "-w", "-"], 2, "both want stdout"),
        (["check", "DAMSSPY", "--json", "-w", "-"], 2, "both want stdout"),
        (["watch", "-r", "no/such/x"], 2, "no/such/x cannot be read: No such file"),
        (["raw", "-r", "."], 2, ". cannot be read: it is a folder"),
        (["watch", "-r", "day", "-w", "./day"], 2, "-r and -w name the same file"),
        (["raw", "--keys", "day", "-w", "./day"], 2, "--keys and -w name the same file"),
        (["check", "DAMSSPY", "--env-file", "day", "-w", "day"], 2, "--env-file and -w name the"),
        (["watch", "-r", "-", "--keys", "-"], 2, "-r and --keys both want stdin"),
        (["watch", "-r", "day", "--sim"], 2, "--sim is for a live feed"),
        (["raw", "-r", "day", "--reconnects", "10"], 2, "--reconnects is for a live feed"),
        (["check", "-r", "day", "--env-file", "x"], 2, "--env-file is for a live feed"),
        (["watch", "DAMSSPY", "--speed", "2"], 2, "--speed is for a recording"),
        (["watch", "-r", "day", "--speed", "fast"], 2, "'fast' is not a number above 0"),
        (["raw"], 2, "the argument TR_KEY is missing"),
        (["check"], 2, "the argument TR_KEY is missing"),
        (["explain"], 2, "either a WORD or a recording"),
        (["sim", "--play", "no/such/x"], 2, "directory; name a recording with --play"),
        (["sim", "--play", "/dev/null"], 2, "name a file, not a pipe"),
        (["sim", "--play", "empty"], 2, "empty holds no data message"),
        (["watch", "0059300"], 2, "005930 (KRX, free)"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_work_is_said_before_anything_connects(
    kisq: Kisq, tmp_path: Path, args: list[str], code: int, message: str
) -> None:
    """One sentence and the contract's exit code; nobody was connected to, no file was touched."""
    (tmp_path / "day").write_text(f"{SPY}\n")
    (tmp_path / "empty").write_text("")
    with Player([SUBSCRIBED, SPY]) as player:
        run = kisq(*args, **player.settings)
        assert player.connections == 0
    assert run.returncode == code
    assert message in said(run)
    assert sum(line.startswith("kisq: error: ") for line in said(run).splitlines()) == 1
    assert (tmp_path / "day").read_text() == f"{SPY}\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("command", ["watch", "check"])
def test_full_disk_is_one_error(kisq: Kisq, command: str) -> None:
    """Where the capture cannot be written any more, the session is given back."""
    with Player([SUBSCRIBED, *[SPY] * 100]) as player:
        run = kisq(command, "DAMSSPY", "-w", "/dev/full", **player.settings)
        assert '"tr_type":"2"' in player.received[-1][1]
    assert run.returncode == 74
    assert said(run).count("error: /dev/full cannot be written: No space left on device") == 1
    assert "Traceback" not in said(run)


@contextmanager
def disk_with_room(size: int) -> Iterator[None]:
    """No file of this process may grow beyond that."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.skipif(sys.gettrace() is not None, reason="it would limit the tracer's file too")
@pytest.mark.parametrize(("name", "room"), [("day.ndjson", 1 << 16), ("day.ndjson.zst", 1 << 14)])
def test_disk_that_fills_up_keeps_what_it_took(kisq: Kisq, name: str, room: int) -> None:
    """A file that may not grow any more is one error, and its whole lines can be replayed."""
    args = ["raw", "DNASAAPL", "--sim", "--rate", "500", "-w", name, "--duration", "20s"]
    with disk_with_room(room):
        run = kisq(*args)
    assert run.returncode == 74
    assert said(run).count(f"error: {name} cannot be written: File too large") == 1
    again = kisq("raw", "-r", name)
    kept = again.stdout.splitlines()
    data = [line for line in kept if line.startswith(b"0|")]
    assert len(data) > 50
    assert data == [line for line in run.stdout.splitlines() if line.startswith(b"0|")][: len(data)]


def test_capture_holds_no_secret(kisq: Kisq, tmp_path: Path, account: dict[str, str]) -> None:
    """Neither the account's nor the session's keys are in a capture, nor in what is made of one."""
    for command in (["watch", "-n", "2"], ["raw", "-n", "2"], ["check", "--for", "500ms"]):
        account |= credentials()  # a key a second is all that an appkey is issued
        assert kisq(*command, "DNASAAPL", "-w", "day", "--overwrite", **account).returncode == 0
        text = (tmp_path / "day").read_text()
        assert text.count("***") == 4
        assert '\\"tr_type\\":\\"2\\"' in text
        for secret in (account["KIS_APP_KEY"], account["KIS_APP_SECRET"]):
            assert secret not in text
        assert not re.search(r'\\"(approval_key|iv|key)\\":\\"[^*]', text)
    foreign = captured("control.txt")[0]
    for command in (["raw"], ["raw", "--json"], ["explain"], ["watch", "-w", "copy"]):
        run = kisq(*command, "-r", "-", stdin=foreign.encode())
        assert b"7b33a030d935bd9c" not in run.stdout + run.stderr
    assert "7b33a030d935bd9c" not in (tmp_path / "copy").read_text()


def test_check_of_a_recording(kisq: Kisq, tmp_path: Path) -> None:
    """The verdict, rate and lag are those of the recording; its keys are those it subscribed."""
    request = Request("***", "1", "HDFSASP0", "DAMSSPY").to_text()
    head = [
        (0, OUT, OPEN, "ws://kis"),
        (0.1, OUT, CONTROL, request),
        (0.2, IN, CONTROL, SUBSCRIBED),
    ]
    later = [SPY.replace("^235334^", f"^2353{second}^") for second in (35, 36, 37, 38)]
    data = [(n + 1.5, IN, DATA, text) for n, text in enumerate(later)]
    capture(tmp_path / "day", *head, *data)
    run = kisq("check", "-r", "day", "--json")
    report = json.loads(run.stdout)
    (key,) = report["keys"]
    assert (run.returncode, report["verdict"], key["tr_key"]) == (0, "broadcasting", "DAMSSPY")
    assert report["checked_at"] == "2026-07-10T23:53:38.500000+09:00"
    assert key["lag_seconds"] == {"min": 0.5, "median": 0.5, "max": 0.5}
    assert (key["messages"], key["first_data_seconds"], key["longest_gap_seconds"]) == (4, 1.4, 1)
    skipped = [stage for stage in key["stages"] if stage["status"] == "skipped"]
    names = [stage["stage"] for stage in skipped]
    assert names == ["settings", "approval", "handshake", "heartbeat"]  # none was due
    assert skipped[2]["detail"] == "a recording of ws://kis"
    short = json.loads(kisq("check", "-r", "day", "--json", "--for", "2s").stdout)["keys"][0]
    assert short["messages"] == 2
    refused = captured("control.txt")[1]
    capture(tmp_path / "day", *head[:2], (0.2, IN, CONTROL, refused))
    run = kisq("check", "-r", "day")
    assert run.returncode == 6
    assert "OPSP8996 ALREADY IN USE appkey" in run.stdout.decode()


@pytest.mark.parametrize(
    ("day", "code", "word"), [(0, 1, "silent: "), (1, 7, "closed: ")], ids=["Friday", "Saturday"]
)
def test_silence_is_judged_at_the_time_of_the_recording(
    kisq: Kisq, tmp_path: Path, day: int, code: int, word: str
) -> None:
    """Whether the market was open is asked of the session clock at the recorded moment."""
    request = Request("***", "1", "HDFSASP0", "DAMSSPY").to_text()
    at = day * 86400.0
    pings = [(at + n, IN, "pingpong", captured("control.txt")[-1]) for n in (10, 20, 30)]
    capture(tmp_path / "day", (at, OUT, CONTROL, request), (at, IN, CONTROL, SUBSCRIBED), *pings)
    run = kisq("check", "-r", "day")
    assert run.returncode == code
    assert word in run.stdout.decode()
    assert "nothing came in 30 s" in run.stdout.decode()


def test_check_of_bare_text_claims_no_times(kisq: Kisq) -> None:
    """Without receive times there is neither rate nor lag, and keys come from the data."""
    frames = FRAMES / "hdfsasp0.txt"
    run = kisq("check", "-r", str(frames), "--json")
    report = json.loads(run.stdout)
    assert report["checked_at"] is None
    keys = {line.split("|")[3].split("^")[0] for line in captured("hdfsasp0.txt")}
    assert {key["tr_key"] for key in report["keys"]} == keys
    for key in report["keys"]:
        names = ("rate", "lag_seconds", "first_data_seconds", "longest_gap_seconds")
        assert [key[name] for name in names] == [None] * 4
        assert {stage["seconds"] for stage in key["stages"]} == {None}
    run = kisq("check", "-r", "-", stdin=captured("control.txt")[-1].encode())  # a PINGPONG
    assert run.returncode == 2
    assert "holds no key that kisq can check; name one, or another recording with -r" in said(run)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([IN], "1 PINGPONG "),
        ([OUT, IN], "1 PINGPONG, 0 answered"),
        ([OUT, IN, "pong"], "1 PINGPONG, answered"),
    ],
)
def test_heartbeat_of_a_recording_is_what_it_holds(
    kisq: Kisq, tmp_path: Path, lines: list[str], said: str
) -> None:
    """Whether PINGPONG was answered is reported where the recording tells."""
    ping = captured("control.txt")[-1]
    request = Request("***", "1", "HDFSASP0", "DAMSSPY").to_text()
    frames = {
        OUT: (1.0, OUT, CONTROL, request),
        IN: (2.0, IN, "pingpong", ping),
        "pong": (3.0, OUT, "pingpong", ping),
    }
    capture(tmp_path / "day", *(frames[line] for line in lines), (4.0, IN, DATA, SPY))
    shown = kisq("check", "DAMSSPY", "-r", "day").stdout.decode()
    (heartbeat,) = (line for line in shown.splitlines() if "heartbeat" in line)
    assert f"{said}" in f"{heartbeat} "
    assert ("answered" in heartbeat) == ("answered" in said)


def test_explain_reads_a_recording(kisq: Kisq, tmp_path: Path) -> None:
    """Each message of a capture is explained, with -r or through stdin, and nothing else."""
    request = Request("***", "1", "HDFSASP0", "DAMSSPY").to_text()
    frames = [(0, OUT, OPEN, "ws://kis"), (0, OUT, CONTROL, request), (1, IN, CONTROL, SUBSCRIBED)]
    capture(tmp_path / "day", *frames, *books(2))
    run = kisq("explain", "-r", "day", "--json")
    found = [json.loads(line)["message"] for line in run.stdout.splitlines()]
    assert found == ["a request of a client", "an answer to a request", "data"]
    stdin = kisq("explain", "-", "--json", stdin=(tmp_path / "day").read_bytes())
    assert stdin.stdout == run.stdout


def test_simulator_plays_a_recording(kisq: Kisq, tmp_path: Path) -> None:
    """Each client that subscribes hears its key's messages from the first one, in their rhythm."""
    capture(tmp_path / "day", *books(100, 100.5, 101), *books(101, text="0|HDFSASP0|001|DNASX^1"))
    with running(tmp_path, "sim", "--play", "day", "-v") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        urls = dict(process.stdout.readline().decode().strip().split("=", 1) for _ in range(2))
        args = ["raw", "DAMSSPY", "DNASAAPL", "--json", "--duration", "2s"]
        run = kisq(*args, **urls, **credentials())
        process.send_signal(signal.SIGINT)
        told = process.stderr.read().decode()
        assert process.wait(PATIENCE) == 130
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    data = [line for line in lines if line["kind"] == "data"]
    assert [line["text"] for line in data] == [SPY] * 3
    seconds = [float(line["at"][17:26]) for line in data]
    assert 0.5 < (seconds[2] - seconds[0]) % 60 < 5
    assert "DAMSSPY: all 3 messages have been played" in told
    assert "the recording holds no message for DNASAAPL" in told


UPDATES = re.compile(r"(\d+) updates?")


def test_keys_steer_a_replay(tmp_path: Path) -> None:
    """In a terminal space pauses, n goes one message on, q ends with the summary and 0."""
    capture(tmp_path / "day", *books(0), *books(*range(1000, 1100)))
    with Terminal(tmp_path, "watch", "-r", "day", columns=110, lines=30) as terminal:
        first = terminal.until(lambda text: "replay " in text and "1 update" in text)
        assert "1%, 07-10 23:53:34 KST, x1: space pauses, n steps, + - speed, q ends" in first
        terminal.press(" ")
        terminal.until(lambda text: "paused " in text)
        terminal.press("nn")
        stepped = terminal.until(lambda text: "3 updates" in text)
        assert "07-11 00:10:15 KST" in stepped
        terminal.press(" ")
        terminal.until(lambda text: "replay " in text)
        terminal.press("q")
        assert terminal.end() == 0
        last = terminal.text
    found = re.search(r"(\d+) order books, (\d+) data messages, 0 PINGPONGs", last)
    assert found
    assert found[1] == found[2]
    assert 3 <= int(found[1]) < 20
    assert "n steps" not in last


def test_plus_and_minus_change_the_speed_of_a_replay(tmp_path: Path) -> None:
    """Each doubles or halves it, up to 1024 times and down to a sixteenth."""
    capture(tmp_path / "day", *books(*range(0, 100_000, 100)))
    with Terminal(tmp_path, "watch", "-r", "day", columns=110, lines=30) as terminal:
        terminal.until(lambda text: "replay " in text and ", x1:" in text)
        terminal.press("++")
        terminal.until(lambda text: ", x4:" in text)
        terminal.press("---")
        terminal.until(lambda text: ", x0.5:" in text)
        terminal.press("-" * 9)
        terminal.until(lambda text: ", x0.0625:" in text)
        terminal.press(" " + "+" * 20)
        terminal.until(lambda text: "paused " in text and ", x1024:" in text)
        terminal.press("q")
        assert terminal.end() == 0


def test_status_line_of_a_replay(tmp_path: Path) -> None:
    """Under lines the progress stands on a line of its own, which is gone at the end."""
    capture(tmp_path / "day", *books(0, 1000))
    with Terminal(tmp_path, "raw", "-r", "day", columns=90) as terminal:
        terminal.until(lambda text: "replay 50%, 07-10 23:53:34 KST" in text)
        terminal.press("n")
        terminal.until(lambda text: text.count("0|HDFSASP0") == 2)
        assert terminal.end() == 0
        assert "2 data messages, 0 PINGPONGs in 1000.0 s" in terminal.text
        assert "space" not in terminal.text


@pytest.mark.long
def test_slow_reader_of_a_replay_loses_nothing(
    kisq: Kisq, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long a reader takes, with -n too, it gets all that was asked for."""
    monkeypatch.setattr("kisq.run.delivery._DRAIN_SECONDS", 0.2)
    capture(tmp_path / "day", *books(*range(400)))

    def wait(beside: Beside) -> None:
        wait_until_full(beside.stdout)
        time.sleep(1)  # this is what is tested, five times as long as a live run waits
        assert beside.runs

    run = kisq("raw", "-r", "day", "-n", "300", meanwhile=wait)
    assert len(run.stdout.splitlines()) == 300
    assert "LOST" not in said(run)


def test_venue_and_trades_of_a_recording(kisq: Kisq, tmp_path: Path) -> None:
    """Whatever is recorded is shown; --venue and --tr choose among the TRs of a Korean key."""
    krx, trade = captured("h0stasp0.txt")[1], captured("h0stcnt0.txt")[1]
    nxt = krx.replace("H0STASP0", "H0NXASP0")
    (tmp_path / "day").write_text(f"{krx}\n{nxt}\n{trade}\n")

    def trs(*args: str) -> list[str]:
        run = kisq("watch", "005930", "--json", "-r", "day", *args)
        return [json.loads(line)["tr_id"] for line in run.stdout.splitlines()]

    assert trs("--trades") == ["H0STASP0", "H0NXASP0", "H0STCNT0"]
    assert trs("--venue", "nxt") == ["H0NXASP0"]
    assert trs("--venue", "krx") == ["H0STASP0", "H0STCNT0"]
    assert trs("--tr", "H0STCNT0") == ["H0STCNT0"]


def test_capture_has_what_a_slow_reader_never_took(tmp_path: Path) -> None:
    """A reader of stdout that does not read costs lines on stdout, but none in the capture."""
    frames = [SPY] * 400
    arguments = ("raw", "DAMSSPY", "-w", "day", "--duration", "1s")
    with (
        Player([SUBSCRIBED, *frames]) as player,
        running(tmp_path, *arguments, **player.settings) as process,
    ):
        assert process.wait(PATIENCE) == 0
        assert process.stderr is not None
        assert b"LOST" in process.stderr.read()
    lines = (tmp_path / "day").read_text().splitlines()
    assert sum(json.loads(line)["kind"] == DATA for line in lines) == 400


def test_recording_on_stdin_is_not_written_over(tmp_path: Path) -> None:
    """The file that stdin is read from may not be the one that -w writes."""
    (tmp_path / "day").write_text(f"{SPY}\n")
    command = f"{sys.executable} -m kisq raw -r - -w day < day"
    run = in_bash(tmp_path, command)
    assert (run.returncode, (tmp_path / "day").read_text()) == (2, f"{SPY}\n")
    assert "the same file" in said(run)


def test_typed_recording_ends_with_its_end(tmp_path: Path) -> None:
    """Where a recording is typed or pasted into the terminal, Ctrl-D ends it, and q is text."""
    with Terminal(tmp_path, "raw", "-r", "-") as terminal:
        terminal.press("q\n")
        terminal.until(lambda text: "line 1 is skipped" in text)
        terminal.press("\x04")
        assert terminal.end() == 1  # nothing was in it


@pytest.mark.parametrize("name", ["bomb.gz", "bomb.zst"])
def test_small_file_that_unpacks_to_much_stays_small(tmp_path: Path, name: str) -> None:
    """Some kilobytes that unpack to 200 thousand messages are read within 60 MiB."""
    pack = gzip.compress if name.endswith(".gz") else zstandard.compress
    (tmp_path / name).write_bytes(pack(b"0|\n" * 200_000))
    most = 60 << 20
    run = subprocess.run(
        [sys.executable, "-m", "kisq", "raw", "-r", name],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=clean_environment(),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (most, most)),
        timeout=100,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert b"200000 data messages" in run.stderr
