"""The options of how records and messages are shown, each written once."""

from typing import Annotated

import typer

from kisq.cli.option_texts import MessageKind, choice

Ascii = Annotated[
    bool,
    typer.Option("--ascii", help="Draw with ASCII, for terminals with wide bars and lines"),
]
Csv = Annotated[
    bool, typer.Option("--csv", help="Print CSV on stdout, a header and one row per record")
]
Only = Annotated[
    MessageKind | None,
    typer.Option(
        "--only",
        parser=choice(MessageKind),
        metavar="data|control|pingpong",
        help="Print only messages of one kind (default: all)",
    ),
]
Hex = Annotated[bool, typer.Option("--hex", help="Print the bytes of messages in hexadecimal")]
Delta = Annotated[
    bool, typer.Option("--delta", help="Begin each line with the seconds since the line before")
]
