"""What variables of the environment do to TLS and to a request, and what ~/.netrc does not."""

import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
from aiohttp import web
from conftest import Run, credentials
from helpers.command import said
from helpers.endpoint import serving

from kisq.errors import ConnectionFailed, SettingsFault
from kisq.feed.approval import issue
from kisq.feed.handshake import connect
from kisq.feed.tls import ca_bundle, context

Kisq = Callable[..., Run]
NOBODY = "127.0.0.1:1"
FAULTS = {
    "REQUESTS_CA_BUNDLE": "names missing/file, which cannot be read: No such file or directory",
    "CURL_CA_BUNDLE": "names missing/file, which cannot be read: No such file or directory",
    "SSLKEYLOGFILE": "names missing/file, which cannot be written: No such file or directory",
}


@pytest.fixture(autouse=True)
def _of_no_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in FAULTS:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize(
    "attempt",
    [lambda: issue(f"https://{NOBODY}", "key", "secret"), lambda: connect(f"wss://{NOBODY}")],
    ids=["approval", "WebSocket"],
)
def test_variable_that_names_a_missing_file(
    monkeypatch: pytest.MonkeyPatch, attempt: Callable[[], object], name: str
) -> None:
    """It is named with its file and the reason, before anything is sent."""
    monkeypatch.setenv(name, "missing/file")
    with pytest.raises(SettingsFault) as fault:
        attempt()
    assert str(fault.value) == f"{name} {FAULTS[name]}; correct it or unset it"


def test_variable_that_names_a_missing_file_does_no_harm_without_tls(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Neither a simulator nor KIS's plain WebSocket needs any certificates."""
    for name in FAULTS:
        monkeypatch.setenv(name, "missing/file")
    for attempt in (
        lambda: issue(f"http://{NOBODY}", "key", "secret"),
        lambda: connect(f"ws://{NOBODY}"),
    ):
        with pytest.raises(ConnectionFailed, match="the connection was refused"):
            attempt()


def test_file_without_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not taken for a certificate of KIS that is not valid."""
    Path("text").write_text("no certificate")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "text")
    with pytest.raises(SettingsFault, match="names text, which holds no certificates in PEM form"):
        ca_bundle()


def test_certificates_of_the_environment_are_those_that_are_trusted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A file or a folder of them, for the approval and the WebSocket; requests' own name first."""
    import certifi

    assert ca_bundle() is None
    monkeypatch.setenv("CURL_CA_BUNDLE", str(tmp_path))
    assert ca_bundle() == str(tmp_path)
    assert context().get_ca_certs() == []
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", certifi.where())
    assert ca_bundle() == certifi.where()
    assert len(context().get_ca_certs()) > 50
    assert context().verify_mode is ssl.CERT_REQUIRED


def test_netrc_is_not_sent(kisq: Kisq, tmp_path: Path) -> None:
    """A default entry of ~/.netrc is for programs that log in; kisq sends no Authorization."""
    path = tmp_path / ".netrc"
    path.write_text("default login me password hunter2secret\n")
    path.chmod(0o600)
    headers: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        headers.extend(request.headers)
        return web.json_response({"approval_key": "approval-key-1"})

    with serving(answer) as url:
        host = {"KIS_REST_URL": url.replace("127.0.0.1", "127.1"), "KIS_ALLOW_HTTP": "1"}
        settings = credentials() | host
        run = kisq("approve", HOME=str(tmp_path), NETRC=str(path), no_proxy="*", **settings)
    assert run.returncode == 0, said(run)
    assert "content-type" in map(str.lower, headers)
    assert "authorization" not in map(str.lower, headers)
