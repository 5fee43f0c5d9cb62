"""The texts of the feed and the messages they stand for, both ways (protocol.md sections 2, 3)."""

import json
from typing import Any, NamedTuple

from kisq.locale.sentence import Sentence

Key = tuple[str, str]  # tr_id, tr_key: one registration

_MAX_COUNT_DIGITS = 6
_MOST_CHARACTERS = 1_000_000  # 999 records of the longest TR, and some more
_MOST_SHOWN = 20  # characters of a faulty part
_SUCCESS = "0"
_HARMLESS = {"OPSP0002", "OPSP0003"}  # rt_cd is 1, yet nothing is wrong
_TOO_LONG = Sentence("it has {characters} characters, more than any message from KIS")
_NO_MESSAGE = Sentence("neither a data message (enc|TR_ID|count|payload) nor JSON")
_TOO_FEW_PARTS = Sentence("a data message has four parts, separated by |")
_NO_FLAG = Sentence("the first part is {part!r}, neither 0 nor 1")
_NO_COUNT = Sentence("the count of records is {count!r}, not a number")
_COUNT_OF_0 = Sentence("the count of records is 0")
_BROKEN_JSON = Sentence("broken JSON")
_NO_RT_CD = Sentence("a control message without rt_cd")


class Malformed(NamedTuple):
    """A message or record that cannot be decoded: its text as it came, and the reason."""

    text: str
    reason: Sentence


class Data(NamedTuple):
    """A data message ``enc|TR_ID|count|payload``; the payload holds ``records`` records.

    One line break at the end of the message does not belong to it.
    """

    encrypted: bool
    tr_id: str
    records: int
    payload: str


class EncryptedNotice(NamedTuple):
    """An encrypted notice of one's own orders: its text as it came, and its parts (section 3)."""

    text: str
    data: Data

    @property
    def tr_id(self) -> str:
        return self.data.tr_id


class PingPong(NamedTuple):
    """The server's keep-alive, a text message; ``at`` is its KST time, YYYYMMDDHHMMSS."""

    at: str


class Answer(NamedTuple):
    """The answer to a subscribe or unsubscribe; missing parts are empty.

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
        """Whether nothing is wrong: rt_cd is 0, or the code is harmless."""
        return self.rt_cd == _SUCCESS or self.msg_cd in _HARMLESS


class Request(NamedTuple):
    """A subscribe (``tr_type`` 1) or unsubscribe (2); ``custtype`` P: person, B: corporation."""

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
        return Malformed(text, _TOO_LONG.format(characters=len(text)))
    if text[1:2] == "|":
        return _data(text)
    if text.lstrip()[:1] == "{":
        return _control(text)
    return Malformed(text, _NO_MESSAGE)


def _data(text: str) -> Data | Malformed:
    parts = text.split("|", 3)
    if len(parts) != 4:
        return Malformed(text, _TOO_FEW_PARTS)
    encrypted, tr_id, count, payload = parts
    if encrypted not in ("0", "1"):
        return Malformed(text, _NO_FLAG.format(part=encrypted))
    if not (count.isascii() and count.isdigit() and len(count) <= _MAX_COUNT_DIGITS):
        return Malformed(text, _NO_COUNT.format(count=count[:_MOST_SHOWN]))
    records = int(count)
    if records == 0:
        return Malformed(text, _COUNT_OF_0)
    if payload[-1:] == "\n":  # a relay in between adds one (protocol.md section 3)
        payload = payload[:-1].removesuffix("\r")
    return Data(encrypted == "1", tr_id, records, payload)


def load_object(text: str | bytes) -> dict[str, Any] | None:
    """The JSON object in ``text``; None if it is anything else. Never raises."""
    try:
        value = json.loads(text, strict=False)  # NULs were seen (protocol.md section 3)
    except (ValueError, RecursionError):  # a hostile server nests brackets endlessly
        return None
    if isinstance(value, dict):
        return value
    return None


def to_json(value: dict[str, Any]) -> str:
    """``value`` as KIS writes it: compact, Hangul as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def part(value: dict[str, Any], name: str) -> dict[str, Any]:
    """The object under ``name``; an empty one if there is none."""
    inner = value.get(name)
    if isinstance(inner, dict):
        return inner
    return {}


def _text(value: dict[str, Any], name: str) -> str:
    inner = value.get(name)
    if isinstance(inner, (str, int, float)):
        return str(inner)
    return ""


def _control(text: str) -> PingPong | Answer | Malformed:
    message = load_object(text)
    if message is None:
        return Malformed(text, _BROKEN_JSON)
    header = part(message, "header")
    body = part(message, "body")
    if header.get("tr_id") == "PINGPONG":
        return PingPong(_text(header, "datetime"))
    if "rt_cd" not in body:
        return Malformed(text, _NO_RT_CD)
    output = part(body, "output")
    return Answer(
        tr_id=_text(header, "tr_id"),
        tr_key=_text(header, "tr_key"),
        rt_cd=_text(body, "rt_cd"),
        msg_cd=_text(body, "msg_cd"),
        msg1=_text(body, "msg1"),
        iv=_text(output, "iv"),
        key=_text(output, "key"),
    )
