"""``kisq explain``: words from the command line or stdin → explanations on stdout."""

from collections.abc import Iterator
from datetime import datetime

from kisq.cli.context import ERROR
from kisq.cli.stdin import stdin_lines
from kisq.errors import WrongUsage
from kisq.explain.renderers import ExplainJson, ExplainTables
from kisq.explain.word import Asked, explain
from kisq.hours.holidays import calendar_of
from kisq.locale.os_reasons import reason_of
from kisq.locale.sentence import Sentence
from kisq.now import now, say_if_given, taken
from kisq.output.counts import Counts
from kisq.output.notices import Notices
from kisq.output.stream import Lines, stdout_lines
from kisq.output.streams import Streams, console
from kisq.wire.frames import BINARY, CLOSE, OPEN, Frame
from kisq.wire.recorded_line import MOST_BYTES, frame_of

_STDIN = "-"
_MEBIBYTE = 1024 * 1024
_COMMENT = "#"  # no message begins with it; files of frames have comments
_NOT_WIRE = (OPEN, CLOSE, BINARY)  # they hold no text that could be explained
_EMPTY = Sentence("stdin held nothing to explain: give it one message or word per line")
_NOTHING_RECORDED = Sentence("the recording holds no message to explain")
_ANOTHER = Sentence("name another one with -r")
_LONG_LINE = Sentence(
    "a line of stdin is longer than {mebibytes} MiB, which is too long for a message"
)
_UNREADABLE = Sentence("stdin cannot be read: {reason}")


class Explainer:
    """Prints explanations of words; as a sink it explains each message.

    A word that cannot be explained does not end it: each fault but the last is said at once.
    """

    def __init__(
        self, shown: ExplainJson | ExplainTables, at: datetime | None, notices: Notices
    ) -> None:
        self._shown = shown
        self._at = at
        self._notices = notices
        self.fault: WrongUsage | None = None
        self.asked = 0  # words so far

    def explain(self, word: str) -> None:
        """Print the explanation of ``word``."""
        self.asked += 1
        try:
            self._shown.write(explain(word, Asked(self._at or now(), calendar_of)))
        except WrongUsage as fault:
            self.fail(fault)

    def fail(self, fault: WrongUsage) -> None:
        """Something cannot be explained."""
        if self.fault:
            self._notices.say(ERROR.format(fault=self.fault.text))
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
    """Explain ``word`` on stdout, or each message of the recording ``read``.

    The word ``-`` is each line of stdin; ``at`` is taken for now if it is given. Gives the exit
    code. Raises WrongUsage for a word that cannot be explained; where there are several, each has
    its turn first.
    """
    if at:
        notices.say(taken("--at", at))
    else:
        say_if_given(notices.say)
    out = stdout_lines()
    shown: ExplainJson | ExplainTables = ExplainTables(out, console(out, colour=colour))
    if json:
        shown = ExplainJson(out)
    explainer = Explainer(shown, at, notices)
    exit_code = 0
    if read is not None:
        exit_code = _explain_recording(read, explainer, out, notices)
    elif word == _STDIN:
        _explain_stdin(explainer)
    else:
        explainer.explain(word or "")
    if explainer.fault and not exit_code:
        raise explainer.fault
    return exit_code


def _explain_recording(name: str, explainer: Explainer, out: Lines, notices: Notices) -> int:
    """Explain each message of a recording; gives the exit code. Raises what ends reading it."""
    from kisq.capture.reader import CaptureReader
    from kisq.capture.replay import Replay
    from kisq.cli.recordings import Skipped
    from kisq.run.delivery import Delivery
    from kisq.run.loop import deliver

    counts = Counts(raw=True)
    skipped = Skipped(counts, notices)
    source = Replay(CaptureReader(name, skipped))
    delivery = Delivery(source, [explainer], Streams(out, notices, counts))
    outcome = deliver(delivery, lambda _: False)
    skipped.say_total()
    if outcome.failure:
        raise outcome.failure
    if not (explainer.asked or outcome.quiet):
        explainer.fail(WrongUsage(_NOTHING_RECORDED, _ANOTHER))
    return outcome.exit_code


def _explain_stdin(explainer: Explainer) -> None:
    try:
        for word in _stdin_words():
            explainer.explain(word)
    except WrongUsage as fault:
        explainer.fail(fault)


def _stdin_words() -> Iterator[str]:
    """The words in stdin. Raises WrongUsage where stdin has neither words nor messages."""
    is_empty = True
    for line in _stdin_lines():
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        if text.strip() and not text.startswith(_COMMENT):
            is_empty = False
            yield from _words_in(line, text)
    if is_empty:
        raise WrongUsage(_EMPTY)


def _words_in(line: bytes, text: str) -> Iterator[str]:
    """The line itself; of one that ``raw --json`` wrote its message, if it is from the wire."""
    frame = frame_of(line)
    if not isinstance(frame, Frame):
        yield text
    elif frame.kind not in _NOT_WIRE:
        yield frame.text


def _stdin_lines() -> Iterator[bytes]:
    """The lines of stdin; none where it is closed. Raises WrongUsage where it cannot be read."""
    try:
        for line in stdin_lines(MOST_BYTES):
            if len(line) > MOST_BYTES:
                raise WrongUsage(_LONG_LINE.format(mebibytes=MOST_BYTES // _MEBIBYTE))
            yield line
    except (AttributeError, ValueError):
        return
    except OSError as error:
        raise WrongUsage(_UNREADABLE.format(reason=reason_of(error))) from None
