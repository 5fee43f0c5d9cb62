"""A real pseudo-terminal with a kisq in it, and a screen to look at (pyte)."""

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

import pyte
from conftest import clean_environment
from helpers.forked import Forked
from helpers.patience import PATIENCE
from wcwidth import wcwidth

_BEGIN_DRAWING = b"\x1b[?2026h"
_END_DRAWING = b"\x1b[?2026l"


class Terminal:
    """``kisq ARGS`` in a terminal of ``columns`` by ``lines``."""

    def __init__(
        self,
        folder: Path,
        *args: str,
        columns: int = 80,
        lines: int = 24,
        patches: dict[str, str] | None = None,
        **settings: str,
    ) -> None:
        self.screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self.screen)
        self.seen = b""
        self._unfinished = b""  # of a drawing that has not ended yet
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.process = Forked(
            args,
            (slave, slave, slave),
            folder,
            clean_environment(**settings),
            patches=patches,
            on_terminal=True,
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._master)

    @property
    def text(self) -> str:
        """The screen, a line a line; a wide character that was half overwritten is a blank."""
        return "\n".join("".join(self._characters(y)).rstrip() for y in range(self.screen.lines))

    def _characters(self, y: int) -> Iterator[str]:
        line, before = self.screen.buffer[y], ""
        for x in range(self.screen.columns):
            data = line[x].data
            if data or wcwidth(before) != 2:
                yield data or " "
            before = data[:1]

    def until(self, happened: Callable[[str], bool]) -> str:
        """Read until the screen between two drawings satisfies ``happened``; gives the screen."""
        deadline = time.monotonic() + PATIENCE
        while not happened(self.text):
            left = deadline - time.monotonic()
            assert left > 0, f"this never came:\n{self.text}"
            if select.select([self._master], [], [], left)[0] and not self._read():
                assert happened(self.text), f"the process ended before:\n{self.text}"
        return self.text

    def look(self, until: float) -> None:
        """Read what comes until that moment (monotonic seconds), or the process ends."""
        while (left := until - time.monotonic()) > 0:
            if select.select([self._master], [], [], left)[0] and not self._read():
                return

    def _read(self) -> bool:
        """Read once, and show what was read but for a drawing that goes on; False at the end."""
        try:
            data = os.read(self._master, 65536)
        except OSError:  # the other side is gone
            data = b""
        self.seen += data
        text = self._unfinished + data
        shown = len(text)
        if data and text.rfind(_BEGIN_DRAWING) > text.rfind(_END_DRAWING):
            shown = text.rfind(_BEGIN_DRAWING)
        self._stream.feed(text[:shown])
        self._unfinished = text[shown:]
        return bool(data)

    @property
    def echoes(self) -> bool:
        """Whether what a person types is shown, as a shell has it."""
        return bool(termios.tcgetattr(self._master)[3] & termios.ECHO)

    def press(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def resize(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.screen.resize(lines, columns)
        self.process.send_signal(signal.SIGWINCH)

    def end(self) -> int:
        """Read until the process has ended; gives its exit code."""
        deadline = time.monotonic() + PATIENCE
        while select.select([self._master], [], [], max(0.0, deadline - time.monotonic()))[0]:
            if not self._read():
                return self.process.wait(PATIENCE)
        raise AssertionError(f"it did not end:\n{self.text}")
