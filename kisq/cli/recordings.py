"""``-r``: a recording in place of a feed."""

import sys
from math import inf
from typing import TYPE_CHECKING

from kisq.errors import WrongUsage
from kisq.locale.sentence import Plural, Sentence
from kisq.output.counts import Counts
from kisq.output.notices import Notices
from kisq.output.stream import is_terminal
from kisq.output.streams import Streams
from kisq.run.judgement import Input, Limits
from kisq.spec.markets import VENUES
from kisq.spec.tables import TRS
from kisq.wire.matching import AskedOfAnyTr

if TYPE_CHECKING:
    import typer

    from kisq.capture.replay import Replay

REPLAY = "replay"  # an environment beside those of the settings
_STDIN = "-"
_MOST_SAID = 5
_LIVE_ONLY = (
    "sim", "rate", "seed", "pingpong", "as_of", "fault", "env", "env_file", "reconnects"
)  # fmt: skip
_NO_RECORDING = Sentence("--speed is for a recording: name one with -r")
_NO_FEED = Sentence("{option} is for a live feed: leave it out with -r")
_SKIPPED = Sentence("line {number} is skipped: {reason}")
_MORE_SKIPPED = Sentence("more lines are skipped; they are counted at the end")
_ALL_SKIPPED = Plural(
    "{number} line of the recording skipped", "{number} lines of the recording skipped"
)
_LOOK_FURTHER = Sentence("So far the recording holds none: look at more of it.")


class Recording:
    """The recording ``name``, opened, to be replayed at ``speed`` recorded seconds a second.

    Only data of ``tr_keys`` and ``tr_ids`` count as ``asked`` for; without any, all do. Raises
    WrongUsage where it cannot be read.
    """

    environment = REPLAY

    def __init__(self, name: str, speed: float, tr_keys: list[str], tr_ids: list[str]) -> None:
        from kisq.capture.reader import CaptureReader

        self.name = name
        self.asked: AskedOfAnyTr | None = None
        if tr_keys or tr_ids:
            self.asked = AskedOfAnyTr(tr_keys, tr_ids)
        self._speed = speed
        self._reader = CaptureReader(name, _ignore)

    def input(self, limits: Limits, streams: Streams, *, screen: bool) -> Input:
        """The input of a run. A ``screen`` shows the progress itself."""
        from kisq.screen.progress import Progress

        stops = tuple(end for end in (limits.duration, limits.timeout) if end is not None)
        source = self.source(streams.counts, streams.notices, self._speed, stops)
        keyed = self._takes_keys(streams)
        progress = Progress(streams.notices, source, keyed=keyed, shown=not screen)
        press = None
        if keyed:
            press = source.press
        return Input(source, progress, lambda: _LOOK_FURTHER, press, progress.line)

    def _takes_keys(self, streams: Streams) -> bool:
        """Whether the keyboard steers the replay."""
        if self.name == _STDIN and is_terminal(sys.stdin):
            return False  # somebody types the recording
        if streams.out.terminal:
            return True
        # At full speed into a pipe the keys are left to whoever reads it, a pager for example.
        return streams.notices.is_terminal and self._speed != inf

    def source(
        self, counts: Counts, notices: Notices, speed: float = inf, stops: tuple[float, ...] = ()
    ) -> "Replay":
        """The frames of the recording; the first skipped lines are said, and all are counted."""
        from kisq.capture.replay import Replay, keep_only

        self._reader.bad = Skipped(counts, notices)
        keep = None
        if self.asked:
            keep = keep_only(self.asked)
        return Replay(self._reader, speed, keep, stops)


class Skipped:
    """Called with each line that is skipped, and why: says the first ones, and counts all."""

    def __init__(self, counts: Counts, notices: Notices) -> None:
        self._counts = counts
        self._notices = notices

    def __call__(self, number: int, reason: str) -> None:
        """Line ``number`` is skipped for that ``reason``."""
        self._counts.skipped += 1
        if self._counts.skipped <= _MOST_SAID:
            self._notices.say(_SKIPPED.format(number=number, reason=reason))
        elif self._counts.skipped == _MOST_SAID + 1:
            self._notices.say(_MORE_SKIPPED)

    def say_total(self) -> None:
        """Say how many, for a command without a summary, unless each one was said."""
        if self._counts.skipped > _MOST_SAID:
            self._notices.say(_ALL_SKIPPED.of(self._counts.skipped))


def recording(name: str, speed: float | None, tr_keys: list[str], tr_ids: list[str]) -> Recording:
    """The recording that ``-r`` names; on a terminal it is replayed as fast as it was recorded.

    Raises WrongUsage where it cannot be read.
    """
    if speed is None:
        speed = inf
        if is_terminal(sys.stdout):
            speed = 1.0
    return Recording(name, speed, tr_keys, tr_ids)


def check_live_options(ctx: "typer.Context") -> None:
    """Raises WrongUsage for an option that needs a live feed."""
    for parameter in _LIVE_ONLY:
        source = ctx.get_parameter_source(parameter)
        if source is not None and source.name == "COMMANDLINE":
            option = f"--{parameter.replace('_', '-')}"
            raise WrongUsage(_NO_FEED.format(option=option))


def check_recording_options(speed: float | None) -> None:
    """Raises WrongUsage for an option that needs a recording."""
    if speed is not None:
        raise WrongUsage(_NO_RECORDING)


def tr_ids_of(tr_id: str | None, venue: str | None) -> list[str]:
    """The TRs to look at: the one that is named, else those of a venue; empty for all."""
    if tr_id:
        return [tr_id]
    if not venue:
        return []
    (books,) = VENUES[venue].trs.values()
    return [books, TRS[books].trades]


def _ignore(number: int, reason: str) -> None:
    """Nothing is read before there is somebody to tell."""
