"""The README and the commands in it."""

import re

from helpers.places import ROOT

README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
COMMANDS = [line for block in BLOCKS for line in block.splitlines()]
_ENDS = re.compile(r" (-n|--once|--duration)\b|kisq (approve|check|explain)")


def ending(command: str) -> str:
    """The same command, made to end: a person would press Ctrl-C."""
    if command.startswith("kisq check"):
        shorter = re.sub(r"--(timeout|for) \d+s", r"--\1 2s", command)
        return (
            shorter
            if "--timeout" in shorter
            else re.sub(r" *(#|$)", r" --timeout 3s \1", shorter, count=1)
        )
    if command.startswith("kisq sim"):
        return f"timeout --signal=INT 1 {command} || test $? -eq 130 -o $? -eq 124"
    if _ENDS.search(command):
        return command
    return re.sub(r"(kisq (?:watch|raw)[^|]*?) *(\||$)", r"\1 -n 3 \2", command, count=1)
