"""Captures on the command line: ``-r`` in place of a feed, ``-w`` beside whatever is shown."""

import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from math import inf, isnan, nan
from pathlib import Path
from typing import TYPE_CHECKING

from kisq.capture.target import Target
from kisq.errors import WrongUsage
from kisq.output.counts import Counts
from kisq.output.notices import Notices
from kisq.output.stream import Lines, OutputStalled, is_terminal, stderr_lines, stdout_lines
from kisq.output.streams import Streams
from kisq.run.judgement import Input, Limits
from kisq.spec.markets import VENUES
from kisq.spec.tables import TRS
from kisq.wire.frames import DATA
from kisq.wire.hidden_words import Hide
from kisq.wire.matching import AskedOfAnyTr

if TYPE_CHECKING:
    import typer

    from kisq.capture.replay import Replay
    from kisq.capture.writer import CaptureFile
    from kisq.simulator.shared_state import Played

REPLAY = "replay"  # an environment beside those of the settings
STANDARD = "-"  # stdin for -r, stdout for -w
_READING = ("-r", "--keys", "--env-file")  # options that name a file to read
_MOST_SAID = 5
_WAIT = 1.0  # seconds; how often a pipe is looked at
# What only makes sense with a live feed: the parameter and the option.
_LIVE_ONLY = {
    name: f"--{name.replace('_', '-')}"
    for name in [
        "sim",
        "rate",
        "seed",
        "pingpong",
        "as_of",
        "fault",
        "env",
        "env_file",
        "reconnects",
    ]
}


class Recording:
    """The capture ``name``, opened, to be replayed at ``speed`` recorded seconds a second.

    Only the data of ``tr_keys`` and ``tr_ids`` are ``asked`` for, where there are any. Raises
    WrongUsage where it cannot be read.
    """

    environment = REPLAY

    def __init__(self, name: str, speed: float, tr_keys: list[str], tr_ids: list[str]) -> None:
        from kisq.capture.reader import CaptureReader

        self.name, self._speed = name, speed
        self.asked = AskedOfAnyTr(tr_keys, tr_ids) if tr_keys or tr_ids else None
        self._reader = CaptureReader(name, _ignore)

    def input(self, limits: Limits, streams: Streams, *, screen: bool) -> Input:
        """It as the input of a run. A ``screen`` shows the foot itself."""
        from kisq.screen.progress import Progress

        stops = tuple(end for end in (limits.duration, limits.timeout) if end is not None)
        notices = streams.notices
        source = self.source(streams.counts, notices, self._speed, stops)
        # At full speed into a pipe the keys are left to whoever reads it, a pager for example.
        keyed = streams.out.terminal or (notices.is_terminal and self._speed != inf)
        keyed = keyed and not (self.name == STANDARD and is_terminal(sys.stdin))  # it is typed
        progress = Progress(notices, source, keyed=keyed, shown=not screen)
        press = source.press if keyed else None
        return Input(source, progress, _hint, press, progress.line)

    def source(
        self, counts: Counts, notices: Notices, speed: float = inf, stops: tuple[float, ...] = ()
    ) -> "Replay":
        """Its frames; the first lines that are skipped are said, and all are counted."""
        from kisq.capture.replay import Replay, keep_only

        self._reader.bad = skipping(counts, notices)
        keep = keep_only(self.asked) if self.asked else None
        return Replay(self._reader, speed, keep, stops)


def skipping(counts: Counts, notices: Notices) -> Callable[[int, str], None]:
    """Says the first lines that are skipped, and counts all."""

    def skip(number: int, reason: str) -> None:
        counts.skipped += 1
        if counts.skipped <= _MOST_SAID:
            notices.say(f"line {number} is skipped: {reason}")
        elif counts.skipped == _MOST_SAID + 1:
            notices.say("more lines are skipped, and counted at the end")

    return skip


def say_skipped(counts: Counts, notices: Notices) -> None:
    """How many lines were skipped, where no summary says it and not each was said."""
    if counts.skipped > _MOST_SAID:
        notices.say(f"{counts.skipped} lines of the capture skipped")


def _hint() -> str:
    return "So far the recording holds none: look at more of it."


def recording(
    ctx: "typer.Context",
    name: str | None,
    speed: float | None,
    keys: list[str],
    tr_id: str | None,
    venue: str | None,
) -> Recording | None:
    """The recording that ``-r`` names, None without it.

    Raises WrongUsage for options that need the other kind of source.
    """
    if name is None:
        if speed is not None:
            raise WrongUsage("--speed is for a recording: name one with -r")
        return None
    for parameter, option in _LIVE_ONLY.items():
        source = ctx.get_parameter_source(parameter)
        if source is not None and source.name == "COMMANDLINE":
            raise WrongUsage(f"{option} is for a live feed: leave it out with -r")
    default = 1.0 if is_terminal(sys.stdout) else inf
    return Recording(name, default if speed is None else speed, keys, _trs_of(tr_id, venue))


