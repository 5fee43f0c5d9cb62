"""What a person sees while nothing comes: a status line, and after a while what to try."""

import re
import shutil
from collections.abc import Callable

from kisq.output.counts import Counts
from kisq.output.notices import Notices
from kisq.wire.frames import DATA, IN, OUT, Frame, received_at

HINT_SECONDS = 10.0
_STATUS = "{state} · {seconds:.0f} s · PINGPONG {pingpongs} · Ctrl-C ends"
_NOTHING_CAME = "nothing came in {seconds:.0f} s. {hint}"
_NONE_TO_SHOW = "{number} data messages, none to show"
_ACCEPTED = "accepted {since} KST, no data yet"
_NO_ANSWER = "no answer yet"
_ARROWS = {IN: "<", OUT: ">"}
_CLOCK = re.compile(r"T(\d\d:\d\d:\d\d)")


class Waiting:
    """A sink of frames: on stderr, until the first record that decodes, or data message.

    It comes after the sink that shows these, so that they are counted.
    """

    def __init__(self, notices: Notices, counts: Counts, hint: Callable[[], str]) -> None:
        self._notices, self._counts, self._hint = notices, counts, hint
        self._accepted = 0
        self._since = ""
        self._started: float | None = None
        self._over = self._hinted = False

    def write(self, frame: Frame) -> None:
        if frame.kind is not DATA:
            self._notices.detail(f"{_ARROWS[frame.dir]} {frame.kind} {frame.text}")
        if self._over:
            return
        self._notices.status("")  # this frame may be shown in its place
        self._over = self._counts.useful > 0
        if (answer := frame.answer) and answer.accepted:
            self._accepted += 1
            self._since = self._since or _CLOCK.findall(received_at(frame.at))[0]

    def flush(self, now: float) -> None:
        """Show the state of things; ``now`` is by the clock of the source."""
        if self._over:
            return
        self._started = now if self._started is None else self._started
        seconds = now - self._started
        if seconds >= HINT_SECONDS and not self._hinted:
            self._hinted = True
            self._notices.say(self._reason())
        pingpongs = self._counts.pingpongs
        status = _STATUS.format(state=self._state(), seconds=seconds, pingpongs=pingpongs)
        self._notices.status(status, shutil.get_terminal_size().columns)

    def _reason(self) -> str:
        """Why nothing is shown so far."""
        if self._counts.messages:
            return self._counts.nothing(f"{HINT_SECONDS:.0f}")
        return _NOTHING_CAME.format(seconds=HINT_SECONDS, hint=self._hint())

    def _state(self) -> str:
        if self._counts.messages:
            return _NONE_TO_SHOW.format(number=self._counts.messages)
        return _ACCEPTED.format(since=self._since) if self._accepted else _NO_ANSWER

    def close(self) -> None:
        self._notices.status("")
