"""However a run ends: the session is given back, the terminal is whole, no loss is unsaid."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Run, captured, clean_environment, credentials
from helpers.command import running, said
from helpers.in_process import TERMINAL, wait_until_full
from helpers.patience import PATIENCE
from helpers.records import MANY, SPY, SUBSCRIBED, with_field
from liar import Liar, frame
from player import ACCEPTED, Player
from terminal import Terminal

Kisq = Callable[..., Run]
ENTER_ALTERNATE_SCREEN, LEAVE_ALTERNATE_SCREEN = b"\x1b[?1049h", b"\x1b[?1049l"
HASTY = {"kisq.run.delivery._DRAIN_SECONDS": "0.1"}  # for somebody who may read yet
HIDE_CURSOR, SHOW_CURSOR = b"\x1b[?25l", b"\x1b[?25h"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_blocked_stdout_does_not_hold_a_signal_up(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    """With nobody reading, one signal ends the run, and what was not taken is counted."""
    with (
        Player(MANY) as player,
        running(tmp_path, "raw", "DAMSSPY", patches=HASTY, **player.settings) as process,
    ):
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.send_signal(number)
        errors = process.stderr.read().decode()
        assert process.wait(PATIENCE) == code
    assert re.search(r"kisq: \d+ data messages, .* \d+ LOST because nobody took the output", errors)
    assert '"tr_type":"2"' in player.received[-1][1]


def test_blocked_stdout_does_not_hold_duration_up(tmp_path: Path) -> None:
    """--duration ends a run that nobody reads; the summary adds up to what was sent."""
    with (
        Player(MANY) as player,
        running(tmp_path, "raw", "DAMSSPY", "--duration", "1s", **player.settings) as process,
    ):
        assert process.stderr is not None
        errors = process.stderr.read().decode()
        assert process.wait(PATIENCE) == 0
        assert process.stdout is not None
        taken = process.stdout.read()
    lost = re.findall(r"(\d+) LOST", errors)
    assert lost
    complete = [line for line in taken.split(b"\n")[:-1] if line == SPY.encode()]
    assert len(complete) + int(lost[0]) in (3000, 3001)  # a line cut in two is lost


def test_full_queue_costs_data_but_not_the_session(tmp_path: Path) -> None:
    """Messages for which there is no room count as LOST, and every PINGPONG is still answered."""
    patches = {"kisq.feed.connection._MOST_WEIGHT": "256 * 1024"}
    pings = [f'{{"header":{{"tr_id":"PINGPONG","datetime":"{n}"}}}}'.encode() for n in range(20)]
    first, *others = [frame(SPY.encode()) * 200 + frame(ping) for ping in pings]
    rest = iter(others)
    is_full, all_said = threading.Event(), threading.Event()

    def more(_: bytes) -> bytes:
        """What follows the answer to a PINGPONG, once nothing more fits into the pipe."""
        assert is_full.wait(PATIENCE)
        following = next(rest, b"")
        if not following:
            all_said.set()
        return following

    with (
        Liar(frame(SUBSCRIBED.encode()) + first, then=more) as liar,
        running(tmp_path, "raw", "DAMSSPY", patches=patches, **liar.settings) as process,
    ):
        wait_until_full(process.stdout)
        is_full.set()
        assert all_said.wait(PATIENCE)
        process.send_signal(signal.SIGINT)
        taken, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert all(ping in liar.received for ping in pings)
    shown = taken.split(b"\n").count(SPY.encode())
    lost = {
        why: int(n) for n, why in re.findall(rb"(\d+) LOST because ([a-z ]+?)(?:,| in)", errors)
    }
    assert shown + sum(lost.values()) == 4000
    assert lost[b"nobody took the output"] > 1500
    assert 0 < shown < 2000
    assert errors.startswith(b"kisq: 4000 data messages, ")


def test_slow_reader_gets_everything_that_was_received(tmp_path: Path) -> None:
    """What is queued when the time is over is still written, if somebody reads."""
    with Player(MANY) as player:
        run = subprocess.run(
            f"{sys.executable} -m kisq raw DAMSSPY --duration 1s | (read a; echo $a; cat)",
            shell=True,
            cwd=tmp_path,
            env=clean_environment(**player.settings),
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
    assert run.stdout.splitlines().count(SPY.encode()) == 3000
    assert b"LOST" not in run.stderr


def test_second_interrupt_ends_at_once_and_leaves_the_terminal_whole(tmp_path: Path) -> None:
    """A server that does not answer the unsubscribe is waited for, but not a second time."""
    with (
        Player([SUBSCRIBED, SPY]) as player,
        Terminal(
            tmp_path, "watch", "DAMSSPY", **player.settings | {"KISQ_PAUSES": "3600"}
        ) as terminal,
    ):
        terminal.until(lambda text: "spread" in text)
        terminal.press("\x03")
        assert player.hears('"tr_type":"2"')
        terminal.press("\x03")
        assert terminal.end() == 130
    assert LEAVE_ALTERNATE_SCREEN in terminal.seen
    assert SHOW_CURSOR in terminal.seen[terminal.seen.rindex(HIDE_CURSOR) :]
    assert "kisq: 1 order book, 1 data message" in terminal.text


@pytest.mark.parametrize(
    ("where", "then"),
    [
        ("rich.console.Console.push_render_hook", "interrupt(), real(*args)"),
        ("rich.console.Console.pop_render_hook", "interrupt(), real(*args)"),
        ("kisq.screen.keyboard.Keyboard._take", "real(*args), interrupt()"),
        ("kisq.screen.keyboard.Keyboard.close", "interrupt(), real(*args)"),
    ],
)
def test_interrupt_while_the_terminal_is_taken_or_given_back(
    tmp_path: Path, where: str, then: str
) -> None:
    """Ctrl-C in the very middle of it ends the run as anywhere else, and the terminal is whole."""
    arguments = ["watch", "DNASAAPL", "DNASNVDA", "--sim", "--rate", "20", "-n", "9"]
    with Terminal(tmp_path, *arguments, patches={where: f"lambda *args: ({then})"}) as terminal:
        assert terminal.end() == 130
        assert terminal.echoes
    seen = terminal.seen
    assert seen.count(ENTER_ALTERNATE_SCREEN) == seen.count(LEAVE_ALTERNATE_SCREEN)
    assert seen.rfind(HIDE_CURSOR) <= seen.rfind(SHOW_CURSOR)


@pytest.mark.parametrize(
    ("where", "args"),
    [
        ("kisq.feed.live.LiveFeed.now", ["raw", "DNASAAPL"]),
        ("kisq.simulator.server.Simulator.__enter__", ["sim"]),
    ],
)
def test_interrupt_in_a_callback_of_python_is_not_lost(
    process: Kisq, account: dict[str, str], where: str, args: list[str]
) -> None:
    """A signal that arrives in a call of Python's own, such as import or gc, ends the run, too."""
    patches = {where: "lambda *args: (interrupt_in_callback(), real(*args))[1]"}
    run = process(*args, patches=patches, **account)
    assert run.returncode == 130
    assert "ignored" not in said(run)


