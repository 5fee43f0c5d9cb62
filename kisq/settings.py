"""Option > environment > .env → one frozen Settings."""

import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from urllib.parse import urlsplit

from kisq.errors import SettingsFault
from kisq.feed.proxy import LOOPBACK

REAL, MOCK, SIM = "real", "mock", "sim"
_SECRETS = {"KIS_APP_KEY", "KIS_APP_SECRET", "KIS_APPROVAL_KEY"}
_NAMES = {
    *_SECRETS,
    "KIS_ENV",
    "KIS_CUSTTYPE",
    "KIS_REST_URL",
    "KIS_WS_URL",
    "KIS_ALLOW_HTTP",
}
_ENVIRONMENT_ONLY = {"KISQ_NOW", "KISQ_PAUSES"}  # as they are needed apart from a file of settings
_MOST_BYTES = 1 << 20  # of a file of settings
_NAME = re.compile(r"KIS(_[A-Z0-9]{1,12}){1,4}")  # what is longer may hold a key
_A_FEW = 2  # letters behind the name of a secret: no key is so short
_NEAR = 0.8  # of 1, for all names begin alike
# protocol.md section 1: REST and WebSocket of the two environments.
_HOSTS = {
    REAL: ("https://openapi.koreainvestment.com:9443", "ws://ops.koreainvestment.com:21000"),
    MOCK: ("https://openapivts.koreainvestment.com:29443", "ws://ops.koreainvestment.com:31000"),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a run needs to know of its user; the credentials may be missing.

    ``env_file`` is the file that was read, if there was one.
    """

    environment: str
    rest_url: str
    ws_url: str
    app_key: str | None = None
    app_secret: str | None = None
    approval_key: str | None = None
    custtype: str = "P"
    env_file: Path | None = None

    def __repr__(self) -> str:
        return f"Settings({self.environment}, {self.rest_url}, {self.ws_url})"  # no secrets

    @property
    def secrets(self) -> list[str]:
        """What must never be seen."""
        return [s for s in (self.app_key, self.app_secret, self.approval_key) if s]


def load(
    environment: str | None,
    env_file: Path | None,
    environ: Mapping[str, str] | None = None,
    warn: Callable[[str], None] = lambda _: None,
) -> Settings:
    """The settings of this run; values are stripped, an empty one counts as not set.

    ``warn`` is told what is wrong with the file without being an error; no secret is in that.
    Raises SettingsFault for a file that cannot be read and a value that cannot work.
    """
    path = env_file or _nearest()
    in_file = _read(path, warn, found=path != env_file) if path else {}
    given = in_file | _stripped(os.environ if environ is None else environ)
    chosen = environment or given.get("KIS_ENV", REAL)
    if chosen not in _HOSTS:
        raise SettingsFault("KIS_ENV is neither real nor mock: set it to one of them")
    custtype = given.get("KIS_CUSTTYPE", "P")
    if custtype not in ("P", "B"):
        raise SettingsFault("KIS_CUSTTYPE must be P for a person or B for a corporation")
    rest_url, ws_url = _HOSTS[chosen]
    settings = Settings(
        chosen,
        _url(given, "KIS_REST_URL", ("https", "http"), rest_url),
        _url(given, "KIS_WS_URL", ("ws", "wss"), ws_url),
        _secret(given, "KIS_APP_KEY"),
        _secret(given, "KIS_APP_SECRET"),
        _secret(given, "KIS_APPROVAL_KEY"),
        custtype,
        path,
    )
    _refuse_open_http(settings.rest_url, given)
    return settings


def _read(path: Path, warn: Callable[[str], None], *, found: bool) -> dict[str, str]:
    try:
        with path.open("rb") as file:
            data, state = file.read(_MOST_BYTES + 1), os.fstat(file.fileno())
            owners = {path.lstat().st_uid, state.st_uid}  # a link may have another than its file
    except OSError as error:
        raise SettingsFault(
            f"{path} cannot be read: {error.strerror}; check the path and its permissions"
        ) from None
    # In the working directory it is what everybody expects, as in a container on files of others.
    strange = os.name == "posix" and not owners <= {0, os.geteuid()}
    if found and strange and path.parent != Path.cwd():
        raise SettingsFault(
            f"{path} belongs to another user, who could have your secret sent anywhere: if you "
            "trust it, name it with --env-file"
        )
    lines: dict[str, int] = {}
    parsed = _parsed(path, _text(path, data), warn, lines)
    for name in parsed.keys() & _ENVIRONMENT_ONLY:
        warn(f"{path} sets {name}, which counts in the environment only: export it there")
    values = _stripped(parsed)
    open_to_others = os.name == "posix" and S_ISREG(state.st_mode) and state.st_mode & 0o077
    if open_to_others and _SECRETS & values.keys():
        warn(f"{path} holds secrets and other users may read it: chmod 600 {path}")
    if unknown := [name for name in values if name not in _NAMES]:
        _warn_of_unknown(path, unknown, lines, warn)
    return values


def _warn_of_unknown(
    path: Path, unknown: list[str], lines: dict[str, int], warn: Callable[[str], None]
) -> None:
    names = [name for name in unknown if _is_name(name)]
    for name in unknown:
        if name not in names:
            warn(_not_understood(path, lines[name]))
    if names:
        warn(f"{path} sets what kisq does not know: {', '.join(map(_with_near, names))}")


def _not_understood(path: Path, line: int) -> str:
    return f"{path}, line {line}, is not understood: write NAME=value"


def _is_name(text: str) -> bool:
    """Whether ``text`` is nothing but a name: what was typed behind one may be a secret."""
    letters = text.replace("_", "")
    beginnings = (name.replace("_", "") for name in _SECRETS)
    glued = any(letters.startswith(b) and len(letters) > len(b) + _A_FEW for b in beginnings)
    return bool(_NAME.fullmatch(text)) and not glued


def _with_near(unknown: str) -> str:
    """A name and the known one that may be meant."""
    from difflib import get_close_matches

    near = get_close_matches(unknown, sorted(_NAMES), 1, _NEAR)
    return f"{unknown} ({near[0]}?)" if near else unknown


def _text(path: Path, data: bytes) -> str:
    if len(data) > _MOST_BYTES:
        raise SettingsFault(f"{path} is larger than 1 MiB: it cannot be a file of settings")
    if b"\0" in data:  # as UTF-16 has
        raise SettingsFault(f"{path} is no text in UTF-8: save it as such")
    return data.decode("utf-8-sig", "replace")  # a comment may be in another encoding


def _parsed(
    path: Path, text: str, warn: Callable[[str], None], lines: dict[str, int]
) -> dict[str, str]:
    """The values of ``text`` by name; ``lines`` is given the number of the line of each."""
    from io import StringIO

    from dotenv.parser import parse_stream  # which leaves a $ in a secret alone

    values = {}
    for line in parse_stream(StringIO(text)):
        said = line.original.string  # which begins with the empty lines before it
        number = line.original.line + said[: len(said) - len(said.lstrip())].count("\n")
        if line.error:
            warn(_not_understood(path, number))
        elif line.key and line.value:
            values[line.key] = line.value
            lines[line.key] = number
    return values


def _nearest() -> Path | None:
    with suppress(OSError):  # the working directory is gone, or a parent may not be entered
        folder = Path.cwd()
        candidates = (parent / ".env" for parent in (folder, *folder.parents))
        return next((path for path in candidates if path.is_file()), None)
    return None


def _stripped(values: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value.strip()
        for name, value in values.items()
        if name.startswith("KIS_") and value.strip()
    }


def _secret(given: dict[str, str], name: str) -> str | None:
    value = given.get(name)
    if value and not (value.isascii() and value.isprintable()):
        raise SettingsFault(f"{name} holds a character that no key of KIS has: copy it again")
    return value


def _url(given: dict[str, str], name: str, schemes: tuple[str, ...], default: str) -> str:
    value = given.get(name, default).rstrip("/")
    try:
        parts = urlsplit(value)
        valid = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
        valid = valid and "@" not in parts.netloc and set("?#").isdisjoint(value)
    except ValueError:
        valid = False
    if not valid or not value.isprintable():
        raise SettingsFault(
            f"{name} must look like {schemes[0]}://host:port, without a password, a ? or a #"
        )
    return value


def _refuse_open_http(rest_url: str, given: dict[str, str]) -> None:
    parts = urlsplit(rest_url)
    open_http = parts.scheme == "http" and parts.hostname not in LOOPBACK
    if open_http and given.get("KIS_ALLOW_HTTP") != "1":
        raise SettingsFault(
            "KIS_REST_URL is plain http, which would send the secret in the open: use https, or "
            "set KIS_ALLOW_HTTP=1 if you mean it"
        )
