"""The proxy that a connection goes through, from the environment or else the desktop."""

import os
import sys
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from kisq.errors import ConnectionFailed
from kisq.locale.sentence import Sentence

LOOPBACK = ("127.0.0.1", "localhost", "::1")  # which no proxy leads to
_VARIABLES = {
    "ws": ("http_proxy", "all_proxy"),
    "wss": ("https_proxy", "all_proxy"),
    "http": ("http_proxy", "all_proxy"),
    "https": ("https_proxy", "all_proxy"),
}
# How to reach a proxy: websocket-client can do that in plain HTTP only.
_SUPPORTED = {
    "ws": ("http",),
    "wss": ("http",),
    "http": ("http", "https"),
    "https": ("http", "https"),
}
_PORTS = {"http": 80, "https": 443}
_DESKTOP = Sentence("the proxy in the settings of this computer")
_BY_WAY_OF = Sentence("{happened}, by way of the proxy {host}:{port}")
_BY_WAY_OF_STEP = Sentence("check {variable}, or name the host in no_proxy to go without the proxy")
_NOT_A_URL = Sentence("{variable} is not the URL of a proxy")
_NOT_A_URL_STEP = Sentence("write http://host:port (in a password, # is %23, / is %2F)")
_UNSUPPORTED = Sentence(
    "{variable} names a proxy of a kind that kisq cannot speak to (SOCKS is one)"
)
_UNSUPPORTED_STEP = Sentence(
    "name one that begins with http://, or name the host in no_proxy to go without it"
)


class Proxy(NamedTuple):
    """A proxy and the environment variable that names it; ``user`` is empty if there is none."""

    variable: str
    scheme: str
    host: str
    port: int
    user: str
    password: str

    @property
    def url(self) -> str:
        """As requests wants it, with the password."""
        host = self.host
        if ":" in host:  # an IPv6 address
            host = f"[{host}]"
        address = f"{host}:{self.port}"
        if not self.user:
            return f"{self.scheme}://{address}"
        user = quote(self.user, safe="")
        password = quote(self.password, safe="")
        return f"{self.scheme}://{user}:{password}@{address}"

    def failure(self, url: str, happened: str) -> ConnectionFailed:
        """The error for what ``happened`` on the way to ``url``, by way of this proxy."""
        return ConnectionFailed(
            url,
            _BY_WAY_OF.format(happened=happened, host=self.host, port=self.port),
            _BY_WAY_OF_STEP.format(variable=self.variable),
        )


def _desktop_proxies() -> dict[str, str]:
    """The proxies that Windows or macOS is set to use, by scheme."""
    if sys.platform not in ("win32", "darwin"):
        return {}
    from urllib.request import getproxies

    return getproxies()


def proxy_for(url: str, desktop: Callable[[], dict[str, str]] = _desktop_proxies) -> Proxy | None:
    """The proxy for ``url``, or None to go straight there.

    ``desktop`` gives the computer's settings by scheme, for when the environment names no proxy.
    Raises ConnectionFailed if the variable does not hold the URL of a proxy that kisq can speak
    to; the error quotes nothing of it, because any part may belong to a password.
    """
    target = urlsplit(url)
    if target.hostname in LOOPBACK:
        return None
    variable, proxy = _named(target.scheme)
    if not proxy:
        variable = _DESKTOP
        proxy = desktop().get(target.scheme, "")
    if not proxy or _excepted(url):
        return None
    return _parsed(url, variable, proxy)


def _named(scheme: str) -> tuple[str, str]:
    """The variable for ``scheme`` and its value; both are empty if none is set."""
    for lower in _VARIABLES[scheme]:
        variable = lower if lower in os.environ else lower.upper()
        proxy = os.environ.get(variable, "").strip()
        if proxy:
            return variable, proxy
    return "", ""


def _excepted(url: str) -> bool:
    from requests.utils import should_bypass_proxies  # costs a tenth of a second

    return should_bypass_proxies(url, None)


def _parsed(url: str, variable: str, proxy: str) -> Proxy:
    not_a_url = ConnectionFailed(url, _NOT_A_URL.format(variable=variable), _NOT_A_URL_STEP)
    if "://" not in proxy:
        proxy = f"http://{proxy}"
    try:
        parts = urlsplit(proxy)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        raise not_a_url from None
    if not parts.hostname or parts.path.strip("/") or "?" in proxy or "#" in proxy:
        raise not_a_url
    if parts.scheme not in _SUPPORTED[urlsplit(url).scheme]:
        raise ConnectionFailed(url, _UNSUPPORTED.format(variable=variable), _UNSUPPORTED_STEP)
    user = unquote(parts.username or "")
    password = unquote(parts.password or "")
    return Proxy(variable, parts.scheme, parts.hostname, port, user, password)
