"""``kisq watch``: order books and trades, as a screen, as lines or as NDJSON."""

from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from kisq.cli import options, screen_options, symbol_options
from kisq.cli.choices import PaletteName
from kisq.cli.context import notices_of
from kisq.errors import WrongUsage
from kisq.locale.sentence import Sentence

if TYPE_CHECKING:
    from kisq.capture.target import Target
    from kisq.cli.recordings import Recording
    from kisq.output.decoding import RecordSink
    from kisq.output.notices import Notices
    from kisq.output.streams import Streams
    from kisq.run.judgement import Input, Limits
    from kisq.settings import Settings
    from kisq.wire.messages import Key

# What is to be known of where the data come from, by the environment.
_MARKERS = {"sim": Sentence("SIMULATED"), "mock": Sentence("MOCK"), "replay": Sentence("REPLAY")}


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
    from kisq.cli.key_names import check_listed, named
    from kisq.cli.keys import key_texts, keys_to_watch
    from kisq.cli.recordings import recording, target_of
    from kisq.cli.sources import settings_of, simulator_if
    from kisq.run.judgement import Limits

    if once and count not in (None, 1):
        raise WrongUsage("--once is -n 1: give one of the two")
    if once and trades:
        raise WrongUsage("--once is one order book: leave --trades out")
    notices = notices_of(ctx, verbose=verbose)
    target = target_of(write, append, overwrite, (read, keys_file, env_file), json=json)
    texts = key_texts(keys, keys_file, optional=read is not None)
    if read is None:
        texts = named(texts, tr, venue, notices)
    subscribed = keys_to_watch(texts, tr, venue, trades=trades)
    if read is None:
        check_listed(subscribed, texts, notices, force=force)
    replay = recording(ctx, read, speed, list(texts), tr, venue)
    display = DisplayOptions(
        json=json,
        depth=depth,
        palette=palette.value,
        ascii=ascii_only,
        colour=not no_color,
        personal=show_personal,
    )
    limits = Limits(duration, timeout, 1 if once else count, reconnects)
    simulator = simulator_if(sim, rate, seed, pingpong, fault, as_of)
    with (
        nullcontext(replay) if replay else settings_of(env, env_file, simulator, notices) as source
    ):
        return _show(source, subscribed, limits, display, notices, target, control=not no_control)


@dataclass(frozen=True, slots=True)
class DisplayOptions:
    """How order books are shown."""

    json: bool
    depth: int
    palette: str
    ascii: bool
    colour: bool
    personal: bool


def _show(
    origin: "Settings | Recording",
    keys: "list[Key]",
    limits: "Limits",
    display: DisplayOptions,
    notices: "Notices",
    target: "Target | None",
    *,
    control: bool,
) -> int:
    """Show order books and trades until a limit or an interrupt; gives the exit code."""
    from kisq.cli.live_input import input_of
    from kisq.cli.order_notices import check_notices, hide_personal, notice_keys_for
    from kisq.cli.recordings import Recording, shown_lines
    from kisq.cli.sources import keys_of, run
    from kisq.output.counts import Counts
    from kisq.output.decoding import Decoding
    from kisq.output.streams import Streams
    from kisq.wire.matching import Asked

    streams = Streams(shown_lines(target), notices, Counts())
    check_notices(origin, keys, notices, sends_all=False)
    hide_personal(keys, notices, streams.out, personal=display.personal)
    notice_keys = notice_keys_for(keys)
    screen = streams.out.terminal and not display.json and not notice_keys
    run_input = input_of(
        origin, keys, limits, streams, screen=screen, control=control, notice_keys=notice_keys
    )
    _say_unfinished(keys, notices)
    asked = origin.asked if isinstance(origin, Recording) else Asked(keys)
    once = limits.count == 1
    sink = _record_sink(origin.environment, keys, display, streams, run_input, target, once=once)
    decoding = Decoding(
        sink,
        streams,
        asked,
        limits.count,
        tells=not run_input.source.recorded,
        notice_keys=notice_keys,
        personal=display.personal,
    )
    return run(run_input, decoding, limits, streams, target, keys_of(sink))


def _say_unfinished(keys: "list[Key]", notices: "Notices") -> None:
    """Say of which TRs the prices are no finished decimals (protocol.md section 3)."""
    from kisq.spec.tables import TRS

    for tr_id in dict.fromkeys(tr_id for tr_id, _ in keys):
        if TRS[tr_id].is_unfinished:
            notices.say(
                f"prices of {tr_id} are not finished decimals and are shown as they come: multiply "
                "them by 10 to the power of sCalcDesz, which stands in KIS's file ffcode.mst"
            )


def _record_sink(
    environment: str,
    keys: "list[Key]",
    display: DisplayOptions,
    streams: "Streams",
    run_input: "Input",
    target: "Target | None",
    *,
    once: bool,
) -> "RecordSink":
    """What shows records: NDJSON, plain lines, one whole book or the live screen."""
    from kisq.spec.notices import is_notice

    out = streams.out
    if display.json:
        from kisq.output.ndjson import RecordJson

        return RecordJson(out, display.depth)
    is_of_notices = any(is_notice(tr_id) for tr_id, _ in keys)
    if is_of_notices or (not out.terminal and not once):
        from kisq.output.lines import RecordLines

        return RecordLines(out)
    from kisq.cli.listing_names import ListingNames
    from kisq.output.console import console
    from kisq.screen.display import Display, Palette
    from kisq.screen.glyphs import glyphs_for

    screen = console(out, colour=display.colour, errors="replace")
    glyphs = glyphs_for(out.encoding, ascii_only=display.ascii)
    shown = Display(Palette(display.palette), display.depth, glyphs)
    names = ListingNames(streams.notices)
    if not out.terminal:
        from kisq.screen.whole import WholeBook

        return WholeBook(screen, out, shown, names.name)
    from kisq.hours.holidays import calendar_of
    from kisq.screen.live_screen import LadderScreen
    from kisq.screen.recorded import recorded_in

    return LadderScreen(
        screen,
        streams,
        shown,
        _MARKERS.get(environment, ""),
        run_input.foot,
        keys=keys,
        refusals=run_input.source.refusals,
        once=once,
        why_silent=run_input.why_silent,
        name_of=names.name,
        calendar_of=calendar_of,
        recording=recorded_in(target.name if target else None),
        player=run_input.press,
    )