def test_bug_leaves_the_terminal_whole(tmp_path: Path) -> None:
    """An error that nobody foresaw gives the screen back and is reported on it."""
    broken = "lambda *args, n=[]: (n.append(1), len(n) == 2 and fail(), real(*args))[2]"
    arguments = ["watch", "DNASAAPL", "--sim", "--rate", "20"]
    patches = {"kisq.screen.stats.KeyStats.measure": broken}
    with Terminal(tmp_path, *arguments, patches=patches) as terminal:
        assert terminal.end() == 70
    assert terminal.seen.count(ENTER_ALTERNATE_SCREEN) == 1
    assert terminal.seen.count(LEAVE_ALTERNATE_SCREEN) == 1
    assert SHOW_CURSOR in terminal.seen[terminal.seen.rindex(HIDE_CURSOR) :]
    assert "a bug in kisq (RuntimeError: unforeseen)" in terminal.text


def test_silent_server_with_41_keys_is_left_in_seconds(
    kisq: Kisq, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forty-one unsubscribes that nobody answers are not waited for one by one."""
    monkeypatch.setattr("kisq.feed.live.SPACING", 0.001)
    monkeypatch.setattr("kisq.feed.subscription.SPACING", 0.01)
    keys = [f"DNAS{chr(65 + n // 26)}{chr(65 + n % 26)}" for n in range(41)]
    answers = [frame((ACCEPTED % ("HDFSASP0", key)).encode()) for key in keys]
    answers[-1] += frame(SPY.encode())
    with Liar(*answers) as liar:
        run = kisq(
            "raw", *keys, "-n", "1", timeout=PATIENCE, **liar.settings | {"KISQ_PAUSES": "1"}
        )
        assert run.returncode == 0  # after fewer than the 41 s that they would take
        assert run.stdout.count(b"OPSP0000") == 41
        assert liar.received.count(b'"tr_type":"2"') == 41


ODD_RECORDS = {
    "far future": {"XYMD": "99991231", "XHMS": "235959"},
    "year 1": {"XYMD": "00010101", "KYMD": "00010101", "XHMS": "000000", "KHMS": "000000"},
    "mid of 0": {"PBID1": "-752.1700"},
    "no price": {"PBID1": "", "PASK1": ""},
    "huge sizes": {"VBID1": "9" * 18, "VASK1": "9" * 18},
}


@pytest.mark.parametrize("name", ODD_RECORDS)
@pytest.mark.parametrize("options", [["--json"], ["--once"], []])
def test_odd_records_do_not_end_a_run(kisq: Kisq, name: str, options: list[str]) -> None:
    """Numbers and clocks that no market has are shown as they are."""
    text = SPY
    for field, value in ODD_RECORDS[name].items():
        text = with_field(field, value, text)
    with Player([SUBSCRIBED, text, text]) as player:
        limit = [] if "--once" in options else ["-n", "2"]
        run = kisq("watch", "DAMSSPY", *options, *limit, **player.settings)
    assert run.returncode == 0, said(run)
    assert b"DAMSSPY" in run.stdout


def test_odd_records_do_not_end_the_ladder(tmp_path: Path) -> None:
    """Neither on a terminal."""
    texts = [SUBSCRIBED]
    for fields in ODD_RECORDS.values():
        text = SPY
        for field, value in fields.items():
            text = with_field(field, value, text)
        texts.append(text)
    with (
        Player([*texts]) as player,
        Terminal(tmp_path, "watch", "DAMSSPY", "-n", "5", **player.settings) as terminal,
    ):
        assert terminal.end() == 0


def test_message_of_millions_of_fields_is_one_short_line(kisq: Kisq) -> None:
    """A message longer than any of KIS's is reported, not decoded."""
    with Player([SUBSCRIBED, "0|HDFSASP0|001|" + "^" * 3_000_000, SPY]) as player:
        run = kisq("watch", "DAMSSPY", "--json", "-n", "1", **player.settings)
    assert run.returncode == 0
    assert "3000015 characters, more than any message from KIS" in said(run)
    assert len(run.stderr) < 1000


def test_endless_message_ends_the_connection(kisq: Kisq) -> None:
    """A message of more than 32 MiB ends the connection, and the memory stays small."""
    with Player([SUBSCRIBED, "0|HDFSASP0|001|" + "1" * (34 << 20)]) as player:
        run = kisq("raw", "DAMSSPY", "--reconnects", "0", **player.settings)
    assert run.returncode == 5
    assert "a message of more than 32 MiB" in said(run)


@pytest.mark.parametrize("args", [["--help"], ["--version"], ["watch", "DNASAAPL", "--once"]])
def test_closed_stdout_ends_quietly(
    tmp_path: Path, account: dict[str, str], args: list[str]
) -> None:
    """Nobody reads: no complaint, exit 0."""
    read, write = os.pipe()
    os.close(read)
    run = subprocess.run(
        [sys.executable, "-m", "kisq", *args],
        stdout=write,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=clean_environment(**account),
        timeout=PATIENCE,
        check=False,
    )
    os.close(write)
    assert (run.returncode, run.stderr) == (0, b"")


DISK = Path("/dev/full")
NO_SPACE = b"error: stdout cannot be written: No space left on device"
on_full_disk = pytest.mark.skipif(not DISK.exists(), reason="there is no /dev/full")


@on_full_disk
@pytest.mark.parametrize(
    "args",
    [
        ["approve", "--sim"],
        ["explain", "OPSP8996"],
        ["check", "DNASAAPL", "--sim", "--for", "100ms"],
        ["watch", "DNASAAPL", "--sim", "--json", "-n", "1"],
        ["raw", "DNASAAPL", "--sim", "-n", "1"],
    ],
    ids=lambda args: args[0],
)
def test_full_disk_is_one_clear_error(kisq: Kisq, args: list[str]) -> None:
    """stdout that cannot be written is exit 74 and says why."""
    run = kisq(*args, stdout=DISK)
    assert (run.returncode, NO_SPACE in run.stderr) == (74, True)


@on_full_disk
@pytest.mark.parametrize("args", [["--version"], ["watch", "DNASAAPL", "--once"]])
def test_full_disk_at_the_end_of_a_process(
    tmp_path: Path, account: dict[str, str], args: list[str]
) -> None:
    """Python's own flush at the very end adds nothing to it."""
    with DISK.open("wb") as full:
        run = subprocess.run(
            [sys.executable, "-m", "kisq", *args],
            stdout=full,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            env=clean_environment(**account),
            timeout=PATIENCE,
            check=False,
        )
    assert (run.returncode, NO_SPACE in run.stderr.splitlines()[-1]) == (74, True)


@pytest.mark.parametrize("encoding", ["ascii", "euc-kr", "latin-1"])
@pytest.mark.parametrize(
    "args",
    [
        ["watch", "DNASAAPL", "--once"],
        ["watch", "DNASAAPL", "-n", "2"],
        ["check", "DNASAAPL", "--for", "100ms"],
        ["--help"],
        ["explain", "HDFSASP0"],
    ],
    ids=" ".join,
)
def test_stdout_of_another_encoding(
    kisq: Kisq, account: dict[str, str], args: list[str], encoding: str
) -> None:
    """What an encoding lacks becomes an escape, a question mark or a bar of #, never an error."""
    run = kisq(*args, PYTHONIOENCODING=encoding, **account)
    assert run.returncode == 0, said(run)
    text = run.stdout.decode(encoding)
    assert text.replace("\n", "").isprintable()  # as UTF-8 read as latin-1 is not
    if "--once" in args:
        assert re.search(" #+ ", text)
    else:
        assert encoding == "euc-kr" or re.search(r"\?|\\u[0-9a-f]{4}", text)


def test_sigterm_at_start_up_is_143(process: Kisq) -> None:
    """SIGTERM has its own exit code, whenever it comes."""
    # Its code, for Typer has the function itself already.
    late = "(lambda text: __import__('os').kill(__import__('os').getpid(), 15)).__code__"
    patches = {"kisq.cli.option_texts.duration.__code__": late}
    run = process("watch", "DNASAAPL", "--duration", "1s", patches=patches)
    assert run.returncode == 143
    assert b"Traceback" not in run.stderr


def test_hangup_is_ignored_under_nohup(tmp_path: Path) -> None:
    """What nohup starts does not end with the terminal."""
    with Player([SUBSCRIBED, SPY]) as player:
        process = subprocess.Popen(
            ["nohup", sys.executable, "-m", "kisq", "raw", "DAMSSPY", "-n", "2"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=tmp_path,
            env=clean_environment(**player.settings),
        )
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGHUP)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.5)
        process.kill()
        process.communicate()


