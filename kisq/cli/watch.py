"""``kisq watch``: order books and trades, as a screen, as lines, as NDJSON or as CSV."""

import typer

from kisq.capture.target import STDOUT
from kisq.cli import options, screen_options, symbol_options
from kisq.cli.context import notices_of
from kisq.cli.option_texts import PaletteName
from kisq.errors import WrongUsage
from kisq.locale.sentence import Sentence

_ONCE_AND_COUNT = Sentence("--once is -n 1: give one of the two")
_JSON_AND_CSV = Sentence("--json and --csv both want stdout: give one of the two")
_CSV_AND_STDOUT = Sentence("--csv and -w - both want stdout: name a file with -w")
_ONCE_AND_TRADES = Sentence("--once is one order book: leave --trades out")


def watch(
    ctx: typer.Context,
    keys: options.Keys = None,
    keys_file: options.KeysFile = None,
    tr: options.TrId = None,
    venue: options.VenueOption = None,
    trades: options.Trades = False,
    json: options.Json = False,
    csv: screen_options.Csv = False,
    count: options.Count = None,
    once: options.Once = False,
    duration: options.Duration = None,
    timeout: options.Timeout = None,
    reconnects: options.Reconnects = 10,
    depth: options.Depth = 10,
    palette: options.PaletteOption = PaletteName.KR,
    ascii_only: screen_options.Ascii = False,
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
    force: symbol_options.Force = False,
    no_control: symbol_options.NoControl = False,
) -> int:
    """Watch order books and trades live: on screen, as lines or as JSON."""
    from kisq.cli.key_command import KeyCommand, KeyOptions
    from kisq.cli.simulating import SimulatorOptions
    from kisq.cli.sources import WriteOptions
    from kisq.cli.watch_session import RecordDisplay, WatchSession
    from kisq.run.judgement import Limits

    most_records = _most_records(count, once=once, trades=trades)
    if csv:
        _check_csv(json=json, file=write)
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
    watched = command.keys_to_watch(trades=trades, force=force)
    display = RecordDisplay(
        json=json,
        csv=csv,
        depth=depth,
        palette=palette.value,
        ascii_only=ascii_only,
        colour=not no_color,
        personal=show_personal,
    )
    limits = Limits(duration, timeout, most_records, reconnects)
    with command.source() as source:
        session = WatchSession(source, watched, limits, display, notices, command.target)
        return session.run(control=not no_control)


def _most_records(count: int | None, *, once: bool, trades: bool) -> int | None:
    """How many records to show, which is one with --once. Raises WrongUsage."""
    if not once:
        return count
    if count not in (None, 1):
        raise WrongUsage(_ONCE_AND_COUNT)
    if trades:
        raise WrongUsage(_ONCE_AND_TRADES)
    return 1


def _check_csv(*, json: bool, file: str | None) -> None:
    if json:
        raise WrongUsage(_JSON_AND_CSV)
    if file == STDOUT:
        raise WrongUsage(_CSV_AND_STDOUT)
