"""The sources of the package, each read and parsed once for all tests of a worker."""

import ast
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from helpers.places import ROOT

PACKAGE = ROOT / "kisq"


@dataclass(frozen=True)
class Source:
    """A Python file."""

    path: Path

    @property
    def name(self) -> str:
        """Its path in the package, by which a test names it."""
        return str(self.path.relative_to(PACKAGE))

    @cached_property
    def text(self) -> str:
        return self.path.read_text("utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All that is in the tree."""
        return list(ast.walk(self.tree))


@cache
def sources() -> list[Source]:
    """The modules of the package, in order."""
    return [Source(path) for path in sorted(PACKAGE.rglob("*.py"))]
