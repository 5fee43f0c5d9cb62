"""The options of the command line, each written once."""

from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kisq.cli.option_texts import day, duration, moment, positive, speed
from kisq.simulator.faults import HELP as FAULTS

_SIMULATOR = "Simulator"


class Environment(StrEnum):
    """KIS's two environments."""

    REAL = "real"
    MOCK = "mock"


class Venue(StrEnum):
    """Where Korean stocks are traded (spec.markets.VENUES): KRX, NXT, or both together."""

    KRX = "krx"
    NXT = "nxt"
    UNIFIED = "unified"


class PaletteName(StrEnum):
    """Whose colours the ladder has."""

    KR = "kr"
    US = "us"


Keys = Annotated[
    list[str] | None,
    typer.Argument(metavar="TR_KEY...", help="For example DNASAAPL, DHKS00003 or 005930."),
]
KeysFile = Annotated[
    str | None,
    typer.Option(
        "--keys", metavar="FILE", help="More keys, between white space; # comments; - is stdin."
    ),
]
Word = Annotated[
    str | None,
    typer.Argument(
        metavar="WORD",
        help="OPSP8996, HDFSASP0, NAS, DNASAAPL or a whole message; - reads stdin, one a line.",
    ),
]
At = Annotated[
    datetime | None,
    typer.Option(
        "--at",
        parser=moment,
        metavar="MOMENT",
        help="Take this for now, as KISQ_NOW does: 2026-11-24T08:40:00+09:00.",
    ),
]
Write = Annotated[
    str | None,
    typer.Option(
        "--write",
        "-w",
        metavar="FILE",
        help="Record every message in FILE (.gz and .zst compress; - is stdout).",
    ),
]
Append = Annotated[bool, typer.Option("--append", help="Add to the FILE of -w.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace the FILE of -w.")]
Read = Annotated[
    str | None,
    typer.Option(
        "--read", "-r", metavar="FILE", help="Replay a recording, or bare messages; - is stdin."
    ),
]
Speed = Annotated[
    float | None,
    typer.Option(
        "--speed",
        parser=speed,
        metavar="N|max",
        help="How fast to replay: 1 as recorded, the default on a terminal; max off it.",
    ),
]
TrId = Annotated[
    str | None, typer.Option("--tr", metavar="TR_ID", help="The TR, if not the key's own.")
]
VenueOption = Annotated[
    Venue | None,
    typer.Option(
        "--venue", case_sensitive=False, help="Of Korean stocks; krx, if --tr says nothing else."
    ),
]
Trades = Annotated[bool, typer.Option("--trades", help="The trades (체결) of the keys as well.")]
Json = Annotated[bool, typer.Option("--json", help="JSON on stdout, one object a line.")]
Full = Annotated[bool, typer.Option("--full", help="Whole messages, not cut to the line.")]
Show = Annotated[bool, typer.Option("--show", help="Show the approval key itself.")]
Count = Annotated[
    int | None,
    typer.Option("--count", "-n", min=1, help="End after N records (raw: data messages)."),
]
Duration = Annotated[
    float | None,
    typer.Option("--duration", parser=duration, metavar="TIME", help="End after 30s, 5m, 2h."),
]
Timeout = Annotated[
    float | None,
    typer.Option(
        "--timeout",
        parser=duration,
        metavar="TIME",
        help="Give up if no data came by then; default: never, of check 20s.",
    ),
]
For = Annotated[
    float | None,
    typer.Option(
        "--for",
        parser=duration,
        metavar="TIME",
        help="How long to listen after the first data; default 10s.",
    ),
]
Reconnects = Annotated[
    int,
    typer.Option("--reconnects", min=0, help="Give up after N failures in a row; 0: at once."),
]
Depth = Annotated[int, typer.Option("--depth", min=1, max=10, help="Show N levels a side.")]
Once = Annotated[bool, typer.Option("--once", help="One whole order book, then the end: -n 1.")]
PaletteOption = Annotated[
    PaletteName, typer.Option("--palette", help="Asks blue, bids red (kr) or red, green (us).")
]
Ascii = Annotated[
    bool,
    typer.Option("--ascii", help="Draw with ASCII, for terminals with wide bars and lines."),
]
Time = Annotated[bool, typer.Option("--time", "-t", help="The receive time in front of each line.")]
Env = Annotated[
    Environment | None, typer.Option("--env", help="KIS's environment; else KIS_ENV, else real.")
]
EnvFile = Annotated[
    Path | None,
    typer.Option("--env-file", metavar="PATH", help="Read settings from this file, not .env."),
]
NoColor = Annotated[bool, typer.Option("--no-color", help="No colours.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say each step on stderr.")]
Personal = Annotated[
    bool,
    typer.Option(
        "--show-personal",
        help="Show HTS ID, account and names in order notices (never in recordings).",
    ),
]
Sim = Annotated[
    bool,
    typer.Option(
        "--sim",
        help="No account, no network: the built-in simulator.",
        rich_help_panel=_SIMULATOR,
    ),
]
Rate = Annotated[
    float | None,
    typer.Option(
        "--rate",
        parser=positive,
        metavar="N",
        help="Messages a second for each key; default 5.",
        rich_help_panel=_SIMULATOR,
    ),
]
Seed = Annotated[
    int | None,
    typer.Option("--seed", help="Seed of its order books; default 1.", rich_help_panel=_SIMULATOR),
]
AsOf = Annotated[
    date | None,
    typer.Option(
        "--as-of",
        parser=day,
        metavar="YYYY-MM-DD",
        help="It sends each TR in the layout that KIS sent on that day; default the newest.",
        rich_help_panel=_SIMULATOR,
    ),
]
PingPong = Annotated[
    float | None,
    typer.Option(
        "--pingpong",
        parser=positive,
        metavar="SECONDS",
        help="Time between its PINGPONGs; default as KIS: 10 s after it fell quiet, then every 20.",
        rich_help_panel=_SIMULATOR,
    ),
]
Fault = Annotated[
    list[str] | None,
    typer.Option(
        "--fault",
        metavar="FAULT",
        help=f"Let it go wrong (repeatable): {FAULTS}.",
        rich_help_panel=_SIMULATOR,
    ),
]