# what a server may send


def test_session_key_does_not_leak_from_odd_messages(kisq: Kisq) -> None:
    """Whatever message the AES key comes in, and however its name is written, it is not seen."""
    iv, key = "7b33a030d935bd9c", "zcyysbvsqykredimvytvdsbekvepszjt"
    session_key = {"iv": iv, "key": key}
    accepted = captured("control.txt")[0]
    odd: list[str | bytes] = [
        SUBSCRIBED,
        json.dumps({"body": {"output": session_key, "msg1": "x"}}),
        accepted[:-20],
        "\ufeff" + accepted,
        accepted.replace('"key"', '"KEY"'),
        accepted.replace('"key"', '"\\u006bey"'),
        json.dumps({"header": {"tr_id": "PINGPONG"}, "body": {"output": session_key}}),
        SPY,
    ]
    for command in (["watch", "--json"], ["watch"], ["raw"], ["raw", "--json"]):
        with Player(odd) as player:
            run = kisq(*command, "DAMSSPY", "-n", "1", "-v", **player.settings)
        everything = run.stdout + run.stderr
        assert run.returncode == 0
        assert iv.encode() not in everything
        assert key[:20].encode() not in everything


def test_approval_key_that_json_escapes_does_not_leak(kisq: Kisq) -> None:
    """A key with a quotation mark in it is masked in what kisq sent as well."""
    with Player([SUBSCRIBED, SPY]) as player:
        settings = player.settings | {"KIS_APPROVAL_KEY": 'ab"cd\\efgh-1234'}
        run = kisq("raw", "DAMSSPY", "--json", "-n", "1", **settings)
    assert b"efgh-1234" not in run.stdout
    assert b"***" in run.stdout


