"""stderr: sentences for people without secrets, and their status line while nothing comes."""

import os
import select
import shutil
import sys
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO

from kisq.locale.sentence import Plural, Sentence, translated
from kisq.output.counts import Counts
from kisq.output.stream import is_terminal
from kisq.wire.escape import HiddenWords, Redactor, printable
from kisq.wire.frames import DATA, IN, OUT, Frame, received_at

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
        """Write what a screen need not show, or shows by itself beside the data."""
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
            self.remark(sentence)

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


HINT_SECONDS = 10.0
_STATUS = Sentence("{state} · {seconds:.0f} s · PINGPONG {pingpongs} · Ctrl-C ends")
_NOTHING_CAME = Sentence("nothing came in {seconds:.0f} s. {hint}")
_NONE_TO_SHOW = Plural(
    "{number} data message, none to show", "{number} data messages, none to show"
)
_ACCEPTED = Sentence("accepted {since} KST, no data yet")
_NO_ANSWER = Sentence("no answer yet")
_ARROWS = {IN: "<", OUT: ">"}
_TIME_OF_DAY = slice(11, 19)  # of ISO 8601


class Waiting:
    """A sink of frames: shows a status on stderr until the first useful message.

    It comes after the sink that shows messages, so that they are counted by then.
    """

    def __init__(self, notices: Notices, counts: Counts, hint: Callable[[], str]) -> None:
        self._notices = notices
        self._counts = counts
        self._hint = hint
        self._accepted_at = ""  # the Korean clock when KIS accepted the first subscription
        self._started: float | None = None
        self._is_over = False
        self._has_hinted = False

    def write(self, frame: Frame) -> None:
        if frame.kind is not DATA:
            self._notices.detail(f"{_ARROWS[frame.dir]} {frame.kind} {frame.text}")
        if self._is_over:
            return
        self._notices.status("")  # this frame may be shown in its place
        self._is_over = self._counts.useful > 0
        answer = frame.answer
        if answer and answer.accepted and not self._accepted_at:
            self._accepted_at = received_at(frame.at)[_TIME_OF_DAY]

    def flush(self, now: float) -> None:
        """Show the state of things; ``now`` is by the clock of the source."""
        if self._is_over:
            return
        if self._started is None:
            self._started = now
        seconds = now - self._started
        if seconds >= HINT_SECONDS and not self._has_hinted:
            self._has_hinted = True
            self._notices.say(self._reason())
        pingpongs = self._counts.pingpongs
        status = _STATUS.format(state=self._state(), seconds=seconds, pingpongs=pingpongs)
        self._notices.status(status, shutil.get_terminal_size().columns)

    def _reason(self) -> str:
        """Why nothing is shown so far."""
        if self._counts.messages:
            return self._counts.nothing(f"{HINT_SECONDS:.0f}")
        return _NOTHING_CAME.format(seconds=HINT_SECONDS, hint=self._hint())

    def _state(self) -> Sentence:
        if self._counts.messages:
            return _NONE_TO_SHOW.of(self._counts.messages)
        if self._accepted_at:
            return _ACCEPTED.format(since=self._accepted_at)
        return _NO_ANSWER

    def close(self) -> None:
        self._notices.status("")
