"""What a command reads from: settings or a simulator, and the run of an input."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kisq.capture.target import Target
from kisq.cli.simulating import start_simulator
from kisq.cli.warning import warn
from kisq.cli.writing import writing
from kisq.flow import Sink
from kisq.locale.sentence import Sentence
from kisq.output.notices import Notices
from kisq.output.streams import Streams
from kisq.run.judgement import Input, Limits, Run
from kisq.settings import SIM, Settings, load

if TYPE_CHECKING:
    from kisq.feed.approver import Approver
    from kisq.simulator.shared_state import Options

_ORIGIN = Sentence("{name} is from {origin}")


@contextmanager
def settings_of(
    environment: str | None, env_file: Path | None, simulator: "Options | None", notices: Notices
) -> Iterator[Settings]:
    """The settings of the run, or those of a simulator that lives as long as the run."""
    if simulator is None:
        yield _known(load(environment, env_file, warn=lambda fault: warn(notices, fault)), notices)
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
