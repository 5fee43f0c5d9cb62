"""Members and values of a JSON object, as text."""

from collections.abc import Iterable

from kisq.wire.escape import json_text

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
