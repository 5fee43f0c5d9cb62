"""Frames as they came: bare lines, or NDJSON."""

from kisq.output.counts import Counts
from kisq.output.stream import Lines
from kisq.wire.escape import printable
from kisq.wire.frames import BINARY, CONTROL, DATA, IN, Frame, is_known, received_at
from kisq.wire.recorded_line import line_of

_SHOWN = {DATA, CONTROL, "pingpong", BINARY}


class RawLines:
    """A sink: every message that came in, one a line.

    Bytes are kept exactly; on a terminal, what is unprintable is escaped.
    """

    def __init__(self, out: Lines, counts: Counts, *, terminal: bool, time: bool) -> None:
        self._out, self._counts = out, counts
        self._terminal, self._time = terminal, time

    def write(self, frame: Frame) -> None:
        if frame.dir is not IN or frame.kind not in _SHOWN:
            return
        data = frame.data
        if self._terminal:
            data = printable(data.decode("utf-8", "replace")).encode()
        if self._time:
            at = received_at(frame.at) if is_known(frame.at) else "-"
            data = f"{at} ".encode() + data
        self._counts.shown += frame.kind is DATA
        # A message that ends in a line break of its own is not followed by an empty line.
        self._out.write(data.removesuffix(b"\n"), counted=frame.kind is DATA)

    def flush(self, now: float) -> None:
        self._out.flush()

    def close(self) -> None:
        self._out.flush()


class RawJson:
    """A sink: everything that happened on the wire, one JSON object a line."""

    def __init__(self, out: Lines, counts: Counts) -> None:
        self._out, self._counts = out, counts

    def write(self, frame: Frame) -> None:
        self._counts.shown += frame.kind is DATA
        self._out.write(line_of(frame), counted=frame.kind is DATA)

    def flush(self, now: float) -> None:
        self._out.flush()

    def close(self) -> None:
        self._out.flush()
