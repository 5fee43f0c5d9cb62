"""Option > environment > .env, and what a setting that cannot work is told."""

import os
import re
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Run
from helpers.places import ROOT

from kisq.errors import SettingsFault
from kisq.settings import load
from kisq.settings_file import PIPE_SECONDS, nearest, read

REAL = ("https://openapi.koreainvestment.com:9443", "ws://ops.koreainvestment.com:21000")
MOCK = ("https://openapivts.koreainvestment.com:29443", "ws://ops.koreainvestment.com:31000")


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_without_anything_it_is_the_real_environment() -> None:
    """The hosts are KIS's own, and credentials may be missing."""
    settings = load(None, None, {})
    assert (settings.environment, settings.rest_url, settings.ws_url) == ("real", *REAL)
    assert (settings.app_key, settings.custtype) == (None, "P")


def test_option_beats_environment_beats_file() -> None:
    """Each source overrides the next."""
    Path(".env").write_text("KIS_ENV=real\nKIS_APP_KEY=file\nKIS_CUSTTYPE=B\n")
    settings = load("mock", None, {"KIS_ENV": "real", "KIS_APP_KEY": "environment"})
    assert (settings.environment, settings.app_key, settings.custtype) == (
        "mock",
        "environment",
        "B",
    )
    assert (settings.rest_url, settings.ws_url) == MOCK
    assert load(None, None, {"KIS_ENV": "mock"}).environment == "mock"


