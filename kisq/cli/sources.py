"""What a command reads from: settings or a simulator, and the feed or recording of a run."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from kisq.capture.target import Target
from kisq.cli.recordings import writing
from kisq.errors import WrongUsage
from kisq.flow import Sink
from kisq.locale.sentence import Plural, Sentence, with_fields
from kisq.output.notices import Notices
from kisq.output.streams import Streams
from kisq.packages import importing
from kisq.run.judgement import Input, Limits, Run
from kisq.settings import SIM, Settings, load
from kisq.simulator.faults import parse_faults
from kisq.wire.escape import MASK, without_secrets

if TYPE_CHECKING:
    from kisq.feed.approver import Approver
    from kisq.simulator.server import Simulator
    from kisq.simulator.shared_state import Options, Played

# As long as app keys and approval keys are, or longer, in the characters of these and of secrets.
_LIKE_A_SECRET = re.compile(r"[A-Za-z0-9+/=_-]{36,}")
_SIMULATOR = Sentence("simulator: {message}")
_PLAYED = Plural(
    "{tr_key}: the only message has been played; only PINGPONG from here on",
    "{tr_key}: all {number} messages have been played; only PINGPONG from here on",
)
_NOTHING_RECORDED = Sentence("simulator: the recording holds nothing of {tr_key}")
# What is said where the simulator's packages are missing, or fail.
_SIMULATOR_PARTS = (
    (
        "the simulator needs {name}",
        "install kisq with its extra: pip install '.[sim]' in its folder",
    ),
    (
        "what the simulator needs cannot be imported ({kind}: {error})",
        "install it again: pip install --force-reinstall aiohttp",
    ),
)


@contextmanager
def settings_of(
    environment: str | None, env_file: Path | None, simulator: "Options | None", notices: Notices
) -> Iterator[Settings]:
    """The settings of the run, or those of a simulator that lives as long as the run."""
    with start_simulator(simulator, notices) if simulator else nullcontext() as server:
        if server:
            urls, account = (server.rest_url, server.ws_url), (server.app_key, server.app_secret)
            settings = Settings(SIM, *urls, *account)
        else:
            settings = load(environment, env_file, warn=lambda fault: _warn(notices, fault))
        for secret in settings.secrets:
            notices.redact.add(secret)
        for name, origin in settings.origins.items():
            notices.detail(f"{name} is from {origin}")
        yield settings


def _warn(notices: Notices, fault: str) -> None:
    notices.say(f"warning: {fault}")


def start_simulator(
    options: "Options", notices: Notices, played: "Played | None" = None, *, reports: bool = False
) -> "Simulator":
    """A simulator to enter; it tells ``notices`` what it does, if they are verbose.

    If it ``reports``, it tells them in any case what whoever tries a client should know.
    """
    with importing(*_SIMULATOR_PARTS):
        from kisq.simulator.server import Simulator
        from kisq.simulator.shared_state import ignore

    def say(sentence: Sentence) -> None:
        notices.say(_SIMULATOR.format(message=with_fields(sentence, _masked)))

    def over(tr_key: str, number: int) -> None:
        if number:
            notices.say(_PLAYED.of(number, tr_key=tr_key))
        else:
            notices.detail(_NOTHING_RECORDED.format(tr_key=tr_key))

    return Simulator(
        options,
        say if notices.verbose else ignore,
        played=played,
        over=over,
        report=say if notices.verbose or reports else ignore,
    )


def _masked(text: str) -> str:
    """What a client sent or was sent, without secrets, also where it is no JSON."""
    return _LIKE_A_SECRET.sub(MASK, without_secrets(text.encode("utf-8", "replace")).decode())


def simulator_if(
    sim: bool,
    rate: float | None = None,
    seed: int | None = None,
    pingpong: float | None = None,
    faults: list[str] | None = None,
    as_of: date | None = None,
) -> "Options | None":
    """The options of the simulator, or None without --sim.

    Raises WrongUsage for its options without --sim, and what ``simulator_options`` does.
    """
    if sim:
        return simulator_options(rate, seed, pingpong, faults, as_of)
    options = {
        "rate": rate,
        "seed": seed,
        "pingpong": pingpong,
        "fault": faults or None,
        "as-of": as_of,
    }
    for name, value in options.items():
        if value is not None:
            raise WrongUsage(f"--{name} is an option of the simulator: add --sim")
    return None


def simulator_options(
    rate: float | None,
    seed: int | None,
    pingpong: float | None,
    faults: list[str] | None,
    as_of: date | None = None,
    *,
    port: int = 0,
    symbols: Path | None = None,
    any_symbol: bool = False,
) -> "Options":
    """The options of a simulator.

    Raises WrongUsage where the extra is not installed, and for a file of symbols that is none.
    """
    with importing(*_SIMULATOR_PARTS):
        from kisq.simulator.shared_state import Options
        from kisq.simulator.symbols import Symbols, well_known
    options = {"rate": rate, "seed": seed, "pingpong": pingpong, "as_of": as_of}
    chosen: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
    traded = Symbols(any_symbol=True) if any_symbol else well_known()
    if symbols:
        traded = traded.and_those_of(symbols)
    return Options(port=port, faults=parse_faults(faults or []), symbols=traded, **chosen)


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


class _Keys(NamedTuple):
    """What takes the keys of a keyboard, and whether one of them ended the run."""

    press: Callable[[str], None]
    is_over: Callable[[], bool]


def keys_of(sink: object) -> _Keys | None:
    """Those of a live screen; None for any other sink."""
    from kisq.screen.live_screen import LadderScreen

    if isinstance(sink, LadderScreen):
        return _Keys(sink.press, lambda: sink.is_over)
    return None


def run(
    run_input: Input,
    shown: Sink,
    limits: Limits,
    streams: Streams,
    target: Target | None,
    keys: _Keys | None = None,
) -> int:
    """Run ``run_input`` into ``shown``, recorded in ``target``; gives the exit code.

    ``keys`` are those of a live screen, which hands on to a replay what is meant for it.
    """
    from kisq.screen.keyboard import listening

    hide = streams.notices.personal.clean
    capturing = writing(target, hide) if target else nullcontext()
    press = keys.press if keys else run_input.press
    with capturing as capture, listening(press) as poll:
        sinks = [shown, run_input.status]
        judged = Run(run_input.source, sinks, streams, poll, capture, keys and keys.is_over)
        return judged.until(limits, run_input.hint)
