"""When a connection is silent for too long, and when it only seems so: kisq itself stood still."""

import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from conftest import Run, clean_environment, credentials
from helpers.patched import command_of
from helpers.patience import PATIENCE
from liar import Liar, frame
from player import ACCEPTED

from kisq.simulator.faults import parse_faults
from kisq.simulator.server import Simulator
from kisq.simulator.shared_state import Options

Kisq = Callable[..., Run]
ACCEPT = frame((ACCEPTED % ("HDFSASP0", "DAMSSPY")).encode())
DEAD = "nothing came for 90 s, not even a PINGPONG"
RAW = ("raw", "DAMSSPY", "--json", "--reconnects", "0")


SECOND = "kisq.feed.handshake.WAIT_SECONDS"  # of silence, which passes faster here


@contextmanager
def started(
    folder: Path, *args: str, second: float, **settings: str
) -> Iterator[subprocess.Popen[bytes]]:
    """``kisq ARGS`` while it runs."""
    with subprocess.Popen(
        [*command_of({SECOND: f"{second}"}), *args],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env=clean_environment(**settings),
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def stand_still(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Stop ``process`` and let it go on after ``seconds``."""
    process.send_signal(signal.SIGSTOP)
    time.sleep(seconds)
    process.send_signal(signal.SIGCONT)


def lived(lines: list[bytes]) -> float:
    """Seconds between the first and the last frame that ``raw --json`` printed."""
    times = [json.loads(line)["at"] for line in (lines[0], lines[-1])]
    first, last = map(datetime.fromisoformat, times)
    return (last - first).total_seconds()


def test_silence_of_90_seconds_ends_a_connection(
    kisq: Kisq, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither of 9 nor of 900, each second of which takes 0.02 s here."""
    monkeypatch.setattr(SECOND, 0.02)
    began = time.monotonic()
    with Liar(ACCEPT) as liar:
        run = kisq(*RAW, **liar.settings)
    assert (run.returncode, DEAD in run.stderr.decode()) == (5, True)
    assert 1.8 <= time.monotonic() - began <= 15


def test_pingpong_alone_keeps_a_connection(kisq: Kisq, monkeypatch: pytest.MonkeyPatch) -> None:
    """A market that is closed sends nothing else, for as long as it is."""
    monkeypatch.setattr(SECOND, 0.01)
    options = Options(pingpong=0.2, faults=parse_faults(["silent"]))
    with Simulator(options) as server:
        urls = {"KIS_REST_URL": server.rest_url, "KIS_WS_URL": server.ws_url}
        run = kisq("raw", "DAMSSPY", "--duration", "2s", **credentials(), **urls)
        assert server.shared.connections == 1
    assert run.returncode == 1
    assert "nothing came for" not in run.stderr.decode()


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="nothing stops a process here")
def test_what_waits_in_the_socket_after_a_standstill_is_heard(tmp_path: Path) -> None:
    """As long as messages come, no standstill of kisq, however long, ends its connection."""
    options = Options(rate=20, pingpong=0.2)
    with Simulator(options) as server:
        urls = {"KIS_REST_URL": server.rest_url, "KIS_WS_URL": server.ws_url}
        with started(tmp_path, *RAW, second=0.01, **credentials(), **urls) as process:
            assert process.stdout is not None
            for _ in range(2):
                while b'"kind":"data"' not in process.stdout.readline():
                    pass
                stand_still(process, 1.3)  # 90 s of silence are 0.9 s here
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=PATIENCE)
        assert server.shared.connections == 1
    assert process.returncode == 130
    assert b"nothing came for" not in err


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="nothing stops a process here")
def test_standstill_counts_as_no_silence(tmp_path: Path) -> None:
    """Where nothing waits in the socket, 90 s of listening are still needed to call it dead."""
    with Liar(ACCEPT) as liar, started(tmp_path, *RAW, second=0.02, **liar.settings) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(3)]
        stand_still(process, 1.5)
        out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, DEAD in err.decode()) == (5, True)
    assert lived([*lines, *out.splitlines()]) >= 1.5 + 1.7
