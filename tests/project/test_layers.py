"""Imports go downwards only, and the core touches nothing outside itself."""

import ast
from pathlib import Path

import pytest
from helpers.places import ROOT

PACKAGE = ROOT / "kisq"
TABLES = PACKAGE / "spec" / "tables.py"
SOURCES = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
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


def imported(path: Path) -> set[str]:
    """The modules that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "a relative import hides its layer"
            found |= {f"{node.module}.{name.name}" for name in node.names}
    return found


def layer_of(module: str) -> str:
    return module.split(".")[1]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_downwards_only(path: Path) -> None:
    """No module imports a layer above or beside its own, and each has its place."""
    used = {layer_of(name) for name in imported(path) if name.startswith("kisq")}
    if path == PACKAGE / "__init__.py":
        assert not used
        return
    layer = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    assert not {name for name in used - {layer} if HEIGHT[name] >= HEIGHT[layer]}


def impurities(text: str) -> list[str]:
    """What in a source reaches outside or reads a clock, as it stands there."""
    return [ast.unparse(node) for node in ast.walk(ast.parse(text)) if _impure(node)]


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
    sources = [path for path in SOURCES if path.parent == PACKAGE / layer and path != TABLES]
    assert sources
    assert not [found for path in sources for found in impurities(path.read_text())]


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
    assert impurities(text)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_modules_stay_small(path: Path) -> None:
    """A module has at most 250 lines."""
    assert len(path.read_text().splitlines()) <= 250


@pytest.mark.parametrize("path", TESTS, ids=lambda path: str(path.relative_to(ROOT / "tests")))
def test_no_test_module_imports_another(path: Path) -> None:
    """What tests share stands in tests/helpers or beside it, never in a test module."""
    assert not [name for name in imported(path) if name.split(".")[0].startswith("test_")]
