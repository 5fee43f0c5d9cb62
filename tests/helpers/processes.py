"""Which tests start processes: found in their code, and held while the others run."""

import inspect
import subprocess
import sys
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from helpers.forked import FORKED

_TESTS = str(Path(__file__).parent.parent)
_STARTS = {"subprocess.Popen", "os.posix_spawn", "os.fork", "os.forkpty", "os.exec", FORKED}
_running: list[pytest.Item] = []
_start_none: set[int] = set()  # by their ids: what no way leads to subprocess from


def starts_one(item: pytest.Item) -> bool:
    """Whether the code of a test, or of its fixtures, comes to ``subprocess``."""
    fixtures = item._fixtureinfo.name2fixturedefs.values()  # type: ignore[attr-defined]  # noqa: SLF001
    functions = [item.function, *(made[-1].func for made in fixtures)]  # type: ignore[attr-defined]
    return any(map(_starts, functions))


@cache
def _starts(function: Any) -> bool:
    seen: set[int] = set()
    if _comes_to_subprocess(function, seen):
        return True
    _start_none.update(seen)
    return False


def _comes_to_subprocess(value: Any, seen: set[int]) -> bool:
    if id(value) in seen or id(value) in _start_none:
        return False
    seen.add(id(value))
    if inspect.isclass(value):
        members = [member for each in value.__mro__ for member in vars(each).values()]
        return any(_comes_to_subprocess(member, seen) for member in members)
    function = inspect.unwrap(value) if callable(value) else value
    if not inspect.isfunction(function) or not _is_ours(function):
        return False
    used = [function.__globals__.get(name) for name in _names(function.__code__)]
    return subprocess in used or any(_comes_to_subprocess(each, seen) for each in used)


def _is_ours(function: Any) -> bool:
    return function.__code__.co_filename.startswith(_TESTS)


def _names(code: CodeType) -> set[str]:
    """The global names in a function and in those inside it."""
    inner = [_names(each) for each in code.co_consts if isinstance(each, CodeType)]
    return set(code.co_names).union(*inner)


def watch(item: pytest.Item | None) -> None:
    """From now on ``item`` runs, or none does."""
    _running[:] = [item] if item else []


def _hold(event: str, _: object) -> None:
    if event in _STARTS and _running and not _running[0].get_closest_marker("process"):
        raise AssertionError("a test that starts a process is not seen as one that does")


sys.addaudithook(_hold)
