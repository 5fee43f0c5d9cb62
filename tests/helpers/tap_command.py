"""A running ``kisq tap`` and where a program finds it."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from conftest import Run

from helpers.command import Running, running
from helpers.patience import PATIENCE

_NAME = "KIS_WS_URL="


class _Reader:
    """Reads a stream to its end; ``next_with`` gives its lines in their order."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.lines: list[bytes] = []
        self._next = 0
        self._news = threading.Condition()
        self._over = False
        self._thread = threading.Thread(target=self._read, args=(stream,), daemon=True)
        self._thread.start()

    def _read(self, stream: IO[bytes]) -> None:
        for line in stream:
            self._add(line)
        with self._news:
            self._over = True
            self._news.notify_all()

    def _add(self, line: bytes) -> None:
        with self._news:
            self.lines.append(line)
            self._news.notify_all()

    def next_with(self, part: str) -> str:
        """The next line with ``part`` in it."""
        while True:
            with self._news:
                there = self._news.wait_for(self._has_next, PATIENCE)
                assert there, (part, self.lines)
                assert self._next < len(self.lines), (part, self.lines)
                line = self.lines[self._next].decode()
            self._next += 1
            if part in line:
                return line

    def _has_next(self) -> bool:
        return self._over or self._next < len(self.lines)

    def all(self) -> bytes:
        """Everything, once it has ended."""
        self._thread.join(PATIENCE)
        return b"".join(self.lines)


class TapCommand:
    """A ``kisq tap`` that listens at ``url``."""

    def __init__(self, process: Running, *, on_stderr: bool) -> None:
        self.process = process
        self._stdout, self._stderr = _Reader(process.stdout), _Reader(process.stderr)
        first = (self._stderr if on_stderr else self._stdout).next_with("")
        assert first.startswith(_NAME), first
        self.url = first.removeprefix(_NAME).strip()

    def line_with(self, part: str) -> str:
        """The next line of stdout with ``part`` in it."""
        return self._stdout.next_with(part)

    def said(self, part: str) -> str:
        """The next line of stderr with ``part`` in it."""
        return self._stderr.next_with(part)

    def end(self, number: int = signal.SIGINT) -> Run:
        """End it with a signal; gives its end, with all that it wrote."""
        self.process.send_signal(number)
        return self.ended()

    def ended(self) -> Run:
        """Its end, with all that it wrote."""
        code = self.process.wait(PATIENCE)
        return Run(self.process.args, code, self._stdout.all(), self._stderr.all())


@contextmanager
def tap_running(folder: Path, *args: str, **settings: str) -> Iterator[TapCommand]:
    """``kisq tap ARGS``, once it listens."""
    with running(folder, "tap", *args, **settings) as process:
        yield TapCommand(process, on_stderr="--json" in args or "-" in args)
        process.kill()  # before its streams are read by two
        process.wait()
