"""A capture file: everything that happens on the wire, as it happens, one line per message."""

import os
import time
from contextlib import suppress
from pathlib import Path

from kisq.capture.compression import Packer, is_compressed
from kisq.capture.target import STDOUT, Target
from kisq.output.stream import Lines, OutputStalled, stdout_lines
from kisq.wire.escape import Hide
from kisq.wire.frames import Frame
from kisq.wire.recorded_line import line_of

_PAUSE_SECONDS = 0.25  # at least, between two points up to which a compressed file can be read
_MOST_WAITING = 256 * 1024 * 1024  # bytes kept for a reader that does not read


class CaptureFile:
    """A sink of frames; writes the file of ``target``.

    A regular file is tested now, but opened, created or emptied only at the first frame, when the
    connection stands. If it is truncated later, writing goes on at its new end; if it is moved,
    writing goes on in the moved file.

    Each flush hands whole lines to the system, so that a run that is killed leaves them;
    compressed lines at most four times a second. A reader is waited for until ``deadline``
    (monotonic seconds); unless ``patient``, what a slow reader does not take is kept meanwhile.
    Raises OutputFailed for a file that cannot be written, OutputStalled if nobody reads it, and
    WrongUsage for one that is not to be written over or cannot be compressed.
    """

    def __init__(self, target: Target, hide: Hide = bytes) -> None:
        self._hide = hide
        self._packer = Packer(target.name) if is_compressed(target.name) else None
        self._target = target
        self.name = target.name
        self.patient = True
        self.deadline: float | None = None
        self._file: int | None = None
        self._lines: Lines | None = None
        self._paused_at = 0.0
        self._ended = False
        self._unpacked: list[bytes] = []  # lines that wait to be compressed
        self._size = 0  # of the file, when it was last written
        if target.is_file:
            target.test()
        else:
            self._begin()  # creates and empties nothing, and a pipe may need its writer

    @property
    def seconds(self) -> float:
        """How long writing took."""
        if self._lines is None:
            return 0.0
        return self._lines.seconds

    def write(self, frame: Frame) -> None:
        """Take one frame."""
        lines = self._lines or self._begin()
        line = self._hide(line_of(frame)) + b"\n"
        if self._packer:
            self._unpacked.append(line)
        else:
            lines.put(line)

    def flush(self, now: float) -> None:
        """Hand over what is there; ``now`` does not matter, because flushes follow real time."""
        due = time.monotonic() - self._paused_at >= _PAUSE_SECONDS
        if self._lines and self._unpacked and due:
            packer = self._pack(self._lines)
            self._lines.put(packer.pause())
            self._paused_at = time.monotonic()
        self._hand_over(patient=self.patient)

    def close(self) -> None:
        """End the file, if there is one."""
        if self._ended:
            return
        self._ended = True
        try:
            if self._lines and self._packer:
                packer = self._pack(self._lines)
                self._lines.put(packer.end())
            self._hand_over(patient=True)
        finally:
            if self._file is not None:
                os.close(self._file)

    def _pack(self, lines: Lines) -> Packer:
        """Compress the lines that wait for it; gives what compressed them."""
        size = os.fstat(self._file).st_size if self._file is not None else 0
        packer = self._packer
        if packer is None or size < self._size:
            # The file was truncated, and without its beginning nothing can be unpacked.
            packer = Packer(self.name)
        self._packer = packer
        lines.put(packer.add(b"".join(self._unpacked)))
        self._unpacked.clear()
        return packer

    def _begin(self) -> Lines:
        if self.name == STDOUT:
            self._lines = stdout_lines()
            return self._lines
        self._file = self._target.open()
        self._lines = Lines(self._file, self.name)
        if not self._packer and _ends_within_a_line(self.name):
            self._lines.put(b"\n")
        return self._lines

    def _hand_over(self, *, patient: bool) -> None:
        lines = self._lines
        if lines is None:
            return
        lines.deadline = self.deadline
        if patient:
            lines.flush()
        else:
            lines.offer()
        if self._packer and self._file is not None:
            self._size = os.fstat(self._file).st_size
        if lines.size > _MOST_WAITING:
            raise OutputStalled


def _ends_within_a_line(name: str) -> bool:
    """Whether the last line of a file has no end, so that it would spoil the next one."""
    path = Path(name)
    with suppress(OSError):  # there may be no permission to read it
        if path.is_file() and path.stat().st_size:
            with path.open("rb") as file:
                file.seek(-1, os.SEEK_END)
                return file.read(1) != b"\n"
    return False
