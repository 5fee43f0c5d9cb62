"""stderr: the sentences for people, without secrets and without control characters."""

import os
import select
import shutil
import sys
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO

from kisq.output.stream import is_terminal
from kisq.wire.escape import Redactor, printable
from kisq.wire.hidden_words import HiddenWords

_KEPT = 20
_PATIENCE_SECONDS = 0.5
_LONGEST = 1000  # characters of a sentence, at most 4 bytes each
_NAME = "kisq: "


class Notices:
    """Says one sentence a line on ``stream``; holds them back while a ladder owns the screen."""

    def __init__(self, stream: TextIO, *, verbose: bool = False) -> None:
        self._stream, self.verbose = stream, verbose
        self.redact = Redactor()
        self.personal, self.shows_personal = HiddenWords(), False
        self._held: deque[str] | None = None
        self._dropped, self._taken = 0, True
        self._status = self._last = ""

    @property
    def is_terminal(self) -> bool:
        """Whether there is a terminal that can be steered."""
        return is_terminal(self._stream)

    @property
    def last(self) -> str:
        """The newest sentence, for the screen to show."""
        return self._last

    def say(self, sentence: str) -> None:
        """Say ``sentence`` on a line of its own; of a long one its beginning."""
        self._last = line = self._line(sentence)
        self._tell(line)

    def remark(self, sentence: str) -> None:
        """Say what a screen shows by itself, beside the data that it is about."""
        self._tell(self._line(sentence))

    def _line(self, sentence: str) -> str:
        shown = self.redact(sentence)
        line = printable(shown if self.shows_personal else self.personal(shown))
        return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"

    def _tell(self, line: str) -> None:
        if self._held is not None:
            self._dropped += len(self._held) == _KEPT
            self._held.append(line)
            return
        self.status("")
        self._write_line(line)

    def detail(self, sentence: str) -> None:
        """Say it only with --verbose."""
        if self.verbose:
            self.say(sentence)

    def status(self, line: str, width: int = 80) -> None:
        """Show ``line`` in place of the last status line; an empty one takes it away."""
        if not self.is_terminal or line == self._status:
            return
        from rich.cells import set_cell_size

        shown = set_cell_size(printable(line), width - 1).rstrip() if line else ""
        self._status = line
        self._write(f"\r\x1b[K{shown}")

    def hold(self) -> None:
        """Keep sentences back from now on."""
        if self.is_terminal and self._held is None:
            self._held = deque(maxlen=_KEPT)

    def keep(self) -> None:
        """Keep them back where they do not go to a terminal either."""
        self._held = deque(maxlen=_KEPT)

    def release(self) -> None:
        """Say what was kept back."""
        held, self._held = self._held or (), None
        dropped, self._dropped = self._dropped, 0
        if dropped:
            self._write(f"kisq: {dropped} earlier notes are not shown\n")
        for line in held:
            self._write_line(line)

    def _write_line(self, line: str) -> None:
        """On a terminal wrapped between words, as a terminal itself does not."""
        if self.is_terminal:
            from rich.cells import cell_len

            line = wrapped(line, shutil.get_terminal_size().columns - len(_NAME), cell_len)
        self._write(f"{_NAME}{line}\n")

    def _write(self, text: str) -> None:
        with suppress(OSError, ValueError):  # nobody is left to tell
            if self._stream is not None and self._takes():
                self._stream.write(text)
                self._stream.flush()

    def _takes(self) -> bool:
        """Whether somebody reads: sentences that nobody reads must not hold a run up.

        The first of them is waited with; what a ready pipe takes is more than a sentence has.
        """
        if os.name != "posix":
            return True
        patience = _PATIENCE_SECONDS if self._taken else 0.0
        self._taken = bool(select.select([], [self._stream], [], patience)[1])
        return self._taken


def wrapped(line: str, width: int, cell_len: Callable[[str], int]) -> str:
    """``line`` in lines of at most ``width`` cells, indented to stand under the first one."""
    lines = [""]
    for word in line.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if lines[-1] and cell_len(joined) > width:
            lines.append(word)
        else:
            lines[-1] = joined
    return f"\n{' ' * len(_NAME)}".join(lines)


def stderr_notices() -> Notices:
    """Notices on stderr."""
    if sys.stderr is not None:
        sys.stderr.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a TextIOWrapper
    return Notices(sys.stderr)
