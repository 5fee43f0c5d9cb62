"""A capture: frames ↔ lines, as NDJSON (what ``raw --json`` writes) or as bare text; pure."""

import base64
import binascii
import re
from datetime import UTC, datetime
from functools import lru_cache
from math import nan
from typing import Any

from kisq.spec.tables import TRS
from kisq.wire.decode import decode
from kisq.wire.escape import json_text, without_secrets
from kisq.wire.frames import (
    BINARY,
    CONTROL,
    DATA,
    IN,
    PING,
    PINGPONG,
    PONG,
    Direction,
    Frame,
    FrameKind,
    is_known,
    moment,
    received_at,
)
from kisq.wire.messages import Data, Malformed, PingPong, load_object, parse

MOST_BYTES = 4 * 1024 * 1024  # of a line: many times the longest message of KIS
TOO_LONG = f"longer than {MOST_BYTES // 1024 // 1024} MiB"

_AS_BASE64 = (BINARY, PING, PONG)  # what need not be text
_COMMENT = b"#"  # no message begins with it; files of frames have comments
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_EXCERPT = 60
_LATEST = 253_370_764_800  # 9999-01-01: what follows is no time that Python can write everywhere
_NO_TIME = b"-"
_DIRECTIONS: dict[str, Direction] = {str(direction): direction for direction in Direction}
_KINDS: dict[str, FrameKind] = {str(kind): kind for kind in FrameKind}

# The very form in which kisq writes data messages, which are nearly all of a capture.
_DATA_LINE = re.compile(
    rb'\{"at":"([0-9T:-]{19})\.([0-9]{6})\+09:00","dir":"in","kind":"data","text":"'
    rb'(.\|[^"\\\x00-\x1f]*)"\}'
)
_TIMED = re.compile(rb"([0-9T:-]{19})\.([0-9]{6})\+09:00 ")


def line_of(frame: Frame) -> bytes:
    """``frame`` as one JSON object, without a line's end; an unknown time is ``null``."""
    if frame.kind in _AS_BASE64:
        held = f'"base64":"{base64.b64encode(frame.data).decode()}"'
    else:
        held = f'"text":{json_text(frame.text)}'
    at = f'"{received_at(frame.at)}"' if is_known(frame.at) else "null"
    return f'{{"at":{at},"dir":"{frame.dir}","kind":"{frame.kind}",{held}}}'.encode()


def frame_of(line: bytes) -> Frame | Malformed | None:
    """The frame that a line holds, its tick 0; None for an empty line or a comment.

    Never raises, whatever the line. A bare line has the receive time where ``raw -t`` put it in
    front, otherwise NaN. Secrets that others left in it are replaced by ``***``.
    """
    if len(line) > MOST_BYTES:
        return _bad(line, TOO_LONG)
    if match := _DATA_LINE.fullmatch(line):
        at = _at(match[1], match[2])
        return _bad(line, "its time is none") if at is None else Frame(at, IN, DATA, match[3])
    line = line.removeprefix(_BYTE_ORDER_MARK).rstrip(b"\r\n")
    if not line.strip() or line.startswith(_COMMENT):
        return None
    if line.startswith(b"{"):
        return _of_json(line)
    return _of_text(line)


def last_frame_of(line: bytes) -> Frame | Malformed | None:
    """As ``frame_of``, for a last line without its end, which may be half of one."""
    frame = frame_of(line)
    cut = isinstance(frame, Malformed) or (frame and line[:1] != b"{" and _is_short(frame))
    return _bad(line, "a half-written last line") if cut else frame


def _is_short(frame: Frame) -> bool:
    """Whether a bare data message is less than a record of its TR."""
    message = parse(frame.text)
    known = isinstance(message, Data) and message.tr_id in TRS
    if isinstance(message, Data) and not known:
        return False
    return any(isinstance(record, Malformed) for record in decode(frame.text))


def _of_json(line: bytes) -> Frame | Malformed:
    value = load_object(line.decode("utf-8", "replace"))
    if value is None:
        return _bad(line, "broken JSON")
    if "dir" in value and "kind" in value:
        return _of_object(line, value)
    if "header" in value or "body" in value:
        return _incoming(nan, line)
    return _bad(line, "a JSON object that is no message; `raw --json` and -w write another form")


def _of_object(line: bytes, value: dict[str, Any]) -> Frame | Malformed:
    direction, kind = _DIRECTIONS.get(str(value["dir"])), _KINDS.get(str(value["kind"]))
    at, data = _at_of(value.get("at")), _data_of(value)
    if direction is None or kind is None or at is None or data is None:
        wrong = "dir" if direction is None else "kind" if kind is None else ""
        wrong = wrong or ("at" if at is None else "text")
        return _bad(line, f"its {wrong!r} is none that `raw --json` writes")
    return Frame(at, direction, kind, _clean(data))


def _data_of(value: dict[str, Any]) -> bytes | None:
    text, encoded = value.get("text"), value.get("base64")
    if isinstance(text, str):
        return text.encode("utf-8", "replace")
    if not isinstance(encoded, str):
        return None
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None


def _of_text(line: bytes) -> Frame | Malformed:
    at: float | None = nan
    if match := _TIMED.match(line):
        at, line = _at(match[1], match[2]), line[match.end() :]
    elif line.startswith(_NO_TIME + b" "):
        line = line[2:]
    if at is None:
        return _bad(line, "its time is none")
    if line[1:2] == b"|" or line.startswith(b"{"):
        return _incoming(at, line)
    return _bad(line, "neither a data message (enc|TR_ID|count|payload) nor JSON")


def _incoming(at: float, data: bytes) -> Frame:
    """The frame of a message of which only the text is known."""
    if data[1:2] == b"|":
        return Frame(at, IN, DATA, data)
    message = parse(data.decode("utf-8", "replace"))
    kind = PINGPONG if isinstance(message, PingPong) else CONTROL
    return Frame(at, IN, kind, _clean(data))


def _clean(data: bytes) -> bytes:
    """``data`` without the secrets of a capture that kisq did not write."""
    if data[1:2] == b"|":
        return data
    return without_secrets(data)


def _at_of(value: object) -> float | None:
    """Epoch seconds of ISO 8601 with a zone, NaN for null; None for what is no time."""
    if value is None:
        return nan
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(value)
        since = read.astimezone(UTC).replace(tzinfo=None) - datetime(1970, 1, 1)
    except (ValueError, OverflowError):
        return None
    seconds = since.days * 86400 + since.seconds
    if read.tzinfo is None or not 0 <= seconds < _LATEST:
        return None
    return moment(seconds, since.microseconds)


def _at(second: bytes, micros: bytes) -> float | None:
    seconds = _second(second)
    return None if seconds is None else moment(seconds, int(micros))


@lru_cache(maxsize=4)
def _second(text: bytes) -> int | None:
    at = _at_of(f"{text.decode()}+09:00")
    return None if at is None else int(at)


def _bad(line: bytes, reason: str) -> Malformed:
    return Malformed(line[:_EXCERPT].decode("utf-8", "replace"), reason)
