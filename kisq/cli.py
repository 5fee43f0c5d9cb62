"""The command line: options → what a command needs → exit code.

What a command needs is imported when it runs, so that ``kisq --version`` costs little.
"""

from contextlib import nullcontext
from typing import Annotated

import typer

from kisq import __version__, options
from kisq.errors import WrongUsage
from kisq.now import say_if_given
from kisq.output.people import People

app = typer.Typer(
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"kisq {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _root(
    ctx: typer.Context,
    version: Annotated[  # noqa: ARG001 - the callback does the work
        bool,
        typer.Option("--version", callback=_say_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Is the KIS real-time WebSocket broadcasting? Look at the wire by hand."""
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())


@app.command()
def approve(
    ctx: typer.Context,
    show: options.Show = False,
    json: options.Json = False,
    env: options.Env = None,
    env_file: options.EnvFile = None,
    no_color: options.NoColor = False,  # noqa: ARG001 - it has no colours
    verbose: options.Verbose = False,
    sim: options.Sim = False,
    fault: options.Fault = None,
) -> None:
    """Issue an approval key (접속키), with which a WebSocket session registers."""
    from kisq import commands
    from kisq.prepare import settings_of, simulator_if

    people = _people(ctx, verbose)
    with settings_of(env, env_file, simulator_if(sim, faults=fault), people) as settings:
        commands.approve(settings, people, show=show, json=json)


@app.command()
def watch(
    ctx: typer.Context,
    keys: options.Keys = None,
    keys_file: options.KeysFile = None,
    tr: options.TrId = None,
    venue: options.VenueOption = None,
    trades: options.Trades = False,
    json: options.Json = False,
    count: options.Count = None,
    once: options.Once = False,
    duration: options.Duration = None,
    timeout: options.Timeout = None,
    reconnects: options.Reconnects = 10,
    depth: options.Depth = 10,
    palette: options.PaletteOption = options.PaletteName.KR,
    write: options.Write = None,
    append: options.Append = False,
    overwrite: options.Overwrite = False,
    read: options.Read = None,
    speed: options.Speed = None,
    env: options.Env = None,
    env_file: options.EnvFile = None,
    no_color: options.NoColor = False,
    verbose: options.Verbose = False,
    sim: options.Sim = False,
    rate: options.Rate = None,
    seed: options.Seed = None,
    pingpong: options.PingPong = None,
    fault: options.Fault = None,
) -> int:
    """Show the live order book (호가창), with --trades the trades (체결) too, or print NDJSON."""
    from kisq import commands
    from kisq.captures import recording, target_of
    from kisq.prepare import key_texts, keys_to_watch, settings_of, simulator_if
    from kisq.run import Limits

    if once and count not in (None, 1):
        raise WrongUsage("--once is -n 1: give one of the two")
    if once and trades:
        raise WrongUsage("--once is one order book: leave --trades out")
    people = _people(ctx, verbose)
    target = target_of(write, append, overwrite, (read, keys_file, env_file), json=json)
    texts = key_texts(keys, keys_file, optional=read is not None)
    subscribed = keys_to_watch(texts, tr, venue, trades=trades)
    replay = recording(ctx, read, speed, list(texts), tr, venue)
    look = commands.Look(json=json, depth=depth, palette=palette.value, colour=not no_color)
    limits = Limits(duration, timeout, 1 if once else count, reconnects)
    simulator = simulator_if(sim, rate, seed, pingpong, fault)
    with nullcontext(replay) if replay else settings_of(env, env_file, simulator, people) as source:
        return commands.watch(source, subscribed, limits, look, people, target)


@app.command()
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
    sim: options.Sim = False,
    rate: options.Rate = None,
    seed: options.Seed = None,
    pingpong: options.PingPong = None,
    fault: options.Fault = None,
) -> int:
    """Print every message as it came, unparsed, one a line."""
    from kisq import commands
    from kisq.captures import recording, target_of
    from kisq.prepare import key_texts, keys_as_given, settings_of, simulator_if
    from kisq.run import Limits

    people = _people(ctx, verbose)
    target = target_of(write, append, overwrite, (read, keys_file, env_file), json=json)
    texts = key_texts(keys, keys_file, optional=read is not None)
    replay = recording(ctx, read, speed, list(texts), tr, venue)
    subscribed = [] if replay else keys_as_given(texts, tr, people, venue)
    limits = Limits(duration, timeout, count, reconnects)
    simulator = simulator_if(sim, rate, seed, pingpong, fault)
    with nullcontext(replay) if replay else settings_of(env, env_file, simulator, people) as source:
        return commands.raw(source, subscribed, limits, people, target, json=json, time=time)


@app.command()
def check(
    ctx: typer.Context,
    keys: options.Keys = None,
    keys_file: options.KeysFile = None,
    tr: options.TrId = None,
    venue: options.VenueOption = None,
    timeout: options.Patience = None,
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
    sim: options.Sim = False,
    rate: options.Rate = None,
    seed: options.Seed = None,
    pingpong: options.PingPong = None,
    fault: options.Fault = None,
) -> int:
    """Is it broadcasting? A verdict, the reason when the answer is no, and what to do next."""
    from kisq.captures import recording, target_of
    from kisq.checking import check_keys
    from kisq.prepare import key_texts, keys_to_watch, settings_of, simulator_if

    people = _people(ctx, verbose)
    target = target_of(write, append, overwrite, (read, keys_file, env_file), json=json)
    texts = key_texts(keys, keys_file, optional=read is not None)
    subscribed = keys_to_watch(texts, tr, venue)
    replay = recording(ctx, read, None, [], None if texts else tr, None if texts else venue)
    simulator = simulator_if(sim, rate, seed, pingpong, fault)
    if not sim and not replay:
        people.say("KIS allows one session per appkey: end other programs that use this one")
    return check_keys(
        replay or (lambda: settings_of(env, env_file, simulator, people)),
        subscribed,
        (timeout, listen),
        people,
        target,
        json=json,
        colour=not no_color,
    )


@app.command()
def sim(
    ctx: typer.Context,
    port: options.Port = 0,
    play: options.Play = None,
    rate: options.Rate = None,
    seed: options.Seed = None,
    pingpong: options.PingPong = None,
    fault: options.Fault = None,
    verbose: options.Verbose = False,
) -> None:
    """Serve a simulated KIS on loopback, for any KIS client, until Ctrl-C."""
    from kisq import commands
    from kisq.captures import played
    from kisq.prepare import simulator_options

    people = _people(ctx, verbose)
    given = simulator_options(rate, seed, pingpong, fault, port)
    commands.sim(given, people, played(play, people, timed=rate is None) if play else None)


@app.command()
def explain(
    ctx: typer.Context,
    word: options.Word = None,
    read: options.Read = None,
    at: options.At = None,
    json: options.Json = False,
    no_color: options.NoColor = False,
) -> int:
    """Explain a code, a TR, a market, a tr_key or a message, offline."""
    from kisq.explaining import explain_words

    if (word is None) == (read is None):
        raise WrongUsage("give either a WORD or a recording with -r (see `kisq explain --help`)")
    return explain_words(word, read, at, ctx.obj, json=json, colour=not no_color)


def _people(ctx: typer.Context, verbose: bool) -> People:
    people: People = ctx.obj
    people.verbose = verbose
    say_if_given(people.say)
    return people
