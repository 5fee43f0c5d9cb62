"""Names say what they hold."""

import ast
from collections.abc import Iterable

import pytest
from helpers.sources import sources

EMPTY_NAMES = {"said", "found", "part", "what", "given"}
# Where they are still left. The list shrinks, and never grows.
LEFT: set[str] = set()


def empty_names(nodes: Iterable[ast.AST]) -> set[str]:
    """The parameters and local names of a source that fit anything."""
    names = set()
    for node in nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
    return names & EMPTY_NAMES


def test_no_local_has_an_empty_name() -> None:
    """No local and no parameter has a name that fits anything, but for a list that shrinks."""
    wrong = {source.name: empty_names(source.nodes) for source in sources()}
    assert not {name: names for name, names in wrong.items() if names and name not in LEFT}


@pytest.mark.parametrize(
    "text",
    ["said = 1", "for part in []: pass", "def f(what): pass", "x = [given for given in y]"],
)
def test_an_empty_name_is_seen(text: str) -> None:
    """The test above would see each of these."""
    assert empty_names(ast.walk(ast.parse(text)))
