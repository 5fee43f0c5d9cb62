"""Frames as they came: bare lines, or NDJSON."""

from kisq.output.counts import Counts
from kisq.output.stream import Lines
from kisq.wire.escape import printable
from kisq.wire.frames import BINARY, CONTROL, DATA, IN, PINGPONG, Frame, is_known, received_at
from kisq.wire.recorded_line import line_of

_SHOWN = {DATA, CONTROL, PINGPONG, BINARY}


class RawLines:
    """A sink: every message that came in, one per line.

    Bytes are kept exactly; on a terminal, unprintable characters are escaped.
    """

    def __init__(self, out: Lines, counts: Counts, *, terminal: bool, time: bool) -> None:
        self._out = out
        self._counts = counts
        self._terminal = terminal
        self._time = time

    def write(self, frame: Frame) -> None:
        if frame.dir is not IN or frame.kind not in _SHOWN:
            return
        data = frame.data
        is_data = frame.kind is DATA
        if self._terminal:
            data = printable(data.decode("utf-8", "replace")).encode()
        if self._time:
            data = f"{_time_of(frame)} ".encode() + data
        self._counts.shown += is_data
        # A message that ends in a line break of its own is not followed by an empty line.
        self._out.write(data.removesuffix(b"\n"), counted=is_data)

    def flush(self, now: float) -> None:
        self._out.flush()

    def close(self) -> None:
        self._out.flush()


class RawJson:
    """A sink: everything that happened on the wire, one JSON object per line."""

    def __init__(self, out: Lines, counts: Counts) -> None:
        self._out = out
        self._counts = counts

    def write(self, frame: Frame) -> None:
        is_data = frame.kind is DATA
        self._counts.shown += is_data
        self._out.write(line_of(frame), counted=is_data)

    def flush(self, now: float) -> None:
        self._out.flush()

    def close(self) -> None:
        self._out.flush()


def _time_of(frame: Frame) -> str:
    if is_known(frame.at):
        return received_at(frame.at)
    return "-"
