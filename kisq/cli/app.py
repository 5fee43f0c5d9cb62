"""The command line: options → what a command needs → exit code.

A command is imported when it is asked for, and what it needs when it runs, so that a start costs
little.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Annotated, Any

import typer

from kisq import __version__
from kisq.cli.help import HelpedCommand, HelpedGroup
from kisq.output.stream import stdout_lines

# In the order of the help page. Each is a function, or a Typer of several, in a module of its name.
_COMMANDS = ("approve", "watch", "raw", "check", "find", "tap", "sim", "explain", "symbols")


class Commands(Mapping[str, Any]):
    """The commands by name; each is imported and built when it is looked up."""

    def __getitem__(self, name: str) -> Any:
        if name not in _COMMANDS:
            raise KeyError(name)
        return _built(name)

    def __iter__(self) -> Iterator[str]:
        return iter(_COMMANDS)

    def __len__(self) -> int:
        return len(_COMMANDS)


@cache
def _built(name: str) -> Any:
    made = getattr(import_module(f"kisq.cli.{name}"), name)
    if not isinstance(made, typer.Typer):
        alone = typer.Typer(add_completion=False)
        alone.command(cls=HelpedCommand)(made)
        made = alone
    return typer.main.get_command(made)


class RootGroup(HelpedGroup):
    """All commands, of which a run needs one."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = Commands()  # type: ignore[assignment]  # nobody adds one


app = typer.Typer(
    cls=RootGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)


def _say_version(wanted: bool) -> None:
    if wanted:
        stdout_lines()  # raises OutputFailed if it is closed
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
