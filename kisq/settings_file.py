"""A file of settings: where it is, whether it can be trusted, and the values in it."""

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_ISREG

from kisq.errors import SettingsFault
from kisq.signals import SIGNALS

_NAME = ".env"
_MOST_BYTES = 1 << 20
PIPE_SECONDS = 30.0  # a store of secrets that writes into a pipe may ask its user first
_SILENT_SECONDS = 1.0  # so long nobody needs to be told
_NEAR = 0.8  # of 1, for the letters behind KIS_ of a name


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """What a file of settings holds.

    ``values`` are by name, empty ones left out; ``lines`` has the number of the line of each, and
    ``faulty`` those of the lines that are not understood. ``open_to_others`` says that other users
    may read the file.
    """

    open_to_others: bool
    values: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    faulty: list[int] = field(default_factory=list)


def nearest() -> Path | None:
    """The nearest .env from the working directory upwards; a folder is none, but a pipe is one."""
    with suppress(OSError):  # the working directory is gone, or a parent may not be entered
        folder = Path.cwd()
        candidates = (parent / _NAME for parent in (folder, *folder.parents))
        return next((path for path in candidates if _is_there(path)), None)
    return None


def _is_there(path: Path) -> bool:
    """Whether it was meant to be read: a link that leads nowhere is, and reading it says so."""
    return (path.is_symlink() and not path.exists()) or (path.exists() and not path.is_dir())


def read(
    path: Path, warn: Callable[[str], None], *, searched: bool, pipe_seconds: float = PIPE_SECONDS
) -> SettingsFile:
    """The file at ``path``, which was ``searched`` for, or else named by the user.

    A pipe is waited for ``pipe_seconds``, of which ``warn`` is told. Raises SettingsFault where it
    cannot be read, is no text, or belongs to another user and was not named.
    """
    waiting = threading.Timer(
        _SILENT_SECONDS, warn, [f"{path} is a pipe: waiting for what writes into it"]
    )
    try:
        if path.is_fifo():
            waiting.start()
        data, state, owners = SIGNALS.wait_for(lambda: _contents(path), pipe_seconds)
    except TimeoutError:
        raise SettingsFault(
            f"{path} is a pipe, and nobody wrote it to its end in {pipe_seconds:.0f} s",
            "start what writes into it, or name another file with --env-file",
        ) from None
    except OSError as error:
        raise SettingsFault(
            f"{path} cannot be read: {error.strerror}", "check the path and its permissions"
        ) from None
    finally:
        waiting.cancel()
    _refuse_strangers(path, owners, searched=searched)
    others = os.name == "posix" and S_ISREG(state.st_mode) and bool(state.st_mode & 0o077)
    return _parsed(_text(path, data), SettingsFile(others))


def _contents(path: Path) -> tuple[bytes, os.stat_result, set[int]]:
    """The bytes, the state of the file and its owners; a link may have another than its file."""
    with path.open("rb") as file:
        state = os.fstat(file.fileno())
        return file.read(_MOST_BYTES + 1), state, {path.lstat().st_uid, state.st_uid}


def _refuse_strangers(path: Path, owners: set[int], *, searched: bool) -> None:
    # In the working directory it is what everybody expects, as in a container on files of others.
    strange = os.name == "posix" and not owners <= {0, os.geteuid()}
    if searched and strange and path.parent != Path.cwd():
        raise SettingsFault(
            f"{path} belongs to another user, who could have your secret sent anywhere: if you "
            "trust it, name it with --env-file"
        )


def _text(path: Path, data: bytes) -> str:
    if len(data) > _MOST_BYTES:
        raise SettingsFault(f"{path} is larger than 1 MiB: it cannot be a file of settings")
    if b"\0" in data:  # as UTF-16 has
        raise SettingsFault(f"{path} is no text in UTF-8: save it as such")
    return data.decode("utf-8-sig", "replace")  # a comment may be in another encoding


def _parsed(text: str, into: SettingsFile) -> SettingsFile:
    from io import StringIO

    from dotenv.parser import parse_stream  # which leaves a $ in a secret alone

    for line in parse_stream(StringIO(text)):
        original = line.original.string  # which begins with the empty lines before it
        blank = original[: len(original) - len(original.lstrip())]
        number = line.original.line + blank.count("\n")
        if line.error:
            into.faulty.append(number)
        elif line.key and line.value:
            into.values[line.key] = line.value
            into.lines[line.key] = number
    return into


def near_name(unknown: str, missing: set[str]) -> str | None:
    """The name that is meant, of those that are ``missing``; other programs have names too."""
    from difflib import get_close_matches

    by_letters = {_letters(name): name for name in sorted(missing)}
    near = get_close_matches(_letters(unknown), by_letters, 1, _NEAR)
    return by_letters[near[0]] if near else None


def _letters(name: str) -> str:
    """``name`` without what all names have."""
    return name.removeprefix("KIS_").replace("_", "")
