"""Frames as they came: bare lines, lines or bytes for a person at a terminal, or NDJSON."""

from collections.abc import Callable, Iterator

from kisq.flow import Sink
from kisq.output.counts import Counts
from kisq.output.message_line import UNKNOWN_TIME, line_of, painted, text_of
from kisq.output.stream import Lines
from kisq.wire.frames import (
    BINARY,
    CONTROL,
    DATA,
    IN,
    PINGPONG,
    Frame,
    FrameKind,
    is_known,
    received_at,
)
from kisq.wire.recorded_line import line_of as json_line_of

_SHOWN = {DATA, CONTROL, PINGPONG, BINARY}


class Front:
    """What stands before a message: the time that ``clock`` gives of its moment, and the delta.

    The delta is how many seconds came between it and the message shown before it.
    """

    def __init__(self, clock: Callable[[float], str] | None = None, *, delta: bool = False) -> None:
        self._clock = clock
        self._delta = delta
        self._last: float | None = None  # tick of the message before

    def of(self, frame: Frame) -> str:
        """The front of the next message, without a space at its end; empty if it has none."""
        texts = []
        if self._clock:
            texts.append(self._clock(frame.at))
        if self._delta:
            texts.append(self._since_last(frame))
        return " ".join(texts)

    def _since_last(self, frame: Frame) -> str:
        if not is_known(frame.at):
            return UNKNOWN_TIME
        last = self._last
        self._last = frame.tick
        if last is None:
            last = frame.tick
        return f"{frame.tick - last:+.6f}"


class RawLines:
    """A sink: every message that came in, one per line, exactly its bytes.

    ``front`` stands before them; with ``hexed`` they are written in hexadecimal.
    """

    def __init__(self, out: Lines, counts: Counts, front: Front, *, hexed: bool = False) -> None:
        self._out = out
        self._counts = counts
        self._front = front
        self._hexed = hexed

    def write(self, frame: Frame) -> None:
        if frame.dir is not IN or frame.kind not in _SHOWN:
            return
        data = frame.data
        is_data = frame.kind is DATA
        if self._hexed:
            data = _hidden(self._out, data).hex().encode()
        front = self._front.of(frame)
        if front:
            data = f"{front} ".encode() + data
        self._counts.shown += is_data
        # A message that ends in a line break of its own is not followed by an empty line.
        self._out.write(data.removesuffix(b"\n"), counted=is_data)

    def flush(self, now: float) -> None:
        self._out.flush()

    def close(self) -> None:
        self._out.flush()


class RawOnTerminal:
    """A sink: whatever happened on the wire, in columns with the whole text after them.

    Unprintable characters are escaped. With ``hexed`` the bytes stand below, sixteen per row,
    instead of the text.
    """

    def __init__(
        self, out: Lines, counts: Counts, front: Front, *, colour: bool, hexed: bool = False
    ) -> None:
        self._out = out
        self._counts = counts
        self._front = front
        self._colour = colour
        self._hexed = hexed

    def write(self, frame: Frame) -> None:
        is_data = frame.kind is DATA
        text = ""
        if not self._hexed:
            text = text_of(frame)
        line = line_of(frame, self._front.of(frame), text)
        if self._colour:
            line = painted(frame, line)
        if self._hexed:
            line = "\n".join([line, *hex_rows(_hidden(self._out, frame.data))])
        self._counts.shown += is_data
        self._out.write(line.encode(self._out.encoding, "backslashreplace"), counted=is_data)

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
        self._out.write(json_line_of(frame), counted=is_data)

    def flush(self, now: float) -> None:
        self._out.flush()

    def close(self) -> None:
        self._out.flush()


class OnlyKind:
    """A sink that passes messages of one ``kind`` on.

    A data message that is left out still counts for ``-n``, which counts those that came.
    """

    def __init__(self, sink: Sink, kind: FrameKind, counts: Counts) -> None:
        self._sink = sink
        self._kind = kind
        self._counts = counts

    def write(self, frame: Frame) -> None:
        if frame.kind is self._kind:
            self._sink.write(frame)
        elif frame.kind is DATA:
            self._counts.shown += 1

    def flush(self, now: float) -> None:
        self._sink.flush(now)

    def close(self) -> None:
        self._sink.close()


def full_time(at: float) -> str:
    """The moment ``at`` (epoch seconds, NaN if unknown) in KST, ISO 8601."""
    if is_known(at):
        return received_at(at)
    return UNKNOWN_TIME


def _hidden(out: Lines, data: bytes) -> bytes:
    """``data`` without the words that ``out`` would not find in hexadecimal digits."""
    if out.hide:
        return out.hide(data)
    return data


_BYTES_PER_ROW = 16
_ROW = "    {place:06x}  {digits:<47}  {text}"
_PRINTABLE = range(0x20, 0x7F)
_TEXT = bytes(byte if byte in _PRINTABLE else ord(".") for byte in range(256))


def hex_rows(data: bytes) -> Iterator[str]:
    """The rows of ``data``, of at most 77 characters."""
    for place in range(0, len(data), _BYTES_PER_ROW):
        row = data[place : place + _BYTES_PER_ROW]
        text = row.translate(_TEXT).decode("ascii")
        yield _ROW.format(place=place, digits=row.hex(" "), text=text)
