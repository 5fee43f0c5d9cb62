"""``kisq check``: its options and what they ask for."""

import typer

from kisq.cli import options, symbol_options
from kisq.cli.context import notices_of


def check(
    ctx: typer.Context,
    keys: options.Keys = None,
    keys_file: options.KeysFile = None,
    tr: options.TrId = None,
    venue: options.VenueOption = None,
    timeout: options.Timeout = None,
    listen: options.For = None,
    json: options.Json = False,
    write: options.Write = None,
    append: options.Append = False,
    overwrite: options.Overwrite = False,
    read: options.Read = None,
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
    offline: symbol_options.Offline = False,
    force: symbol_options.Force = False,
    no_control: symbol_options.NoControl = False,
) -> int:
    """Check whether KIS is broadcasting; if not, say why and what to do next."""
    from kisq.cli.check_run import check_keys
    from kisq.cli.check_session import CheckOptions
    from kisq.cli.key_command import KeyCommand, KeyOptions
    from kisq.cli.simulating import SimulatorOptions
    from kisq.cli.sources import WriteOptions

    shared = KeyOptions(
        keys=keys,
        keys_file=keys_file,
        tr_id=tr,
        venue=venue,
        json=json,
        write=WriteOptions(write, append, overwrite),
        read=read,
        env=env,
        env_file=env_file,
        sim=sim,
        simulator=SimulatorOptions(rate, seed, pingpong, as_of, fault),
    )
    notices = notices_of(ctx, verbose=verbose)
    command = KeyCommand(ctx, shared, notices)
    checked = command.keys_to_watch(force=force)
    check_options = CheckOptions(
        timeout=timeout,
        listen=listen,
        json=json,
        colour=not no_color,
        control=not no_control,
        download=not (sim or offline),
        personal=show_personal,
    )
    source = command.whole_recording() or command.settings
    return check_keys(source, checked, check_options, notices, command.target)
