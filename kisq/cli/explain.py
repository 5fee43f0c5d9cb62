"""``kisq explain``: its options and what they ask for."""

from datetime import datetime
from typing import Annotated

import typer

from kisq.cli import options
from kisq.cli.option_texts import moment
from kisq.errors import WrongUsage
from kisq.locale.sentence import Sentence

_ONE_OF_TWO = Sentence("give either a WORD or a recording with -r (see `kisq explain --help`)")

Word = Annotated[
    str | None,
    typer.Argument(
        metavar="WORD",
        help="A code, TR, market or key, or a whole message (- reads one per line from stdin)",
    ),
]
At = Annotated[
    datetime | None,
    typer.Option(
        "--at",
        parser=moment,
        metavar="MOMENT",
        help="Explain as of MOMENT, such as 2026-11-24T08:40:00+09:00 (default: now)",
    ),
]


def explain(
    ctx: typer.Context,
    word: Word = None,
    read: options.Read = None,
    at: At = None,
    json: options.Json = False,
    no_color: options.NoColor = False,
) -> int:
    """Explain a code, TR, field, market, key or message, without a network."""
    from kisq.cli.explain_words import explain_words

    if (word is None) == (read is None):
        raise WrongUsage(_ONE_OF_TWO)
    return explain_words(word, read, at, ctx.obj, json=json, colour=not no_color)
