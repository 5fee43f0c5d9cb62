"""The options of a command that serves, beside those in ``options``."""

from pathlib import Path
from typing import Annotated

import typer

Play = Annotated[
    str | None,
    typer.Option(
        "--play",
        metavar="FILE",
        help="Broadcast the data of a recording, in its rhythm or at --rate.",
    ),
]
SymbolsFile = Annotated[
    Path | None,
    typer.Option(
        "--symbols",
        metavar="FILE",
        help="More symbols that trade, a tr_key per line; a Korean one with its venues behind it.",
    ),
]
AnySymbol = Annotated[
    bool,
    typer.Option("--any-symbol", help="Let any symbol trade; else an unknown one is silent."),
]
Port = Annotated[
    int, typer.Option("--port", min=0, max=65535, help="Its port; 0 takes a free one.")
]
