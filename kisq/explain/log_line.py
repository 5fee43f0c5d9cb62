"""A message of the feed inside a line of a log: found, and written as it was on the wire."""

import re
from json import JSONDecodeError, JSONDecoder
from typing import NamedTuple

from kisq.wire.python_dict import json_of_python

_DATA = re.compile(r"(?<![\w|])[01]\|[A-Z0-9]{8}\|[0-9]{1,6}\|")
_ENDS = {"'": "'", '"': '"'}  # what a repr or a JSON string puts around a message
JSON_IN_JSON = '{\\"'  # an object inside a string of JSON begins so
_MOST_STARTS = 20  # of JSON that are tried in one line


class Excerpt(NamedTuple):
    """A message in a line: its text as on the wire, and where it begins (characters, from 0)."""

    text: str
    start: int
    is_python: bool = False


def message_in(line: str) -> Excerpt | None:
    """The first message of the feed in ``line``; None where there is none.

    A dict as Python prints it counts as the JSON that it stands for.
    """
    data = _DATA.search(line)
    json = _json_in(line)
    if data and (json is None or data.start() < json.start):
        return _data_at(line, data.start())
    return json


def _data_at(line: str, start: int) -> Excerpt:
    """A data message reaches to the end of the line, but for the quote that was put around it."""
    text = line[start:]
    end = _ENDS.get(line[start - 1 : start], "")
    return Excerpt(text.rstrip().removesuffix(end) if end else text, start)


def _json_in(line: str) -> Excerpt | None:
    """The first JSON object in ``line``; one inside a JSON string is taken out of it."""
    if JSON_IN_JSON in line:
        inner = _json_in(line.replace('\\"', '"'))
        start = line.index(JSON_IN_JSON)
        return inner._replace(start=start) if inner else None
    starts = [brace.start() for brace in re.finditer(r"\{", line)]
    for start in starts[:_MOST_STARTS]:
        text = _object_at(line, start)
        if text:
            return Excerpt(text, start)
        text = _object_at(json_of_python(line[start:]), 0)
        if text:
            return Excerpt(text, start, is_python=True)
    return None


def _object_at(line: str, start: int) -> str:
    """The JSON object that begins there; empty where none does."""
    try:
        value, end = JSONDecoder(strict=False).raw_decode(line, start)
    except (JSONDecodeError, RecursionError):
        return ""
    return line[start:end] if isinstance(value, dict) and value else ""
