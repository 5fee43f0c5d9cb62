"""``kisq explain``: words from the command line or stdin → explanations on stdout."""

from collections.abc import Iterator
from datetime import datetime

from kisq.cli.stdin import stdin_lines
from kisq.errors import WrongUsage
from kisq.explain.renderers import ExplainJson, ExplainTables
from kisq.explain.word import Asked, explain
from kisq.hours.holidays import calendar_of
from kisq.now import now, say_if_given, taken
from kisq.output.console import console
from kisq.output.counts import Counts
from kisq.output.notices import Notices
from kisq.output.stream import Lines, stdout_lines
from kisq.output.streams import Streams
from kisq.wire.frames import BINARY, CLOSE, OPEN, Frame
from kisq.wire.recorded_line import MOST_BYTES, TOO_LONG, frame_of

_STDIN = "-"
_COMMENT = "#"  # no message begins with it; files of frames have comments
_NOT_WIRE = (OPEN, CLOSE, BINARY)  # nothing was said in them that could be explained


class Explainer:
    """Prints what there is to say about words; a sink, which does so of each message.

    A word that is nothing known does not end it: all but the last of such faults are said at once.
    """

    def __init__(
        self, shown: ExplainJson | ExplainTables, at: datetime | None, notices: Notices
    ) -> None:
        self._shown, self._at, self._notices = shown, at, notices
        self.fault: WrongUsage | None = None

    def explain(self, word: str) -> None:
        """Print what there is to say about ``word``."""
        try:
            self._shown.write(explain(word, Asked(self._at or now(), calendar_of)))
        except WrongUsage as fault:
            self.fail(fault)

    def fail(self, fault: WrongUsage) -> None:
        """Something cannot be explained."""
        if self.fault:
            self._notices.say(f"error: {self.fault}")
        self.fault = fault

    def write(self, frame: Frame) -> None:
        """Explain the message of a recording."""
        if frame.kind not in _NOT_WIRE:
            self.explain(frame.text)

    def flush(self, now: float) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing is kept."""


def explain_words(
    word: str | None,
    read: str | None,
    at: datetime | None,
    notices: Notices,
    *,
    json: bool,
    colour: bool,
) -> int:
    """Print what there is to say about ``word``, or each message of the recording ``read``.

    The word ``-`` is each line of stdin; ``at`` is taken for now where it is given. Gives the exit
    code. Raises WrongUsage for a word that is nothing known; where there are several, each has its
    turn first.
    """
    if at:
        notices.say(taken("--at", at))
    else:
        say_if_given(notices.say)
    out = stdout_lines()
    shown = ExplainJson(out) if json else ExplainTables(out, console(out, colour=colour))
    explainer, code = Explainer(shown, at, notices), 0
    if read is not None:
        code = _explain_recording(read, explainer, out, notices)
    elif word == _STDIN:
        _explain_stdin(explainer)
    else:
        explainer.explain(word or "")
    if explainer.fault and not code:
        raise explainer.fault
    return code


def _explain_recording(name: str, explainer: Explainer, out: Lines, notices: Notices) -> int:
    """Explain each message of a recording; the exit code. Raises what ends reading it."""
    from kisq.capture.reader import CaptureReader
    from kisq.capture.replay import Replay
    from kisq.cli.recordings import say_skipped, skipping
    from kisq.run.delivery import Delivery
    from kisq.run.loop import deliver

    counts = Counts(raw=True)
    source = Replay(CaptureReader(name, skipping(counts, notices)))
    streams = Streams(out, notices, counts)
    outcome = deliver(Delivery(source, [explainer], streams), lambda _: False)
    say_skipped(counts, notices)
    if outcome.failure:
        raise outcome.failure
    return outcome.exit_code


def _explain_stdin(explainer: Explainer) -> None:
    try:
        for word in _stdin_words():
            explainer.explain(word)
    except WrongUsage as fault:
        explainer.fail(fault)


def _stdin_lines() -> Iterator[bytes]:
    """The lines of stdin; none where it is closed. Raises WrongUsage where it cannot be read."""
    try:
        for line in stdin_lines(MOST_BYTES):
            if len(line) > MOST_BYTES:
                raise WrongUsage(f"a line of stdin is {TOO_LONG}: no message is")
            yield line
    except (AttributeError, ValueError):
        return
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
