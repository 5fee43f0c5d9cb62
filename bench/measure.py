"""Processes that are timed: what they cost, and what they wrote."""

import fcntl
import os
import pty
import resource
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

HERE = Path(__file__).parent
LONGEST = 400  # seconds that any one process may take
# The peak of a process counts what it was before it became the program, so something small
# must start it.
_PEAK = (
    "import os, sys; _, status, used = os.wait4(os.posix_spawnp(sys.argv[1], sys.argv[1:], "
    "os.environ), 0); print(used.ru_maxrss, file=sys.stderr); sys.exit(status != 0)"
)
_KIB = 1 if sys.platform == "linux" else 1 / 1024  # macOS counts bytes


class Failed(Exception):
    """A measured process did not do what it should."""


def kisq() -> list[str]:
    """The command that belongs to this Python."""
    script = Path(sys.executable).with_name("kisq")
    return [str(script)] if script.exists() else [sys.executable, "-m", "kisq"]


@contextmanager
def blast(count: int, rate: int = 0, keys: int = 1) -> Iterator[str]:
    """A server for one client; gives its URL. It is gone when the block ends."""
    command = [
        sys.executable,
        HERE / "blast.py",
        f"{count}",
        "--rate",
        f"{rate}",
        "--keys",
        f"{keys}",
    ]
    with subprocess.Popen(
        [*command, "--seconds", f"{LONGEST}"], stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            url = server.stdout.readline().strip()
            if not url:  # without one, kisq would go to KIS itself
                raise Failed("the server did not start")
            yield url
        finally:
            server.kill()


@contextmanager
def simulator(folder: Path, rate: int) -> Iterator[dict[str, str]]:
    """A simulator with its approval endpoint; gives the settings of its two URLs."""
    command = [*kisq(), "sim", "--rate", f"{rate}"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=folder,
        env=environment(),
    ) as server:  # fmt: skip
        try:
            lines = [server.stdout.readline().strip() for _ in range(2)]
            if not all(lines):  # without them, kisq would go to KIS itself
                raise Failed("the simulator did not start")
            yield dict(line.split("=", 1) for line in lines)
        finally:
            server.kill()


def environment(url: str = "") -> dict[str, str]:
    """The environment without settings of kisq or Python, but for those that are measured.

    It keeps no symbols, as on a machine where kisq is new.
    """
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("KIS", "PYTHON", "COV"))}
    kept |= {"TERM": "xterm-256color", "XDG_CACHE_HOME": "/dev/null/caches"}
    return kept | ({"KIS_WS_URL": url, "KIS_APPROVAL_KEY": "bench-approval-key"} if url else {})


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder to run in that holds no ``.env``."""
    folder = Path(tempfile.mkdtemp(prefix="kisq-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def seconds(command: list[str], folder: Path, url: str = "") -> float:
    """How long the whole process takes; stdout goes to the file ``out`` in ``folder``."""
    started = time.perf_counter()
    with (folder / "out").open("wb") as out, _process(command, folder, out, url) as process:
        process.wait()
        took = time.perf_counter() - started
    _succeeded(command, process.returncode, folder)
    return took


def seconds_to_output(
    command: list[str], folder: Path, settings: dict[str, str] | None = None
) -> float:
    """How long until the process has written the first line on stdout."""
    started = time.perf_counter()
    with _process(command, folder, subprocess.PIPE, settings=settings) as process:
        process.stdout.readline()
        took = time.perf_counter() - started
        process.stdout.read()
    _succeeded(command, process.returncode, folder)
    return took


def cpu_seconds(command: list[str], folder: Path, url: str) -> float:
    """Processor seconds of the whole process, user and system."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with (folder / "out").open("wb") as out, _process(command, folder, out, url) as process:
        process.wait()
    _succeeded(command, process.returncode, folder)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def on_terminal(
    command: list[str],
    folder: Path,
    url: str,
    size: tuple[int, int],
    settings: dict[str, str] | None = None,
) -> tuple[float, list[tuple[float, bytes]]]:
    """Seconds of the whole process on a terminal of (columns, lines), and what it wrote when.

    The moments are monotonic seconds. Everything is also in the file ``out`` in ``folder``.
    """
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    seen: list[tuple[float, bytes]] = []
    started = time.perf_counter()
    with _process(command, folder, slave, url, settings) as process:
        os.close(slave)
        with suppress(OSError):  # EIO: the process has ended
            while data := os.read(master, 1 << 16):
                seen.append((time.monotonic(), data))
        process.wait()
        took = time.perf_counter() - started
    os.close(master)
    (folder / "out").write_bytes(b"".join(data for _, data in seen))
    _succeeded(command, process.returncode, folder)
    return took, seen


def peak_mib(command: list[str], folder: Path, url: str) -> float:
    """The peak of the resident memory of the process, in MiB."""
    small = [sys.executable, "-S", "-c", _PEAK, *command]
    with (folder / "out").open("wb") as out, _process(small, folder, out, url) as process:
        process.wait()
    _succeeded(command, process.returncode, folder)
    return int((folder / "err").read_text().split()[-1]) * _KIB / 1024


@contextmanager
def _process(
    command: list[str],
    folder: Path,
    out: IO[bytes] | int,
    url: str = "",
    settings: dict[str, str] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is killed after a while.

    By a timer, as waiting with a time limit looks every 50 ms only, which would be the figure.
    """
    with (folder / "err").open("wb") as err:
        process = subprocess.Popen(
            command,
            stdout=out,
            stderr=err,
            cwd=folder,
            env=environment(url) | (settings or {}),
        )
    killer = threading.Timer(LONGEST, process.kill)
    killer.start()
    with process:
        try:
            yield process
        finally:
            killer.cancel()
            process.kill()  # it has ended, unless the benchmark was interrupted


def _succeeded(command: list[str], code: int, folder: Path) -> None:
    if code:
        said = (folder / "err").read_text("utf-8", "replace")
        raise Failed(f"{' '.join(map(str, command))} ended with {code}: {said}")
