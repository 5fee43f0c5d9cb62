"""A capture file → frames, a chunk at a time; lines that are not frames are reported by number."""

import os
import select
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from kisq.capture.compression import Unpacker
from kisq.errors import WrongUsage
from kisq.locale.os_reasons import reason_of
from kisq.locale.sentence import Plural, Sentence
from kisq.signals import SIGNALS
from kisq.wire.frames import Frame
from kisq.wire.messages import Malformed
from kisq.wire.recorded_line import MOST_BYTES, TOO_LONG, frame_of, last_frame_of

STDIN = "-"
_CHUNK = 256 * 1024  # bytes; some hundred order books
_CLOSED = Sentence("stdin is closed: give it a recording to read")
_UNREADABLE = Sentence("{name} cannot be read: {reason}")
_UNREADABLE_STEP = Sentence("name a recording with {option}")
_FOLDER = Sentence("it is a folder")
_WHOLE_LINES = Plural(
    "{fault}; the {number} line before it is whole",
    "{fault}; the {number} lines before it are whole",
)


class CaptureReader:
    """Reads the capture ``name``, which ``option`` named; ``-`` is stdin.

    ``bad`` is called with the number of each line that is skipped, and the reason. ``number`` is
    how many lines were read. Raises WrongUsage for a file that cannot be read.
    """

    def __init__(self, name: str, bad: Callable[[int, str], None], option: str = "-r") -> None:
        self._name = name
        self.bad = bad
        self._option = option
        self._unpacker = Unpacker(name)
        self._descriptor = self._opened()
        state = os.fstat(self._descriptor)
        regular = stat.S_ISREG(state.st_mode)
        self._waits = not regular and os.name == "posix"
        self._size = state.st_size if regular else 0
        self._before = 0  # bytes that had been read before the newest frames
        self._read = 0  # bytes
        self.number = 0
        self._tail = b""
        self._pieces: Iterator[bytes] = iter(())  # of the newest chunk, unpacked, not taken yet
        self._skipping = False  # the rest of a line that is too long
        self._at_end = False
        self._ended = False

    def share(self, done: float) -> float | None:
        """How much of the file was read, 0 to 1; None if its size is unknown.

        ``done`` is how much to count of the frames that were read last, 0 to 1.
        """
        if not self._size:
            return None
        read = self._before + (self._read - self._before) * done
        return min(1.0, read / self._size)

    def frames(self, wait: float) -> list[Frame] | None:
        """The next frames, of at most 256 KiB and perhaps none; None is the end.

        Waits at most ``wait`` seconds.
        """
        if self._ended:
            return None
        frames: list[Frame] = []
        piece = next(self._pieces, None)
        if piece is not None:
            self._before = self._read
            self._read = self._unpacker.taken
            self._take(piece, frames)
        elif self._at_end or self._unpacker.fault:
            self._ended = True
            self._finish(frames)
        elif not self._waits or select.select([self._descriptor], [], [], wait)[0]:
            chunk = self._bytes()
            self._pieces = self._unpacker.add(chunk)
            if not chunk:
                self._at_end = True
                self._unpacker.end()
        return frames

    def close(self) -> None:
        """Read no more."""
        if self._descriptor > 0:
            os.close(self._descriptor)
        self._descriptor = 0
        self._ended = True

    def _opened(self) -> int:
        if self._name == STDIN:
            if sys.stdin is None:
                raise WrongUsage(_CLOSED)
            return sys.stdin.fileno()
        try:
            flags = os.O_RDONLY | getattr(os, "O_BINARY", 0)
            if Path(self._name).is_fifo():  # open only when its writer is there
                descriptor = SIGNALS.wait_for(lambda: os.open(self._name, flags))
            else:
                descriptor = os.open(self._name, flags)
        except (OSError, ValueError) as error:  # a ValueError for a NUL in the name
            raise self._unreadable(reason_of(error)) from None
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise self._unreadable(_FOLDER)
        return descriptor

    def _bytes(self) -> bytes:
        try:
            return os.read(self._descriptor, _CHUNK)
        except OSError as error:
            raise self._unreadable(reason_of(error)) from None

    def _unreadable(self, reason: str) -> WrongUsage:
        name = "stdin" if self._name == STDIN else self._name
        sentence = _UNREADABLE.format(name=name, reason=reason)
        return WrongUsage(sentence, _UNREADABLE_STEP.format(option=self._option))

    def _take(self, data: bytes, frames: list[Frame]) -> None:
        """Add the frames of the lines that end in ``data``."""
        if self._skipping:
            _, newline, data = data.partition(b"\n")
            if not newline:
                return
            self._skipping = False
        lines = (self._tail + data).split(b"\n")
        self._tail = lines.pop()
        for line in lines:
            self.number += 1
            self._keep(frame_of(line), frames)
        if len(self._tail) > MOST_BYTES:
            self.number += 1
            self.bad(self.number, TOO_LONG)
            self._tail = b""
            self._skipping = True

    def _finish(self, frames: list[Frame]) -> None:
        """Take the last line, which has no end, and report what is wrong with the file."""
        fault = self._unpacker.fault
        if fault:
            if not self.number:
                raise self._unreadable(fault)
            self.bad(self.number + 1, _WHOLE_LINES.of(self.number, fault=fault))
        elif self._tail:
            self.number += 1
            self._keep(last_frame_of(self._tail), frames)

    def _keep(self, item: Frame | Malformed | None, frames: list[Frame]) -> None:
        if isinstance(item, Malformed):
            self.bad(self.number, item.reason)
        elif item is not None:
            frames.append(item)
