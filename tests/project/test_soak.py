"""What takes long: run by ``make soak``, which says how long each lasts.

``KISQ_SOAK_SECONDS`` shortens the hour of the endurance test.
"""

import json
import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Run, credentials
from helpers.command import running, said
from helpers.records import sent_signature, signature

from kisq.simulator.faults import parse_faults
from kisq.simulator.server import Simulator
from kisq.simulator.shared_state import Options

pytestmark = pytest.mark.soak
HOUR = float(os.environ.get("KISQ_SOAK_SECONDS", "3600"))
BLOCKED_SECONDS = 120.0
DROP_SECONDS = 20.0


def test_stdout_blocked_for_two_minutes(tmp_path: Path) -> None:
    """PINGPONG is answered all the while, and afterwards every message is printed."""
    sent: list[str] = []
    told: list[str] = []
    with Simulator(Options(rate=1000, pingpong=1.0), told.append, sent=sent.append) as server:
        urls = {"KIS_REST_URL": server.rest_url, "KIS_WS_URL": server.ws_url}
        with running(tmp_path, "raw", "DNASAAPL", **urls, **credentials()) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            head = process.stdout.readline()
            time.sleep(BLOCKED_SECONDS)  # this is what is tested, nothing is waited for
            assert server.shared.connections == server.shared.connected == 1
            process.send_signal(signal.SIGINT)
            printed = (head + process.stdout.read()).splitlines()
            summary = process.stderr.read().decode()
            assert process.wait(10) == 130
    data = [line for line in printed if line.startswith(b"0|")]
    assert data == [text.encode() for text in sent[: len(data)]]
    lost = re.search(r"(\d+) LOST", summary)
    assert len(data) + int(lost[1] if lost else 0) >= len(sent) - 100  # sent after the end
    if len(sent) < 750 * BLOCKED_SECONDS:
        pytest.skip("this machine is too slow to be sent 1,000 messages a second")
    assert len(data) > 500 * BLOCKED_SECONDS


def test_hour_of_drops(kisq: Callable[..., Run]) -> None:
    """Every connection, subscription and message is accounted for."""
    sent: list[str] = []
    options = Options(rate=10, pingpong=5, faults=parse_faults([f"drop={DROP_SECONDS}"]))
    with Simulator(options, sent=sent.append) as server:
        urls = {"KIS_REST_URL": server.rest_url, "KIS_WS_URL": server.ws_url}
        command = [
            "watch",
            "DNASAAPL",
            "--json",
            "--duration",
            f"{HOUR}s",
            "--reconnects",
            "100000",
        ]
        run = kisq(*command, timeout=HOUR + 60, **urls, **credentials())
        shared = server.shared
        assert len(shared.accounts.issued) == 1
        assert shared.most_connected == 1
    assert run.returncode == 0
    printed = [signature(json.loads(line)) for line in run.stdout.splitlines()]
    assert printed == [sent_signature(text) for text in sent[: len(printed)]]
    assert len(sent) - len(printed) < 20  # on their way when the time was over
    drops = shared.connections - 1
    # The end may come in a pause, or before the last subscribe is answered.
    assert said(run).count("connecting again in") - drops in (0, 1)
    assert drops - said(run).count("connected again, after an outage of") in (0, 1)
    # A pause is 1 s at first and 30 s at most, as no connection lives a minute.
    assert HOUR / (DROP_SECONDS + 37) - 1 <= drops <= HOUR / DROP_SECONDS
