"""What docs/architecture.md names is there."""

import ast
import re
from functools import cache
from pkgutil import resolve_name

import pytest
from helpers.places import ROOT
from helpers.sources import PACKAGE, sources

TEXT = (ROOT / "docs" / "architecture.md").read_text("utf-8")
ROOMS = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or path.is_dir()}
NAMED = sorted(set(re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL))))
FILES = [name for name in NAMED if re.fullmatch(r"[\w./*]+(/|\.\w+)", name) and "/" in name]
DOTTED = [name for name in NAMED if re.fullmatch(r"[A-Za-z_]\w*(\.\w+)+", name)]
IN_ROOMS = [name for name in DOTTED if name.split(".")[0] in ROOMS and not name.endswith(".py")]
OF_CLASSES = [name for name in DOTTED if name[0].isupper()]
JOURNEYS = TEXT.partition("## Three journeys")[2].partition("\n## ")[0]
ALONE = [name for name in NAMED if name.isidentifier() and f"`{name}`" in JOURNEYS]


@cache
def defined() -> dict[str, set[str]]:
    """The classes and functions of the package, each with what it defines itself."""
    names: dict[str, set[str]] = {}
    for source in sources():
        for node in source.nodes:
            if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
                inner = {part.name for part in node.body if isinstance(part, ast.FunctionDef)}
                names.setdefault(node.name, set()).update(inner | _variables(node))
    return names


def _variables(node: ast.ClassDef | ast.FunctionDef) -> set[str]:
    names = set()
    for part in node.body:
        if isinstance(part, ast.AnnAssign):
            names.add(ast.unparse(part.target))
        elif isinstance(part, ast.Assign):
            names |= {ast.unparse(target) for target in part.targets}
    return names


def test_the_document_names_much() -> None:
    """What the tests below look at is not empty."""
    assert min(map(len, (FILES, IN_ROOMS, OF_CLASSES))) > 9
    assert ALONE


@pytest.mark.parametrize("name", FILES)
def test_files_exist(name: str) -> None:
    """Each file or folder is in the package or in the project."""
    assert [*PACKAGE.glob(name.rstrip("/")), *ROOT.glob(name.rstrip("/"))]


@pytest.mark.parametrize("name", IN_ROOMS)
def test_what_is_named_with_its_room_exists(name: str) -> None:
    """Each module, and each function or class with its module, can be imported from there."""
    assert resolve_name(f"kisq.{name}")


@pytest.mark.parametrize("name", OF_CLASSES)
def test_what_is_named_with_its_class_exists(name: str) -> None:
    """Each method or field is one of a class of that name."""
    of_class, part = name.split(".")
    assert part in defined()[of_class]


@pytest.mark.parametrize("name", ALONE)
def test_functions_of_the_journeys_exist(name: str) -> None:
    """Each function or method that stands alone in a journey is defined somewhere."""
    assert name in set(defined()).union(*defined().values())


def test_every_room_has_its_row() -> None:
    """The table of the rooms has each folder and each file at the top."""
    folders = {f"{path.name}/" for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
    files = {path.name for path in PACKAGE.glob("*.py") if not path.name.startswith("__")}
    assert folders | files <= set(NAMED)