def _trs_of(tr_id: str | None, venue: str | None) -> list[str]:
    """The TRs that were asked for: the one named, or a venue's books and trades; none for all."""
    if tr_id or not venue:
        return [tr_id] if tr_id else []
    (book,) = VENUES[venue].trs.values()
    return [book, TRS[book].trades]


def target_of(
    name: str | None,
    append: bool,
    overwrite: bool,
    files: tuple[str | Path | None, ...],
    *,
    json: bool,
) -> Target | None:
    """Where ``-w`` of ``name`` writes; None without it.

    ``files`` are those that the command reads with -r, --keys and --env-file. Raises WrongUsage
    where ``-w`` or what belongs to it cannot be meant, or two options want stdin.
    """
    reads = dict(zip(_READING, files, strict=True))
    if len(stdin := [option for option, read in reads.items() if read == STANDARD]) > 1:
        raise WrongUsage(f"{' and '.join(stdin)} both want stdin: name a file with one of them")
    if append and overwrite:
        raise WrongUsage("--append keeps what --overwrite empties: give one of the two")
    if name is None:
        if append or overwrite:
            option = "--append" if append else "--overwrite"
            raise WrongUsage(f"{option} is for a recording: name its file with -w")
        return None
    if name == STANDARD and json:
        raise WrongUsage("--json and -w - both want stdout: name a file with -w")
    for option, read in reads.items():
        if read and _same_file(str(read), name):
            raise WrongUsage(f"{option} and -w name the same file {name}, which would be lost")
    return Target(name, append, overwrite)


def _same_file(read: str, name: str) -> bool:
    with suppress(OSError, ValueError, AttributeError):  # one of the two does not exist
        state = os.fstat(sys.stdin.fileno()) if read == STANDARD else Path(read).stat()
        return stat.S_ISREG(state.st_mode) and os.path.samestat(state, Path(name).stat())
    return False


@contextmanager
def writing(target: Target | None, hide: Hide = bytes) -> Iterator["CaptureFile | None"]:
    """The capture file of ``-w``, tested, and open once it is written to; None without it.

    ``hide`` takes out of each line what it may not hold. Raises OutputFailed where it cannot be
    written, WrongUsage where it cannot be compressed or is not to be written over.
    """
    if target is None:
        yield None
        return
    from kisq.capture.writer import CaptureFile

    file = CaptureFile(target, hide)
    try:
        yield file
    finally:
        with suppress(OutputStalled):  # which whoever wrote to it has said
            file.close()


def shown_lines(target: Target | None) -> Lines:
    """Where a command shows what it shows: stdout, or stderr where the capture goes to stdout."""
    return stderr_lines() if target and target.name == STANDARD else stdout_lines()


def played(name: str, notices: Notices, *, timed: bool) -> "Played":
    """What a simulator broadcasts from the recording ``name``, if ``timed`` in its rhythm.

    Each registration reads the file anew. Raises WrongUsage where it cannot be read.
    """
    from kisq.capture.reader import CaptureReader
    from kisq.capture.replay import keep_only

    if name == STANDARD or (Path(name).exists() and not Path(name).is_file()):
        raise WrongUsage("--play reads its file for each registration: name a file, and no pipe")
    with closing(CaptureReader(name, _ignore, "--play")) as reader:  # to say now what is wrong
        batches = iter(lambda: reader.frames(_WAIT), None)
        if not any(frame.kind is DATA for frames in batches for frame in frames or ()):
            raise WrongUsage(f"{name} holds no data message that could be broadcast")
    skip, last = skipping(Counts(), notices), [0]

    def once(number: int, reason: str) -> None:
        if number > last[0]:
            last[0] = number
            skip(number, reason)

    def messages(tr_id: str, tr_key: str) -> Iterator[tuple[float, str]]:
        keep, began = keep_only(AskedOfAnyTr([tr_key], [tr_id])), nan
        try:
            with closing(CaptureReader(name, once, "--play")) as reader:  # if the client leaves too
                while (frames := reader.frames(_WAIT)) is not None:
                    for frame in frames:
                        if frame.kind is DATA and keep(frame):
                            began = frame.at if isnan(began) else began
                            yield (frame.at - began if timed else nan), frame.text
        except WrongUsage as error:  # it was taken away
            notices.say(f"error: {error}")

    return messages


def _ignore(number: int, reason: str) -> None:
    pass
