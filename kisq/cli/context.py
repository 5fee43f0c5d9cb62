"""What the command line hands to each command, and how its warnings and errors begin."""

import typer

from kisq.locale.sentence import Sentence
from kisq.now import say_if_given
from kisq.output.notices import Notices


def notices_of(ctx: typer.Context, *, verbose: bool) -> Notices:
    """Where sentences for people go; says at once which moment is taken for now, if one is."""
    notices: Notices = ctx.obj
    notices.verbose = verbose
    say_if_given(notices.remark)
    return notices


ERROR = Sentence("error: {fault}")
_WARNING = Sentence("warning: {sentence}")


def warn(notices: Notices, sentence: str) -> None:
    """Say that something is doubtful, although the run goes on."""
    notices.say(_WARNING.format(sentence=sentence))
