"""Option > environment > .env → one frozen Settings."""

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urlsplit

from kisq.errors import SettingsFault
from kisq.feed.proxy import LOOPBACK
from kisq.locale.sentence import Sentence, verbatim
from kisq.settings_file import NAMES, nearest, stripped, values_in
from kisq.spec.symbol_files import MASTER_URL

REAL = "real"
MOCK = "mock"
SIM = "sim"
_ENVIRONMENT = Sentence("the environment")
# Values that no key of KIS has, and why; the first that fits counts.
_MISCOPIED = (
    (
        re.compile(r".*[^\x20-\x7e].*", re.DOTALL),
        Sentence("{name} (from {origin}) has a character that no key of KIS has: copy it again"),
    ),
    (
        re.compile(r"[\"'`].*|.*[\"'`]"),
        Sentence("{name} (from {origin}) is in quotation marks: remove them"),
    ),
    (
        re.compile(r".* .*"),
        Sentence("{name} (from {origin}) contains a space: copy the whole key and nothing else"),
    ),
)
_PLACEHOLDER_LEFT = Sentence(
    "{name} (from {origin}) is a placeholder: put in your own, from the KIS Developers site"
)
_NO_ENVIRONMENT = Sentence("{name} (from {origin}) is neither real nor mock: set it to one of them")
_NO_CUSTTYPE = Sentence("{name} (from {origin}) must be P for a person or B for a corporation")
_NO_URL = Sentence(
    "{name} (from {origin}) must look like {scheme}://host:port, without a password, a ? or a #"
)
_OPEN_MASTER_URL = Sentence("{name} (from {origin}) is plain http, which is for loopback only")
_OPEN_REST_URL = Sentence(
    "{name} (from {origin}) is plain http, which would send the secret unencrypted: use https, or "
    "set KIS_ALLOW_HTTP=1 if you mean it"
)
# Values in example files, which are meant to be replaced.
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
    """KIS's own WebSocket of one of its two environments, whatever the settings say."""
    return _HOSTS[environment][1]


class Settings(NamedTuple):
    """Everything that a run needs to know about its user; the credentials may be missing.

    ``env_file`` is the file that was read, if there is one. ``origins`` says for each variable that
    is set where its value comes from, for people: the environment, or that file.
    """

    environment: str
    rest_url: str
    ws_url: str
    app_key: str | None = None
    app_secret: str | None = None
    approval_key: str | None = None
    custtype: str = "P"
    env_file: Path | None = None
    origins: Mapping[str, Sentence] = MappingProxyType({})
    master_url: str = MASTER_URL

    def __repr__(self) -> str:
        return f"Settings({self.environment}, {self.rest_url}, {self.ws_url})"  # no secrets

    @property
    def secrets(self) -> list[str]:
        """The values that must never be seen."""
        values = (self.app_key, self.app_secret, self.approval_key)
        return [value for value in values if value]


class _Value(NamedTuple):
    """A value that is set, and where."""

    name: str
    text: str
    origin: Sentence

    def fault(self, sentence: Sentence, **fields: str) -> SettingsFault:
        """What is wrong with it; the value is not shown, because it may be a secret."""
        return SettingsFault(sentence.format(name=self.name, origin=self.origin, **fields))