def test_refusal_with_a_control_character_is_a_refusal(kisq: Kisq) -> None:
    """NULs were seen in the feed; they do not hide KIS's code."""
    refusal = (
        '{"header":{"tr_id":"(null)"},"body":{"rt_cd":"9","msg_cd":"OPSP8996",'
        '"msg1":"ALREADY IN USE appkey\x00"}}'
    )
    with Player([refusal]) as player:
        run = kisq("watch", "DAMSSPY", **player.settings)
    assert run.returncode == 6
    assert r"OPSP8996 ALREADY IN USE appkey\x00" in said(run)


def test_refusal_of_what_was_not_asked_ends_nothing(kisq: Kisq) -> None:
    """A refusal that names another key, or none while nothing is pending, is only said."""
    other = json.dumps(
        {
            "header": {"tr_id": "HDFSASP0", "tr_key": "DNASZZZ"},
            "body": {"rt_cd": "1", "msg_cd": "OPSP8992", "msg1": "invalid tr_key"},
        }
    )
    unnamed = captured("control.txt")[2]
    with Player([SUBSCRIBED, other, unnamed, SPY]) as player:
        run = kisq("watch", "DAMSSPY", "--json", "--duration", "1s", **player.settings)
    assert run.returncode == 0
    assert said(run).count("KIS refused what kisq did not ask") == 2
    assert '"tr_type":"2"' in player.received[-1][1]


