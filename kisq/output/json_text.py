"""Members of a JSON object as text, and a single object as one line."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from kisq.wire.escape import json_text, unprintable_escaped

NULL = "null"


def member(name: str, literal: str) -> str:
    """A member of an object, of which ``literal`` is the value in JSON."""
    return f"{json_text(name)}:{literal}"


def text_or_null(text: str | None) -> str:
    """``text`` as a JSON string, or null if it is empty."""
    if text:
        return json_text(text)
    return NULL


def quoted_list(texts: Iterable[str]) -> str:
    """``texts`` as an array of JSON strings."""
    return f"[{','.join(map(json_text, texts))}]"


def number_or_null(text: str) -> str:
    """A number of the wire as a JSON number with the same digits, or null if it is empty or nan."""
    return number_or_empty(text) or NULL


def number_or_empty(text: str) -> str:
    """A number of the wire as JSON and CSV write it; an empty text if it is empty or nan."""
    digits = text.strip().removeprefix("+")
    if not digits or digits.endswith("nan"):
        return ""
    sign = ""
    if digits[0] == "-":
        sign = "-"
        digits = digits[1:]
    whole, _, decimals = digits.partition(".")
    whole = whole.lstrip("0") or "0"
    if decimals:
        return f"{sign}{whole}.{decimals}"
    return f"{sign}{whole}"


def as_json(value: Any, redact: Callable[[str], str] = str) -> str:
    """``value`` on one line, keys in their order; texts go through ``redact`` before encoding."""
    text = json.dumps(_redacted(value, redact), ensure_ascii=False, separators=(",", ":"))
    return unprintable_escaped(text)


def _redacted(value: Any, redact: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {name: _redacted(member, redact) for name, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [_redacted(member, redact) for member in value]
    return value
