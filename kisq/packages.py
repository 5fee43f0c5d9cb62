"""The packages that kisq needs, looked at where one of them is not what it should be."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import NamedTuple

from kisq.errors import WrongUsage

_Told = tuple[str, str]  # what happened, and the next step


class _Needed(NamedTuple):
    """A module, a name in it that kisq uses, and the distribution that brings both."""

    module: str
    name: str
    distribution: str


# Other distributions and files of users bear the names of these modules, or are older.
_NEEDED = (
    _Needed("typer", "TyperException", "typer"),
    _Needed("rich.console", "Console", "rich"),
    _Needed("websocket", "WebSocket", "websocket-client"),
    _Needed("requests", "Session", "requests"),
    _Needed("dotenv.parser", "parse_stream", "python-dotenv"),
    _Needed("tzdata", "__version__", "tzdata"),
)


@contextmanager
def importing(missing: _Told, broken: _Told, **facts: str) -> Iterator[None]:
    """To import what an extra brings in. Raises WrongUsage where that cannot be imported.

    ``missing`` and ``broken`` are what happened and the next step: for a package that is not there,
    whose ``name`` stands in the first, and for one that fails, with its ``kind`` and ``error``;
    ``facts`` stand in both.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        happened, step = missing
        raise WrongUsage(happened.format(name=error.name, **facts), step) from None
    except Exception as error:  # noqa: BLE001 - it is another's code that fails
        happened, step = broken
        kind = type(error).__name__
        raise WrongUsage(happened.format(kind=kind, error=error, **facts), step) from None


def fault() -> WrongUsage | None:
    """What is wrong with a package that kisq needs, or None; the first one that is wrong counts."""
    return next((fault for needed in _NEEDED if (fault := _fault(needed))), None)


def _fault(needed: _Needed) -> WrongUsage | None:
    package = needed.module.partition(".")[0]
    try:
        if hasattr(import_module(needed.module), needed.name):
            return None
    except Exception:  # noqa: BLE001 - whatever stands there may fail with anything
        sys.modules.pop(needed.module, None)
    spec = find_spec(package)
    if spec is None:
        return WrongUsage(
            f"the package {needed.distribution} is not installed",
            f"pip install {needed.distribution}",
        )
    file = spec.origin or ", ".join(spec.submodule_search_locations or ())
    return WrongUsage(
        f"{file} was imported as {package}, but is not what a current {needed.distribution} brings",
        f"if it is a file of yours, rename it or run kisq elsewhere; else pip uninstall {package} "
        f"and pip install --force-reinstall {needed.distribution}",
    )
