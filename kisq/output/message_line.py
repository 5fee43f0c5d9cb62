"""A message in columns: direction, kind, TR, key, number of fields and bytes; for raw and tap."""

from functools import lru_cache
from typing import NamedTuple

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
    is_known,
    received_at,
)
from kisq.wire.matching import identities
from kisq.wire.messages import Answer, Data, PingPong, parse
from kisq.wire.request_form import read_request

UNKNOWN_TIME = "-"
_ARROWS = {IN: "<", OUT: ">"}
# The numbers of styles in escape sequences of terminals (SGR); yellow (33) cannot be read on white.
_GREEN = "32"
_CYAN = "36"
_MAGENTA = "35"
_RED = "31"
_BOLD = "1"
_DIM = "2"
_COLOURS = {
    DATA: _GREEN,
    CONTROL: _CYAN,
    PINGPONG: _MAGENTA,
    PING: _DIM,
    PONG: _DIM,
    BINARY: _BOLD,
    OPEN: _BOLD,
    CLOSE: _BOLD,
}
_LINE = "{front:>12} {arrow} {kind} {tr_id:<8} {tr_key:<8} {fields:>5} {size:>4} {text}"
_KIND_CELLS = 8
_CLOCK = slice(11, 23)  # of ISO 8601, to the millisecond
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


def short_time(at: float) -> str:
    """The moment ``at`` (epoch seconds, NaN if unknown) as a time of day in KST."""
    if is_known(at):
        return received_at(at)[_CLOCK]
    return UNKNOWN_TIME


def text_of(frame: Frame) -> str:
    """The text of a message; for one that is not text, its bytes in hexadecimal."""
    if frame.kind in _BINARY_KINDS:
        return frame.data.hex()
    return frame.text


def line_of(frame: Frame, front: str, text: str) -> str:
    """The line of a message, without colours: ``front``, its columns, ``text`` with escapes."""
    described = describe(frame)
    line = _LINE.format(
        front=front,
        arrow=_ARROWS[frame.dir],
        kind=f"{frame.kind:<{_KIND_CELLS}}",
        tr_id=printable(described.tr_id),
        tr_key=printable(described.tr_key),
        fields=described.fields,
        size=len(frame.data),
        text=printable(text),
    )
    if text:
        return line
    return line.rstrip()


def painted(frame: Frame, line: str) -> str:
    """``line`` of a message with its kind in colour; that of a refusal is red."""
    begin = line.index(_ARROWS[frame.dir]) + 2
    end = begin + _KIND_CELLS
    colour = _COLOURS[frame.kind]
    if describe(frame).refused:
        colour = _RED
    return f"{line[:begin]}\x1b[{colour}m{line[begin:end]}\x1b[0m{line[end:]}"


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
    message = parse(text)
    if not isinstance(message, Data):
        payload = text.rpartition("|")[2]
        return Described("", "", _fields_in(payload, 1), payload)
    tr_key = ""
    if not message.encrypted:  # the ciphertext of a notice names no key
        _, tr_key, _ = next(identities(text))
    fields = _fields_in(message.payload, message.records)
    return Described(message.tr_id, tr_key, fields, message.payload)


def _fields_in(payload: str, records: int) -> str:
    """How many fields there are, as ``2x71`` if they are those of several records."""
    fields = payload.count("^") + 1
    if records == 1 or fields % records:
        return str(fields)
    return f"{records}x{fields // records}"


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
