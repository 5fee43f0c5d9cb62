"""What a command reads from and records with ``-w``, and the run of an input."""

import os
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kisq.capture.target import STDOUT, Target
from kisq.cli.context import warn
from kisq.cli.simulating import start_simulator
from kisq.errors import WrongUsage
from kisq.flow import Sink
from kisq.locale.sentence import Sentence
from kisq.output.notices import Notices
from kisq.output.stream import Lines, OutputStalled, stderr_lines, stdout_lines
from kisq.output.streams import Streams
from kisq.run.judgement import Input, Limits, Run
from kisq.settings import SIM, Settings, load
from kisq.wire.escape import Hide

if TYPE_CHECKING:
    from kisq.capture.writer import CaptureFile
    from kisq.feed.approver import Approver
    from kisq.simulator.shared_state import Options

_STDIN = "-"
_TWO_WANT_STDIN = Sentence("{first} and {second} both want stdin: name a file with one of them")
_BOTH = Sentence("--append keeps what --overwrite empties: give one of the two")
_NO_FILE = Sentence("{option} is for a recording: name its file with -w")
_TWO_WANT_STDOUT = Sentence("--json and -w - both want stdout: name a file with -w")
_SAME_FILE = Sentence("{option} and -w name the same file {file}, which would be lost")


class WriteOptions(NamedTuple):
    """The options of a recording that is written, as they were given."""

    name: str | None
    append: bool
    overwrite: bool


def target_of(
    options: WriteOptions, files: Mapping[str, str | Path | None], *, json: bool
) -> Target | None:
    """Where ``-w`` writes; None without it.

    ``files`` are those that the command reads, by the option that names them. Raises WrongUsage
    where ``-w`` or what belongs to it cannot be meant, or two options want stdin.
    """
    _check_stdin(files)
    if options.append and options.overwrite:
        raise WrongUsage(_BOTH)
    if options.name is None:
        _check_without_file(options)
        return None
    if options.name == STDOUT and json:
        raise WrongUsage(_TWO_WANT_STDOUT)
    for option, file in files.items():
        if file and _is_same_file(str(file), options.name):
            raise WrongUsage(_SAME_FILE.format(option=option, file=options.name))
    return Target(options.name, options.append, options.overwrite)


def _check_stdin(files: Mapping[str, str | Path | None]) -> None:
    readers = [option for option, file in files.items() if file == _STDIN]
    if len(readers) > 1:
        raise WrongUsage(_TWO_WANT_STDIN.format(first=readers[0], second=readers[1]))


def _check_without_file(options: WriteOptions) -> None:
    if options.append:
        raise WrongUsage(_NO_FILE.format(option="--append"))
    if options.overwrite:
        raise WrongUsage(_NO_FILE.format(option="--overwrite"))


def _is_same_file(read: str, written: str) -> bool:
    with suppress(OSError, ValueError, AttributeError):  # one of the two does not exist
        if read == _STDIN:
            state = os.fstat(sys.stdin.fileno())
        else:
            state = Path(read).stat()
        return stat.S_ISREG(state.st_mode) and os.path.samestat(state, Path(written).stat())
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
        with suppress(OutputStalled):  # already reported by whoever wrote to it
            file.close()


def shown_lines(target: Target | None) -> Lines:
    """Where a command shows its data: stdout, or stderr where the recording goes to stdout."""
    if target and target.name == STDOUT:
        return stderr_lines()
    return stdout_lines()


_ORIGIN = Sentence("{name} is from {origin}")


@contextmanager
def settings_of(
    environment: str | None,
    env_file: Path | None,
    simulator: "Options | None",
    notices: Notices,
    *,
    credentials_matter: bool = True,
) -> Iterator[Settings]:
    """The settings of the run, or those of a simulator that lives as long as the run."""
    if simulator is None:
        settings = load(
            environment,
            env_file,
            warn=lambda fault: warn(notices, fault),
            credentials_matter=credentials_matter,
        )
        yield _known(settings, notices)
        return
    with start_simulator(simulator, notices) as server:
        settings = Settings(SIM, server.rest_url, server.ws_url, server.app_key, server.app_secret)
        yield _known(settings, notices)


def _known(settings: Settings, notices: Notices) -> Settings:
    """``settings``, whose secrets ``notices`` know from here on."""
    for secret in settings.secrets:
        notices.redact.add(secret)
    for name, origin in settings.origins.items():
        notices.detail(_ORIGIN.format(name=name, origin=origin))
    return settings


def approver_of(settings: Settings, notices: Notices) -> "Approver":
    """What issues the approval key of a run, or has the one that was given."""
    from kisq.feed.approver import Approver

    return Approver(
        settings.rest_url,
        settings.app_key,
        settings.app_secret,
        settings.approval_key,
        notices.redact.add,
        settings.env_file,
        settings.origins,
    )


class ScreenKeys(NamedTuple):
    """What takes the keys of a keyboard, and whether one of them ended the run."""

    press: Callable[[str], None]
    is_over: Callable[[], bool]


def run(
    run_input: Input,
    sink: Sink,
    limits: Limits,
    streams: Streams,
    target: Target | None,
    keys: ScreenKeys | None = None,
) -> int:
    """Run ``run_input`` into ``sink``, recorded in ``target``; gives the exit code.

    ``keys`` are those of a live screen, which hands on to a replay what is meant for it.
    """
    from kisq.screen.keyboard import listening

    press = run_input.press
    is_over: Callable[[], bool] | None = None
    if keys:
        press = keys.press
        is_over = keys.is_over
    with (
        writing(target, streams.notices.personal.clean) as capture,
        listening(press) as poll,
    ):
        sinks = [sink, run_input.status]
        judged = Run(run_input.source, sinks, streams, poll, capture, is_over)
        return judged.until(limits, run_input.hint)
