"""The catalogue of Korean holds what the code says, and its compiled file holds the catalogue."""

import ast
from pathlib import Path

import polib
import pytest
from helpers import catalogue

SOURCES = sorted(catalogue.PACKAGE.rglob("*.py"))
ENTRIES = list(catalogue.read())


def test_catalogue_has_each_template_and_nothing_else() -> None:
    """ko.po is as `make catalogue` writes it."""
    written = [entry.msgid for entry in ENTRIES]
    assert written == [template.text for template in catalogue.templates()]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.msgid[:60])
def test_template_has_korean_with_the_same_fields(entry: polib.POEntry) -> None:
    """Each template has Korean, and in it the same fields with the same formats."""
    assert entry.msgstr
    assert catalogue.fields_of(entry.msgstr) == catalogue.fields_of(entry.msgid)


def test_compiled_file_is_the_catalogue(tmp_path: Path) -> None:
    """ko.mo is what ko.po compiles to."""
    compiled = tmp_path / "ko.mo"
    catalogue.read().save_as_mofile(str(compiled))
    assert catalogue.COMPILED.read_bytes() == compiled.read_bytes()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(catalogue.PACKAGE)))
def test_templates_are_literals(path: Path) -> None:
    """A template that is not written out could not be in the catalogue."""
    if path.parent.name == "locale":
        return
    for call in ast.walk(ast.parse(path.read_text())):
        if catalogue.makes_a_sentence(call):
            assert all(isinstance(argument, ast.Constant) for argument in call.args)
            assert not call.keywords
