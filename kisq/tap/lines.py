"""What passes through a tap, a line per message: time, direction, kind, TR, key, size, text."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from kisq.output.counts import Counts
from kisq.output.stream import Lines
from kisq.wire.escape import printable
from kisq.wire.frames import (
    BINARY,
    CLOSE,
    CONTROL,
    DATA,
    IN,
    OPEN,
    OUT,
    PING,
    PINGPONG,
    PONG,
    Frame,
    received_at,
)
from kisq.wire.matching import identities
from kisq.wire.messages import Answer, PingPong
from kisq.wire.request_form import read_request

_ARROWS = {IN: "<", OUT: ">"}
# The numbers of colours in escape sequences of terminals (SGR).
_GREEN = "32"
_CYAN = "36"
_MAGENTA = "35"
_YELLOW = "33"
_RED = "31"
_DIM = "2"
_COLOURS = {
    DATA: _GREEN,
    CONTROL: _CYAN,
    PINGPONG: _MAGENTA,
    PING: _DIM,
    PONG: _DIM,
    BINARY: _YELLOW,
    OPEN: _YELLOW,
    CLOSE: _YELLOW,
}
_LINE = "{time} {arrow} {kind} {tr_id:<8} {tr_key:<8} {fields:>5} {size:>4} {text}"
_KIND_CELLS = 8
_CLOCK = slice(11, 23)  # of ISO 8601, to the millisecond
_MORE = "…"
_TR_TYPES = {"1": "tr_type 1 (subscribe)", "2": "tr_type 2 (unsubscribe)"}
_BINARY_KINDS = (BINARY, PING, PONG)


class Described(NamedTuple):
    """What the columns of a message show, and the ``rest`` of its text that they do not show.

    ``refused`` is true for a refusal of KIS.
    """

    tr_id: str
    tr_key: str
    fields: str
    rest: str
    refused: bool = False


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
        line = self._cut(line_of(frame, whole=self._width is None))
        if self._colour:
            line = _painted(frame, line)
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


def _painted(frame: Frame, line: str) -> str:
    """``line`` with its kind in colour."""
    begin = line.index(_ARROWS[frame.dir]) + 2
    end = begin + _KIND_CELLS
    colour = _COLOURS[frame.kind]
    if describe(frame).refused:
        colour = _RED
    return f"{line[:begin]}\x1b[{colour}m{line[begin:end]}\x1b[0m{line[end:]}"


def _cut_to_cells(line: str, width: int) -> str:
    from rich.cells import cell_len, set_cell_size

    if cell_len(line) <= width:
        return line
    return set_cell_size(line, width - 1).rstrip() + _MORE


def line_of(frame: Frame, *, whole: bool = True) -> str:
    """The line of a message without colours, with its ``whole`` text or the rest of it."""
    described = describe(frame)
    text = frame.data.hex() if frame.kind in _BINARY_KINDS else frame.text
    if not whole and described.rest:
        text = described.rest
    return _LINE.format(
        time=received_at(frame.at)[_CLOCK],
        arrow=_ARROWS[frame.dir],
        kind=f"{frame.kind:<{_KIND_CELLS}}",
        tr_id=printable(described.tr_id),
        tr_key=printable(described.tr_key),
        fields=described.fields,
        size=len(frame.data),
        text=printable(text),
    ).rstrip()


@lru_cache(maxsize=4)
def describe(frame: Frame) -> Described:
    """Describe a message; what it does not have is empty."""
    if frame.kind is DATA:
        return _of_data(frame.text)
    if frame.kind is PINGPONG and isinstance(frame.control, PingPong):
        return Described("", "", "", frame.control.at)
    if frame.kind is not CONTROL:
        return Described("", "", "", "")
    if frame.answer:
        return _of_answer(frame.answer)
    return _of_request(frame.data)


def _of_data(text: str) -> Described:
    tr_id, tr_key, _ = next(_identities(text), ("", "", ""))
    head, _, payload = text.rpartition("|")
    records = head.rpartition("|")[2].lstrip("0")
    fields = payload.count("^") + 1
    if not records.isdigit() or int(records) < 2 or fields % int(records):
        return Described(tr_id, tr_key, str(fields), payload)
    return Described(tr_id, tr_key, f"{records}x{fields // int(records)}", payload)


def _identities(text: str) -> Iterator[tuple[str, str, str]]:
    """As ``wire.matching`` has them; the ciphertext of a notice names no key."""
    if text[:1] == "1":
        yield text.split("|", 2)[1], "", ""
    else:
        yield from identities(text)


def _of_answer(answer: Answer) -> Described:
    rest = f"{answer.msg_cd} {answer.msg1}"
    return Described(answer.tr_id, answer.tr_key, "", rest, refused=not answer.accepted)


def _of_request(data: bytes) -> Described:
    sent = read_request(data).sent
    tr_id = str(sent.get("tr_id", ""))
    tr_key = str(sent.get("tr_key", ""))
    rest = ""
    if tr_id and tr_key:
        rest = _TR_TYPES.get(str(sent.get("tr_type")), "")
    return Described(tr_id, tr_key, "", rest)
