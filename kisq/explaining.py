"""``kisq explain``: words from the command line or stdin → explanations on stdout."""

import sys
from collections.abc import Iterator
from datetime import datetime

from kisq.calendar import calendar_of
from kisq.captures import say_skipped, skipping
from kisq.errors import WrongUsage
from kisq.explain.word import Asked, explain
from kisq.feed.capture import CaptureReader
from kisq.now import now, say_if_given, taken
from kisq.output.console import console
from kisq.output.explain import ExplainJson, ExplainTables
from kisq.output.people import People
from kisq.output.stream import stdout_lines
from kisq.output.tally import Tally
from kisq.protocol.capture import MOST_BYTES, TOO_LONG, frame_of
from kisq.protocol.frames import BINARY, CLOSE, OPEN, Frame

_STDIN = "-"
_COMMENT = "#"  # no message begins with it; files of frames have comments
_WAIT = 1.0  # seconds; how often a silent stdin is looked at
_NOT_WIRE = (OPEN, CLOSE, BINARY)  # nothing was said in them that could be explained


def explain_words(
    word: str | None,
    read: str | None,
    at: datetime | None,
    people: People,
    *,
    json: bool,
    colour: bool,
) -> None:
    """Print what there is to say about ``word``, or each message of the recording ``read``.

    The word ``-`` is each line of stdin; ``at`` is taken for now where it is given. Raises
    WrongUsage for a word that is nothing known; where there are several, each has its turn first.
    """
    if at:
        people.say(taken("--at", at))
    else:
        say_if_given(people.say)
    out = stdout_lines()
    sink = ExplainJson(out) if json else ExplainTables(out, console(out, colour=colour))
    fault: WrongUsage | None = None
    words = iter([word]) if word is not None else _messages(read or _STDIN, people)
    words = _stdin_words() if word == _STDIN else words
    while True:
        try:
            text = next(words)  # which may be what raises, and then was the last one
            sink.write(explain(text, Asked(at or now(), calendar_of)))
        except StopIteration:
            break
        except WrongUsage as found:
            if fault:
                people.say(f"error: {fault}")
            fault = found
    if fault:
        raise fault


def _messages(name: str, people: People) -> Iterator[str]:
    """The text of each message of a recording."""
    tally = Tally(raw=True)
    reader = CaptureReader(name, skipping(tally, people))
    while (frames := reader.frames(_WAIT)) is not None:
        yield from (frame.text for frame in frames if frame.kind not in _NOT_WIRE)
    say_skipped(tally, people)


def _stdin_lines() -> Iterator[bytes]:
    """The lines of stdin. Raises WrongUsage where it cannot be read, or one has no end."""
    try:
        while sys.stdin and (line := sys.stdin.buffer.readline(MOST_BYTES + 1)):
            if len(line) > MOST_BYTES:
                raise WrongUsage(f"a line of stdin is {TOO_LONG}: no message is")
            yield line
    except OSError as error:
        raise WrongUsage(f"stdin cannot be read: {error.strerror}") from None


def _stdin_words() -> Iterator[str]:
    """The lines of stdin that are not empty or comments. Raises WrongUsage where there is none.

    Of a line that ``raw --json`` wrote it is the message.
    """
    empty = True
    for line in _stdin_lines():
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        if text.strip() and not text.startswith(_COMMENT):
            empty, frame = False, frame_of(line)
            if not isinstance(frame, Frame):
                yield text
            elif frame.kind not in _NOT_WIRE:
                yield frame.text
    if empty:
        raise WrongUsage("stdin held nothing to explain: give it one message or word a line")
