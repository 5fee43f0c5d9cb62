"""What Typer finds wrong with a command line, in our words, from the facts in its exceptions."""

import re
import sys
from collections.abc import Mapping
from typing import Any

from kisq.locale.sentence import Sentence, verbatim

_SEE_HELP = Sentence("{fault} (see `{command} --help`)")
_NO_SUCH_OPTION = Sentence("there is no option {option}")
_SIMILAR_OPTIONS = Sentence("there is no option {option}; similar: {similar}")
_NEAR = 0.7  # --jsno to --json 0.75, --trade to --rate 0.67
_MISSING = Sentence("the argument {name} is missing")
_BAD_VALUE = Sentence("{option}: {reason}")
# Typer has one class for these; each pattern finds its facts in the English text.
_PATTERNS = (
    (
        re.compile(r"No such command '(?P<name>.*?)'\. Did you mean (?P<similar>.*)\?"),
        Sentence("there is no command {name!r}; similar: {similar}"),
    ),
    (
        re.compile(r"No such command '(?P<name>.*)'\."),
        Sentence("there is no command {name!r}"),
    ),
    (
        re.compile(r"Got unexpected extra argument(?:s|\(s\))? \((?P<words>.*)\)"),
        Sentence("there are more arguments than expected: {words}"),
    ),
    (
        re.compile(r"Option '(?P<option>.*)' requires an argument\."),
        Sentence("the option {option} needs a value"),
    ),
    (
        re.compile(r"Option '(?P<option>.*)' does not take a value\."),
        Sentence("the option {option} takes no value"),
    ),
    (re.compile(r"Missing command\."), Sentence("the command is missing")),
)


def usage_sentence(error: Any) -> Sentence:
    """One sentence for an exception of Typer's, and whose help to see."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else _command_typed()
    return _SEE_HELP.format(fault=_fault(error), command=command)


def _command_typed() -> str:
    """The command as it was typed, for an exception that does not know it."""
    from kisq.cli.app import Commands

    typed = "kisq"
    commands: Mapping[str, Any] = Commands()
    for word in sys.argv[1:]:
        if word not in commands:
            break
        typed += f" {word}"
        commands = getattr(commands[word], "commands", {})
    return typed


def _fault(error: Any) -> Sentence:
    option = getattr(error, "option_name", None)
    parameter = getattr(error, "param", None)
    if option and hasattr(error, "possibilities"):
        similar = _similar_options(option, error.ctx.command)
        if not similar:
            return _NO_SUCH_OPTION.format(option=option)
        return _SIMILAR_OPTIONS.format(option=option, similar=", ".join(similar))
    if parameter is None:
        return _by_pattern(error.format_message())
    if not error.message:
        return _MISSING.format(name=parameter.metavar or parameter.name)
    return _BAD_VALUE.format(option=", ".join(parameter.opts), reason=error.message)


def _similar_options(option: str, command: Any) -> list[str]:
    """The options of ``command`` that come near to ``option``; Typer offers distant ones, too."""
    from difflib import SequenceMatcher

    typed = option.lstrip("-")

    def is_near(name: str) -> bool:
        if name.startswith(typed) or typed.startswith(f"{name}-"):
            return True
        return SequenceMatcher(None, typed, name).ratio() >= _NEAR

    names = [name for parameter in command.params for name in parameter.opts]
    return sorted(name for name in names if name.startswith("--") and is_near(name[2:]))


def _by_pattern(message: str) -> Sentence:
    for pattern, template in _PATTERNS:
        if match := pattern.fullmatch(message):
            return template.format(**match.groupdict())
    return verbatim(message)
