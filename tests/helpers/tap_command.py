"""A running ``kisq tap`` and where a program finds it."""

import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from conftest import Run

from helpers.command import running

_NAME = "KIS_WS_URL="


class TapCommand:
    """A ``kisq tap`` that listens at ``url``; ``lines`` are those that it wrote before that."""

    def __init__(self, process: subprocess.Popen[bytes], stream: IO[bytes]) -> None:
        self.process = process
        self._stream = stream
        self.first = stream.readline().decode()
        assert self.first.startswith(_NAME), (self.first, process.stderr)
        self.url = self.first.removeprefix(_NAME).strip()

    def line_with(self, part: str) -> str:
        """The next line of the stream on which the address came that has ``part`` in it."""
        for line in self._stream:
            if part in line.decode():
                return line.decode()
        raise AssertionError(f"nothing with {part} came")

    def said(self, part: str) -> str:
        """The next line of stderr with ``part`` in it."""
        assert self.process.stderr is not None
        self._stream, before = self.process.stderr, self._stream
        try:
            return self.line_with(part)
        finally:
            self._stream = before

    def end(self, number: int = signal.SIGINT) -> Run:
        """End it with a signal; gives its end, with what it wrote since."""
        self.process.send_signal(number)
        streams = (self.process.stdout, self.process.stderr)
        with ThreadPoolExecutor() as readers:  # not ``communicate``: some of it is read ahead
            stdout, stderr = readers.map(lambda stream: stream.read() if stream else b"", streams)
        return Run(self.process.args, self.process.wait(30), stdout, stderr)


@contextmanager
def tap_running(folder: Path, *args: str, **settings: str) -> Iterator[TapCommand]:
    """``kisq tap ARGS``, once it listens."""
    with running(folder, "tap", *args, **settings) as process:
        on_stderr = "--json" in args or "-" in args
        stream = process.stderr if on_stderr else process.stdout
        assert stream is not None
        yield TapCommand(process, stream)
