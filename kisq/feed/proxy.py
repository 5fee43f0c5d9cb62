"""The proxy that a connection goes through, as the environment names it, or else the desktop."""

import os
import sys
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from kisq.errors import ConnectionFailed

LOOPBACK = ("127.0.0.1", "localhost", "::1")  # which no proxy leads to
_VARIABLES = {
    "ws": ("http_proxy", "all_proxy"),
    "wss": ("https_proxy", "all_proxy"),
    "http": ("http_proxy", "all_proxy"),
    "https": ("https_proxy", "all_proxy"),
}
# What is spoken to a proxy: websocket-client asks it in plain HTTP only.
_SPOKEN = {"ws": ("http",), "wss": ("http",), "http": ("http", "https"), "https": ("http", "https")}
_PORTS = {"http": 80, "https": 443}
_DESKTOP = "the proxy in the settings of this computer"


class Proxy(NamedTuple):
    """A proxy and the environment variable that names it; ``user`` is empty where it has none."""

    variable: str
    scheme: str
    host: str
    port: int
    user: str
    password: str

    @property
    def url(self) -> str:
        """As requests wants it, with the password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        user, password = quote(self.user, safe=""), quote(self.password, safe="")
        login = f"{user}:{password}@" if user else ""
        return f"{self.scheme}://{login}{host}:{self.port}"

    def failure(self, url: str, happened: str) -> ConnectionFailed:
        """What ``happened`` on the way to ``url``, which the proxy may be to blame for."""
        return ConnectionFailed(
            url,
            f"{happened}, by way of the proxy {self.host}:{self.port}",
            f"check {self.variable}, or name the host in no_proxy to go without the proxy",
        )


def _desktop_proxies() -> dict[str, str]:
    """The proxies by scheme that Windows or macOS is set to use."""
    if sys.platform not in ("win32", "darwin"):
        return {}
    from urllib.request import getproxies

    return getproxies()


def proxy_for(url: str, desktop: Callable[[], dict[str, str]] = _desktop_proxies) -> Proxy | None:
    """The proxy for ``url``, or None to go straight there.

    ``desktop`` gives what the computer is set to use for HTTP where the environment names none.
    Raises ConnectionFailed where the variable holds no URL of a proxy that kisq can speak to;
    nothing of it is in the error, for any part may be one of a password.
    """
    target = urlsplit(url)
    if target.hostname in LOOPBACK:
        return None
    variable, named = _named(target.scheme)
    if not named:
        variable, named = _DESKTOP, desktop().get(target.scheme, "")
    if not named or _excepted(url):
        return None
    return _parsed(url, variable, named)


def _named(scheme: str) -> tuple[str, str]:
    """The variable for ``scheme`` and what it holds; both are empty where there is none."""
    for lower in _VARIABLES[scheme]:
        variable = lower if lower in os.environ else lower.upper()
        named = os.environ.get(variable, "").strip()
        if named:
            return variable, named
    return "", ""


def _excepted(url: str) -> bool:
    from requests.utils import should_bypass_proxies  # costs a tenth of a second

    return should_bypass_proxies(url, None)


def _parsed(url: str, variable: str, named: str) -> Proxy:
    try:
        parts = urlsplit(named if "://" in named else f"http://{named}")
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        parts, port = urlsplit(""), 0
    if not parts.hostname or parts.path.strip("/") or not set("?#").isdisjoint(named):
        raise ConnectionFailed(
            url,
            f"{variable} is no URL of a proxy",
            "write http://host:port (in a password, # is %23, / is %2F)",
        )
    if parts.scheme not in _SPOKEN[urlsplit(url).scheme]:
        raise ConnectionFailed(
            url,
            f"{variable} names a proxy of a kind that kisq cannot speak to (SOCKS is one)",
            "name one that begins with http://, or name the host in no_proxy to go without it",
        )
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Proxy(variable, parts.scheme, parts.hostname, port, user, password)
