"""Each sentence for people is one template, so that it can be said in another language."""

import ast
import re
from collections.abc import Iterator

import pytest
from helpers.sources import sources

_THREE_WORDS = re.compile(r"[A-Za-z']{2,},? [a-z']{2,},? [a-z']{2,}")
_MAKERS = {"Sentence", "Plural", "Name"}
# Files with literals of several words that nobody reads in his language, and what they are.
NO_SENTENCES = {
    "cli/examples.py": "command lines",
    "cli/usage_errors.py": "patterns of what Typer says",
    "feed/subscription.py": "values of an enumeration",
    "hours/clock.py": "values of an enumeration, and the text of a bug",
    "hours/closed.py": "values of an enumeration, as JSON has them",
    "output/styles.py": "styles of rich",
    "screen/trade_states.py": "values of a field, as its table has them",
    "screen/panel.py": "values of an enumeration",
    "simulator/makers.py": "the text of a bug",
    "spec/codes.py": "what KIS says",
    "symbols/store.py": "names of columns",
    "tap/relay.py": "the reason in a close frame",
    "tap/server.py": "HTTP bodies, which a program reads",
    "tap/source.py": "what recordings hold, the same in both languages",
}


def loose_sentences(tree: ast.Module) -> list[str]:
    """The literals of a source that read as sentences and are no templates."""
    return [literal for literal in _literals(tree) if _THREE_WORDS.search(literal)]


def _literals(tree: ast.AST) -> Iterator[str]:
    """Strings, but for docstrings, arguments of what makes templates, and help texts."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in _MAKERS
        ):
            continue
        if isinstance(node, ast.keyword) and node.arg == "help":
            continue
        if isinstance(node, ast.JoinedStr):
            yield "".join(_shown(value) for value in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        yield from _literals(node)


def _shown(value: ast.expr) -> str:
    if isinstance(value, ast.Constant):
        return str(value.value)
    return "{}"


def test_sentences_are_templates() -> None:
    """No sentence stands outside of a template; what reads as one elsewhere is listed above."""
    loose = {source.name: loose_sentences(source.tree) for source in sources()}
    assert not {name: found for name, found in loose.items() if found and name not in NO_SENTENCES}
    assert not [name for name in NO_SENTENCES if not loose.get(name)], "nothing is left there"


@pytest.mark.parametrize(
    "text",
    ['say(f"{key} has no market")', 'x = "a sentence of words"', 'f(a="try it again")'],
)
def test_loose_sentence_is_seen(text: str) -> None:
    """The test above would see each of these."""
    assert loose_sentences(ast.parse(text))
