"""``kisq explain``: its options and what they ask for."""

import typer

from kisq.cli import options
from kisq.errors import WrongUsage
from kisq.locale.sentence import Sentence

_ONE_OF_TWO = Sentence("give either a WORD or a recording with -r (see `kisq explain --help`)")


def explain(
    ctx: typer.Context,
    word: options.Word = None,
    read: options.Read = None,
    at: options.At = None,
    json: options.Json = False,
    no_color: options.NoColor = False,
) -> int:
    """Explain a code, TR, field, market, key or message, without a network."""
    from kisq.cli.explain_words import explain_words

    if (word is None) == (read is None):
        raise WrongUsage(_ONE_OF_TWO)
    return explain_words(word, read, at, ctx.obj, json=json, colour=not no_color)
