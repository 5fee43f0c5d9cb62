"""The options of a command that serves, beside those in ``options``."""

from pathlib import Path
from typing import Annotated

import typer

from kisq.cli.option_texts import file_name, path, whole_number

Play = Annotated[
    str | None,
    typer.Option(
        "--play",
        parser=file_name,
        metavar="FILE",
        help="Broadcast the data of a recording (default speed: as recorded, or --rate)",
    ),
]
SymbolsFile = Annotated[
    Path | None,
    typer.Option(
        "--symbols",
        parser=path,
        metavar="FILE",
        help="Read more traded symbols from FILE, one tr_key per line, Korean ones with venues",
    ),
]
AnySymbol = Annotated[
    bool,
    typer.Option(
        "--any-symbol", help="Let every symbol trade (default: an unknown one stays silent)"
    ),
]
Port = Annotated[
    int,
    typer.Option(
        "--port",
        parser=whole_number(0, 65535),
        metavar="N",
        help="Listen on port N, 0 for any that is free",
    ),
]
