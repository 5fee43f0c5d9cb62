"""The command line: options → what a command needs → exit code.

What a command needs is imported when it runs, so that ``kisq --version`` costs little.
"""

from typing import Annotated

import typer

from kisq import __version__
from kisq.cli.approve import approve
from kisq.cli.check import check
from kisq.cli.explain import explain
from kisq.cli.find import find
from kisq.cli.help import HelpedCommand, HelpedGroup
from kisq.cli.raw import raw
from kisq.cli.sim import sim
from kisq.cli.symbols import symbols
from kisq.cli.tap import tap
from kisq.cli.watch import watch

app = typer.Typer(
    cls=HelpedGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"kisq {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _root(
    ctx: typer.Context,
    version: Annotated[  # noqa: ARG001 - the callback does the work
        bool,
        typer.Option("--version", callback=_say_version, is_eager=True, help="Print the version"),
    ] = False,
) -> None:
    """Is the KIS real-time WebSocket broadcasting? Look at the wire by hand."""
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())


for command in (approve, watch, raw, check, find, tap, sim, explain):
    app.command(cls=HelpedCommand)(command)
app.add_typer(symbols)
