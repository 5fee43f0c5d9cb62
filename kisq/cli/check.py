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
    from kisq.cli.check_session import Looks, check_keys
    from kisq.cli.key_names import check_listed, named
    from kisq.cli.keys import key_texts, keys_to_watch
    from kisq.cli.recordings import recording, target_of
    from kisq.cli.sources import settings_of, simulator_if

    notices = notices_of(ctx, verbose=verbose)
    target = target_of(write, append, overwrite, (read, keys_file, env_file), json=json)
    texts = key_texts(keys, keys_file, optional=read is not None)
    if read is None:
        texts = named(texts, tr, venue, notices)
    subscribed = keys_to_watch(texts, tr, venue)
    if read is None:
        check_listed(subscribed, texts, notices, force=force)
    replay = recording(ctx, read, None, [], None if texts else tr, None if texts else venue)
    simulator = simulator_if(sim, rate, seed, pingpong, fault, as_of)
    return check_keys(
        replay or (lambda: settings_of(env, env_file, simulator, notices)),
        subscribed,
        (timeout, listen),
        notices,
        target,
        json=json,
        colour=not no_color,
        looks=Looks(not no_control, not (sim or offline), show_personal),
    )
