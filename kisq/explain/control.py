"""The parts of a control message, its code explained, its secrets hidden."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from kisq.errors import WrongKey
from kisq.explain.explanation import Explanation, Fact, Table, Value
from kisq.explain.spec import CODES, code_facts, english, kinds_of_key
from kisq.wire.escape import MASK, SECRET_NAMES
from kisq.wire.messages import Answer, Key, Malformed, PingPong
from kisq.wire.moments import KST
from kisq.wire.trkey import parse_tr_key

_SECRET_IN_TEXT = re.compile(
    rf"""(["']?\b(?:{"|".join(SECRET_NAMES)})["']?\s*[:=]\s*)"""
    r"""("(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?|[^,}\s]*)""",
    re.IGNORECASE | re.DOTALL,
)
_DEEPEST = 6
_PINGPONG = "PINGPONG, the server's keep-alive"
_ANSWER = Fact("next_step", "next step", "answer it, or the session ends after about 100 s")
_PART_COLUMNS = (("part", "part"), ("value", "value"), ("meaning", "meaning"))


def without_secrets_in_text(text: str) -> str:
    """``text`` with the values of what is named like a secret replaced by ``***``."""
    return _SECRET_IN_TEXT.sub(rf"\1{MASK}", text)


def explain_control(message: Answer | PingPong | Malformed, value: dict[str, Any]) -> Explanation:
    """A control message, or another JSON object of the feed or the approval endpoint."""
    name, more = _kind(message, value)
    facts = [Fact("message", "message", name), *more]
    codes = [leaf for path, leaf in _parts(value) if path in ("body.msg_cd", "error_code")]
    tables = [parts_table(value)]
    key = _key_named(message)
    for code in codes[:1]:
        facts += code_facts(code, key) if code in CODES else []
        tables += [] if key else kinds_of_key(code)
    unknown = [f"{code!r} is no code that kisq knows" for code in codes if code not in CODES]
    return Explanation("message", facts, tables, unknown)


def parts_table(value: dict[str, Any]) -> Table:
    """Each part of a JSON object with what it means; secrets are hidden."""
    rows: list[tuple[Value, ...]] = [
        (path, leaf, _MEANINGS.get(path, _nothing)(leaf)) for path, leaf in _parts(value)
    ]
    return Table("parts", "parts", _PART_COLUMNS, rows)


def _key_named(message: Answer | PingPong | Malformed) -> Key | None:
    """The registration that an answer names."""
    if isinstance(message, Answer) and message.tr_key:
        return message.tr_id, message.tr_key
    return None


def explain_pingpong() -> Explanation:
    """The word PINGPONG (protocol.md section 2)."""
    facts = [
        Fact("message", "message", _PINGPONG),
        Fact("sent", "sent", "as a text message when the feed is quiet, about every 10 s"),
        _ANSWER,
        Fact("answer", "answer", "a PONG frame with the same text, or that text; kisq does it"),
    ]
    return Explanation("message", facts)


def _kind(message: Answer | PingPong | Malformed, value: dict[str, Any]) -> tuple[str, list[Fact]]:
    """What a JSON object is, and what there is to say beyond its parts and its code."""
    if isinstance(message, PingPong):
        return _PINGPONG, [_ANSWER]
    if isinstance(message, Answer):
        shown = "yes" if message.accepted else "no, refused"
        fact = Fact("accepted", "accepted", message.accepted, shown)
        return "an answer to a request", [fact]
    if "error_code" in value:
        return "a refusal of an approval key", []
    if "approval_key" in value:
        return "an approval key", []
    return "nothing that the feed is known to send", [Fact("reason", "reason", message.reason)]


def _parts(value: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """The leaves of a JSON value, each with its path; secrets are hidden, whatever their form."""
    name = path.rpartition(".")[2]
    if name.lower() in SECRET_NAMES:
        yield path, MASK
    elif isinstance(value, (dict, list)) and value:
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in pairs:
            below = f"{path}.{key}" if path else str(key)
            if depth < _DEEPEST:
                yield from _parts(inner, below, depth + 1)
            else:
                yield below, "…"
    elif isinstance(value, str):
        yield path, without_secrets_in_text(value)
    else:
        yield path, json.dumps(value)


def _nothing(_: str) -> str:
    return ""


def _tr_id(value: str) -> str:
    if value in ("", "(null)"):
        return "a refusal that names no request"
    return "keep-alive of the server" if value == "PINGPONG" else english(value)


def _tr_key(value: str) -> str:
    try:
        return parse_tr_key(value).what
    except WrongKey:
        return ""


def _moment(value: str) -> str:
    try:
        at = datetime.strptime(value, "%Y%m%d%H%M%S").replace(tzinfo=KST)
    except ValueError:
        return ""
    return f"{at:%Y-%m-%d %H:%M:%S} KST"


def _one_of(meanings: dict[str, str], otherwise: str = "") -> Callable[[str], str]:
    return lambda value: meanings.get(value, otherwise)


def _always(meaning: str) -> Callable[[str], str]:
    return lambda _: meaning


# What a part of a control message means (protocol.md section 2), by its path.
_MEANINGS: dict[str, Callable[[str], str]] = {
    "header.tr_id": _tr_id,
    "header.tr_key": _tr_key,
    "header.encrypt": _one_of({"N": "data come plain", "Y": "data come encrypted"}),
    "header.datetime": _moment,
    "header.approval_key": _always("a secret"),
    "header.custtype": _one_of({"P": "a person", "B": "a corporation"}),
    "header.tr_type": _one_of({"1": "subscribe", "2": "unsubscribe"}),
    "body.rt_cd": _one_of({"0": "fine"}, "a refusal; 9 names no request"),
    "body.msg_cd": lambda value: CODES[value].meaning if value in CODES else "",
    "body.msg1": _always("KIS's text"),
    "body.output.iv": _always("AES, a secret"),
    "body.output.key": _always("AES, a secret"),
    "body.input.tr_id": _tr_id,
    "body.input.tr_key": _tr_key,
    "approval_key": _always("a secret, valid for 24 hours"),
    "error_code": lambda value: CODES[value].meaning if value in CODES else "",
    "error_description": _always("KIS's text"),
}
