"""What the command line hands to each command."""

import typer

from kisq.now import say_if_given
from kisq.output.notices import Notices


def notices_of(ctx: typer.Context, *, verbose: bool) -> Notices:
    """Where sentences for people go; says at once which moment is taken for now, if one is."""
    notices: Notices = ctx.obj
    notices.verbose = verbose
    say_if_given(notices.say)
    return notices
