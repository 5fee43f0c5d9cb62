"""A file of settings: where it is, whether it can be trusted, and the values in it."""

import os
import re
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from stat import S_ISREG
from typing import NamedTuple

from kisq.errors import SettingsFault
from kisq.locale.os_reasons import reason_of
from kisq.locale.sentence import Sentence
from kisq.signals import SIGNALS

_FILE_NAME = ".env"
SECRETS = {"KIS_APP_KEY", "KIS_APP_SECRET", "KIS_APPROVAL_KEY"}
NAMES = {
    *SECRETS,
    "KIS_ENV",
    "KIS_CUSTTYPE",
    "KIS_REST_URL",
    "KIS_WS_URL",
    "KIS_ALLOW_HTTP",
    "KIS_MASTER_URL",
}
_ENVIRONMENT_ONLY = {"KISQ_NOW", "KISQ_PAUSES"}  # these are needed without a file of settings
_NAME = re.compile(r"KIS(_[A-Z0-9]{1,12}){1,4}")  # a longer one may hold a key
_FEWEST_LETTERS = 3  # of a key behind the name of its variable
_MOST_BYTES = 1 << 20
PIPE_SECONDS = 30.0  # a store of secrets that writes into a pipe may ask its user first
_SILENT_SECONDS = 1.0  # for so long, waiting needs no explanation
_NEAR = 0.8  # of 1, for the letters of a name behind KIS_
_WAITING = Sentence("{path} is a pipe: waiting for what writes into it")
_NOT_WRITTEN = Sentence("{path} is a pipe that nobody wrote to its end within {seconds:.0f} s")
_NOT_WRITTEN_STEP = Sentence("start what writes into it, or name another file with --env-file")
_UNREADABLE = Sentence("{path} cannot be read: {reason}")
_UNREADABLE_STEP = Sentence("check the path and its permissions")
_STRANGERS = Sentence(
    "{path} belongs to another user, who could have your secret sent anywhere: if you trust it, "
    "name it with --env-file"
)
_TOO_LARGE = Sentence("{path} is larger than 1 MiB: it cannot be a file of settings")
_NOT_UTF8 = Sentence("{path} is not UTF-8 text: save it as UTF-8")
_ENVIRONMENT_ONLY_SET = Sentence(
    "{path} sets {name}, which counts in the environment only: export it there"
)
_OPEN_TO_OTHERS = Sentence("{path} holds secrets and other users may read it: chmod 600 {path}")
_MEANT = Sentence("{path} sets {name}, which kisq does not know: is it meant to be {near}?")
_NOT_UNDERSTOOD = Sentence("{path}, line {number}, is not understood: write NAME=value")


class SettingsFile(NamedTuple):
    """The content of a file of settings.

    ``values`` are by name, without empty ones; ``lines`` has their line numbers, and ``faulty`` the
    numbers of lines that are not understood. ``open_to_others`` tells whether other users may read
    the file.
    """

    open_to_others: bool
    values: dict[str, str]
    lines: dict[str, int]
    faulty: list[int]


def nearest() -> Path | None:
    """The nearest .env from the working directory upwards: a file or a pipe, not a folder."""
    with suppress(OSError):  # the working directory is gone, or a parent may not be entered
        folder = Path.cwd()
        candidates = (parent / _FILE_NAME for parent in (folder, *folder.parents))
        return next((path for path in candidates if _is_there(path)), None)
    return None


def _is_there(path: Path) -> bool:
    """Whether it is meant to be read; so is a link that leads nowhere, and reading it says so."""
    if path.exists():
        return not path.is_dir()
    return path.is_symlink()


