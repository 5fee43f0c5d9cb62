"""A kisq as a process of its own, forked from one in which everything is imported already.

What it does from then on is what a process does that is started anew, but it starts in a
twentieth of the time. Run as a program, this module is the process that is forked; it ends with the
one that started it.
"""

import atexit
import fcntl
import gc
import json
import os
import pkgutil
import select
import signal
import socket
import struct
import subprocess
import sys
import termios
import threading
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from subprocess import TimeoutExpired
from typing import Any

FORKED = "helpers.forked"  # the audit event
_NUMBER = struct.Struct("i")
_MOST = 1 << 16
_OUTSIDE = ("holidays", "requests", "rich._emoji_codes", "websocket")


class Forked:
    """``kisq ARGS`` with these as its stdin, stdout and stderr; the members are those of a Popen.

    With ``on_terminal`` they are a terminal, and it has a session of its own on it.
    """

    def __init__(
        self,
        args: tuple[str, ...],
        descriptors: tuple[int, int, int],
        folder: Path,
        environment: dict[str, str],
        *,
        patches: dict[str, str] | None = None,
        on_terminal: bool = False,
    ) -> None:
        self.args = args
        sys.audit(FORKED)
        self._said, says = os.pipe()
        request = {
            "argv": ["kisq", *args],
            "folder": str(folder),
            "environment": environment,
            "patches": patches or {},
            "on_terminal": on_terminal,
        }
        line = json.dumps(request).encode() + b"\n"
        socket.send_fds(_server(), [line], [*descriptors, says])
        os.close(says)
        self.pid = self._number()
        self.returncode: int | None = None

    def send_signal(self, number: int) -> None:
        with suppress(ProcessLookupError):  # it has ended meanwhile
            if self.poll() is None:
                os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            if not select.select([self._said], [], [], timeout)[0]:
                raise TimeoutExpired(self.args, timeout or 0)
            self.returncode = self._number()
            os.close(self._said)
        return self.returncode

    def poll(self) -> int | None:
        with suppress(TimeoutExpired):
            self.wait(0)
        return self.returncode

    def _number(self) -> int:
        return int(_NUMBER.unpack(os.read(self._said, _NUMBER.size))[0])


@cache
def _server() -> socket.socket:
    from conftest import clean_environment

    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=theirs,
            stdout=subprocess.DEVNULL,
            cwd="/",
            env=clean_environment(),
            start_new_session=True,
        )

    def end() -> None:
        ours.close()
        process.wait()

    atexit.register(end)
    return ours


# What follows runs in the process that is forked, and in those that come of it.


def _serve(server: socket.socket) -> None:
    """Fork for each request, until there are no more."""
    while True:
        line, descriptors, _, _ = socket.recv_fds(server, _MOST, 4)
        while line and not line.endswith(b"\n"):
            line += server.recv(_MOST)
        _reap()
        if not line:
            return
        if os.fork() == 0:
            server.close()
            _watch_over(json.loads(line), descriptors)
            return
        _close(descriptors)


def _reap() -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _close(descriptors: list[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


def _watch_over(request: dict[str, Any], descriptors: list[int]) -> None:
    """Start it; say its number at once and its exit code in the end."""
    *standard, says = descriptors
    child = os.fork()
    if child == 0:
        os.close(says)
        _become(request, standard)
        return
    _close(standard)
    os.write(says, _NUMBER.pack(child))
    _, status = os.waitpid(child, 0)
    os.write(says, _NUMBER.pack(os.waitstatus_to_exitcode(status)))
    os._exit(0)


def _become(request: dict[str, Any], standard: list[int]) -> None:
    """Be kisq from here on; of Python's own end, only the threads are waited for."""
    for number, descriptor in enumerate(standard):
        os.dup2(descriptor, number)
    _close(standard)
    if request["on_terminal"]:
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    is_korean.cache_clear()
    sys.argv[:] = request["argv"]
    sys.stdin = os.fdopen(0, "r", -1, "utf-8", "surrogateescape", closefd=False)
    sys.stdout = os.fdopen(1, "w", -1, "utf-8", "surrogateescape", closefd=False)
    sys.stderr = os.fdopen(2, "w", 1, "utf-8", "backslashreplace", closefd=False)
    for name, value in request["patches"].items():
        replace(name, value)
    try:
        main()
    except SystemExit as end:
        threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001
        sys.stdout.flush()
        os._exit(int(end.code or 0))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))
    import typer.main

    import kisq
    from helpers.patched import replace
    from kisq.__main__ import main
    from kisq.cli.app import app
    from kisq.locale.sentence import is_korean

    for module in pkgutil.walk_packages(kisq.__path__, "kisq."):
        import_module(module.name)
    for name in _OUTSIDE:
        import_module(name)
    typer.main.get_command = cache(typer.main.get_command)
    list(typer.main.get_command(app).commands.values())  # each is built when it is looked up
    gc.freeze()  # shared with all that are forked, as long as nobody touches it
    _serve(socket.socket(fileno=os.dup(0)))
