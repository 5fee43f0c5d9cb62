"""What Typer finds wrong with a command line, in our words, from the facts in its exceptions."""

import re
from typing import Any

from kisq.locale.sentence import Sentence, verbatim

_SEE_HELP = Sentence("{fault} (see `{command} --help`)")
_NO_SUCH_OPTION = Sentence("there is no option {option}")
_SIMILAR_OPTIONS = Sentence("there is no option {option}; similar ones are {similar}")
_MISSING = Sentence("the argument {name} is missing")
_BAD_VALUE = Sentence("{option}: {reason}")
# Typer has one class for these; each pattern finds its facts in the English text.
_PATTERNS = (
    (
        re.compile(r"No such command '(?P<name>.*?)'\. Did you mean (?P<similar>.*)\?"),
        Sentence("there is no command {name!r}; similar ones are {similar}"),
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
    command = context.command_path if context else "kisq"
    return _SEE_HELP.format(fault=_fault(error), command=command)


def _fault(error: Any) -> Sentence:
    option = getattr(error, "option_name", None)
    parameter = getattr(error, "param", None)
    if option and hasattr(error, "possibilities"):
        if not error.possibilities:
            return _NO_SUCH_OPTION.format(option=option)
        similar = ", ".join(sorted(error.possibilities))
        return _SIMILAR_OPTIONS.format(option=option, similar=similar)
    if parameter is None:
        return _by_pattern(error.format_message())
    if not error.message:
        return _MISSING.format(name=parameter.metavar or parameter.name)
    return _BAD_VALUE.format(option=", ".join(parameter.opts), reason=error.message)


def _by_pattern(message: str) -> Sentence:
    for pattern, template in _PATTERNS:
        if match := pattern.fullmatch(message):
            return template.format(**match.groupdict())
    return verbatim(message)
