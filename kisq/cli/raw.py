"""``kisq raw``: every message as it came."""

import typer

from kisq.cli import options, screen_options
from kisq.cli.context import notices_of
from kisq.errors import WrongUsage
from kisq.locale.sentence import Sentence

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
    from kisq.cli.key_command import KeyCommand, KeyOptions
    from kisq.cli.raw_session import MessageDisplay, show_messages
    from kisq.cli.simulating import SimulatorOptions
    from kisq.cli.sources import WriteOptions
    from kisq.run.judgement import Limits

    if json:
        _check_json(hexed=hexed, delta=delta)
    shared = KeyOptions(
        keys=keys,
        keys_file=keys_file,
        tr_id=tr,
        venue=venue,
        json=json,
        write=WriteOptions(write, append, overwrite),
        read=read,
        speed=speed,
        env=env,
        env_file=env_file,
        sim=sim,
        simulator=SimulatorOptions(rate, seed, pingpong, as_of, fault),
    )
    notices = notices_of(ctx, verbose=verbose)
    command = KeyCommand(ctx, shared, notices)
    keys_to_send = command.keys_as_given()
    display = MessageDisplay(
        json=json,
        time=time,
        delta=delta,
        only=only,
        hexed=hexed,
        colour=not no_color,
        personal=show_personal,
    )
    limits = Limits(duration, timeout, count, reconnects)
    with command.source() as source:
        return show_messages(source, keys_to_send, limits, display, notices, command.target)


def _check_json(*, hexed: bool, delta: bool) -> None:
    if hexed:
        raise WrongUsage(_NOT_IN_JSON.format(option="--hex"))
    if delta:
        raise WrongUsage(_NOT_IN_JSON.format(option="--delta"))
