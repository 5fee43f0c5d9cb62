"""The README and the commands in it."""

import re

from helpers.places import ROOT

README = (ROOT / "README.md").read_text("utf-8")
KOREAN = (ROOT / "docs" / "README.ko.md").read_text("utf-8")


def _blocks(text: str) -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def _commands(blocks: list[str]) -> list[str]:
    return [line for block in blocks for line in block.splitlines()]


BLOCKS = _blocks(README)
COMMANDS = _commands(BLOCKS)
KOREAN_COMMANDS = _commands(_blocks(KOREAN))
EXITS = {"--fault silent": {1, 7}, "--fault refuse=": {6}, "--fault shifted": {1}}  # as it says
_ENDS = re.compile(r" (-n|--once|--duration)\b|kisq (approve|check|explain)")


def exits(command: str) -> set[int]:
    """The exit codes that the README gives a command."""
    return next((codes for options, codes in EXITS.items() if options in command), {0})


def needs_a_shell(command: str) -> bool:
    """Whether it is more than one kisq and its arguments."""
    return not command.startswith("kisq ") or bool(set("|>$&;").intersection(command))


def ending(command: str) -> str:
    """The same command, made to end, a server once it has begun: a person would press Ctrl-C."""
    if command.startswith("kisq check"):
        shorter = re.sub(r"--for \d+s", "--for 500ms", command)
        if "--fault silent" in command:  # else it ends at once, or what comes may be late
            shorter = re.sub(r"--timeout \d+s", "--timeout 1s", shorter)
        return shorter
    if command.startswith("kisq tap"):
        return f"{command} --duration 300ms"
    if command.startswith("kisq sim"):
        return f"exec 3< <(exec {command}); read -r -u 3; kill $!; wait $!; test $? -eq 143"
    command = re.sub(r"-n \d\d", "-n 5", command)
    if _ENDS.search(command):
        return command
    return re.sub(r"(kisq (?:watch|raw)[^|]*?) *(\||$)", r"\1 -n 3 \2", command, count=1)
