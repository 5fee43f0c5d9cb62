"""``kisq raw``: every message as it came."""

from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from kisq.cli import options
from kisq.cli.context import notices_of

if TYPE_CHECKING:
    from kisq.capture.target import Target
    from kisq.cli.recordings import Recording
    from kisq.flow import Sink
    from kisq.output.notices import Notices
    from kisq.run.judgement import Limits
    from kisq.settings import Settings
    from kisq.wire.messages import Key


def raw(
    ctx: typer.Context,
    keys: options.Keys = None,
    keys_file: options.KeysFile = None,
    tr: options.TrId = None,
    venue: options.VenueOption = None,
    json: options.Json = False,
    count: options.Count = None,
    duration: options.Duration = None,
    timeout: options.Timeout = None,
    reconnects: options.Reconnects = 10,
    time: options.Time = False,
    write: options.Write = None,
    append: options.Append = False,
    overwrite: options.Overwrite = False,
    read: options.Read = None,
    speed: options.Speed = None,
    env: options.Env = None,
    env_file: options.EnvFile = None,
    no_color: options.NoColor = False,  # noqa: ARG001 - it has no colours
    verbose: options.Verbose = False,
    show_personal: options.Personal = False,
    sim: options.Sim = False,
    rate: options.Rate = None,
    seed: options.Seed = None,
    pingpong: options.PingPong = None,
    as_of: options.AsOf = None,
    fault: options.Fault = None,
) -> int:
    """Print every message exactly as it arrives, one per line."""
    from kisq.cli.keys import key_texts, keys_as_given
    from kisq.cli.recordings import recording, target_of
    from kisq.cli.sources import settings_of, simulator_if
    from kisq.run.judgement import Limits

    notices = notices_of(ctx, verbose=verbose)
    target = target_of(write, append, overwrite, (read, keys_file, env_file), json=json)
    texts = key_texts(keys, keys_file, optional=read is not None)
    replay = recording(ctx, read, speed, list(texts), tr, venue)
    subscribed = [] if replay else keys_as_given(texts, tr, notices, venue)
    limits = Limits(duration, timeout, count, reconnects)
    simulator = simulator_if(sim, rate, seed, pingpong, fault, as_of)
    with (
        nullcontext(replay) if replay else settings_of(env, env_file, simulator, notices) as source
    ):
        shown = Shown(json=json, time=time, personal=show_personal)
        return _print(source, subscribed, limits, notices, target, shown)


@dataclass(frozen=True, slots=True)
class Shown:
    """How messages are shown."""

    json: bool
    time: bool
    personal: bool


def _print(
    origin: "Settings | Recording",
    keys: "list[Key]",
    limits: "Limits",
    notices: "Notices",
    target: "Target | None",
    how: Shown,
) -> int:
    """Print messages as they came until a limit or an interrupt; gives the exit code."""
    from kisq.cli.live_input import input_of
    from kisq.cli.order_notices import check_notices, hide_personal
    from kisq.cli.recordings import shown_lines
    from kisq.cli.sources import run
    from kisq.output.counts import Counts
    from kisq.output.raw import RawJson, RawLines
    from kisq.output.streams import Streams

    out, counts = shown_lines(target), Counts(raw=True)
    streams = Streams(out, notices, counts)
    check_notices(origin, keys, notices, sends_all=True)
    hide_personal(keys, notices, out, personal=how.personal)
    run_input = input_of(origin, keys, limits, streams, screen=False)
    shown: Sink = RawLines(out, counts, terminal=out.is_tty, time=how.time)
    if how.json:
        shown = RawJson(out, counts)
    return run(run_input, shown, limits, streams, target)
