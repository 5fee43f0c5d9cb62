"""What a person sees while nothing comes: a status line, and after a while what to try."""

import re
import shutil
from collections.abc import Callable

from kisq.output.counts import Counts
from kisq.output.notices import Notices
from kisq.wire.frames import DATA, IN, OUT, Frame, received_at

HINT_SECONDS = 10.0
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
        self._notices.status(
            f"{self._state()} · {seconds:.0f} s · PINGPONG {self._counts.pingpongs} · Ctrl-C ends",
            shutil.get_terminal_size().columns,
        )

    def _reason(self) -> str:
        """Why nothing is shown so far."""
        if self._counts.messages:
            return self._counts.nothing(f"{HINT_SECONDS:.0f}")
        return f"nothing came in {HINT_SECONDS:.0f} s. {self._hint()}"

    def _state(self) -> str:
        if self._counts.messages:
            return f"{self._counts.messages} data messages, none to show"
        return f"accepted {self._since} KST, no data yet" if self._accepted else "no answer yet"

    def close(self) -> None:
        self._notices.status("")