def load(
    environment: str | None,
    env_file: Path | None,
    environ: Mapping[str, str] | None = None,
    warn: Callable[[Sentence], None] = lambda _: None,
    *,
    credentials_matter: bool = True,
) -> Settings:
    """The settings of this run; values are stripped, an empty one counts as not set.

    ``warn`` is called with what is wrong with the file but not an error, without any secret. Raises
    SettingsFault for a file that cannot be read and for an invalid value, of a credential only if
    ``credentials_matter``: a tap and the symbol files need none.
    """
    exported = stripped(os.environ)
    if environ is not None:
        exported = stripped(environ)
    path = env_file or nearest()
    values: dict[str, _Value] = {}
    if path:
        values = _in_file(values_in(path, exported, warn, searched=env_file is None), path)
    values |= {name: _Value(name, text, _ENVIRONMENT) for name, text in exported.items()}
    chosen = environment or _environment(values.get("KIS_ENV"))
    rest_url, ws_url = _HOSTS[chosen]
    rest_url = _url(values.get("KIS_REST_URL"), ("https", "http"), rest_url)
    ws_url = _url(values.get("KIS_WS_URL"), ("ws", "wss"), ws_url)
    _refuse_open_http(rest_url, values)
    return Settings(
        environment=chosen,
        rest_url=rest_url,
        ws_url=ws_url,
        app_key=_secret(values.get("KIS_APP_KEY"), rest_url, is_sent=credentials_matter),
        app_secret=_secret(values.get("KIS_APP_SECRET"), rest_url, is_sent=credentials_matter),
        approval_key=_secret(values.get("KIS_APPROVAL_KEY"), ws_url, is_sent=credentials_matter),
        custtype=_custtype(values.get("KIS_CUSTTYPE")),
        env_file=path,
        origins={name: value.origin for name, value in values.items() if name in NAMES},
        master_url=_master_url(values.get("KIS_MASTER_URL")),
    )


def _in_file(texts: Mapping[str, str], path: Path) -> dict[str, _Value]:
    origin = verbatim(str(path))
    return {name: _Value(name, text, origin) for name, text in texts.items()}


def _environment(value: _Value | None) -> str:
    if value is None:
        return REAL
    if value.text not in _HOSTS:
        raise value.fault(_NO_ENVIRONMENT)
    return value.text


def _custtype(value: _Value | None) -> str:
    if value is None:
        return "P"
    if value.text not in ("P", "B"):
        raise value.fault(_NO_CUSTTYPE)
    return value.text


def _secret(value: _Value | None, url: str, *, is_sent: bool) -> str | None:
    """The text of ``value``, for ``url`` if it is sent; only a simulator takes a placeholder."""
    if value is None:
        return None
    if not is_sent:
        return value.text
    for pattern, sentence in _MISCOPIED:
        if pattern.fullmatch(value.text):
            raise value.fault(sentence)
    if _PLACEHOLDER.fullmatch(value.text) and urlsplit(url).hostname not in LOOPBACK:
        raise value.fault(_PLACEHOLDER_LEFT)
    return value.text


def _url(value: _Value | None, schemes: tuple[str, ...], default: str) -> str:
    if value is None:
        return default
    text = value.text.rstrip("/")
    if not _is_url(text, schemes):
        raise value.fault(_NO_URL, scheme=schemes[0])
    scheme = urlsplit(text).scheme  # in lower case, as libraries want it
    return scheme + text[len(scheme) :]


def _is_url(text: str, schemes: tuple[str, ...]) -> bool:
    """Whether ``text`` is a URL with one of ``schemes``, without a password, a query or a part."""
    try:
        parts = urlsplit(text)
        if parts.scheme not in schemes or not parts.hostname or parts.port == 0:
            return False
    except ValueError:
        return False
    return "@" not in parts.netloc and set("?#").isdisjoint(text) and text.isprintable()


def _is_open(url: str) -> bool:
    """Whether others on the way could read what is sent, and change what is received."""
    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname not in LOOPBACK


def _master_url(value: _Value | None) -> str:
    url = _url(value, ("https", "http"), MASTER_URL)
    if value and _is_open(url):
        raise value.fault(_OPEN_MASTER_URL)
    return url


def _refuse_open_http(rest_url: str, values: Mapping[str, _Value]) -> None:
    allowed = values.get("KIS_ALLOW_HTTP")
    if allowed and allowed.text == "1":
        return
    if _is_open(rest_url):
        raise values["KIS_REST_URL"].fault(_OPEN_REST_URL)
