"""``kisq raw``: every message as it came."""

from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from kisq.cli import options, screen_options
from kisq.cli.choices import MessageKind
from kisq.cli.context import notices_of
from kisq.errors import WrongUsage
from kisq.locale.sentence import Sentence

if TYPE_CHECKING:
    from kisq.capture.target import Target
    from kisq.cli.recordings import Recording
    from kisq.flow import Sink
    from kisq.output.counts import Counts
    from kisq.output.notices import Notices
    from kisq.output.stream import Lines
    from kisq.run.judgement import Limits
    from kisq.settings import Settings
    from kisq.wire.messages import Key

_NOT_IN_JSON = Sentence("{option} is for lines of text: leave it out with --json")


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
    delta: screen_options.Delta = False,
    only: screen_options.Only = None,
    hexed: screen_options.Hex = False,
    write: options.Write = None,
    append: options.Append = False,
    overwrite: options.Overwrite = False,
    read: options.Read = None,
    speed: options.Speed = None,
    env: options.Env = None,
    env_file: options.EnvFile = None,
    no_color: options.NoColor = False,
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

    shown = Shown(
        json=json,
        time=time,
        delta=delta,
        only=only,
        hexed=hexed,
        colour=not no_color,
        personal=show_personal,
    )
    _check(shown)
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
        return _print(source, subscribed, limits, notices, target, shown)


@dataclass(frozen=True, slots=True)
class Shown:
    """How messages are shown."""

    json: bool
    time: bool
    delta: bool
    only: MessageKind | None
    hexed: bool
    colour: bool
    personal: bool


def _check(how: Shown) -> None:
    """Raise WrongUsage for options that JSON has no place for."""
    for option, wanted in (("--hex", how.hexed), ("--delta", how.delta)):
        if how.json and wanted:
            raise WrongUsage(_NOT_IN_JSON.format(option=option))


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
    from kisq.output.streams import Streams

    out = shown_lines(target)
    counts = Counts(raw=True)
    streams = Streams(out, notices, counts)
    check_notices(origin, keys, notices, sends_all=True)
    hide_personal(keys, notices, out, personal=how.personal)
    run_input = input_of(origin, keys, limits, streams, screen=False)
    return run(run_input, _sink(out, counts, how), limits, streams, target)


def _sink(out: "Lines", counts: "Counts", how: Shown) -> "Sink":
    """What shows messages, perhaps those of one kind only."""
    from kisq.output.raw import OnlyKind
    from kisq.wire.frames import FrameKind

    sink = _sink_of_all(out, counts, how)
    if how.only is None:
        return sink
    return OnlyKind(sink, FrameKind(how.only), counts)


def _sink_of_all(out: "Lines", counts: "Counts", how: Shown) -> "Sink":
    """What shows messages: NDJSON, lines for a person at a terminal, or bare lines."""
    from kisq.output.message_line import short_time
    from kisq.output.raw import Front, RawJson, RawLines, RawOnTerminal, full_time

    if how.json:
        return RawJson(out, counts)
    clock = None
    if how.time:
        clock = full_time
    elif out.is_tty and not how.delta:
        clock = short_time
    front = Front(clock, delta=how.delta)
    if out.is_tty:
        colour = how.colour and out.takes_colour
        return RawOnTerminal(out, counts, front, colour=colour, hexed=how.hexed)
    return RawLines(out, counts, front, hexed=how.hexed)
