"""Which proxy a connection goes through, and the error when it does not get through."""

import base64
from collections.abc import Callable

import pytest
from conftest import Run, credentials
from helpers.command import said
from liar import Liar

from kisq.feed.proxy import proxy_for

Kisq = Callable[..., Run]
FAR = {"KIS_WS_URL": "ws://192.0.2.1:21000", "KIS_APPROVAL_KEY": "approval-key-1"}
KIS = "https://openapi.koreainvestment.com:9443"


@pytest.mark.parametrize(
    ("url", "environment", "found"),
    [
        (FAR["KIS_WS_URL"], {}, None),
        (FAR["KIS_WS_URL"], {"http_proxy": "http://h:1"}, "http_proxy h:1"),
        (FAR["KIS_WS_URL"], {"HTTP_PROXY": "http://h:1"}, "HTTP_PROXY h:1"),
        (FAR["KIS_WS_URL"], {"HTTP_PROXY": "http://h:1", "http_proxy": ""}, None),
        (FAR["KIS_WS_URL"], {"http_proxy": "h"}, "http_proxy h:80"),
        (
            FAR["KIS_WS_URL"],
            {"ALL_PROXY": "http://h:1", "https_proxy": "http://i"},
            "ALL_PROXY h:1",
        ),
        (
            FAR["KIS_WS_URL"],
            {"all_proxy": "http://h:1", "http_proxy": "http://i"},
            "http_proxy i:80",
        ),
        (FAR["KIS_WS_URL"], {"http_proxy": "http://h:1", "no_proxy": "192.0.2.0/24"}, None),
        ("wss://host", {"https_proxy": "http://h:1", "http_proxy": "http://i"}, "https_proxy h:1"),
        ("wss://host", {"all_proxy": "http://h:1"}, "all_proxy h:1"),
        (KIS, {"all_proxy": "http://h:1"}, "all_proxy h:1"),
        (KIS, {"https_proxy": "https://h"}, "https_proxy h:443"),
        (KIS, {"https_proxy": "http://h:1", "no_proxy": "koreainvestment.com"}, None),
        ("ws://127.0.0.1:1", {"http_proxy": "http://h:1", "no_proxy": "corp.example"}, None),
        ("wss://localhost", {"https_proxy": "http://h:1"}, None),
        ("ws://[::1]:1", {"http_proxy": "no URL#"}, None),
    ],
)
def test_proxy_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, url: str, environment: dict[str, str], found: str | None
) -> None:
    """The small name beats the large one; no_proxy and loopback go straight."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    proxy = proxy_for(url)
    assert (proxy and f"{proxy.variable} {proxy.host}:{proxy.port}") == found


@pytest.mark.parametrize("no_proxy", ["", "corp.example"])
@pytest.mark.parametrize("sim", [["--sim"], []])
def test_loopback_needs_no_proxy(
    kisq: Kisq, account: dict[str, str], sim: list[str], no_proxy: str
) -> None:
    """Neither --sim nor a simulator that is named says anything to a proxy."""
    with Liar(reply=b"HTTP/1.1 403 Forbidden\r\n\r\n", closes=True) as liar:
        url = f"http://trader:hunter2secret@127.0.0.1:{liar.port}"
        proxies = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), url)
        proxies["no_proxy"] = no_proxy
        run = kisq("watch", "DNASAAPL", "--json", "-n", "1", *sim, **account, **proxies)
    assert (run.returncode, liar.connections) == (0, 0), said(run)


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (
            b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
            "status: 407, by way of the proxy 127.0.0.1:%d; check http_proxy",
        ),
        (b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 401 Unauthorized\r\n\r\n", "HTTP 401; KIS throttles"),
    ],
)
def test_handshake_by_way_of_a_proxy(kisq: Kisq, reply: bytes, sentence: str) -> None:
    """It is asked with its user and password, and what it does not do is not blamed on KIS."""
    with Liar(reply=reply, closes=True) as liar:
        url = f"http://trader:pass%23word1@127.0.0.1:{liar.port}"
        run = kisq("watch", "DNASAAPL", http_proxy=url, no_proxy="", **FAR)
    assert run.returncode == 5
    assert (sentence % liar.port if "%" in sentence else sentence) in said(run)
    assert liar.received.startswith(b"CONNECT 192.0.2.1:21000 ")
    assert base64.b64encode(b"trader:pass#word1") in liar.received


COMMANDS = {
    "approve": credentials() | {"KIS_REST_URL": "https://192.0.2.1:1"},
    "watch DNASAAPL": FAR,
}
_SOCKS = "_proxy names a proxy of a kind that kisq cannot speak to (SOCKS is one); name one that"
SAID = {
    "socks5://trader:hunter2secret@127.0.0.1:9": _SOCKS,
    "http://trader:hunter2secret@127.0.0.1:9": "refused, by way of the proxy 127.0.0.1:9; check",
    "trader:hunter2secret@127.0.0.1:9": ", by way of the proxy 127.0.0.1:9; check http",
    "http://trader:hunter2secret#x@proxy:3128": "_proxy is not the URL of a proxy; write",
    "http://trader:2222#x@proxy:3128": "_proxy is not the URL of a proxy; write",
    "http://trader:2222/x@proxy:3128": "_proxy is not the URL of a proxy; write",
    "http://proxy:hunter2secret": "_proxy is not the URL of a proxy; write",
    "http://": "_proxy is not the URL of a proxy; write",
    "http://[::1": "_proxy is not the URL of a proxy; write",
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("proxy", SAID)
def test_proxy_that_does_not_work(kisq: Kisq, command: str, proxy: str) -> None:
    """It is one sentence, exit 5, that names the proxy and no part of its password."""
    settings = {"http_proxy": proxy, "https_proxy": proxy, "no_proxy": ""} | COMMANDS[command]
    run = kisq(*command.split(), **settings)
    assert run.returncode == 5
    assert SAID[proxy] in said(run)
    assert said(run).count("\n") == 1
    assert not [part for part in ("hunter2secret", "2222", "trader", "KIS_") if part in said(run)]


def test_proxy_of_the_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    """What Windows or macOS is set to use counts for HTTP, where the environment names none."""
    for name in ("https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    desktop = {"http": "http://me:pass%23word1@h:1", "https": "http://me:pass%23word1@h:1"}
    proxy = proxy_for(KIS, lambda: desktop)
    assert proxy is not None
    assert proxy.url == desktop["https"]
    assert "check the proxy in the settings of this computer, or" in str(proxy.failure(KIS, "no"))
    assert proxy_for("ws://host", lambda: desktop) is None
    monkeypatch.setenv("https_proxy", "http://i:2")
    assert proxy_for(KIS, lambda: desktop) == ("https_proxy", "http", "i", 2, "", "")
