"""``kisq tap``: between the user's own program and KIS."""

import typer

from kisq.cli import options, server_options
from kisq.cli.context import notices_of


def tap(
    ctx: typer.Context,
    port: server_options.Port = 0,
    json: options.Json = False,
    full: options.Full = False,
    duration: options.Duration = None,
    write: options.Write = None,
    append: options.Append = False,
    overwrite: options.Overwrite = False,
    env: options.Env = None,
    env_file: options.EnvFile = None,
    no_color: options.NoColor = False,
    verbose: options.Verbose = False,
    sim: options.Sim = False,
    rate: options.Rate = None,
    seed: options.Seed = None,
    pingpong: options.PingPong = None,
    as_of: options.AsOf = None,
    fault: options.Fault = None,
) -> int:
    """Show the session of your own program, which connects through kisq."""
    from kisq.cli.simulating import SimulatorOptions, simulator_if
    from kisq.cli.sources import WriteOptions, settings_of, target_of
    from kisq.cli.tap_session import TapDisplay, TapSession

    if json or write == "-":
        ctx.obj.keep()  # the first line of stderr is the address
    notices = notices_of(ctx, verbose=verbose)
    target = target_of(WriteOptions(write, append, overwrite), {"--env-file": env_file}, json=json)
    simulator = simulator_if(sim, SimulatorOptions(rate, seed, pingpong, as_of, fault))
    display = TapDisplay(json=json, full=full, colour=not no_color)
    with settings_of(env, env_file, simulator, notices, credentials_matter=False) as settings:
        return TapSession(settings, notices, target, display).run(port, duration)
