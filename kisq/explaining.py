"""``kisq explain``: words from the command line or stdin → explanations on stdout."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime

from kisq.calendar import calendar_of
from kisq.errors import WrongUsage
from kisq.explain.word import Asked, explain
from kisq.output.explain import ExplainJson, ExplainTables
from kisq.output.people import People
from kisq.output.stream import stdout_lines

_STDIN = "-"
_COMMENT = "#"  # no message begins with it; files of frames have comments


def explain_words(word: str, people: People, *, json: bool, colour: bool) -> None:
    """Print what there is to say about ``word``, or about each line of stdin where it is ``-``.

    Raises WrongUsage for a word that is nothing known; of stdin, every line has its turn first.
    """
    sink = ExplainJson(stdout_lines()) if json else ExplainTables(stdout_lines(), colour=colour)
    fault: WrongUsage | None = None
    for text in _stdin_words() if word == _STDIN else [word]:
        try:
            sink.write(explain(text, Asked(datetime.now(UTC), calendar_of)))
        except WrongUsage as found:
            if fault:
                people.say(f"error: {fault}")
            fault = found
    if fault:
        raise fault


def _stdin_words() -> Iterator[str]:
    """The lines of stdin that are not empty or comments. Raises WrongUsage where there is none."""
    empty = True
    for line in sys.stdin.buffer if sys.stdin else ():
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        if text.strip() and not text.startswith(_COMMENT):
            empty = False
            yield text
    if empty:
        raise WrongUsage("stdin held nothing to explain: give it one message or word a line")