def test_binary_message_is_said(kisq: Kisq) -> None:
    """KIS sends text; a binary message is not dropped in silence."""
    with Player([SUBSCRIBED, bytearray(SPY.encode()), SPY]) as player:  # type: ignore[list-item]
        run = kisq("watch", "DAMSSPY", "--json", "-n", "1", **player.settings)
    assert "not decodable: a binary message" in said(run)


COLOUR = re.compile(rb"\x1b\[(\d+;)*[39]\d[;m]")


@pytest.mark.parametrize(
    ("args", "coloured"),
    [
        (["approve"], False),
        (["raw", "DNASAAPL", "-n", "1"], True),
        (["check", "DNASAAPL", "--for", "100ms"], True),
        (["explain", "HDFSASP0"], True),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_no_color_is_taken_everywhere(
    kisq: Kisq, account: dict[str, str], args: list[str], coloured: bool
) -> None:
    """--no-color is an option of every command that prints, and with it there are no colours."""
    with_it = kisq(*args, "--no-color", stdout=TERMINAL, **account | credentials())
    without = kisq(*args, stdout=TERMINAL, **account | credentials())
    assert (with_it.returncode, without.returncode) == (0, 0)
    assert bool(COLOUR.search(without.stdout)) == coloured
    assert with_it.stdout
    assert not COLOUR.search(with_it.stdout)


def test_no_color_is_taken_by_the_live_screen(tmp_path: Path, account: dict[str, str]) -> None:
    """watch draws in colours, and with --no-color in none."""

    def has_colours(*more: str) -> bool:
        args = ("watch", "DNASAAPL", "-n", "1", *more)
        with Terminal(tmp_path, *args, **account | credentials()) as terminal:
            assert terminal.end() == 0
        return bool(COLOUR.search(terminal.seen))

    assert has_colours()
    assert not has_colours("--no-color")
