"""Control messages part by part, their codes explained and their secrets hidden."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from kisq.errors import WrongKey
from kisq.explain.code import CODES, code_facts, kinds_of_key
from kisq.explain.explanation import Column, Explanation, Fact, Row, Table
from kisq.explain.tr import english
from kisq.locale.sentence import Sentence
from kisq.spec.notices import is_notice
from kisq.wire.clocks import KST
from kisq.wire.escape import MASK, SECRET_NAMES
from kisq.wire.messages import Answer, Key, Malformed, PingPong
from kisq.wire.trkey import parse_tr_key

_SECRET_IN_TEXT = re.compile(
    rf"""(["']?\b(?:{"|".join(SECRET_NAMES)})["']?\s*[:=]\s*)"""
    r"""("(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?|[^,}\s]*)""",
    re.IGNORECASE | re.DOTALL,
)
_DEEPEST = 6
# Where the TR stands that a key goes with.
_TR_OF_KEY = {"header.tr_key": "header.tr_id", "body.input.tr_key": "body.input.tr_id"}
_PINGPONG = Sentence("PINGPONG, the server's keep-alive")
_ANSWER_IT = Sentence("answer it, or the session ends after about 100 s")
_SENT = Sentence("as a text message when the feed is quiet, about every 10 s")
_PONG = Sentence("a PONG frame with the same text, or that text; kisq does it")
_ANSWER = Sentence("an answer to a request")
_KEY_REFUSED = Sentence("a refusal of an approval key")
_APPROVAL_KEY = Sentence("an approval key")
_UNKNOWN = Sentence("nothing that the feed is known to send")
_ACCEPTED = Sentence("yes")
_REFUSED = Sentence("no, refused")
_UNKNOWN_CODE = Sentence("kisq does not know the code {code}")
_NO_REQUEST = Sentence("a refusal that does not name a request")
_KEEP_ALIVE = Sentence("the server's keep-alive")
_PARTS = Sentence("parts")
_PART_COLUMNS = (
    Column("part", Sentence("part")),
    Column("value", Sentence("value")),
    Column("meaning", Sentence("meaning")),
)


def without_secrets_in_text(text: str) -> str:
    """``text`` with the values of what is named like a secret replaced by ``***``."""
    return _SECRET_IN_TEXT.sub(rf"\1{MASK}", text)


def explain_control(message: Answer | PingPong | Malformed, value: dict[str, Any]) -> Explanation:
    """A control message, or another JSON object of the feed or the approval endpoint."""
    name, facts = _kind(message, value)
    facts.insert(0, Fact("message", Sentence("message"), name))
    tables = [parts_table(value)]
    key = _key_named(message)
    codes = [text for path, text in _parts(value) if path in ("body.msg_cd", "error_code")]
    if codes and codes[0] in CODES:
        facts += code_facts(codes[0], key)
    if codes and not key:
        tables += kinds_of_key(codes[0])
    notes: list[str] = [
        _UNKNOWN_CODE.format(code=repr(code)) for code in codes if code not in CODES
    ]
    return Explanation("message", facts, tables, notes)


def parts_table(value: dict[str, Any]) -> Table:
    """Each part of a JSON object with its meaning; secrets and an HTS ID are hidden."""
    parts = dict(_parts(value))
    for path, path_of_tr in _TR_OF_KEY.items():
        if path in parts and is_notice(parts.get(path_of_tr, "")):
            parts[path] = MASK
    rows: list[Row] = [(path, text, _meaning(path, text)) for path, text in parts.items()]
    return Table("parts", _PARTS, _PART_COLUMNS, rows)


def _meaning(path: str, text: str) -> str:
    meaning_of = _MEANINGS.get(path)
    if meaning_of is None:
        return ""
    return meaning_of(text)


def _key_named(message: Answer | PingPong | Malformed) -> Key | None:
    """The registration that an answer names."""
    if isinstance(message, Answer) and message.tr_key:
        return message.tr_id, message.tr_key
    return None


def explain_pingpong() -> Explanation:
    """The word PINGPONG (protocol.md section 2)."""
    facts = [
        Fact("message", Sentence("message"), _PINGPONG),
        Fact("sent", Sentence("sent"), _SENT),
        _answer_it(),
        Fact("answer", Sentence("answer"), _PONG),
    ]
    return Explanation("message", facts)


def _answer_it() -> Fact:
    return Fact("next_step", Sentence("next step"), _ANSWER_IT)


def _kind(
    message: Answer | PingPong | Malformed, value: dict[str, Any]
) -> tuple[Sentence, list[Fact]]:
    """The kind of a JSON object, and facts beyond its parts and its code."""
    if isinstance(message, PingPong):
        return _PINGPONG, [_answer_it()]
    if isinstance(message, Answer):
        shown = _REFUSED
        if message.accepted:
            shown = _ACCEPTED
        return _ANSWER, [Fact("accepted", Sentence("accepted"), message.accepted, shown)]
    if "error_code" in value:
        return _KEY_REFUSED, []
    if "approval_key" in value:
        return _APPROVAL_KEY, []
    return _UNKNOWN, [Fact("reason", Sentence("reason"), message.reason)]


def _parts(value: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """The leaves of a JSON value, each with its path; secrets are hidden, whatever their form."""
    name = path.rpartition(".")[2]
    if name.lower() in SECRET_NAMES:
        yield path, MASK
    elif isinstance(value, dict) and value:
        yield from _members(value.items(), path, depth)
    elif isinstance(value, list) and value:
        yield from _members(enumerate(value), path, depth)
    elif isinstance(value, str):
        yield path, without_secrets_in_text(value)
    else:
        yield path, json.dumps(value)


def _members(
    members: Iterable[tuple[Any, Any]], path: str, depth: int
) -> Iterator[tuple[str, str]]:
    for name, value in members:
        below = str(name)
        if path:
            below = f"{path}.{name}"
        if depth < _DEEPEST:
            yield from _parts(value, below, depth + 1)
        else:
            yield below, "…"


def _tr_id(value: str) -> str:
    if value in ("", "(null)"):
        return _NO_REQUEST
    if value == "PINGPONG":
        return _KEEP_ALIVE
    return english(value)


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


def _code(value: str) -> str:
    if value in CODES:
        return CODES[value].meaning
    return ""


def _one_of(meanings: dict[str, Sentence], otherwise: str = "") -> Callable[[str], str]:
    return lambda value: meanings.get(value, otherwise)


def _always(meaning: Sentence) -> Callable[[str], str]:
    return lambda _: meaning


_KIS_TEXT = Sentence("KIS's text")
_ENCRYPTION = {"N": Sentence("data come plain"), "Y": Sentence("data come encrypted")}
_CUSTOMERS = {"P": Sentence("a person"), "B": Sentence("a corporation")}
_ACTIONS = {"1": Sentence("subscribe"), "2": Sentence("unsubscribe")}
_RESULTS = {"0": Sentence("fine")}
_OTHER_RESULT = Sentence("a refusal; 9 does not name a request")
# The meanings of the parts of a control message (protocol.md section 2), by path.
_MEANINGS: dict[str, Callable[[str], str]] = {
    "header.tr_id": _tr_id,
    "header.tr_key": _tr_key,
    "header.encrypt": _one_of(_ENCRYPTION),
    "header.datetime": _moment,
    "header.approval_key": _always(Sentence("a secret")),
    "header.custtype": _one_of(_CUSTOMERS),
    "header.tr_type": _one_of(_ACTIONS),
    "body.rt_cd": _one_of(_RESULTS, _OTHER_RESULT),
    "body.msg_cd": _code,
    "body.msg1": _always(_KIS_TEXT),
    "body.output.iv": _always(Sentence("AES, a secret")),
    "body.output.key": _always(Sentence("AES, a secret")),
    "body.input.tr_id": _tr_id,
    "body.input.tr_key": _tr_key,
    "approval_key": _always(Sentence("a secret, valid for 24 hours")),
    "error_code": _code,
    "error_description": _always(_KIS_TEXT),
}
