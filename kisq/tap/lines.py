"""What passes through a tap, a line per message: time, direction, kind, TR, key, size, text."""

from collections.abc import Callable

from kisq.output.counts import Counts
from kisq.output.message_line import describe, line_of, painted, short_time, text_of
from kisq.output.stream import Lines
from kisq.wire.frames import DATA, Frame

_MORE = "…"


class TapLines:
    """A sink: one line per message with its text, unprintable characters escaped.

    ``width`` gives the cells of a line; such a line has of the text only what its columns do not
    show already.
    """

    def __init__(
        self,
        out: Lines,
        counts: Counts,
        width: Callable[[], int] | None = None,
        *,
        colour: bool = False,
    ) -> None:
        self._out = out
        self._counts = counts
        self._width = width
        self._colour = colour

    def write(self, frame: Frame) -> None:
        is_data = frame.kind is DATA
        if is_data:
            self._counts.shown += 1
        line = self._cut(tap_line(frame, whole=self._width is None))
        if self._colour:
            line = painted(frame, line)
        data = line.encode(self._out.encoding, "backslashreplace")
        self._out.write(data, counted=is_data)

    def flush(self, now: float) -> None:
        self._out.flush()

    def close(self) -> None:
        self._out.flush()

    def _cut(self, line: str) -> str:
        if self._width is None:
            return line
        width = self._width()
        if not width:
            return line
        if not line.isascii():
            return _cut_to_cells(line, width)
        if len(line) <= width:
            return line
        return line[: width - 1] + _MORE


def _cut_to_cells(line: str, width: int) -> str:
    from rich.cells import cell_len, set_cell_size

    if cell_len(line) <= width:
        return line
    return set_cell_size(line, width - 1).rstrip() + _MORE


def tap_line(frame: Frame, *, whole: bool = True) -> str:
    """The line of a message without colours, with its ``whole`` text or the rest of it."""
    text = text_of(frame)
    if not whole:
        text = describe(frame).rest or text
    return line_of(frame, short_time(frame.at), text)
