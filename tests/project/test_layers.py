"""Imports go downwards only, and the core touches nothing outside itself."""

import ast
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from helpers.places import ROOT
from helpers.sources import PACKAGE, sources

TABLES = PACKAGE / "spec" / "tables.py"
TESTS = sorted((ROOT / "tests").rglob("*.py"))
OF_A_TEST = re.compile(r"^ *(from|import) .*\btest_", re.MULTILINE)
# From the bottom up; what stands in one row does not know the others in it.
ROWS = """
    locale
    errors __version__
    signals spec now packages server_thread
    wire
    flow hours symbols
    reasons
    output
    feed capture simulator settings_file
    screen explain settings
    run
    check tap
    cli
    __main__
"""
HEIGHT = {layer: n for n, row in enumerate(ROWS.strip().splitlines()) for layer in row.split()}
# What the pure layers may import from elsewhere: nothing that reaches outside. Of time only what
# reads no clock, if it is told a time.
PURE = set(
    "base64 binascii collections contextlib cryptography dataclasses datetime decimal difflib enum "
    "functools itertools json math operator re typing unicodedata zlib zoneinfo zstandard".split()
)
OF_TIME = {"gmtime": 1, "strftime": 2}  # and how many arguments that takes
IMPURE_NAMES = {"open", "print", "input", "eval", "exec", "__import__"}
IMPURE_METHODS = {"now", "today", "utcnow"}


def imported(nodes: Iterable[ast.AST]) -> set[str]:
    """The modules that a file imports, anywhere in it."""
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "a relative import hides its layer"
            found |= {f"{node.module}.{name.name}" for name in node.names}
    return found


def layers_above(name: str, nodes: Iterable[ast.AST]) -> list[str]:
    """What a module of that name imports of the layers above and beside its own."""
    used = {module.split(".")[1] for module in imported(nodes) if module.startswith("kisq")}
    if name == "__init__.py":
        return sorted(used)
    layer = Path(name).parts[0].removesuffix(".py")
    return [other for other in sorted(used - {layer}) if HEIGHT[other] >= HEIGHT[layer]]


def test_imports_go_downwards_only() -> None:
    """No module imports a layer above or beside its own, and each has its place."""
    wrong = {source.name: layers_above(source.name, source.nodes) for source in sources()}
    assert not {name: layers for name, layers in wrong.items() if layers}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("__init__.py", "from kisq.errors import Error"),
        ("spec/a.py", "import kisq.now"),
        ("wire/a.py", "def f():\n    from kisq.feed.chunks import Chunks"),
        ("cli/a.py", "from kisq.__main__ import main"),
    ],
)
def test_import_that_does_not_go_downwards_is_seen(name: str, text: str) -> None:
    """The test above would see each of these."""
    assert layers_above(name, ast.walk(ast.parse(text)))


def impurities(nodes: Iterable[ast.AST]) -> list[str]:
    """What in a source reaches outside or reads a clock, as it stands there."""
    return [ast.unparse(node) for node in nodes if _impure(node)]


def _impure(node: ast.AST) -> bool:
    match node:
        case ast.Import(names=names):
            return any(name.name.split(".")[0] not in PURE | {"kisq"} for name in names)
        case ast.ImportFrom(module="time", names=names):
            return any(name.name not in OF_TIME for name in names)
        case ast.ImportFrom(module=str(module)):
            return module.split(".")[0] not in PURE | {"kisq"}
        case ast.Call(func=ast.Name(id=name), args=args) if name in OF_TIME:
            return len(args) < OF_TIME[name]
        case ast.Name(id=name):
            return name in IMPURE_NAMES
        case ast.Attribute(attr=name):
            return name in IMPURE_METHODS
    return False


@pytest.mark.parametrize("layer", ["spec", "wire", "reasons"])
def test_core_touches_no_socket_file_clock_or_environment(layer: str) -> None:
    """The pure layers reach nothing outside, but for the module that reads the package's tables."""
    pure = [one for one in sources() if one.path.parent == PACKAGE / layer and one.path != TABLES]
    assert pure
    wrong = {source.name: impurities(source.nodes) for source in pure}
    assert not {name: found for name, found in wrong.items() if found}


@pytest.mark.parametrize(
    "text",
    [
        "import time",
        "import io",
        "import os.path",
        "from time import time",
        "from time import gmtime, monotonic",
        "from logging import getLogger",
        "strftime('%H')",
        "gmtime()",
        "datetime.now()",
        "date.today()",
        "open('/etc/hostname')",
        "print(1)",
    ],
)
def test_what_reaches_outside_is_seen(text: str) -> None:
    """The test above would see each of these."""
    assert impurities(ast.walk(ast.parse(text)))


def test_modules_stay_small() -> None:
    """A module has at most 250 lines."""
    lines = {source.name: len(source.text.splitlines()) for source in sources()}
    assert not {name: number for name, number in lines.items() if number > 250}


def test_no_test_module_imports_another() -> None:
    """What tests share stands in tests/helpers or beside it, never in a test module."""
    assert TESTS
    assert not [path.name for path in TESTS if OF_A_TEST.search(path.read_text("utf-8"))]


@pytest.mark.parametrize(
    "text",
    ["from test_a import b", "import a, test_b", "a = 1\ndef f():\n    import test_a as b\n"],
)
def test_import_of_a_test_module_is_seen(text: str) -> None:
    """The test above would see each of these."""
    assert OF_A_TEST.search(text)
