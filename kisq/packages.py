"""The packages that kisq needs, looked at where one of them is not what it should be."""

import sys
from importlib import import_module
from importlib.util import find_spec
from typing import NamedTuple

from kisq.errors import WrongUsage


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
