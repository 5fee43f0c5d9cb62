"""What the tests share: a real simulator, the real command line, the captured frames."""

import gc
import os
import secrets
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from helpers import processes
from helpers.patched import command_of
from helpers.patience import PATIENCE
from hypothesis import HealthCheck, settings

from kisq.simulator.server import Simulator
from kisq.simulator.shared_state import Options
from kisq.spec.symbol_files import FILES
from kisq.symbols.download import Server
from kisq.symbols.store import Store
from kisq.symbols.sync import sync

gc.disable()  # until everything is collected
# A slow machine is no defect.
settings.register_profile("kisq", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", settings.get_profile("kisq"), max_examples=20)  # of make quick
settings.load_profile("kisq")

# What a shell or nohup starts in the background ignores these, and so would every kisq started
# from here.
signal.signal(signal.SIGINT, signal.default_int_handler)
for _number in (signal.SIGHUP, signal.SIGQUIT):
    signal.signal(_number, signal.SIG_DFL)

# A make that a test starts is not a part of the one that started the tests.
for _name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "MAKEOVERRIDES"):
    os.environ.pop(_name, None)

# The tests are in English, whatever the language of the person who runs them.
for _name in ("KISQ_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
    os.environ.pop(_name, None)

# No test sees the symbols that the person who runs them keeps, or keeps any but where it says so.
os.environ["XDG_CACHE_HOME"] = "/dev/null/caches"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that start processes or servers, which ``make quick`` leaves out."""
    for item in items:
        for mark in processes.marks(item):
            item.add_marker(mark)


def pytest_collection_finish() -> None:
    """What stands now stands to the end: it is not searched for garbage again and again."""
    gc.freeze()
    gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """No other test starts any."""
    processes.watch(item)
    try:
        return (yield)
    finally:
        processes.watch(None)


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


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory, simulator: Simulator) -> Path:
    """A cache folder in which all of KIS's symbol files are kept, as the simulator has them."""
    folder = tmp_path_factory.mktemp("cache")
    with Store(folder / "kisq" / "symbols.sqlite3") as store:
        files = list(FILES.values())
        progress = sync(store, Server(simulator.master_url), files, lambda _: None)
        assert not progress.failures
    return folder


def clean_environment(**settings: str) -> dict[str, str]:
    """The environment of a process without any setting of the person who runs the tests."""
    theirs = ("KIS_", "KISQ_", "COV_", "PYTHON", "LC_", "LANG")
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
def silent_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the clock of each live feed, a minute is over once all of its keys are accepted."""
    from helpers.leaps import are_accepted, over_once

    over_once(monkeypatch, are_accepted)


@pytest.fixture
def kisq(tmp_path: Path) -> Callable[..., Run]:
    """Runs ``kisq ARGS`` in this process, in an empty folder; gives its end as of a process.

    ``stdout`` is a file or a descriptor to write to. ``meanwhile`` talks to it in a thread.
    """
    from helpers.in_process import Beside, run_here

    def run(
        *args: str,
        stdin: bytes = b"",
        timeout: float = PATIENCE,
        stdout: Path | int | None = None,
        meanwhile: Callable[[Beside], object] | None = None,
        **settings: str,
    ) -> Run:
        environ = clean_environment(**settings)
        return run_here(tmp_path, args, stdin, timeout, environ, stdout, meanwhile)

    return run


@pytest.fixture
def process(tmp_path: Path) -> Callable[..., Run]:
    """As ``kisq``, but as a process of its own: for signals, and what Python reads at its start."""

    def run(
        *args: str,
        stdin: bytes = b"",
        timeout: float = PATIENCE,
        patches: dict[str, str] | None = None,
        **settings: str,
    ) -> Run:
        return subprocess.run(
            [*command_of(patches), *args],
            input=stdin,
            capture_output=True,
            cwd=tmp_path,
            env=clean_environment(**settings),
            timeout=timeout,
            check=False,
        )

    return run
