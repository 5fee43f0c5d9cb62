"""Option > environment > .env → one frozen Settings."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from kisq.errors import SettingsFault
from kisq.feed.proxy import LOOPBACK
from kisq.settings_file import SettingsFile, near_name, nearest, read
from kisq.spec.symbol_files import MASTER_URL

REAL, MOCK, SIM = "real", "mock", "sim"
_SECRETS = {"KIS_APP_KEY", "KIS_APP_SECRET", "KIS_APPROVAL_KEY"}
_NAMES = {
    *_SECRETS,
    "KIS_ENV",
    "KIS_CUSTTYPE",
    "KIS_REST_URL",
    "KIS_WS_URL",
    "KIS_ALLOW_HTTP",
    "KIS_MASTER_URL",
}
_ENVIRONMENT = "the environment"
_ENVIRONMENT_ONLY = {"KISQ_NOW", "KISQ_PAUSES"}  # as they are needed apart from a file of settings
_NAME = re.compile(r"KIS(_[A-Z0-9]{1,12}){1,4}")  # what is longer may hold a key
_A_FEW = 2  # letters behind the name of a secret: no key is so short
# What no key of KIS is, and what it is then; the first that fits counts.
_MISCOPIED = (
    (
        re.compile(r".*[^\x20-\x7e].*", re.DOTALL),
        "{name} (from {origin}) holds a character that no key of KIS has: copy it again",
    ),
    (
        re.compile(r"[\"'`].*|.*[\"'`]"),
        "{name} (from {origin}) is in quotation marks: write it without them",
    ),
    (
        re.compile(r".* .*"),
        "{name} (from {origin}) has a blank in it: copy the key again, whole and alone",
    ),
)
# What stands in an example of a file of settings, or was meant to be replaced by a value.
_PLACEHOLDER = re.compile(
    r"[<\[{($%].*"
    r"|[x*.?_-]+"
    r"|(your|my|app|kis)[_-].*"
    r"|[a-z_-]*(key|secret|here|changeme|placeholder|example)[a-z_-]*",
    re.IGNORECASE,
)
# protocol.md section 1: REST and WebSocket of the two environments.
_HOSTS = {
    REAL: ("https://openapi.koreainvestment.com:9443", "ws://ops.koreainvestment.com:21000"),
    MOCK: ("https://openapivts.koreainvestment.com:29443", "ws://ops.koreainvestment.com:31000"),
}


def kis_ws_url(environment: str) -> str:
    """KIS's own WebSocket of one of the two environments, whatever the settings say."""
    return _HOSTS[environment][1]


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a run needs to know of its user; the credentials may be missing.

    ``env_file`` is the file that was read, if there was one. ``origins`` says of each variable that
    is set where its value is from, for people: the environment, or that file.
    """

    environment: str
    rest_url: str
    ws_url: str
    app_key: str | None = None
    app_secret: str | None = None
    approval_key: str | None = None
    custtype: str = "P"
    env_file: Path | None = None
    origins: Mapping[str, str] = field(default_factory=dict)
    master_url: str = MASTER_URL

    def __repr__(self) -> str:
        return f"Settings({self.environment}, {self.rest_url}, {self.ws_url})"  # no secrets

    @property
    def secrets(self) -> list[str]:
        """What must never be seen."""
        return [s for s in (self.app_key, self.app_secret, self.approval_key) if s]


class _Value(NamedTuple):
    """A value that is set, and where."""

    name: str
    text: str
    origin: str

    def fault(self, sentence: str, **names: str) -> SettingsFault:
        """What is wrong with it; the value is not shown, for it may be a secret."""
        return SettingsFault(sentence.format(name=self.name, origin=self.origin, **names))


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
    path = env_file or nearest()
    exported = _stripped(os.environ if environ is None else environ)
    in_file = _in_file(path, exported, warn, searched=path != env_file) if path else {}
    origins = dict.fromkeys(in_file, str(path)) | dict.fromkeys(exported, _ENVIRONMENT)
    texts = in_file | exported
    values = {name: _Value(name, text, origins[name]) for name, text in texts.items()}
    chosen = environment or _environment(values.get("KIS_ENV"))
    rest_url, ws_url = _HOSTS[chosen]
    rest_url = _url(values.get("KIS_REST_URL"), ("https", "http"), rest_url)
    ws_url = _url(values.get("KIS_WS_URL"), ("ws", "wss"), ws_url)
    _refuse_open_http(rest_url, values)
    return Settings(
        chosen,
        rest_url,
        ws_url,
        _secret(values.get("KIS_APP_KEY"), rest_url),
        _secret(values.get("KIS_APP_SECRET"), rest_url),
        _secret(values.get("KIS_APPROVAL_KEY"), ws_url),
        _custtype(values.get("KIS_CUSTTYPE")),
        path,
        {name: origins[name] for name in texts if name in _NAMES},
        _master_url(values.get("KIS_MASTER_URL")),
    )


def _in_file(
    path: Path, exported: Mapping[str, str], warn: Callable[[str], None], *, searched: bool
) -> dict[str, str]:
    """The settings that a file has; ``warn`` is told what a person should see to."""
    file = read(path, warn, searched=searched)
    for name in file.values.keys() & _ENVIRONMENT_ONLY:
        warn(f"{path} sets {name}, which counts in the environment only: export it there")
    values = _stripped(file.values)
    if file.open_to_others and _SECRETS & values.keys():
        warn(f"{path} holds secrets and other users may read it: chmod 600 {path}")
    unknown = [name for name in values if name not in _NAMES]
    _warn_of_lines(path, file, unknown, warn)
    missing = _NAMES - values.keys() - exported.keys()
    for name in filter(_is_name, unknown):
        if near := near_name(name, missing):
            warn(f"{path} sets {name}, which kisq does not know: is it meant to be {near}?")
    return values


def _warn_of_lines(
    path: Path, file: SettingsFile, unknown: list[str], warn: Callable[[str], None]
) -> None:
    """A name that may hold a secret is not shown: its line is not understood."""
    numbers = [file.lines[name] for name in unknown if not _is_name(name)]
    for number in sorted(file.faulty + numbers):
        warn(f"{path}, line {number}, is not understood: write NAME=value")


def _is_name(text: str) -> bool:
    """Whether ``text`` is nothing but a name: what was typed behind one may be a secret."""
    letters = text.replace("_", "")
    beginnings = (name.replace("_", "") for name in _SECRETS)
    glued = any(letters.startswith(b) and len(letters) > len(b) + _A_FEW for b in beginnings)
    return bool(_NAME.fullmatch(text)) and not glued


def _stripped(values: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value.strip()
        for name, value in values.items()
        if name.startswith("KIS_") and value.strip()
    }


def _environment(value: _Value | None) -> str:
    if value and value.text not in _HOSTS:
        raise value.fault("{name} (from {origin}) is neither real nor mock: set it to one of them")
    return value.text if value else REAL


def _custtype(value: _Value | None) -> str:
    if value and value.text not in ("P", "B"):
        raise value.fault("{name} (from {origin}) must be P for a person or B for a corporation")
    return value.text if value else "P"


def _secret(value: _Value | None, url: str) -> str | None:
    """The text of ``value``, which goes to ``url``: a simulator takes any, KIS no placeholder."""
    if value is None:
        return None
    for pattern, sentence in _MISCOPIED:
        if pattern.fullmatch(value.text):
            raise value.fault(sentence)
    if _PLACEHOLDER.fullmatch(value.text) and urlsplit(url).hostname not in LOOPBACK:
        raise value.fault(
            "{name} (from {origin}) is a placeholder: put in your own, from the KIS Developers site"
        )
    return value.text


def _url(value: _Value | None, schemes: tuple[str, ...], default: str) -> str:
    if value is None:
        return default
    text = value.text.rstrip("/")
    try:
        parts = urlsplit(text)
        valid = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
        valid = valid and "@" not in parts.netloc and set("?#").isdisjoint(text)
    except ValueError:
        valid = False
    if not valid or not text.isprintable():
        raise value.fault(
            "{name} (from {origin}) must look like {scheme}://host:port, without a password, a ? "
            "or a #",
            scheme=schemes[0],
        )
    return parts.scheme + text[len(parts.scheme) :]  # in small letters, as libraries want it


def _master_url(value: _Value | None) -> str:
    """Where KIS's symbol files are: nobody on the way may change what they say."""
    url = _url(value, ("https", "http"), MASTER_URL)
    if value and urlsplit(url).scheme == "http" and urlsplit(url).hostname not in LOOPBACK:
        raise value.fault("{name} (from {origin}) is plain http, which counts on loopback only")
    return url


def _refuse_open_http(rest_url: str, values: Mapping[str, _Value]) -> None:
    parts = urlsplit(rest_url)
    open_http = parts.scheme == "http" and parts.hostname not in LOOPBACK
    allowed = "KIS_ALLOW_HTTP" in values and values["KIS_ALLOW_HTTP"].text == "1"
    if open_http and not allowed:
        raise values["KIS_REST_URL"].fault(
            "{name} (from {origin}) is plain http, which would send the secret in the open: use "
            "https, or set KIS_ALLOW_HTTP=1 if you mean it"
        )
