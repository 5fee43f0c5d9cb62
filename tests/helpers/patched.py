"""Run ``kisq ARGS`` with functions or limits of it replaced: ``patched.py NAME=VALUE … -- ARGS``.

For processes only (signals, terminals); in this process pytest's monkeypatch does it. NAME is
dotted, and one that does not exist ends the process at once. VALUE is an expression, in which
``real`` is what it replaces; what else it may call stands in ``_NAMES``.
"""

import os
import pkgutil
import signal
import sys
import time
import weakref
from typing import Any

PATCHED = [sys.executable, __file__]


def command_of(patches: dict[str, str] | None) -> list[str]:
    """What starts kisq, with these replacements if there are any."""
    if not patches:
        return [sys.executable, "-m", "kisq"]
    return [*PATCHED, *(f"{name}={value}" for name, value in patches.items()), "--"]


def _interrupt(number: int = signal.SIGINT) -> None:
    os.kill(os.getpid(), number)


def _fail() -> None:
    raise RuntimeError("unforeseen")


def _interrupt_in_callback() -> None:
    class Gone: ...

    gone = Gone()
    reference = weakref.ref(gone, lambda _: _interrupt())
    del gone
    assert reference() is None


_NAMES = {
    "interrupt": _interrupt,
    "interrupt_in_callback": _interrupt_in_callback,
    "fail": _fail,
    "signal": signal,
    "sleep": time.sleep,
}


def replace(name: str, value: str) -> None:
    """What has that dotted name is from now on what the expression gives."""
    owner_name, _, attribute = name.rpartition(".")
    owner: Any = pkgutil.resolve_name(owner_name)
    names = _NAMES | {"real": getattr(owner, attribute)}
    setattr(owner, attribute, eval(value, names))


def main() -> None:
    """Replace, then run the command line."""
    end = sys.argv.index("--")
    for patch in sys.argv[1:end]:
        replace(*patch.split("=", 1))
    sys.argv[1 : end + 1] = []
    from kisq.__main__ import main as run

    run()


if __name__ == "__main__":
    main()
