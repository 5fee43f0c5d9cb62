"""Which tests start processes or servers: found in their code, and held while the others run."""

import inspect
import socket
import socketserver
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from helpers.forked import FORKED
from kisq.server_thread import ServerThread
from kisq.simulator.server import Simulator

PROCESS = "process"
SERVER = "server"
_TESTS = str(Path(__file__).parent.parent)
_SIMULATES = "--sim"  # in a command line, it is a server as well
# What the code of such a test comes to.
_SOURCES: dict[str, tuple[Any, ...]] = {
    PROCESS: (subprocess,),
    SERVER: (Simulator, ServerThread, socket, socketserver),
}
# What Python tells while such a test runs.
_EVENTS = {
    "subprocess.Popen": PROCESS,
    "os.posix_spawn": PROCESS,
    "os.fork": PROCESS,
    "os.forkpty": PROCESS,
    "os.exec": PROCESS,
    FORKED: PROCESS,
    "socket.bind": SERVER,
}
_running: list[pytest.Item] = []
_searched: dict[str, set[int]] = {PROCESS: set(), SERVER: set()}  # ids of what comes to nothing


def marks(item: pytest.Item) -> Iterator[str]:
    """The marks of a test, as its code, that of its fixtures, and its parameters say."""
    fixtures = item._fixtureinfo.name2fixturedefs.values()  # type: ignore[attr-defined]  # noqa: SLF001
    functions = [item.function, *(made[-1].func for made in fixtures)]  # type: ignore[attr-defined]
    case = getattr(item, "callspec", None)
    simulates = case is not None and _SIMULATES in str(case.params)
    if any(_starts(PROCESS, function) for function in functions):
        yield PROCESS
    if simulates or any(_starts(SERVER, function) for function in functions):
        yield SERVER


@cache
def _starts(mark: str, function: Any) -> bool:
    seen: set[int] = set()
    if _comes_to(mark, function, seen):
        return True
    _searched[mark].update(seen)
    return False


def _comes_to(mark: str, value: Any, seen: set[int]) -> bool:
    if id(value) in seen or id(value) in _searched[mark]:
        return False
    seen.add(id(value))
    if any(value is source for source in _SOURCES[mark]):
        return True
    if isinstance(value, str | list | tuple | dict):
        return mark == SERVER and _SIMULATES in str(value)
    if inspect.isclass(value):
        members = [member for each in value.__mro__ for member in vars(each).values()]
        return any(_comes_to(mark, member, seen) for member in members)
    function = inspect.unwrap(value) if callable(value) else value
    if not inspect.isfunction(function) or not _is_ours(function):
        return False
    return any(_comes_to(mark, each, seen) for each in _used(function))


def _is_ours(function: Any) -> bool:
    return function.__code__.co_filename.startswith(_TESTS)


def _used(function: Any) -> Iterator[Any]:
    """The globals and the constants of a function and of those inside it."""
    for code in _codes(function.__code__):
        named = function.__globals__.keys() & code.co_names
        yield from (function.__globals__[name] for name in named)
        yield from (each for each in code.co_consts if isinstance(each, str | tuple))


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _codes(each)


def watch(item: pytest.Item | None) -> None:
    """From now on ``item`` runs, or none does."""
    _running[:] = [item] if item else []


def _hold(event: str, _: object) -> None:
    mark = _EVENTS.get(event)
    if mark and _running and not _running[0].get_closest_marker(mark):
        raise AssertionError(f"a test that starts a {mark} is not seen as one that does")


# A hook while threads set their trace functions would let them meet, which ends a thread: CPython
# sets one at a time. So nothing is held where coverage is measured by tracing.
if sys.gettrace() is None:
    sys.addaudithook(_hold)
