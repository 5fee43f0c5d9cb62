"""What is recorded beside a live screen, and how much of it there is."""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_LOOK_SECONDS = 1.0
_MEGABYTE = 1_000_000
_STDOUT = "-"
_SHOWN = "{name} {megabytes:.1f} MB"


def recorded_in(name: str | None) -> Callable[[], str]:
    """What tells name and size of the recording ``name``; nothing without one."""
    if name is None:
        return str
    return _Recorded(name).text


class _Recorded:
    """A recording; its size is looked at once a second."""

    def __init__(self, name: str) -> None:
        self._path = Path(name)
        self._text = ""
        self._looked_at = float("-inf")

    def text(self) -> str:
        """Its name, and its size in MB where it is a file."""
        now = time.monotonic()
        if now - self._looked_at < _LOOK_SECONDS:
            return self._text
        self._looked_at = now
        self._text = self._path.name
        if self._text == _STDOUT:
            self._text = "stdout"
            return self._text
        with suppress(OSError):  # it is not there yet, or was taken away
            if self._path.is_file():
                megabytes = self._path.stat().st_size / _MEGABYTE
                self._text = _SHOWN.format(name=self._path.name, megabytes=megabytes)
        return self._text