def test_nearest_file_upwards_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A .env in a folder above counts, a nearer one counts more."""
    Path("a/b").mkdir(parents=True)
    Path(".env").write_text("KIS_APP_KEY=far")
    monkeypatch.chdir("a/b")
    assert load(None, None, {}).app_key == "far"
    Path("../.env").write_text("KIS_APP_KEY=near")
    assert load(None, None, {}).app_key == "near"


def test_values_are_stripped_and_empty_ones_are_not_set() -> None:
    """A newline pasted around a secret goes away; a $ in it stays."""
    Path("my.env").write_bytes("\ufeff# 키\nKIS_APP_SECRET=' a$b${HOME} '\nKIS_APP_KEY=\n".encode())
    settings = load(None, Path("my.env"), {"KIS_APP_KEY": " k\n", "KIS_CUSTTYPE": " "})
    assert (settings.app_key, settings.app_secret) == ("k", "a$b${HOME}")
    assert settings.custtype == "P"


def test_comment_in_another_encoding_does_no_harm() -> None:
    """A file that a Korean Windows saved is read."""
    Path(".env").write_bytes("# 앱키\nKIS_APP_KEY=abc\n".encode("cp949"))
    assert load(None, None, {}).app_key == "abc"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("KIS_APP_KEY=abc\n".encode("utf-16"), "my.env is not UTF-8 text: save it as UTF-8"),
        (b"#" * (1 << 20) + b"\n", "my.env is larger than 1 MiB"),
    ],
    ids=["UTF-16", "1 MiB"],
)
def test_file_that_is_no_file_of_settings(data: bytes, said: str) -> None:
    """It is not taken for one that sets nothing."""
    Path("my.env").write_bytes(data)
    with pytest.raises(SettingsFault, match=said):
        load(None, Path("my.env"), {})


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there is none")
def test_file_without_end(kisq: Callable[..., Run]) -> None:
    """It is not read to its end."""
    run = kisq("approve", "--env-file", "/dev/zero")
    assert run.returncode == 3
    assert b"/dev/zero is larger than 1 MiB" in run.stderr


@pytest.mark.skipif(os.name != "posix", reason="other systems have no such owners")
@pytest.mark.parametrize("linked", [False, True])
def test_file_of_another_user(monkeypatch: pytest.MonkeyPatch, *, linked: bool) -> None:
    """It may send the secret anywhere: above the working directory it counts only if named."""
    owner = os.geteuid() or 4242  # a test that root runs can give the file away
    path = Path("elsewhere" if linked else ".env")
    path.write_text("KIS_ENV=mock\n")
    if linked:
        Path(".env").symlink_to(path)
    if os.geteuid():
        monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    else:
        os.chown(".env", owner, -1, follow_symlinks=False)
    assert load(None, None, {}).environment == "mock"
    below = Path("below")
    below.mkdir()
    monkeypatch.chdir(below)
    with pytest.raises(SettingsFault, match="belongs to another user"):
        load(None, None, {})
    assert load(None, Path("..") / ".env", {}).environment == "mock"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"KIS_ENV": "ssss"}, "KIS_ENV (from the environment) is neither real nor mock"),
        ({"KIS_CUSTTYPE": "ssss"}, "KIS_CUSTTYPE (from the environment) must be P for a person"),
        ({"KIS_APP_KEY": "앱키"}, "KIS_APP_KEY (from the environment) has a character"),
        (
            {"KIS_APP_SECRET": "ssss\x00ssss"},
            "KIS_APP_SECRET (from the environment) has a character",
        ),
        ({"KIS_APP_KEY": '"ssssPS12"'}, "(from the environment) is in quotation marks"),
        ({"KIS_APP_SECRET": "ssss PS12"}, "(from the environment) contains a space"),
        ({"KIS_APPROVAL_KEY": "`ssss`"}, "(from the environment) is in quotation marks"),
        (
            {"KIS_WS_URL": "http://127.0.0.1"},
            "KIS_WS_URL (from the environment) must look like ws://",
        ),
        (
            {"KIS_WS_URL": "ws://127.0.0.1:99999"},
            "KIS_WS_URL (from the environment) must look like ws://",
        ),
        (
            {"KIS_REST_URL": "127.0.0.1:80"},
            "KIS_REST_URL (from the environment) must look like https://",
        ),
        ({"KIS_REST_URL": "https://me:ssss@host"}, "without a password"),
        ({"KIS_REST_URL": "https://host/?appsecret=ssss"}, "without a password, a ? or a #"),
        ({"KIS_REST_URL": "https://host/#ssss"}, "without a password, a ? or a #"),
        ({"KIS_WS_URL": "ws://host/?"}, "without a password, a ? or a #"),
        ({"KIS_REST_URL": "http://example.com"}, "plain http"),
    ],
)
def test_settings_that_cannot_work(given: dict[str, str], said: str) -> None:
    """The error names the setting and never its value, which may be a secret in the wrong place."""
    with pytest.raises(SettingsFault) as error:
        load(None, None, given)
    assert said in str(error.value)
    assert "앱키" not in str(error.value)
    assert "ssss" not in str(error.value)


PLACEHOLDERS = (
    "your_app_key YOUR-36-CHARACTER-KEY <app_key> ${KIS_APP_KEY} xxxxxxxx ... changeme "
    "app_key_here APPKEY"
)


@pytest.mark.parametrize("text", PLACEHOLDERS.split())
def test_placeholder(text: str) -> None:
    """It does not go to KIS; a simulator takes any key."""
    Path("my.env").write_text(f"KIS_APP_KEY='{text}'")
    with pytest.raises(SettingsFault, match=r"^KIS_APP_KEY \(from my.env\) is a placeholder: put"):
        load(None, Path("my.env"), {})
    simulator = {"KIS_REST_URL": "http://127.0.0.1:8000"}
    assert load(None, Path("my.env"), simulator).app_key == text


def test_placeholder_of_what_needs_no_credentials() -> None:
    """A tap and the symbol files do not care what stands in KIS_APP_KEY."""
    settings = load(None, None, {"KIS_APP_KEY": "your_app_key"}, credentials_matter=False)
    assert settings.app_key == "your_app_key"


@pytest.mark.parametrize("text", ["PSmyappkey0Secret1", "a0+/your/keyExample=", "a-key-0"])
def test_key_that_has_a_word_in_it(text: str) -> None:
    """Chance may write any word in a key."""
    assert load(None, None, {"KIS_APP_KEY": text}).app_key == text


def test_origins() -> None:
    """Of each value it is known whether the environment set it or the file."""
    Path(".env").write_text("KIS_APP_KEY=PS1\nKIS_APP_SECRET=s1\nKIS_HTS_ID=me\n")
    settings = load(None, None, {"KIS_APP_KEY": "PS2"})
    path = str(Path(".env").resolve())
    assert settings.origins == {"KIS_APP_KEY": "the environment", "KIS_APP_SECRET": path}


def test_scheme_in_capitals() -> None:
    """The scheme of a URL may be written in any case."""
    settings = load(None, None, {"KIS_WS_URL": "WS://h:1", "KIS_REST_URL": "HTTPS://h"})
    assert (settings.ws_url, settings.rest_url) == ("ws://h:1", "https://h")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="other systems have no such pipes")
def test_pipe_is_read(kisq: Callable[..., Run], tmp_path: Path) -> None:
    """A store of secrets may write into a .env that is a pipe."""
    os.mkfifo(tmp_path / ".env", 0o600)
    text = "KIS_ENV=wrong\n"
    writer = threading.Thread(target=lambda: (tmp_path / ".env").write_text(text), daemon=True)
    writer.start()
    run = kisq("approve")
    assert run.returncode == 3
    assert b"/.env) is neither real nor mock" in run.stderr
    assert b"waiting" not in run.stderr


@pytest.mark.long
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="other systems have no such pipes")
def test_pipe_that_nobody_writes_to() -> None:
    """It is said, and waited for no longer than a person may take to unlock a store."""
    assert 10 <= PIPE_SECONDS <= 60
    os.mkfifo(".env")
    path = nearest()
    assert path == Path(".env").resolve()
    notes: list[str] = []
    with pytest.raises(SettingsFault, match="is a pipe that nobody wrote to its end within 1 s"):
        read(path, notes.append, searched=True, pipe_seconds=1.2)
    assert notes == [f"{path} is a pipe: waiting for what writes into it"]
    os.close(os.open(path, os.O_RDWR | os.O_NONBLOCK))  # end the thread that waits


def test_file_that_is_found_but_leads_nowhere() -> None:
    """A link to a file that is gone is said; a folder called .env is passed over."""
    Path(".env").mkdir()
    assert load(None, None, {}).env_file is None
    Path(".env").rmdir()
    Path(".env").symlink_to("gone")
    with pytest.raises(SettingsFault, match=r"\.env cannot be read: No such file"):
        load(None, None, {})


def test_plain_http_is_allowed_on_loopback_and_when_asked_for() -> None:
    """A simulator is on http; any other host only with KIS_ALLOW_HTTP=1."""
    assert load(None, None, {"KIS_REST_URL": "http://127.0.0.1:8000/"}).rest_url.endswith(":8000")
    proxy = {"KIS_REST_URL": "http://proxy", "KIS_ALLOW_HTTP": "1"}
    assert load(None, None, proxy).rest_url == "http://proxy"


def test_missing_file_is_an_error_only_if_it_was_named() -> None:
    """--env-file of a file that is not there is said."""
    with pytest.raises(SettingsFault, match=r"nothing\.env cannot be read: No such file"):
        load(None, Path("nothing.env"), {})


def test_secrets_are_not_in_the_repr() -> None:
    """A traceback that shows the settings shows no secret."""
    settings = load(None, None, {"KIS_APP_KEY": "kkkkkkkk", "KIS_APP_SECRET": "ssssssss"})
    assert "kkkk" not in repr(settings)
    assert "ssss" not in repr(settings)
    assert settings.secrets == ["kkkkkkkk", "ssssssss"]


def warnings_of(path: Path) -> list[str]:
    said: list[str] = []
    load(None, path, {}, said.append)
    return said


@pytest.mark.skipif(os.name != "posix", reason="other systems have no such permissions")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_file_with_secrets_that_others_may_read(mode: int) -> None:
    """It is said once, with what to do; a file without secrets may be read by anybody."""
    path = Path("my.env")
    path.write_text("KIS_APP_KEY=kkkkkkkk\nKIS_APP_SECRET=ssssssss\n")
    path.chmod(mode)
    assert warnings_of(path) == [
        "my.env holds secrets and other users may read it: chmod 600 my.env"
    ]
    path.chmod(0o600)
    assert warnings_of(path) == []
    path.write_text("KIS_ENV=mock\n")
    path.chmod(mode)
    assert warnings_of(path) == []


def test_line_that_is_not_understood_is_said_by_its_number() -> None:
    """It may hold a secret, so it is not shown; the other lines count."""
    path = Path("my.env")
    path.touch(0o600)
    path.write_text("KIS_ENV=mock\n=ssssssss\n\nKIS_APP_SECRET='ssssssss\nKIS_CUSTTYPE=B\n")
    assert warnings_of(path) == [
        "my.env, line 2, is not understood: write NAME=value",
        "my.env, line 4, is not understood: write NAME=value",
    ]
    settings = load(None, path, {})
    assert (settings.environment, settings.custtype) == ("mock", "B")


def test_what_was_typed_behind_a_name_may_be_a_secret() -> None:
    """Two letters behind the name of a secret are a slip, three may be the beginning of one."""
    path = Path("my.env")
    path.touch(0o600)
    path.write_text("KIS_APP_KEYAB=x\nKIS_APP_SECRETABC=x\n")
    assert warnings_of(path) == [
        "my.env, line 2, is not understood: write NAME=value",
        "my.env sets KIS_APP_KEYAB, which kisq does not know: is it meant to be KIS_APP_KEY?",
    ]


def test_name_that_is_misspelt() -> None:
    """It is said with the one that is near; names of other programs count for nothing."""
    path = Path("my.env")
    path.write_text(
        "KIS_APPKEY=kkkkkkkk\nKIS_APPSECRET=ssssssss\nKIS_HTS_ID=me\nMODE=x\nKIS_KEY=\n"
    )
    assert warnings_of(path) == [
        "my.env sets KIS_APPKEY, which kisq does not know: is it meant to be KIS_APP_KEY?",
        "my.env sets KIS_APPSECRET, which kisq does not know: is it meant to be KIS_APP_SECRET?",
    ]


def test_names_of_other_programs() -> None:
    """A file that is shared is no cause for a warning at every run."""
    path = Path("my.env")
    path.touch(0o600)
    path.write_text(
        "KIS_MOCK_APP_KEY=k\nKIS_ACCOUNT_NO=1\nKIS_HTS_ID=me\nKIS_URL=x\nKIS_BASE_URL=x\n"
    )
    assert warnings_of(path) == []
    path.write_text("KIS_APP_KEY=kkkkkkkk\nKIS_APPKEY=kkkkkkkk\nKIS_APP_KEY2=kkkkkkkk\n")
    assert warnings_of(path) == []  # the one that is meant is there


def test_example_is_understood() -> None:
    """Every name in .env.example is one that kisq knows."""
    text = (ROOT / ".env.example").read_text("utf-8")
    path = Path("my.env")
    path.touch(0o600)
    path.write_text(re.sub(r"^#?(KIS_\w+)=.*", r"\1=x", text, flags=re.MULTILINE))
    said: list[str] = []
    with pytest.raises(SettingsFault):  # for x is no environment
        load(None, path, {}, said.append)
    assert said == []


def test_missing_key_is_said_with_the_file_that_was_read(kisq: Callable[..., Run]) -> None:
    """Or that there was none: perhaps it was looked for elsewhere."""
    run = kisq("approve")
    assert run.returncode == 3
    assert b"is not set in the environment, and no .env was found here or in a folder" in run.stderr
    Path(".env").write_text("KIS_APPKEY=kkkkkkkk")
    path = str(Path(".env").resolve()).encode()
    for args in ([], ["--env-file", path.decode()]):
        run = kisq("approve", *args)
        assert run.returncode == 3
        assert b"KIS_APP_KEY is not set in the environment, nor in %s; put" % path in run.stderr
        assert b"warning: %s sets KIS_APPKEY, which kisq does not know: is" % path in run.stderr
        assert b"kkkkkkkk" not in run.stderr


def test_now_in_a_file_is_said_not_to_count(kisq: Callable[..., Run], tmp_path: Path) -> None:
    """KISQ_NOW is needed before a file is read: a .env that sets it is told so."""
    (tmp_path / ".env").write_text("KISQ_NOW=2026-11-24T08:40:00+09:00\n")
    run = kisq("approve")
    assert ".env sets KISQ_NOW, which counts in the environment only" in run.stderr.decode()
