"""The proxy that a connection goes through, as the environment names it."""

import os
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from kisq.errors import ConnectionFailed

LOOPBACK = ("127.0.0.1", "localhost", "::1")  # which no proxy leads to
_VARIABLES = {
    "ws": ("http_proxy",),
    "wss": ("https_proxy",),
    "http": ("http_proxy", "all_proxy"),
    "https": ("https_proxy", "all_proxy"),
}


class Proxy(NamedTuple):
    """A proxy and the environment variable that names it; ``user`` is empty where it has none."""

    variable: str
    host: str
    port: int
    user: str
    password: str

    def failure(self, url: str, happened: str) -> ConnectionFailed:
        """What ``happened`` on the way to ``url``, which the proxy may be to blame for."""
        return ConnectionFailed(
            url,
            f"{happened}, by way of the proxy {self.host}:{self.port}",
            f"check {self.variable}, or name the host in no_proxy to go without the proxy",
        )


def proxy_for(url: str) -> Proxy | None:
    """The proxy for ``url``, or None to go straight there.

    Raises ConnectionFailed where the variable holds no URL of a proxy; nothing of it is in the
    error, for any part may be one of a password.
    """
    target = urlsplit(url)
    for variable in _VARIABLES[target.scheme]:
        given = os.environ.get(variable, os.environ.get(variable.upper(), "")).strip()
        if given and target.hostname not in LOOPBACK and not _excepted(url):
            return _parsed(url, variable, given)
    return None


def _excepted(url: str) -> bool:
    from requests.utils import should_bypass_proxies  # costs a tenth of a second

    return should_bypass_proxies(url, None)


def _parsed(url: str, variable: str, given: str) -> Proxy:
    try:
        parts = urlsplit(given if "://" in given else f"http://{given}")
        port = parts.port or 80
    except ValueError:
        parts, port = urlsplit(""), 0
    if not parts.hostname or parts.path.strip("/") or not set("?#").isdisjoint(given):
        raise ConnectionFailed(
            url,
            f"{variable} is no URL of a proxy",
            "write http://host:port (in a password, # is %23, / is %2F)",
        )
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Proxy(variable, parts.hostname, port, user, password)
