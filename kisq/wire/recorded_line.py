"""A capture: frames ↔ lines, as NDJSON (what ``raw --json`` writes) or as bare text; pure."""

import base64
import binascii
import re
from datetime import UTC, datetime
from functools import lru_cache
from math import nan
from typing import Any

from kisq.locale.sentence import Sentence
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

_MIB = 1024 * 1024
MOST_BYTES = 4 * _MIB  # of a line: many times the longest message from KIS
TOO_LONG = Sentence("longer than {size} MiB").format(size=MOST_BYTES // _MIB)
_NO_TIME_READ = Sentence("its time cannot be read")
_HALF_WRITTEN = Sentence("a half-written last line")
_BROKEN_JSON = Sentence("broken JSON")
_OTHER_OBJECT = Sentence(
    "a JSON object that is not a message; `raw --json` and -w write another form"
)
_WRONG_MEMBER = Sentence("its {member!r} is not one that `raw --json` writes")
_NO_MESSAGE = Sentence("neither a data message (enc|TR_ID|count|payload) nor JSON")

_AS_BASE64 = (BINARY, PING, PONG)  # may be anything but text
_COMMENT = b"#"  # no message begins with it; files of frames have comments
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_EXCERPT = 60
_LATEST = 253_370_764_800  # 9999-01-01: later times cannot be written by Python everywhere
_NO_TIME = b"-"
_DIRECTIONS: dict[str, Direction] = {str(direction): direction for direction in Direction}
_KINDS: dict[str, FrameKind] = {str(kind): kind for kind in FrameKind}

# How kisq writes data messages, which are nearly all lines of a capture.
_DATA_LINE = re.compile(
    rb'\{"at":"([0-9T:-]{19})\.([0-9]{6})\+09:00","dir":"in","kind":"data","text":"'
    rb'(.\|[^"\\\x00-\x1f]*)"\}'
)
_TIMED = re.compile(rb"([0-9T:-]{19})\.([0-9]{6})\+09:00 ")


def line_of(frame: Frame) -> bytes:
    """``frame`` as one JSON object, without a line break; an unknown time is ``null``."""
    if frame.kind in _AS_BASE64:
        content = f'"base64":"{base64.b64encode(frame.data).decode()}"'
    else:
        content = f'"text":{json_text(frame.text)}'
    at = "null"
    if is_known(frame.at):
        at = f'"{received_at(frame.at)}"'
    return f'{{"at":{at},"dir":"{frame.dir}","kind":"{frame.kind}",{content}}}'.encode()


def frame_of(line: bytes) -> Frame | Malformed | None:
    """The frame in a line, with tick 0; None for an empty line or a comment.

    Never raises, whatever the line. A bare line has the receive time that ``raw -t`` puts in front,
    otherwise NaN. Secrets that other programs left in it are replaced by ``***``.
    """
    if len(line) > MOST_BYTES:
        return _bad(line, TOO_LONG)
    match = _DATA_LINE.fullmatch(line)
    if match:
        at = _at(match[1], match[2])
        if at is None:
            return _bad(line, _NO_TIME_READ)
        return Frame(at, IN, DATA, match[3])
    line = line.removeprefix(_BYTE_ORDER_MARK).rstrip(b"\r\n")
    if not line.strip() or line.startswith(_COMMENT):
        return None
    if line.startswith(b"{"):
        return _of_json(line)
    return _of_text(line)


def last_frame_of(line: bytes) -> Frame | Malformed | None:
    """Like ``frame_of``, for a last line without a line break, which may be cut off."""
    frame = frame_of(line)
    if isinstance(frame, Malformed) or _is_cut_off(line, frame):
        return _bad(line, _HALF_WRITTEN)
    return frame


def _is_cut_off(line: bytes, frame: Frame | None) -> bool:
    """Whether a bare data message is shorter than a record of its TR."""
    if frame is None or line.startswith(b"{"):
        return False
    message = parse(frame.text)
    if isinstance(message, Data) and message.tr_id not in TRS:
        return False
    return any(isinstance(record, Malformed) for record in decode(frame.text))


def _of_json(line: bytes) -> Frame | Malformed:
    value = load_object(line.decode("utf-8", "replace"))
    if value is None:
        return _bad(line, _BROKEN_JSON)
    if "dir" in value and "kind" in value:
        return _of_object(line, value)
    if "header" in value or "body" in value:
        return _incoming(nan, line)
    return _bad(line, _OTHER_OBJECT)


def _of_object(line: bytes, value: dict[str, Any]) -> Frame | Malformed:
    direction = _DIRECTIONS.get(str(value["dir"]))
    if direction is None:
        return _bad(line, _WRONG_MEMBER.format(member="dir"))
    kind = _KINDS.get(str(value["kind"]))
    if kind is None:
        return _bad(line, _WRONG_MEMBER.format(member="kind"))
    at = _at_of(value.get("at"))
    if at is None:
        return _bad(line, _WRONG_MEMBER.format(member="at"))
    data = _data_of(value)
    if data is None:
        return _bad(line, _WRONG_MEMBER.format(member="text"))
    return Frame(at, direction, kind, _clean(data))


def _data_of(value: dict[str, Any]) -> bytes | None:
    text = value.get("text")
    if isinstance(text, str):
        return text.encode("utf-8", "replace")
    encoded = value.get("base64")
    if not isinstance(encoded, str):
        return None
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None


def _of_text(line: bytes) -> Frame | Malformed:
    at: float | None = nan
    match = _TIMED.match(line)
    if match:
        at = _at(match[1], match[2])
        line = line[match.end() :]
    elif line.startswith(_NO_TIME + b" "):
        line = line[2:]
    if at is None:
        return _bad(line, _NO_TIME_READ)
    if line[1:2] == b"|" or line.startswith(b"{"):
        return _incoming(at, line)
    return _bad(line, _NO_MESSAGE)


def _incoming(at: float, data: bytes) -> Frame:
    """The frame of a message of which only the text is known."""
    if data[1:2] == b"|":
        return Frame(at, IN, DATA, data)
    message = parse(data.decode("utf-8", "replace"))
    if isinstance(message, PingPong):
        return Frame(at, IN, PINGPONG, _clean(data))
    return Frame(at, IN, CONTROL, _clean(data))


def _clean(data: bytes) -> bytes:
    """``data`` without secrets, which a capture by another program may hold."""
    if data[1:2] == b"|":
        return data
    return without_secrets(data)


def _at_of(value: object) -> float | None:
    """Epoch seconds of ISO 8601 with a zone, NaN for null; None if it is not a time."""
    if value is None:
        return nan
    if not isinstance(value, str):
        return None
    try:
        time = datetime.fromisoformat(value)
        since_epoch = time.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    seconds = since_epoch.days * 86400 + since_epoch.seconds
    if time.tzinfo is None or not 0 <= seconds < _LATEST:
        return None
    return moment(seconds, since_epoch.microseconds)


def _at(second: bytes, micros: bytes) -> float | None:
    seconds = _second(second)
    if seconds is None:
        return None
    return moment(seconds, int(micros))


@lru_cache(maxsize=4)
def _second(text: bytes) -> int | None:
    at = _at_of(f"{text.decode()}+09:00")
    if at is None:
        return None
    return int(at)


def _bad(line: bytes, reason: Sentence) -> Malformed:
    return Malformed(line[:_EXCERPT].decode("utf-8", "replace"), reason)
