"""Checks of the packages that kisq needs, for when one of them is not as it should be."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import NamedTuple

from kisq.errors import WrongUsage
from kisq.locale.sentence import Sentence

_Explanation = tuple[Sentence, Sentence]  # what happened, and the next step
_NOT_INSTALLED = Sentence("the package {distribution} is not installed")
_INSTALL = Sentence("pip install {distribution}")
_OTHER_PACKAGE = Sentence(
    "{file} was imported as {package}, but is not what a current {distribution} brings"
)
_REINSTALL = Sentence(
    "if it is a file of yours, rename it or run kisq elsewhere; otherwise pip uninstall {package} "
    "and pip install --force-reinstall {distribution}"
)


class _Needed(NamedTuple):
    """A module, a name in it that kisq uses, and the distribution that brings both."""

    module: str
    name: str
    distribution: str


# Other distributions, older versions and files of users may have the names of these modules.
_NEEDED = (
    _Needed("typer", "TyperException", "typer"),
    _Needed("rich.console", "Console", "rich"),
    _Needed("websocket", "WebSocket", "websocket-client"),
    _Needed("requests", "Session", "requests"),
    _Needed("dotenv.parser", "parse_stream", "python-dotenv"),
    _Needed("tzdata", "__version__", "tzdata"),
)


@contextmanager
def importing(missing: _Explanation, broken: _Explanation, **fields: str) -> Iterator[None]:
    """Import what an extra brings in this context. Raises WrongUsage if that fails.

    ``missing`` explains that a package is not there, with its ``name`` as a field, and ``broken``
    that one fails, with ``kind`` and ``error``; ``fields`` are fields of both.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        happened, step = missing
        raise WrongUsage(happened.format(name=error.name, **fields), step) from None
    except Exception as error:  # noqa: BLE001 - foreign code fails
        happened, step = broken
        kind = type(error).__name__
        raise WrongUsage(happened.format(kind=kind, error=error, **fields), step) from None


def fault() -> WrongUsage | None:
    """What is wrong with the first package that kisq needs and cannot use, if there is one."""
    for needed in _NEEDED:
        wrong = _fault(needed)
        if wrong:
            return wrong
    return None


def _fault(needed: _Needed) -> WrongUsage | None:
    package = needed.module.partition(".")[0]
    try:
        if hasattr(import_module(needed.module), needed.name):
            return None
    except Exception:  # noqa: BLE001 - whatever it is may fail with anything
        sys.modules.pop(needed.module, None)
    distribution = needed.distribution
    spec = find_spec(package)
    if spec is None:
        return WrongUsage(
            _NOT_INSTALLED.format(distribution=distribution),
            _INSTALL.format(distribution=distribution),
        )
    file = spec.origin or ", ".join(spec.submodule_search_locations or ())
    return WrongUsage(
        _OTHER_PACKAGE.format(file=file, package=package, distribution=distribution),
        _REINSTALL.format(package=package, distribution=distribution),
    )
