"""A capture file: everything that happens on the wire, a line each, as it happens."""

import os
import time

from kisq.errors import OutputFailed
from kisq.interrupts import INTERRUPTS
from kisq.output.stream import Lines, OutputStalled, stdout_lines
from kisq.protocol.capture import line_of
from kisq.protocol.frames import Frame
from kisq.protocol.packing import Packer

STDOUT = "-"
_PATIENCE_SECONDS = 10.0
_PAUSE_SECONDS = 0.25  # at least, between two points up to which a compressed file can be read


class CaptureFile:
    """A sink of frames; overwrites the file ``name``, ``-`` is stdout.

    Whole lines are handed to the system at each flush, so that a run that is killed leaves them;
    where they are compressed, at most four times a second. ``lines`` are those of the file. Raises
    OutputFailed for a file that cannot be written, WrongUsage where it cannot be compressed.
    """

    def __init__(self, name: str) -> None:
        self._packer = Packer(name)
        self.name, self._file = name, None if name == STDOUT else _opened(name)
        self.lines = Lines(self._file, name) if self._file is not None else stdout_lines()
        self._paused_at, self._ended = 0.0, False
        self._patience = _PATIENCE_SECONDS
        self._added = False

    def write(self, frame: Frame) -> None:
        """Take one frame."""
        self._put(self._packer.add(line_of(frame) + b"\n"))
        self._added = True

    def write_batch(self, frames: list[Frame]) -> None:
        """Take ``frames`` and hand over what is there. Raises OutputFailed if nobody takes it."""
        with INTERRUPTS:
            for frame in frames:
                self.write(frame)
        self.lines.deadline = time.monotonic() + self._patience
        try:
            self.flush(0.0)
        except OutputStalled:
            self._patience = 0.0
            raise OutputFailed(f"nobody reads {self.name}", "read it, or name a file") from None

    def flush(self, now: float) -> None:
        """Hand over what is there; ``now`` does not matter, for it is about real time."""
        if self._packer.packs:
            since = time.monotonic() - self._paused_at
            if not self._added or since < _PAUSE_SECONDS:
                return
            self._put(self._packer.pause())
            self._paused_at = time.monotonic()
        self._added = False
        self.lines.flush()

    def close(self) -> None:
        """End the file."""
        if self._ended:
            return
        self._ended = True
        try:
            self._put(self._packer.end())
            self.lines.flush()
        finally:
            if self._file is not None:
                os.close(self._file)

    def _put(self, data: bytes) -> None:
        if data:
            self.lines.put(data)


def _opened(name: str) -> int:
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
        return os.open(name, flags, 0o666)
    except (OSError, ValueError) as error:  # a ValueError for a NUL in the name
        said = getattr(error, "strerror", None) or str(error)
        raise OutputFailed(
            f"{name} cannot be written: {said}", "name a file that can be written with -w"
        ) from None
