"""What a person sees while nothing comes: a status line, and after a while what to try."""

import shutil
from collections.abc import Callable

from kisq.locale.sentence import Plural, Sentence
from kisq.output.counts import Counts
from kisq.output.notices import Notices
from kisq.wire.frames import DATA, IN, OUT, Frame, received_at

HINT_SECONDS = 10.0
_STATUS = Sentence("{state} · {seconds:.0f} s · PINGPONG {pingpongs} · Ctrl-C ends")
_NOTHING_CAME = Sentence("nothing came in {seconds:.0f} s. {hint}")
_NONE_TO_SHOW = Plural(
    "{number} data message, none to show", "{number} data messages, none to show"
)
_ACCEPTED = Sentence("accepted {since} KST, no data yet")
_NO_ANSWER = Sentence("no answer yet")
_ARROWS = {IN: "<", OUT: ">"}
_TIME_OF_DAY = slice(11, 19)  # of ISO 8601


class Waiting:
    """A sink of frames: shows a status on stderr until the first useful message.

    It comes after the sink that shows messages, so that they are counted by then.
    """

    def __init__(self, notices: Notices, counts: Counts, hint: Callable[[], str]) -> None:
        self._notices = notices
        self._counts = counts
        self._hint = hint
        self._accepted_at = ""  # the Korean clock when KIS accepted the first subscription
        self._started: float | None = None
        self._is_over = False
        self._has_hinted = False

    def write(self, frame: Frame) -> None:
        if frame.kind is not DATA:
            self._notices.detail(f"{_ARROWS[frame.dir]} {frame.kind} {frame.text}")
        if self._is_over:
            return
        self._notices.status("")  # this frame may be shown in its place
        self._is_over = self._counts.useful > 0
        answer = frame.answer
        if answer and answer.accepted and not self._accepted_at:
            self._accepted_at = received_at(frame.at)[_TIME_OF_DAY]

    def flush(self, now: float) -> None:
        """Show the state of things; ``now`` is by the clock of the source."""
        if self._is_over:
            return
        if self._started is None:
            self._started = now
        seconds = now - self._started
        if seconds >= HINT_SECONDS and not self._has_hinted:
            self._has_hinted = True
            self._notices.say(self._reason())
        pingpongs = self._counts.pingpongs
        status = _STATUS.format(state=self._state(), seconds=seconds, pingpongs=pingpongs)
        self._notices.status(status, shutil.get_terminal_size().columns)

    def _reason(self) -> str:
        """Why nothing is shown so far."""
        if self._counts.messages:
            return self._counts.nothing(f"{HINT_SECONDS:.0f}")
        return _NOTHING_CAME.format(seconds=HINT_SECONDS, hint=self._hint())

    def _state(self) -> Sentence:
        if self._counts.messages:
            return _NONE_TO_SHOW.of(self._counts.messages)
        if self._accepted_at:
            return _ACCEPTED.format(since=self._accepted_at)
        return _NO_ANSWER

    def close(self) -> None:
        self._notices.status("")
