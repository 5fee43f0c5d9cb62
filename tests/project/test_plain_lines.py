"""Lines that read at once: few conditional expressions, one assignment a line, short functions."""

import ast
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from helpers.sources import Source, sources

MOST_CONDITIONAL = 15  # conditional expressions, a thousand lines of code
MOST_ASSIGNED = 3  # assignments of several values to several names, a thousand lines of code
MOST_LINES = 40  # of a function, signatures of commands aside
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def counted(source: Source) -> Counter[str]:
    """The lines of code of a source, neither blank nor comment nor docstring, and what is in it."""
    counts = Counter(type(node).__name__ for node in source.nodes)
    counts["pairs"] = sum(_assigns_several(node) for node in source.nodes)
    lines = enumerate(map(str.strip, source.text.splitlines()), 1)
    code = {number for number, line in lines if line and not line.startswith("#")}
    counts["lines"] = len(code - _docstring_lines(source.nodes))
    return counts


def _assigns_several(node: ast.AST) -> bool:
    """``a, b = 1, 2``; to take a tuple apart that a call gives is no such thing."""
    return (
        isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Tuple | ast.List)
        and any(isinstance(target, ast.Tuple | ast.List) for target in node.targets)
    )


def _docstring_lines(nodes: Iterable[ast.AST]) -> set[int]:
    lines: set[int] = set()
    for node in nodes:
        if isinstance(node, ast.Module | ast.ClassDef | _Function) and ast.get_docstring(node):
            docstring = node.body[0]
            lines.update(range(docstring.lineno, (docstring.end_lineno or 0) + 1))
    return lines


def test_few_conditional_expressions_and_assignments_of_several() -> None:
    """In a thousand lines of code there are at most 15 of the first and 3 of the second."""
    counts = sum(map(counted, sources()), Counter())
    thousands = counts["lines"] / 1000
    assert counts["IfExp"] / thousands <= MOST_CONDITIONAL
    assert counts["pairs"] / thousands <= MOST_ASSIGNED


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = 1 if b else 2", {"lines": 1, "IfExp": 1}),
        ("a, b = 1, 2", {"lines": 1, "pairs": 1}),
        ("a, b = c()", {"lines": 1, "pairs": 0}),
        ('"""Text.\n\nMore."""\n\n# why\na = """x\ny"""\n', {"lines": 2, "IfExp": 0}),
    ],
)
def test_what_is_counted(tmp_path: Path, text: str, expected: dict[str, int]) -> None:
    """The count above sees code, and nothing but code."""
    (tmp_path / "source.py").write_text(text)
    counts = counted(Source(tmp_path / "source.py"))
    assert {name: counts[name] for name in expected} == expected


def long_functions(nodes: Iterable[ast.AST]) -> list[str]:
    """The names of the functions that are too long."""
    functions = [node for node in nodes if isinstance(node, _Function)]
    return [function.name for function in functions if _lines_of(function) > MOST_LINES]


def _lines_of(node: _Function) -> int:
    first = node.body[0].lineno if _is_command(node) else node.lineno
    return (node.end_lineno or 0) - first + 1


def _is_command(node: _Function) -> bool:
    """Whether the signature of a function is the options of a command."""
    return any(argument.arg == "ctx" for argument in node.args.args)


def test_functions_are_short() -> None:
    """A function has at most 40 lines; of a command, its body has."""
    functions = {source.name: long_functions(source.nodes) for source in sources()}
    assert not {name: found for name, found in functions.items() if found}


@pytest.mark.parametrize(("lines", "found"), [(39, []), (40, ["f"])])
@pytest.mark.parametrize("signature", ["def f():", "async def f(\n    ctx,\n    other,\n):"])
def test_a_long_function_is_seen(signature: str, lines: int, found: list[str]) -> None:
    """The test above would see one line more than a function may have."""
    body = lines if signature == "def f():" else lines + 1  # the signature is no part of it
    text = signature + "\n    pass" * body
    assert long_functions(ast.walk(ast.parse(text))) == found
