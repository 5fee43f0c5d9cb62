"""Names say what they hold."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent.parent / "kisq"
SOURCES = sorted(PACKAGE.rglob("*.py"))
EMPTY_NAMES = {"said", "found", "part", "what", "given"}
# Where they are still left. The list shrinks, and never grows.
LEFT: set[str] = set()


def names_in(text: str) -> set[str]:
    """The parameters and local names of a source."""
    names = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
    return names


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_local_has_an_empty_name(path: Path) -> None:
    """No local and no parameter has a name that fits anything, but for a list that shrinks."""
    if str(path.relative_to(PACKAGE)) not in LEFT:
        assert not names_in(path.read_text()) & EMPTY_NAMES


@pytest.mark.parametrize(
    "text",
    ["said = 1", "for part in []: pass", "def f(what): pass", "x = [given for given in y]"],
)
def test_an_empty_name_is_seen(text: str) -> None:
    """The test above would see each of these."""
    assert names_in(text) & EMPTY_NAMES
