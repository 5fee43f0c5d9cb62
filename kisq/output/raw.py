"""Frames as they came: bare lines, or NDJSON."""

import base64

from kisq.output.stream import Lines
from kisq.output.tally import Tally
from kisq.protocol.escape import Redactor, json_text, mask_session_key, printable
from kisq.protocol.frames import BINARY, CONTROL, DATA, IN, Frame, received_at

_SHOWN = {DATA, CONTROL, "pingpong", BINARY}


class RawLines:
    """A sink: every message that came in, one a line.

    Bytes are kept exactly, but for secrets; on a terminal, what is unprintable is escaped.
    """

    def __init__(
        self, out: Lines, tally: Tally, redact: Redactor, *, terminal: bool, time: bool
    ) -> None:
        self._out, self._tally, self._redact = out, tally, redact
        self._terminal, self._time = terminal, time

    def write(self, frame: Frame) -> None:
        if frame.dir is not IN or frame.kind not in _SHOWN:
            return
        data = without_secrets(frame, self._redact)
        if self._terminal:
            data = printable(data.decode("utf-8", "replace")).encode()
        if self._time:
            data = f"{received_at(frame.at)} ".encode() + data
        self._out.write(data)
        if frame.kind is DATA:
            self._tally.shown += 1

    def flush(self, now: float) -> None:
        self._out.flush()

    def close(self) -> None:
        self._out.flush()


class RawJson:
    """A sink: everything that happened on the wire, one JSON object a line."""

    def __init__(self, out: Lines, tally: Tally, redact: Redactor) -> None:
        self._out, self._tally, self._redact = out, tally, redact

    def write(self, frame: Frame) -> None:
        data = without_secrets(frame, self._redact)
        if frame.kind is BINARY:
            held = f'"base64":"{base64.b64encode(data).decode()}"'
        else:
            held = f'"text":{json_text(data.decode("utf-8", "replace"))}'
        head = f'{{"at":"{received_at(frame.at)}","dir":"{frame.dir}","kind":"{frame.kind}",'
        self._out.write(f"{head}{held}}}".encode())
        if frame.kind is DATA:
            self._tally.shown += 1

    def flush(self, now: float) -> None:
        self._out.flush()

    def close(self) -> None:
        self._out.flush()


def without_secrets(frame: Frame, redact: Redactor) -> bytes:
    """The bytes of a frame, the session's AES key and the user's secrets replaced by ``***``."""
    data = redact.clean(frame.data)
    return mask_session_key(data) if frame.kind is CONTROL else data
