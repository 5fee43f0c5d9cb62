"""The man pages, made from the commands and from the tables of the READMEs.

``make catalogue`` runs this file; tests/project/test_man_pages.py compares with what is committed.
"""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
PAGES = {"en": ROOT / "docs" / "man" / "kisq.1", "ko": ROOT / "docs" / "man" / "ko" / "kisq.1"}
_READMES = {"en": ROOT / "README.md", "ko": ROOT / "docs" / "README.ko.md"}
_HEADINGS = {
    "en": ("NAME", "SYNOPSIS", "COMMANDS", "FAULTS", "SETTINGS", "EXIT STATUS"),
    "ko": ("이름", "사용법", "명령", "장애", "설정", "종료 코드"),
}
_IN_README = {"en": ("Settings", "Exit codes"), "ko": ("설정", "종료 코드")}


def page(language: str) -> str:
    """The man page in ``language``, as roff. KISQ_LANG has to be that language already."""
    from typer.main import get_command

    from kisq import __version__
    from kisq.cli.app import app
    from kisq.simulator.faults import HELP

    name, synopsis, commands, faults, settings, exits = _HEADINGS[language]
    group = get_command(app)
    lines = [f'.TH KISQ 1 "" "kisq {__version__}"', f".SH {name}"]
    lines += [f"kisq \\- {_text(_translated(group.help))}", f".SH {synopsis}"]
    lines += [r".B kisq", r".I COMMAND", r"[\fIOPTIONS\fR]", f".SH {commands}"]
    for title, command in _commands(group, "kisq"):
        lines += _command(title, command)
    lines += [f".SH {faults}", _text(HELP)]
    readme = _READMES[language].read_text("utf-8")
    for heading, in_readme in zip((settings, exits), _IN_README[language], strict=True):
        lines.append(f".SH {heading}")
        lines += _table(readme.partition(f"\n## {in_readme}\n")[2])
    return "\n".join(lines) + "\n"


def _commands(group: Any, name: str) -> Iterator[tuple[str, Any]]:
    for command in group.commands.values():
        title = f"{name} {command.name}"
        yield title, command
        if hasattr(command, "commands"):
            yield from _commands(command, title)


def _command(title: str, command: Any) -> Iterator[str]:
    """A command: its usage, what it does, its options, its examples."""
    from typer._click import Context

    from kisq.cli.examples import EXAMPLES
    from kisq.cli.help import sections, usage
    from kisq.locale.sentence import translated

    context = Context(command, info_name=title)
    yield f".SS {_text(translated(usage(command, context)))}"
    yield _text(_translated(command.help))
    for section in sections(command, context):
        for term, help_text in section.rows:
            yield from (".TP", rf"\fB{_text(term.strip())}\fR", _text(help_text))
    for line, what_for in EXAMPLES[title.partition(" ")[2]]:
        yield from (".PP", _text(translated(what_for)) + ":", ".br", rf"\fB{_text(line)}\fR")


def _table(markdown: str) -> Iterator[str]:
    """The rows of the first table as tagged paragraphs."""
    rows = re.findall(r"^\| (.*?) \| (.*?) \|$", markdown.partition("\n\n##")[0], re.MULTILINE)
    for term, meaning in rows[1:]:
        yield from (".TP", rf"\fB{_text(_plain(term))}\fR", _text(_plain(meaning)))


def _plain(markdown: str) -> str:
    return markdown.replace("`", "").replace("**", "")


def _translated(text: str) -> str:
    from kisq.locale.sentence import in_catalogue

    return in_catalogue(text)


def _text(text: str) -> str:
    """``text`` with what roff would take for a request or an escape made harmless."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    if escaped.startswith((".", "'")):
        return f"\\&{escaped}"
    return escaped


def main(language: str) -> None:
    """Write the man page in ``language`` to stdout."""
    os.environ["KISQ_LANG"] = language
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # a TextIOWrapper
    sys.stdout.write(page(language))


if __name__ == "__main__":
    main(sys.argv[1])
