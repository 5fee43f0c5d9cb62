"""The text of the feed and the messages it stands for, both ways (protocol.md sections 2, 3)."""

import json
from typing import Any, NamedTuple

Key = tuple[str, str]  # tr_id, tr_key: one registration

_MAX_COUNT_DIGITS = 6
_MOST_CHARACTERS = 1_000_000  # 999 records of the longest TR, and some
_SUCCESS = "0"
_HARMLESS = {"OPSP0002", "OPSP0003"}  # rt_cd is 1, yet nothing is wrong


class Malformed(NamedTuple):
    """A message or record that cannot be decoded: its text as it came, and why."""

    text: str
    reason: str


class Data(NamedTuple):
    """A data message ``enc|TR_ID|count|payload``; the payload holds ``records`` records.

    One line break at the end of the message is no part of it.
    """

    encrypted: bool
    tr_id: str
    records: int
    payload: str


class EncryptedNotice(NamedTuple):
    """A notice of one's own orders, encrypted: its text as it came, and its TR (section 3)."""

    text: str
    tr_id: str


class PingPong(NamedTuple):
    """The server's keep-alive, a text message; ``at`` is its KST clock, YYYYMMDDHHMMSS."""

    at: str


class Answer(NamedTuple):
    """The answer to a subscribe or unsubscribe; parts that are missing are empty.

    A refusal with rt_cd 9 names neither tr_id nor tr_key, so it matches no request.
    """

    tr_id: str
    tr_key: str
    rt_cd: str
    msg_cd: str
    msg1: str
    iv: str
    key: str

    @property
    def accepted(self) -> bool:
        """Whether nothing is wrong: rt_cd 0, or a code that is harmless."""
        return self.rt_cd == _SUCCESS or self.msg_cd in _HARMLESS


class Request(NamedTuple):
    """A subscribe (``tr_type`` 1) or unsubscribe (2); ``custtype`` P person, B corporation."""

    approval_key: str
    tr_type: str
    tr_id: str
    tr_key: str
    custtype: str = "P"

    def to_text(self) -> str:
        """The message as it goes over the wire."""
        header = {
            "approval_key": self.approval_key,
            "custtype": self.custtype,
            "tr_type": self.tr_type,
            "content-type": "utf-8",
        }
        body = {"input": {"tr_id": self.tr_id, "tr_key": self.tr_key}}
        return to_json({"header": header, "body": body})


def parse(text: str) -> Data | PingPong | Answer | Malformed:
    """The message that ``text`` stands for; never raises, whatever the text."""
    if len(text) > _MOST_CHARACTERS:
        return Malformed(text, f"{len(text)} characters, more than any message of KIS has")
    if text[1:2] == "|":
        return _data(text)
    if text.lstrip()[:1] == "{":
        return _control(text)
    return Malformed(text, "neither a data message (enc|TR_ID|count|payload) nor JSON")


def _data(text: str) -> Data | Malformed:
    parts = text.split("|", 3)
    if len(parts) != 4:
        return Malformed(text, "a data message has four parts between '|'")
    encrypted, tr_id, count, payload = parts
    if encrypted not in ("0", "1"):
        return Malformed(text, f"the first part is {encrypted!r}, neither 0 nor 1")
    if not (count.isascii() and count.isdigit() and len(count) <= _MAX_COUNT_DIGITS):
        return Malformed(text, f"the count of records is {count[:20]!r}, not a number")
    records = int(count)
    if records == 0:
        return Malformed(text, "the count of records is 0")
    if payload[-1:] == "\n":  # where a relay sits between (protocol.md section 3)
        payload = payload[:-1].removesuffix("\r")
    return Data(encrypted == "1", tr_id, records, payload)


def load_object(text: str | bytes) -> dict[str, Any] | None:
    """The JSON object in ``text``, or None where it is none; never raises."""
    try:
        value = json.loads(text, strict=False)  # NULs were seen (protocol.md section 3)
    except (ValueError, RecursionError):  # a hostile server nests brackets without end
        return None
    return value if isinstance(value, dict) else None


def to_json(value: dict[str, Any]) -> str:
    """``value`` as KIS writes it: compact, Hangul as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def part(value: dict[str, Any], name: str) -> dict[str, Any]:
    """The object under ``name``, or an empty one where there is none."""
    inner = value.get(name)
    return inner if isinstance(inner, dict) else {}


def _text(value: dict[str, Any], name: str) -> str:
    inner = value.get(name)
    return str(inner) if isinstance(inner, (str, int, float)) else ""


def _control(text: str) -> PingPong | Answer | Malformed:
    message = load_object(text)
    if message is None:
        return Malformed(text, "broken JSON")
    header, body = part(message, "header"), part(message, "body")
    if header.get("tr_id") == "PINGPONG":
        return PingPong(_text(header, "datetime"))
    if "rt_cd" not in body:
        return Malformed(text, "a control message without rt_cd")
    output = part(body, "output")
    return Answer(
        _text(header, "tr_id"),
        _text(header, "tr_key"),
        *(_text(body, name) for name in ("rt_cd", "msg_cd", "msg1")),
        *(_text(output, name) for name in ("iv", "key")),
    )
