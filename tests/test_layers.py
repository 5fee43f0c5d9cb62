"""Imports go downwards only, and the core touches nothing outside itself."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "kisq"
SOURCES = sorted(PACKAGE.rglob("*.py"))
# What each layer may import of kisq; anything not named here is the top and may import all.
BELOW = {
    "errors": set(),
    "spec": {"errors", "spec"},
    "protocol": {"errors", "spec", "protocol"},
    "feed": {"errors", "spec", "protocol", "feed"},
    "output": {"errors", "spec", "protocol", "output"},
    "simulator": {"errors", "spec", "protocol", "simulator"},
}
OUTSIDE = {"socket", "os", "sys", "logging", "pathlib", "threading", "subprocess", "random"}


def imported(path: Path) -> set[str]:
    """The modules that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{name.name}" for name in node.names}
    return found


def layer_of(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_downwards_only(path: Path) -> None:
    """No module imports a layer above or beside its own."""
    layer = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    used = {layer_of(name) for name in imported(path) if name.startswith("kisq.")}
    assert used <= BELOW.get(layer, used)


@pytest.mark.parametrize("layer", ["spec", "protocol"])
def test_core_touches_no_socket_file_clock_or_environment(layer: str) -> None:
    """The pure layers import nothing that reaches outside."""
    used = set().union(*(imported(path) for path in (PACKAGE / layer).glob("*.py")))
    assert not {name.split(".")[0] for name in used} & OUTSIDE
    assert not {name for name in used if name.startswith("time.")} - {
        "time.gmtime",
        "time.strftime",
    }


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_modules_stay_small(path: Path) -> None:
    """A module has at most 250 lines."""
    assert len(path.read_text().splitlines()) <= 250
