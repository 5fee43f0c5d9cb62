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


def ending(command: str) -> str:
    """The same command, made to end: a person would press Ctrl-C."""
    if command.startswith("kisq check"):
        shorter = re.sub(r"--(timeout|for) \d+s", r"--\1 2s", command)
        return (
            shorter
            if "--timeout" in shorter
            else re.sub(r" *(#|$)", r" --timeout 3s \1", shorter, count=1)
        )
    if command.startswith(("kisq sim", "kisq tap")):
        return f"timeout --signal=INT 1 {command} || test $? -eq 130 -o $? -eq 124"
    if _ENDS.search(command):
        return command
    return re.sub(r"(kisq (?:watch|raw)[^|]*?) *(\||$)", r"\1 -n 3 \2", command, count=1)
