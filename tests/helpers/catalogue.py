"""The catalogue of Korean: brought up to date with the templates in the code, and compiled.

``make catalogue`` runs this file; tests/locale/test_catalogue.py reads with the same functions.
"""

import ast
import string
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeGuard

import polib

from kisq.spec.tables import unpaired_texts

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "kisq"
SOURCE = PACKAGE / "locale" / "ko.po"
COMPILED = PACKAGE / "locale" / "ko.mo"
HEADER = {
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Language": "ko",
}
MAKERS = {"Sentence", "Plural"}


class Template(NamedTuple):
    """A text that needs Korean, and the file that has it, relative to the project's root."""

    text: str
    file: str


def templates() -> list[Template]:
    """All texts for people, each once, in the order of files and of lines."""
    every = [*_of_sources(), *_of_help(), *_of_tables()]
    first = {template.text: template for template in reversed(every)}
    return sorted(first.values(), key=every.index)


def may_differ(text: str) -> bool:
    """Whether Korean may differ: ``text`` holds a letter outside its fields, or several fields."""
    literals = (literal for literal, *_ in string.Formatter().parse(text))
    has_letters = any(character.isalpha() for literal in literals for character in literal)
    return has_letters or len(fields_of(text)) > 1


def fields_of(text: str) -> list[tuple[str, str, str]]:
    """The fields of a template, with their conversions and formats, sorted."""
    fields = string.Formatter().parse(text)
    return sorted(
        (name, kind or "", form or "") for _, name, form, kind in fields if name is not None
    )


def makes_a_sentence(node: ast.AST) -> TypeGuard[ast.Call]:
    """Whether ``node`` is a call that makes a template."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKERS


def _of_sources() -> Iterator[Template]:
    for path in sorted(PACKAGE.rglob("*.py")):
        file = str(path.relative_to(ROOT))
        tree = ast.parse(path.read_text())
        calls = [node for node in ast.walk(tree) if makes_a_sentence(node)]
        for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
            for argument in call.args:
                if isinstance(argument, ast.Constant) and may_differ(argument.value):
                    yield Template(argument.value, file)


def _of_help() -> Iterator[Template]:
    from typer.main import get_command

    from kisq.cli.app import app

    for command in _commands(get_command(app)):
        file = command.callback.__module__.replace(".", "/") + ".py"
        for text in [command.help, *_texts_of_options(command.params)]:
            if text:
                yield Template(text, file)


def _commands(group: Any) -> Iterator[Any]:
    yield group
    for command in getattr(group, "commands", {}).values():
        yield from _commands(command)


def _texts_of_options(options: list[Any]) -> Iterator[str | None]:
    """Their helps and headings, but for options that Typer adds."""
    from kisq.cli.help import OF_TYPER

    for option in options:
        if not OF_TYPER.keys() & set(option.opts):
            yield option.help
            yield option.rich_help_panel


def _of_tables() -> Iterator[Template]:
    for text in sorted(unpaired_texts()):
        if may_differ(text):
            yield Template(text, "kisq/spec/trs")


def brought_up_to_date(catalogue: polib.POFile) -> polib.POFile:
    """``catalogue`` with an entry for each template and for nothing else; what is there is kept."""
    korean = {entry.msgid: entry.msgstr for entry in catalogue}
    fresh = polib.POFile(wrapwidth=100)
    fresh.metadata = HEADER
    for template in templates():
        fresh.append(
            polib.POEntry(
                msgid=template.text,
                msgstr=korean.get(template.text, ""),
                occurrences=[(template.file, "")],
            )
        )
    return fresh


def read() -> polib.POFile:
    """The catalogue as it is committed; an empty one where there is none yet."""
    return polib.pofile(str(SOURCE)) if SOURCE.exists() else polib.POFile()


def main() -> int:
    """Write ko.po and ko.mo; name the templates without Korean."""
    catalogue = brought_up_to_date(read())
    catalogue.save(str(SOURCE))
    catalogue.save_as_mofile(str(COMPILED))
    missing = [entry for entry in catalogue if not entry.msgstr]
    for entry in missing:
        sys.stdout.write(f"{entry.occurrences[0][0]}: {entry.msgid}\n")
    sys.stdout.write(f"{len(catalogue)} templates, {len(missing)} without Korean\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
