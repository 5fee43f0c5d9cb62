"""Signals at random moments of six commands: each ends in order, whatever it was doing."""

import gzip
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import clean_environment, credentials
from helpers.command import running
from helpers.patience import PATIENCE
from player import ACCEPTED, Player
from terminal import Terminal

from kisq.simulator.server import Simulator
from kisq.simulator.shared_state import Options

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
OFTEN = int(os.environ.get("KISQ_SIGNALS", "2"))  # of each command; make soak has many more
LONGEST = 1.0  # seconds until the signal
COMMANDS = [
    ("approve",),
    ("watch", "DNASAAPL", "DNASMSFT", "--json", "-w", "day.gz", "--overwrite"),
    ("raw", "DNASAAPL", "--json"),
    ("check", "DNASAAPL", "--for", "5s"),
    ("explain", "-", "--json"),
    ("watch", "-r", "slow", "--json", "--speed", "1"),
]


@pytest.fixture
def served() -> Iterator[tuple[Simulator, list[str]]]:
    """A simulator and what it says of its clients."""
    log: list[str] = []
    with Simulator(Options(rate=200, pingpong=0.2), log.append) as server:
        yield server, log


def settings(server: Simulator) -> dict[str, str]:
    return credentials() | {"KIS_REST_URL": server.rest_url, "KIS_WS_URL": server.ws_url}


def is_given_back(log: list[str]) -> bool:
    """Whether each session that subscribed to anything was closed by a close frame, none cut.

    A signal may come within the handshake: then nothing was subscribed to, and there is none.
    """
    clients = [line.split(" ", 2) for line in log if line.startswith("client ")]
    subscribed = {number for _, number, text in clients if text.startswith("sent ")}
    closed = {number for _, number, text in clients if text == "closes"}
    return subscribed <= closed


def whole_lines(data: bytes) -> bool:
    """Whether it is NDJSON to its last byte."""
    for line in data.splitlines():
        json.loads(line)
    return not data or data.endswith(b"\n")


def signalled(folder: Path, command: tuple[str, ...], seed: int, **given: str) -> tuple[int, int]:
    """Run ``command`` and send it a signal; gives the signal and how the process ended."""
    chance = random.Random(seed)
    number, seconds = chance.choice(SIGNALS), chance.uniform(0, LONGEST)
    process = subprocess.Popen(
        [sys.executable, "-m", "kisq", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env=clean_environment(**given),
    )
    try:
        time.sleep(seconds)  # this is what the test is about, and no wait for anything
        process.send_signal(number)
        out, errors = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    if process.returncode == -number or b"Traceback" in errors:  # before our handler was there
        assert (out, b"/kisq/" in errors) == (b"", False), (command, seed, errors)
        return number, -number
    if "--json" in command:
        assert whole_lines(out), (command, seed)
    return number, process.returncode


@pytest.mark.parametrize("seed", range(OFTEN))
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: f"{command[0]}-{command[-1]}")
def test_signal_at_any_moment_ends_a_run_in_order(
    tmp_path: Path, served: tuple[Simulator, list[str]], command: tuple[str, ...], seed: int
) -> None:
    """The exit code is the signal's, sessions are given back, whole lines are written."""
    server, log = served
    book = {"dir": "in", "kind": "data", "text": "0|HDFSASP0|001|x"}
    lines = ({"at": f"2026-07-10T23:5{n}:00.000000+09:00", **book} for n in range(9))
    (tmp_path / "slow").write_text("".join(json.dumps(line) + "\n" for line in lines))
    number, code = signalled(tmp_path, command, seed, **settings(server))
    ended = {128 + number, -number}
    if command[0] in ("approve", "explain"):
        ended |= {0, 2}  # it had ended, of itself or of an empty stdin
    assert code in ended, (command, seed)
    deadline = time.monotonic() + PATIENCE
    while server.shared.connected and time.monotonic() < deadline:
        time.sleep(0.01)
    assert is_given_back(log), (command, seed, log)
    if (capture := tmp_path / "day.gz").exists():
        assert whole_lines(gzip.decompress(capture.read_bytes()))


@pytest.mark.parametrize("seed", range(OFTEN))
def test_terminal_is_whole_after_a_signal_at_any_moment(
    tmp_path: Path, served: tuple[Simulator, list[str]], seed: int
) -> None:
    """The alternate screen is left, the cursor is shown, and no key is swallowed."""
    chance = random.Random(seed)
    number, seconds = chance.choice(SIGNALS), chance.uniform(0, LONGEST)
    server, log = served
    with Terminal(tmp_path, "watch", "DNASAAPL", **settings(server)) as terminal:
        terminal.look(time.monotonic() + seconds)
        terminal.process.send_signal(number)
        assert terminal.end() in (128 + number, -number), seed
        assert terminal.echoes
        assert terminal.seen.count(b"\x1b[?1049h") == terminal.seen.count(b"\x1b[?1049l")
        assert terminal.seen.count(b"\x1b[?25l") <= terminal.seen.count(b"\x1b[?25h")
    assert is_given_back(log), (seed, log)


def test_second_signal_ends_the_wait_for_a_server(tmp_path: Path) -> None:
    """Where a server does not answer the unsubscribes, the second signal waits no longer."""
    keys = [f"DNAS{letter}" for letter in "ABCDEFGHIJKLMNOPQRST"]
    answers = {key: ACCEPTED % ("HDFSASP0", key) for key in keys}
    spacings = {"kisq.feed.live.SPACING": "0.01", "kisq.feed.subscription.SPACING": "10"}
    with (
        Player([], to=answers) as player,
        running(tmp_path, "raw", *keys, patches=spacings, **player.settings) as process,
    ):
        assert process.stdout is not None
        assert all(b"OPSP0000" in process.stdout.readline() for _ in keys)
        process.send_signal(signal.SIGINT)
        assert player.hears('"tr_type":"2"')  # the first; the others take 190 s
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
