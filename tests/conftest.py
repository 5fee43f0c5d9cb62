"""What the tests share: a real simulator, the real command line, the captured frames."""

import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from kisq.simulator.server import Simulator
from kisq.simulator.shared_state import Options

settings.register_profile("kisq", deadline=None)  # a slow machine is no defect
settings.load_profile("kisq")

# What a shell or nohup starts in the background ignores these, and so would every kisq started
# from here.
signal.signal(signal.SIGINT, signal.default_int_handler)
for _number in (signal.SIGHUP, signal.SIGQUIT):
    signal.signal(_number, signal.SIG_DFL)

FRAMES = Path(__file__).parent / "frames"
Run = subprocess.CompletedProcess[bytes]


def captured(name: str) -> list[str]:
    """The messages of one file of tests/frames, without its # lines."""
    lines = (FRAMES / name).read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


ALL_FRAMES = [line for path in sorted(FRAMES.glob("*.txt")) for line in captured(path.name)]


@pytest.fixture(scope="session")
def simulator() -> Iterator[Simulator]:
    """One simulator for all tests of a worker; each test has an appkey of its own."""
    with Simulator(Options(rate=50, pingpong=0.3)) as server:
        yield server


def clean_environment(**settings: str) -> dict[str, str]:
    """The environment of a process without any setting of the person who runs the tests."""
    theirs = ("KIS_", "KISQ_", "COV_", "PYTHON")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(theirs)}
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES"):
        kept.pop(name, None)
    return kept | {"TERM": "xterm-256color", "PYTHONUTF8": "1"} | settings


def credentials() -> dict[str, str]:
    """An account that no other test uses."""
    return {
        "KIS_APP_KEY": f"PS{secrets.token_hex(17)}",
        "KIS_APP_SECRET": secrets.token_urlsafe(135),
    }


@pytest.fixture
def account(simulator: Simulator) -> dict[str, str]:
    """The settings of an account of the simulator."""
    return credentials() | {"KIS_REST_URL": simulator.rest_url, "KIS_WS_URL": simulator.ws_url}


@pytest.fixture
def kisq(tmp_path: Path) -> Callable[..., Run]:
    """Runs ``kisq ARGS`` as a process of its own in an empty folder; gives its end."""

    def run(*args: str, stdin: bytes = b"", timeout: float = 30, **settings: str) -> Run:
        return subprocess.run(
            [sys.executable, "-m", "kisq", *args],
            input=stdin,
            capture_output=True,
            cwd=tmp_path,
            env=clean_environment(**settings),
            timeout=timeout,
            check=False,
        )

    return run
