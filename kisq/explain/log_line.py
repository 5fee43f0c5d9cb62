"""Messages of the feed inside lines of a log, taken out as they were on the wire."""

import re
from json import JSONDecoder
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
    """The first message of the feed in ``line``; None if there is none.

    A dict as Python prints it counts as the JSON that it stands for.
    """
    data = _DATA.search(line)
    json = _json_in(line)
    if data and (json is None or data.start() < json.start):
        return _data_at(line, data.start())
    return json


def _data_at(line: str, start: int) -> Excerpt:
    """A data message, which reaches to the end of the line or to the quote that closes it."""
    text = line[start:]
    end = _ENDS.get(line[start - 1 : start], "")
    if end:
        text = text.rstrip().removesuffix(end)
    return Excerpt(text, start)


def _json_in(line: str) -> Excerpt | None:
    """The first JSON object in ``line``; one inside a JSON string is taken out of it."""
    if JSON_IN_JSON in line:
        inner = _json_in(line.replace('\\"', '"'))
        if inner is None:
            return None
        return inner._replace(start=line.index(JSON_IN_JSON))
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
    """The JSON object that begins there; empty if none does."""
    try:
        value, end = JSONDecoder(strict=False).raw_decode(line, start)
    except (ValueError, RecursionError):  # a ValueError also for a number of 5,000 digits
        return ""
    if isinstance(value, dict) and value:
        return line[start:end]
    return ""