def read(
    path: Path,
    warn: Callable[[Sentence], None],
    *,
    searched: bool,
    pipe_seconds: float = PIPE_SECONDS,
) -> SettingsFile:
    """The file at ``path``, which was ``searched`` for, or named by the user.

    A pipe is waited for ``pipe_seconds``, and ``warn`` is called with that. Raises SettingsFault if
    the file cannot be read, is not text, or belongs to another user and was not named.
    """
    waiting = threading.Timer(_SILENT_SECONDS, warn, [_WAITING.format(path=path)])
    try:
        if path.is_fifo():
            waiting.start()
        data, state, owners = SIGNALS.wait_for(lambda: _contents(path), pipe_seconds)
    except TimeoutError:
        fault = _NOT_WRITTEN.format(path=path, seconds=pipe_seconds)
        raise SettingsFault(fault, _NOT_WRITTEN_STEP) from None
    except OSError as error:
        fault = _UNREADABLE.format(path=path, reason=reason_of(error))
        raise SettingsFault(fault, _UNREADABLE_STEP) from None
    finally:
        waiting.cancel()
    _refuse_strangers(path, owners, searched=searched)
    others = os.name == "posix" and S_ISREG(state.st_mode) and bool(state.st_mode & 0o077)
    return _parsed(_text(path, data), SettingsFile(others, {}, {}, []))


def _contents(path: Path) -> tuple[bytes, os.stat_result, set[int]]:
    """The bytes, the state of the file, and its owners: a link may have another than its file."""
    with path.open("rb") as file:
        state = os.fstat(file.fileno())
        return file.read(_MOST_BYTES + 1), state, {path.lstat().st_uid, state.st_uid}


def _refuse_strangers(path: Path, owners: set[int], *, searched: bool) -> None:
    # In the working directory everybody expects it, as in a container on files of other users.
    strange = os.name == "posix" and not owners <= {0, os.geteuid()}
    if searched and strange and path.parent != Path.cwd():
        raise SettingsFault(_STRANGERS.format(path=path))


def _text(path: Path, data: bytes) -> str:
    if len(data) > _MOST_BYTES:
        raise SettingsFault(_TOO_LARGE.format(path=path))
    if b"\0" in data:  # as in UTF-16
        raise SettingsFault(_NOT_UTF8.format(path=path))
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


def values_in(
    path: Path,
    exported: Mapping[str, str],
    warn: Callable[[Sentence], None],
    *,
    searched: bool,
) -> dict[str, str]:
    """The settings in a file, stripped; ``warn`` is called with what is odd about it.

    ``exported`` are those of the environment. Raises what ``read`` does.
    """
    file = read(path, warn, searched=searched)
    for name in file.values.keys() & _ENVIRONMENT_ONLY:
        warn(_ENVIRONMENT_ONLY_SET.format(path=path, name=name))
    values = stripped(file.values)
    if file.open_to_others and SECRETS & values.keys():
        warn(_OPEN_TO_OTHERS.format(path=path))
    unknown = [name for name in values if name not in NAMES]
    _warn_of_lines(path, file, unknown, warn)
    missing = NAMES - values.keys() - exported.keys()
    for name in filter(_is_name, unknown):
        near = _near_name(name, missing)
        if near:
            warn(_MEANT.format(path=path, name=name, near=near))
    return values


def _warn_of_lines(
    path: Path, file: SettingsFile, unknown: list[str], warn: Callable[[Sentence], None]
) -> None:
    """Warn of lines that are not understood; names that may hold a secret are not shown."""
    numbers = [file.lines[name] for name in unknown if not _is_name(name)]
    for number in sorted(file.faulty + numbers):
        warn(_NOT_UNDERSTOOD.format(path=path, number=number))


def _is_name(text: str) -> bool:
    """Whether ``text`` is just a name; what was typed right behind one may be a secret."""
    if not _NAME.fullmatch(text):
        return False
    letters = text.replace("_", "")
    for name in SECRETS:
        beginning = name.replace("_", "")
        rest = letters.removeprefix(beginning)
        if rest != letters and len(rest) >= _FEWEST_LETTERS:
            return False
    return True


def stripped(values: Mapping[str, str]) -> dict[str, str]:
    """The settings among ``values``, without surrounding spaces and without empty ones."""
    return {
        name: value.strip()
        for name, value in values.items()
        if name.startswith("KIS_") and value.strip()
    }


def _near_name(unknown: str, missing: set[str]) -> str | None:
    """The name that is probably meant, of those ``missing``; other programs have names too."""
    from difflib import get_close_matches

    by_letters = {_letters(name): name for name in sorted(missing)}
    for letters in get_close_matches(_letters(unknown), by_letters, 1, _NEAR):
        return by_letters[letters]
    return None


def _letters(name: str) -> str:
    """``name`` without what all names have in common."""
    return name.removeprefix("KIS_").replace("_", "")
