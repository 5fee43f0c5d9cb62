"""A capture file: everything that happens on the wire, a line each, as it happens."""

import os
import time
from contextlib import suppress
from pathlib import Path

from kisq.capture.compression import Packer
from kisq.capture.target import STDOUT, Target
from kisq.output.stream import Lines, OutputStalled, stdout_lines
from kisq.wire.frames import Frame
from kisq.wire.hidden_words import Hide
from kisq.wire.recorded_line import line_of

_PAUSE_SECONDS = 0.25  # at least, between two points up to which a compressed file can be read
_MOST_WAITING = 256 * 1024 * 1024  # bytes for a reader who is not waited for


class CaptureFile:
    """A sink of frames; writes the file of ``target``.

    A regular file is tested now, and opened, created or emptied only at the first frame, for then
    the connection stands. Where it is cut later, writing goes on at its new end; where it is moved,
    the moved one is written.

    Whole lines are handed to the system at each flush, so that a run that is killed leaves them;
    where they are compressed, at most four times a second. A reader is waited for until
    ``deadline`` (monotonic seconds), unless ``patient`` is False: then what he does not take waits.
    Raises OutputFailed for a file that cannot be written, OutputStalled where nobody takes it,
    WrongUsage for one that is not to be written over or cannot be compressed.
    """

    def __init__(self, target: Target, hide: Hide = bytes) -> None:
        self._hide = hide
        self._packer = Packer(target.name)
        self.name, self._target = target.name, target
        self.patient = True
        self.deadline: float | None = None
        self._file: int | None = None
        self._lines: Lines | None = None
        self._paused_at, self._ended = 0.0, False
        self._unpacked: list[bytes] = []  # lines that wait to be compressed
        self._size = 0  # of the file, when it was last written
        if target.is_file:
            target.test()
        else:
            self._begin()  # nothing is created or emptied, and a pipe may need its writer

    @property
    def seconds(self) -> float:
        """How long writing took."""
        return self._lines.seconds if self._lines else 0.0

    def write(self, frame: Frame) -> None:
        """Take one frame."""
        self._lines = self._lines or self._begin()
        line = self._hide(line_of(frame)) + b"\n"
        if self._packer.packs:
            self._unpacked.append(line)
        else:
            self._lines.put(line)

    def flush(self, now: float) -> None:
        """Hand over what is there; ``now`` does not matter, for it is about real time."""
        due = time.monotonic() - self._paused_at >= _PAUSE_SECONDS
        if self._lines and self._unpacked and due:
            self._pack(self._lines)
            self._lines.put(self._packer.pause())
            self._paused_at = time.monotonic()
        self._hand_over(patient=self.patient)

    def close(self) -> None:
        """End the file, if there is one."""
        if self._ended:
            return
        self._ended = True
        try:
            if self._lines:
                self._pack(self._lines)
                self._lines.put(self._packer.end())
                self._hand_over(patient=True)
        finally:
            if self._file is not None:
                os.close(self._file)

    def _pack(self, lines: Lines) -> None:
        """Compress what waits for it."""
        size = os.fstat(self._file).st_size if self._file is not None else 0
        if size < self._size:  # it was cut, and without its beginning nothing can be unpacked
            self._packer = Packer(self.name)
        lines.put(self._packer.add(b"".join(self._unpacked)))
        self._unpacked.clear()

    def _begin(self) -> Lines:
        if self.name == STDOUT:
            self._lines = stdout_lines()
            return self._lines
        self._file = self._target.open()
        self._lines = Lines(self._file, self.name)
        if not self._packer.packs and _ends_within_a_line(self.name):
            self._lines.put(b"\n")
        return self._lines

    def _hand_over(self, *, patient: bool) -> None:
        if not (lines := self._lines):
            return
        lines.deadline = self.deadline
        if patient:
            lines.flush()
        else:
            lines.offer()
        if self._packer.packs and self._file is not None:
            self._size = os.fstat(self._file).st_size
        if lines.size > _MOST_WAITING:
            raise OutputStalled


def _ends_within_a_line(name: str) -> bool:
    """Whether the last line of a file was written by half, so that the next would be spoilt too."""
    with suppress(OSError):  # perhaps it may only be written
        path = Path(name)
        if path.is_file() and path.stat().st_size:
            with path.open("rb") as file:
                file.seek(-1, os.SEEK_END)
                return file.read(1) != b"\n"
    return False
