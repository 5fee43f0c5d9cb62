"""The options of the command line, each written once."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from kisq.cli.option_texts import (
    Environment,
    PaletteName,
    Venue,
    choice,
    day,
    duration,
    file_name,
    path,
    positive,
    speed,
    whole_number,
)

_SIMULATOR = "Simulator"  # the heading of its options

Keys = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="TR_KEY...", help="Keys, codes or names, such as DNASAAPL, 005930 or 애플"
    ),
]
KeysFile = Annotated[
    str | None,
    typer.Option(
        "--keys",
        parser=file_name,
        metavar="FILE",
        help="Read more keys from FILE, separated by white space, with # comments (- for stdin)",
    ),
]
Write = Annotated[
    str | None,
    typer.Option(
        "--write",
        "-w",
        parser=file_name,
        metavar="FILE",
        help="Record every message in FILE; .gz and .zst are compressed (- for stdout)",
    ),
]
Append = Annotated[bool, typer.Option("--append", help="Append to the FILE of --write")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace the FILE of --write")]
Read = Annotated[
    str | None,
    typer.Option(
        "--read",
        "-r",
        parser=file_name,
        metavar="FILE",
        help="Read a recording, or bare messages, instead of connecting (- for stdin)",
    ),
]
Speed = Annotated[
    float | None,
    typer.Option(
        "--speed",
        parser=speed,
        metavar="N|max",
        help="Replay N times as fast as recorded (default: 1 on a terminal, else max)",
    ),
]
TrId = Annotated[
    str | None,
    typer.Option(
        "--tr",
        metavar="TR_ID",
        help="Override the TR derived from the key (default: from the key)",
    ),
]
VenueOption = Annotated[
    Venue | None,
    typer.Option(
        "--venue",
        parser=choice(Venue),
        metavar="krx|nxt|unified",
        help="Choose the venue of Korean stocks (default: from --tr, else krx)",
    ),
]
Trades = Annotated[bool, typer.Option("--trades", help="Subscribe to trades as well")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON on stdout, one object per line")]
Full = Annotated[bool, typer.Option("--full", help="Print whole messages instead of cutting them")]
Show = Annotated[bool, typer.Option("--show", help="Print only the approval key, unmasked")]
Count = Annotated[
    int | None,
    typer.Option(
        "--count",
        "-n",
        parser=whole_number(1),
        metavar="N",
        help="Stop after N records, in raw N data messages (default: no limit)",
    ),
]
Duration = Annotated[
    float | None,
    typer.Option(
        "--duration",
        parser=duration,
        metavar="TIME",
        help="Stop after TIME, such as 30s, 5m or 2h (default: no limit)",
    ),
]
Timeout = Annotated[
    float | None,
    typer.Option(
        "--timeout",
        parser=duration,
        metavar="TIME",
        help="Give up if no data came within TIME (default: never; check: 20s)",
    ),
]
For = Annotated[
    float | None,
    typer.Option(
        "--for",
        parser=duration,
        metavar="TIME",
        help="Listen for TIME after the first data (default: 10s)",
    ),
]
Reconnects = Annotated[
    int,
    typer.Option(
        "--reconnects",
        parser=whole_number(0),
        metavar="N",
        help="Give up after N failed connections in a row, 0 for at once",
    ),
]
Depth = Annotated[
    int,
    typer.Option(
        "--depth", parser=whole_number(1, 10), metavar="N", help="Show N levels on each side"
    ),
]
Once = Annotated[
    bool, typer.Option("--once", help="Show one complete order book and stop, as -n 1")
]
PaletteOption = Annotated[
    PaletteName,
    typer.Option(
        "--palette",
        parser=choice(PaletteName),
        metavar="kr|us",
        help="Draw asks blue and bids red (kr), or asks red and bids green (us)",
    ),
]
Time = Annotated[bool, typer.Option("--time", "-t", help="Begin each line with its receive time")]
Env = Annotated[
    Environment | None,
    typer.Option(
        "--env",
        parser=choice(Environment),
        metavar="real|mock",
        help="Choose KIS's environment (default: KIS_ENV, else real)",
    ),
]
EnvFile = Annotated[
    Path | None,
    typer.Option(
        "--env-file",
        parser=path,
        metavar="PATH",
        help="Read settings from PATH (default: the nearest .env)",
    ),
]
NoColor = Annotated[bool, typer.Option("--no-color", help="Print without colours")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Report each step on stderr")]
Personal = Annotated[
    bool,
    typer.Option(
        "--show-personal",
        help="Show HTS ID, account and names in order notices (recordings never hold them)",
    ),
]
Sim = Annotated[
    bool,
    typer.Option(
        "--sim",
        help="Use the built-in simulator: no account, no network",
        rich_help_panel=_SIMULATOR,
    ),
]
Rate = Annotated[
    float | None,
    typer.Option(
        "--rate",
        parser=positive,
        metavar="N",
        help="Send N messages a second for each key (default: 5)",
        rich_help_panel=_SIMULATOR,
    ),
]
Seed = Annotated[
    int | None,
    typer.Option(
        "--seed",
        parser=whole_number(),
        metavar="N",
        help="Make other order books with another N (default: 1)",
        rich_help_panel=_SIMULATOR,
    ),
]
AsOf = Annotated[
    date | None,
    typer.Option(
        "--as-of",
        parser=day,
        metavar="YYYY-MM-DD",
        help="Send each TR in the layout that KIS used on that day (default: the newest)",
        rich_help_panel=_SIMULATOR,
    ),
]
PingPong = Annotated[
    float | None,
    typer.Option(
        "--pingpong",
        parser=positive,
        metavar="SECONDS",
        help="Send a PINGPONG every SECONDS (default: as KIS, after 10 s of silence, then every "
        "20 s)",
        rich_help_panel=_SIMULATOR,
    ),
]
Fault = Annotated[
    list[str] | None,
    typer.Option(
        "--fault",
        metavar="FAULT",
        help="Inject a fault, repeatable (names: see Faults)",
        rich_help_panel=_SIMULATOR,
    ),
]
