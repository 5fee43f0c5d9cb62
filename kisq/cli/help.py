"""``--help`` in the user's language: usage, options by panel, commands, examples.

Typer's own page cannot be translated. The facts are Typer's: the parameters of a command, their
names, help texts and defaults.
"""

import sys
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any, NamedTuple

from typer.core import TyperCommand, TyperGroup

from kisq.locale.sentence import Sentence, in_catalogue, joined, translated
from kisq.output.stream import stdout_lines

_MOST_COLUMNS = 100
_USAGE = Sentence("Usage: {usage}")
_OPTIONS_METAVAR = Sentence("[OPTIONS]")
_COMMAND_METAVAR = Sentence("COMMAND")
_ARGUMENTS = Sentence("Arguments")
_OPTIONS = Sentence("Options")
_COMMANDS = Sentence("Commands")
_FAULTS = Sentence("Faults")
_EXAMPLES = Sentence("Examples")
_WITH_DEFAULT = Sentence("{help} (default: {default})")
_MORE = Sentence("Run `{command} COMMAND --help` for more about a command.")
# What Typer adds by itself, in our words.
OF_TYPER = {
    "--help": Sentence("Show this help"),
    "--install-completion": Sentence("Install completion for the current shell"),
    "--show-completion": Sentence("Print the completion for the current shell"),
}


class Section(NamedTuple):
    """A heading and its rows: a term, and what is told of it."""

    heading: str
    rows: list[tuple[str, str]]


class HelpedCommand(TyperCommand):
    """A command with our help."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the help page of this command."""
        _print(page(self, ctx))


class HelpedGroup(TyperGroup):
    """A group of commands with our help."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the help page of this group."""
        _print(page(self, ctx))


def _print(text: str) -> None:
    """Print without the last line's end, which Typer adds; its own print changes the encoding."""
    stdout_lines()  # raises OutputFailed if it is closed
    sys.stdout.write(text.rstrip("\n"))


def page(command: Any, ctx: Any) -> str:
    """The help page of ``command`` as text, as wide as the terminal allows."""
    from rich.console import Console
    from rich.padding import Padding

    console = Console(highlight=False, markup=False, emoji=False, color_system=None)
    console.width = min(console.width, _MOST_COLUMNS)
    with console.capture() as capture:
        console.print(translated(_USAGE.format(usage=usage(command, ctx))), soft_wrap=True)
        console.print()
        console.print(Padding(in_catalogue(_description(command)), (0, 0, 0, 2)))
        for section in sections(command, ctx):
            console.print(f"\n{section.heading}:")
            console.print(_table(section.rows))
        from kisq.cli.examples import EXAMPLES  # only a help page needs them

        examples = EXAMPLES.get(_name(ctx), ())
        if examples:
            console.print(f"\n{translated(_EXAMPLES)}:")
            console.print(_table([(line, translated(text)) for line, text in examples]))
        if any("--fault" in option.opts for option in _options(command, ctx)):
            console.print(f"\n{translated(_FAULTS)}:")
            console.print(Padding(_fault_names(), (0, 0, 0, 2)))
        if isinstance(command, TyperGroup):
            console.print(f"\n{translated(_MORE.format(command=ctx.command_path))}")
    return "".join(f"{line.rstrip()}\n" for line in capture.get().splitlines())


def _description(command: Any) -> str:
    return command.help or ""


def usage(command: Any, ctx: Any) -> Sentence:
    """``kisq watch [OPTIONS] [TR_KEY...]``."""
    words: list[str] = [ctx.command_path, _OPTIONS_METAVAR]
    for argument in _arguments(command):
        metavar = argument.metavar
        words.append(metavar if argument.required else f"[{metavar}]")
    if isinstance(command, TyperGroup):
        words.append(_COMMAND_METAVAR)
    return joined(" ", words)


def sections(command: Any, ctx: Any) -> Iterator[Section]:
    """What a help page has below its description: arguments, commands, options by panel."""
    arguments = [(argument.metavar, _help(argument)) for argument in _arguments(command)]
    if arguments:
        yield Section(translated(_ARGUMENTS), arguments)
    if isinstance(command, TyperGroup):
        commands = [
            (name, in_catalogue(_description(one))) for name, one in command.commands.items()
        ]
        yield Section(translated(_COMMANDS), commands)
    panels: dict[str, list[tuple[str, str]]] = {}
    for option in _options(command, ctx):
        panel = getattr(option, "rich_help_panel", None) or _OPTIONS
        panels.setdefault(panel, []).append((_term(option), _help(option)))
    for panel, options in panels.items():
        yield Section(in_catalogue(panel), options)


def _fault_names() -> str:
    from kisq.simulator.faults import HELP

    return HELP


def _name(ctx: Any) -> str:
    """The name of a command, without that of kisq before it."""
    names: list[str] = []
    while ctx.parent:
        names.insert(0, ctx.info_name)
        ctx = ctx.parent
    return " ".join(names)


def _arguments(command: Any) -> list[Any]:
    return [one for one in command.params if one.param_type_name == "argument"]


def _options(command: Any, ctx: Any) -> Iterable[Any]:
    return (one for one in command.get_params(ctx) if one.param_type_name == "option")


def _term(option: Any) -> str:
    """``-n, --count N``."""
    names = sorted(option.opts, key=len)
    indent = "" if len(names) > 1 else "    "
    metavar = "" if option.is_flag or option.metavar is None else f" {option.metavar}"
    return f"{indent}{', '.join(names)}{metavar}"


def _help(parameter: Any) -> str:
    own = OF_TYPER.get(max(parameter.opts, key=len))
    if own:
        return translated(own)
    text = in_catalogue(parameter.help)
    default = parameter.default
    if isinstance(default, Enum):
        default = default.value
    if default in (None, False) or callable(default):
        return text
    return translated(_WITH_DEFAULT.format(help=text, default=default))


def _table(rows: list[tuple[str, str]]) -> Any:
    """Two columns, the first as wide as its longest term."""
    from rich.cells import cell_len
    from rich.padding import Padding
    from rich.table import Table

    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=max(cell_len(term) for term, _ in rows), no_wrap=True)
    table.add_column(ratio=1, overflow="fold")  # else rich cuts a wide line that ends in a space
    for term, text in rows:
        table.add_row(term, text)
    return Padding(table, (0, 0, 0, 2))
