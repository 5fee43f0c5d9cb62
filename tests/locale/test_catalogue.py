"""The catalogue of Korean holds what the code says, and its compiled file holds the catalogue."""

import ast
from collections.abc import Iterable
from pathlib import Path

import polib
import pytest
from helpers import catalogue
from helpers.sources import sources

ENTRIES = list(catalogue.read())


def test_catalogue_has_each_template_and_nothing_else() -> None:
    """ko.po is as `make catalogue` writes it."""
    written = [entry.msgid for entry in ENTRIES]
    assert written == [template.text for template in catalogue.templates()]


def has_fields_of_its_english(entry: polib.POEntry) -> bool:
    return catalogue.fields_of(entry.msgstr) == catalogue.fields_of(entry.msgid)


def test_template_has_korean_with_the_same_fields() -> None:
    """Each template has Korean, and in it the same fields with the same formats."""
    assert not [entry.msgid for entry in ENTRIES if not entry.msgstr]
    assert not [entry.msgid for entry in ENTRIES if not has_fields_of_its_english(entry)]


@pytest.mark.parametrize("korean", ["", "{keys}", "{key} {key}", "{key:d}", "{key!r}", "{}"])
def test_other_fields_are_seen(korean: str) -> None:
    """The test above would see each of these."""
    assert not has_fields_of_its_english(polib.POEntry(msgid="Try {key}.", msgstr=korean))


def test_compiled_file_is_the_catalogue(tmp_path: Path) -> None:
    """ko.mo is what ko.po compiles to."""
    compiled = tmp_path / "ko.mo"
    catalogue.read().save_as_mofile(str(compiled))
    assert catalogue.COMPILED.read_bytes() == compiled.read_bytes()


def made_templates(nodes: Iterable[ast.AST]) -> list[str]:
    """The templates of a source that are not written out, as they stand there."""
    calls = filter(catalogue.makes_a_sentence, nodes)
    return [ast.unparse(call) for call in calls if call.keywords or not _is_literal(call)]


def _is_literal(call: ast.Call) -> bool:
    return all(isinstance(argument, ast.Constant) for argument in call.args)


def test_templates_are_literals() -> None:
    """A template that is not written out could not be in the catalogue."""
    others = [source for source in sources() if source.path.parent.name != "locale"]
    made = {source.name: made_templates(source.nodes) for source in others}
    assert not {name: found for name, found in made.items() if found}


@pytest.mark.parametrize(
    "text", ["Sentence(text)", "Plural('a key', text)", "Sentence(f'{a}')", "Sentence(text='a')"]
)
def test_made_template_is_seen(text: str) -> None:
    """The test above would see each of these."""
    assert made_templates(ast.walk(ast.parse(text)))
