"""Help pages and usage errors, in our own words."""

import re
import shlex
from collections.abc import Callable

import pytest
from conftest import Run
from rich.cells import cell_len
from typer.main import get_command

from kisq.cli.app import app
from kisq.cli.examples import EXAMPLES

Kisq = Callable[..., Run]
COMMANDS = [name for name in EXAMPLES if name]
EXAMPLE_LINES = [line for examples in EXAMPLES.values() for line, _ in examples]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_usage_options_and_two_examples(kisq: Kisq, command: str) -> None:
    """A help page fits 80 columns, names each option once, and shows two command lines to copy."""
    text = kisq(*command.split(), "--help", COLUMNS="80").stdout.decode()
    assert text.startswith("Usage: ")
    assert f"kisq {command} [OPTIONS]" in text
    assert max(map(cell_len, text.splitlines())) <= 80
    assert len(EXAMPLES[command]) == 2
    for line, what_for in EXAMPLES[command]:
        assert f"  {line}  " in text
        assert what_for in text


def test_each_command_has_examples() -> None:
    """No command is without them, and none of them is for a command that does not exist."""
    group = get_command(app)
    names = {"", *group.commands}
    names |= {f"symbols {name}" for name in group.commands["symbols"].commands}
    assert set(EXAMPLES) == names


@pytest.mark.parametrize("line", EXAMPLE_LINES)
def test_examples_are_command_lines_that_parse(line: str) -> None:
    """Typer accepts each example's options and arguments."""
    _, *words = shlex.split(line)
    command = get_command(app)
    context = command.make_context("kisq", list(words), resilient_parsing=True)
    while getattr(command, "commands", None) and words and words[0] in command.commands:
        name = words.pop(0)
        command = command.commands[name]
        context = command.make_context(name, list(words), parent=context)
        words = [word for word in words if word == "sync"]
    assert command.name in line


@pytest.mark.parametrize("command", ["watch", "raw", "check", "approve", "tap", "sim"])
def test_help_lists_the_faults_of_the_simulator(kisq: Kisq, command: str) -> None:
    """A command with --fault names all that it may be."""
    text = kisq(command, "--help").stdout.decode()
    faults = text.partition("Faults:\n")[2].split()
    assert "half-open=SECONDS," in faults


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("watc", "there is no command 'watc'; similar: 'watch'"),
        ("zzzz", "there is no command 'zzzz'"),
        ("watch --zzz", "there is no option --zzz"),
        ("watch --trade", "there is no option --trade; similar: --trades (see"),
        ("watch --rat", "there is no option --rat; similar: --rate (see"),
        ("watch --tim", "there is no option --tim; similar: --timeout (see"),
        ("watch --colour", "there is no option --colour; similar: --no-color (see"),
        ("watch --tr-id", "there is no option --tr-id; similar: --tr (see"),
        ("watch --write-to", "there is no option --write-to; similar: --write (see"),
        ("watch --format", "there is no option --format (see"),
        ("watch --host", "there is no option --host (see"),
        ("watch --jsno 3", "there is no option --jsno; similar: --json (see"),
        ("watch --venue", "the option --venue needs a value (see `kisq watch --help`)"),
        ("symbols sync --env-file", "the option --env-file needs a value (see `kisq symbols sync "),
        ("watch A --write=", "--write, -w: the name of a file is empty"),
        ("watch --keys=", "--keys: the name of a file is empty"),
        ("check --read=", "--read, -r: the name of a file is empty"),
        ("approve --env-file=", "--env-file: the name of a file is empty"),
        ("sim --play=", "--play: the name of a file is empty"),
        ("sim --symbols=", "--symbols: the name of a file is empty"),
        ("watch --sim=3 DNASAAPL", "the option --sim takes no value"),
        ("explain a b", "there are more arguments than expected: b"),
        ("find", "the argument WORD... is missing"),
        ("watch --depth x A", "--depth: 'x' is not a whole number from 1 to 10"),
        ("watch --depth 11 A", "--depth: '11' is not a whole number from 1 to 10"),
        ("watch -n 0 A", "--count, -n: '0' is not a whole number of 1 or more"),
        ("watch -n 1e3 A", "--count, -n: '1e3' is not a whole number of 1 or more"),
        ("watch --seed 1.5 A", "--seed: '1.5' is not a whole number"),
        ("sim --port 65536", "--port: '65536' is not a whole number from 0 to 65535"),
        ("watch --env test A", "--env: 'test' is not one of real, mock"),
        ("watch --as-of 1 A", "--as-of: '1' is not a day: write it as 2026-09-01"),
        ("find a --market x", "--market: 'x' is not a market: use one of "),
    ],
)
def test_usage_errors_are_in_our_words(kisq: Kisq, line: str, sentence: str) -> None:
    """What is wrong with a command line is said from the facts, with exit code 2."""
    run = kisq(*line.split())
    text = run.stderr.decode()
    assert run.returncode == 2
    assert text.startswith(f"kisq: error: {sentence}")
    assert text.endswith(" --help`)\n")


@pytest.mark.parametrize(
    "line", ["--env MOCK", "--venue KRX", "--palette US", "--depth 10", f"-n {10**30}"]
)
def test_choices_may_be_in_capital_letters(kisq: Kisq, line: str) -> None:
    """A choice is taken in any case, a range includes its end, and a large number is one."""
    run = kisq("watch", *line.split())
    assert b"--keys" in run.stderr  # nothing else is missing but a key


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_korean_help_is_korean_and_whole(kisq: Kisq, command: str) -> None:
    """In Korean nothing is cut at 80 columns, and only names and examples are in Latin letters."""
    text = kisq(*command.split(), "--help", COLUMNS="80", KISQ_LANG="ko").stdout.decode()
    assert text.startswith("사용법: ")
    assert "…" not in text
    assert max(map(cell_len, text.splitlines())) <= 80
    assert not re.search(r"(?<!-)\b(the|with|without|default|print|show)\b", text, re.IGNORECASE)
