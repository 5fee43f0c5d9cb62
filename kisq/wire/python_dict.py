"""JSON out of what Python's ``print`` or ``str`` writes of a dict; pure."""

import re

# A string in either quotes, or one of the words that JSON writes otherwise.
_TOKEN = re.compile(
    r"'(?P<single>(?:[^'\\]|\\.)*)'"
    r'|"(?P<double>(?:[^"\\]|\\.)*)"'
    r"|\b(?P<word>None|True|False)\b",
    re.DOTALL,
)
_WORDS = {"None": "null", "True": "true", "False": "false"}
# What stands otherwise in a string of JSON: Python's escapes, and a double quote.
_ESCAPE = re.compile(r"""\\x(?P<hex>[0-9a-fA-F]{2})|\\'|\\.|(?P<quote>")""", re.DOTALL)


def json_of_python(text: str) -> str:
    """``text`` with its strings in double quotes and Python's words as those of JSON.

    What is JSON already stays as it is. The result is JSON only if ``text`` was a dict or list.
    """
    return _TOKEN.sub(_token, text)


def _token(token: re.Match[str]) -> str:
    if word := token["word"]:
        return _WORDS[word]
    if token["single"] is None:
        return token[0]
    return f'"{_ESCAPE.sub(_escape, token["single"])}"'


def _escape(escape: re.Match[str]) -> str:
    if escape["quote"]:
        return '\\"'
    if escape["hex"]:
        return f"\\u00{escape['hex']}"
    return escape[0].replace("\\'", "'")
