"""Where the symbols are stored: one SQLite file in the user's cache folder."""

import os
import sys
from pathlib import Path

_FOLDER = "kisq"
_FILE = "symbols.sqlite3"


def store_path() -> Path:
    """The file in which the symbols are stored, whether it exists or not."""
    return _caches() / _FOLDER / _FILE


def _caches() -> Path:
    named = os.environ.get("XDG_CACHE_HOME", "")
    if Path(named).is_absolute():
        return Path(named)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path.home() / ".cache"
