"""The options of how records and messages are shown, each written once."""

from typing import Annotated

import typer

Ascii = Annotated[
    bool,
    typer.Option("--ascii", help="Draw with ASCII, for terminals with wide bars and lines"),
]
