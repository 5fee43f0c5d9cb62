"""stderr: sentences for people, in their language, without secrets or control characters."""

import os
import select
import shutil
import sys
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO

from kisq.locale.sentence import Plural, translated
from kisq.output.stream import is_terminal
from kisq.wire.escape import HiddenWords, Redactor, printable

_KEPT = 20
_PATIENCE_SECONDS = 0.5
_LONGEST = 1000  # characters of a sentence, at most 4 bytes each
_NAME = "kisq: "
_CLEAR_LINE = "\r\x1b[K"
_EARLIER = Plural("{number} earlier note is not shown", "{number} earlier notes are not shown")


class Notices:
    """Writes one sentence per line to ``stream``, in the user's language.

    While a ladder owns the screen, sentences are held back; ``last`` is the newest, for the screen.
    """

    def __init__(self, stream: TextIO, *, verbose: bool = False) -> None:
        self._stream = stream
        self.verbose = verbose
        self.redact = Redactor()
        self.personal = HiddenWords()
        self.shows_personal = False
        self._held: deque[str] | None = None
        self._dropped = 0
        self._taken = True
        self._status = ""
        self.last = ""

    @property
    def is_terminal(self) -> bool:
        """Whether there is a terminal that can be steered."""
        return is_terminal(self._stream)

    def say(self, sentence: str) -> None:
        """Write ``sentence`` on a line of its own; a long one is cut."""
        self.last = self._line(sentence)
        self._tell(self.last)

    def remark(self, sentence: str) -> None:
        """Write what a screen shows by itself, beside the data that it is about."""
        self._tell(self._line(sentence))

    def _line(self, sentence: str) -> str:
        """The one place where what goes to stderr is translated, redacted and escaped."""
        text = self.redact(translated(sentence))
        if not self.shows_personal:
            text = self.personal(text)
        line = printable(text)
        if len(line) > _LONGEST:
            return f"{line[:_LONGEST]}…"
        return line

    def _tell(self, line: str) -> None:
        if self._held is not None:
            self._dropped += len(self._held) == _KEPT
            self._held.append(line)
            return
        self.status("")
        self._write_line(line)

    def detail(self, sentence: str) -> None:
        """Write it only with --verbose."""
        if self.verbose:
            self.say(sentence)

    def status(self, sentence: str, width: int = 80) -> None:
        """Show ``sentence`` in place of the last status line; an empty one takes that away."""
        line = translated(sentence)
        if not self.is_terminal or line == self._status:
            return
        self._status = line
        self._write(f"{_CLEAR_LINE}{_cut(printable(line), width - 1)}")

    def hold(self) -> None:
        """Hold sentences back from now on, if they go to a terminal."""
        if self.is_terminal and self._held is None:
            self._held = deque(maxlen=_KEPT)

    def keep(self) -> None:
        """Hold sentences back from now on, wherever they go."""
        self._held = deque(maxlen=_KEPT)

    def release(self) -> None:
        """Write what was held back."""
        held = self._held or deque()
        self._held = None
        dropped = self._dropped
        self._dropped = 0
        if dropped:
            self._write(f"{_NAME}{translated(_EARLIER.of(dropped))}\n")
        for line in held:
            self._write_line(line)

    def _write_line(self, line: str) -> None:
        """On a terminal, wrapped between words, as a terminal itself does not."""
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
        """Whether somebody reads: sentences that nobody reads must not hold up a run.

        Only the first of them waits; a pipe that is ready takes more than a sentence has.
        """
        if os.name != "posix":
            return True
        patience = 0.0
        if self._taken:
            patience = _PATIENCE_SECONDS
        self._taken = bool(select.select([], [self._stream], [], patience)[1])
        return self._taken


def _cut(line: str, width: int) -> str:
    """As much of ``line`` as goes into ``width`` cells."""
    if not line:
        return ""
    from rich.cells import set_cell_size

    return set_cell_size(line, width).rstrip()


def wrapped(line: str, width: int, cell_len: Callable[[str], int]) -> str:
    """``line`` in lines of at most ``width`` cells, indented to stand under the first one."""
    first, *words = line.split(" ")
    lines = [first]
    for word in words:
        longer = f"{lines[-1]} {word}"
        if not lines[-1]:
            lines[-1] = word
        elif cell_len(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return f"\n{' ' * len(_NAME)}".join(lines)


def stderr_notices() -> Notices:
    """Notices on stderr."""
    if sys.stderr is not None:
        sys.stderr.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a TextIOWrapper
    return Notices(sys.stderr)
