"""Names and codes in place of keys, and keys that KIS lists on another market."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from aiohttp import web
from conftest import Run, clean_environment
from helpers.command import said
from helpers.endpoint import serving
from helpers.patience import PATIENCE

from kisq.cli import evidence
from kisq.cli.keys import keys_to_watch

Kisq = Callable[..., Run]
NIGHT = "2026-07-10T23:53:34+09:00"  # Friday: the US night session is on, the daytime is not
DAYTIME = "2026-07-10T11:00:00+09:00"
SUNDAY = "2026-07-12T14:03:00+09:00"  # the US daytime session opens next, on Monday


@pytest.fixture
def kept(kisq: Kisq, cache: Path) -> Kisq:
    """kisq with all symbol files in its cache, at night."""

    def run(*args: str, **settings: str) -> Run:
        return kisq(*args, **({"XDG_CACHE_HOME": str(cache), "KISQ_NOW": NIGHT} | settings))

    return run


@pytest.mark.parametrize(
    ("words", "now", "key", "tr_id"),
    [
        (["애플"], NIGHT, "DNASAAPL", "HDFSASP0"),
        (["애플"], DAYTIME, "RBAQAAPL", "HDFSASP0"),
        (["애플"], SUNDAY, "RBAQAAPL", "HDFSASP0"),
        (["apple inc"], NIGHT, "DNASAAPL", "HDFSASP0"),
        (["AAPL"], NIGHT, "DNASAAPL", "HDFSASP0"),
        (["NASDAQ:AAPL"], NIGHT, "DNASAAPL", "HDFSASP0"),
        (["SPY"], NIGHT, "DAMSSPY", "HDFSASP0"),
        (["BRK.B"], NIGHT, "DNYSBRK/B", "HDFSASP0"),
        (["텐센트"], DAYTIME, "DHKS00700", "HDFSASP1"),
        (["9988.HK"], DAYTIME, "DHKS09988", "HDFSASP1"),
        (["텐센트", "--tr", "HDFSASP0"], DAYTIME, "RHKS00700", "HDFSASP0"),
        (["애플", "--tr", "HDFSCNT0"], NIGHT, "DNASAAPL", "HDFSCNT0"),
        (["삼성전자"], DAYTIME, "005930", "H0STASP0"),
        (["삼성전자", "--venue", "nxt"], DAYTIME, "005930", "H0NXASP0"),
        (["삼성전자", "--tr", "H0NXCNT0"], DAYTIME, "005930", "H0NXCNT0"),
        (["KR7005931001"], DAYTIME, "005935", "H0STASP0"),
        (["KODEX 200"], DAYTIME, "069500", "H0STASP0"),
    ],
)
def test_a_name_or_code_is_taken_for_its_key(
    kept: Kisq, words: list[str], now: str, key: str, tr_id: str
) -> None:
    """The session that is open now, else the next to open; Asia's free key; KRX unless --venue."""
    run = kept("watch", *words, "--sim", "--json", "-n", "1", "--timeout", "5s", KISQ_NOW=now)
    record = json.loads(run.stdout)
    assert (record["tr_id"], record["tr_key"][-len(key) :]) == (tr_id, key)
    assert f"{words[0]!r} is taken for {key} " in said(run)


def test_check_takes_names_as_well(kept: Kisq) -> None:
    """Its report is that of the key, with its name and currency."""
    run = kept("check", "애플", "--sim", "--for", "300ms", "--json")
    (key,) = json.loads(run.stdout)["keys"]
    assert (key["tr_key"], key["name"], key["currency"]) == ("DNASAAPL", "APPLE INC", "USD")
    assert "'애플' is taken for DNASAAPL (Nasdaq, US night): APPLE INC" in said(run)


def test_names_are_in_the_language_of_the_run(kept: Kisq) -> None:
    """A listing has the name that its file gives it in that language; JSON is the same in both."""
    arguments = ("check", "애플", "--sim", "--for", "300ms")
    assert "종목: 애플, USD" in kept(*arguments, KISQ_LANG="ko").stdout.decode()
    assert "APPLE INC, in USD" in kept(*arguments, KISQ_LANG="en").stdout.decode()
    in_korean = json.loads(kept(*arguments, "--json", KISQ_LANG="ko").stdout)
    assert in_korean["keys"][0]["name"] == "APPLE INC"


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (
            ["BERKSHIRE HATHAWAY INC"],
            2,
            "matches several listings: DNYSBRK/A (NYSE, US night), DNYS",
        ),
        (["KODEX 200", "--venue", "nxt"], 2, "which has these keys only: 069500 (KRX"),
        (["DNASSPY"], 2, "do not list SPY on Nasdaq, but as DAMSSPY (Amex, US night)"),
        (["RBAQSPY"], 2, "do not list SPY on Nasdaq, but as RBAASPY (Amex, US daytime)"),
        (["600519"], 2, "do not list 600519 on KRX, but as DSHS600519 (Shanghai, 15 minutes"),
        (["RSHS000001"], 2, "but as RSZS000001 (Shenzhen, real time, free after applying)"),
        (["dnasaapl"], 2, "upper case without spaces: DNASAAPL"),
        (["없는이름"], 2, "to search by name, use `kisq find`"),
    ],
)
def test_what_is_wrong_is_told_before_connecting(
    kept: Kisq, words: list[str], code: int, sentence: str
) -> None:
    """The right key is in the sentence, and nothing is connected to."""
    for command in ("watch", "check"):
        run = kept(command, *words, KIS_WS_URL="ws://127.0.0.1:9", KIS_APPROVAL_KEY="x")
        assert run.returncode == code
        assert sentence in said(run)
        assert run.stdout == b""


def test_force_sends_what_is_listed_elsewhere(kept: Kisq) -> None:
    """It is a warning then."""
    run = kept("watch", "DNASSPY", "--force", "--sim", "--timeout", "300ms")
    assert run.returncode == 1
    assert "warning: DNASSPY: KIS's symbol files" in said(run)
    assert "but as DAMSSPY" in said(run)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["DNASZZZZ"], "warning: DNASZZZZ: ZZZZ is not in KIS's file of Nasdaq of 20"),
        (
            ["069500", "--venue", "nxt"],
            "KODEX 200 does not trade on NXT according to KIS's files of",
        ),
        (["069500", "--venue", "unified"], "use 069500 without --venue"),
    ],
)
def test_what_is_in_no_file_is_a_warning(kept: Kisq, words: list[str], sentence: str) -> None:
    """It is sent nevertheless."""
    run = kept("watch", *words, "--sim", "--timeout", "300ms")
    assert run.returncode == 1
    assert sentence in said(run)


@pytest.mark.parametrize("words", [["DNASSPY"], ["--tr", "HDFSASP0", "DNASZZZZ"]])
def test_raw_sends_what_is_given(kept: Kisq, words: list[str]) -> None:
    """No look-up, no warning."""
    run = kept("raw", *words, "--sim", "--timeout", "300ms")
    assert "symbol files of" not in said(run).partition("error: ")[0]


def test_nothing_is_looked_up_without_a_store(kisq: Kisq, tmp_path: Path) -> None:
    """A name is then no key, and no file is made."""
    run = kisq("watch", "애플", "--sim", XDG_CACHE_HOME=str(tmp_path))
    assert run.returncode == 2
    assert "to search by name, use `kisq find`" in said(run)
    assert not list(tmp_path.iterdir())


@pytest.fixture
def asked() -> list[str]:
    """The paths that were asked of the server of symbol files."""
    return []


@pytest.fixture
def without_files(
    asked: list[str], account: dict[str, str], tmp_path: Path
) -> Iterator[dict[str, str]]:
    """The settings of an account, with a server of symbol files that has none."""

    async def handle(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        raise web.HTTPNotFound

    with serving(handle) as url:
        yield account | {"KIS_MASTER_URL": url, "XDG_CACHE_HOME": str(tmp_path / "cache")}


@pytest.mark.parametrize(
    "args",
    [
        ["watch", "DNASZZZZ", "--timeout", "300ms"],
        ["raw", "DNASZZZZ", "--timeout", "300ms"],
        ["watch", "DNASAAPL", "--sim", "-n", "1"],
        ["watch", "애플", "--sim"],
        ["check", "DNASZZZZ", "--sim", "--timeout", "300ms"],
        ["check", "DNASZZZZ", "--offline", "--timeout", "300ms"],
        ["find", "애플", "--offline"],
        ["symbols"],
        ["check", "-r", "recording"],
        ["watch", "-r", "recording", "--json"],
        ["explain", "DNASZZZZ"],
    ],
    ids=" ".join,
)
def test_what_downloads_nothing(
    kisq: Kisq, asked: list[str], without_files: dict[str, str], tmp_path: Path, args: list[str]
) -> None:
    """Only find, symbols sync and a check with a silent key fetch files."""
    (tmp_path / "recording").write_text("0|HDFSASP0|001|x\n")
    run = kisq(*args, KISQ_NOW=NIGHT, **without_files)
    assert not asked, said(run)
    assert not (tmp_path / "cache").exists()


def test_a_check_with_a_silent_key_fetches_its_file(
    kisq: Kisq, asked: list[str], without_files: dict[str, str]
) -> None:
    """It is the file of the key's market, and no other."""
    kisq("check", "DNASZZZZ", "--timeout", "1s", KISQ_NOW=NIGHT, **without_files)
    assert asked == ["/nasmst.cod.zip"]


def test_check_fetches_nothing_where_the_market_is_closed(
    kisq: Kisq, account: dict[str, str], tmp_path: Path
) -> None:
    """A closed market is reason enough."""
    settings = {"KIS_MASTER_URL": "http://127.0.0.1:9", "XDG_CACHE_HOME": str(tmp_path)}
    run = kisq("check", "DNASZZZZ", "--timeout", "1s", KISQ_NOW=SUNDAY, **account | settings)
    assert run.returncode == 7
    assert not list(tmp_path.iterdir())


def test_check_does_not_wait_for_a_file_for_long(
    kisq: Kisq, account: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After 5 s, here a fifth of them, the verdict comes without it."""
    monkeypatch.setattr(evidence, "_DOWNLOAD_SECONDS", evidence._DOWNLOAD_SECONDS / 5)  # noqa: SLF001

    async def never(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(60)
        return web.Response()

    with serving(never) as url:
        settings = {"KIS_MASTER_URL": url, "XDG_CACHE_HOME": str(tmp_path)}
        run = kisq("check", "DNASZZZZ", "--timeout", "300ms", KISQ_NOW=NIGHT, **account | settings)
    assert run.returncode == 1
    assert "nasmst: it was not downloaded within 1 s" in said(run)


def test_sqlite_is_imported_only_where_symbols_are_kept(tmp_path: Path, cache: Path) -> None:
    """Whoever keeps none pays nothing for them."""
    command = [sys.executable, "-X", "importtime", "-m", "kisq", "watch", "DNASAAPL"]
    nobody = {"KIS_WS_URL": "ws://127.0.0.1:9", "KIS_APPROVAL_KEY": "approval-key-1"}
    for folder, is_imported in ((tmp_path, False), (cache, True)):
        environment = clean_environment(XDG_CACHE_HOME=str(folder), **nobody)
        run = subprocess.run(
            command,
            capture_output=True,
            cwd=tmp_path,
            # A process whose coverage is measured imports sqlite3 for that.
            env={k: v for k, v in environment.items() if not k.startswith("COVERAGE")},
            timeout=PATIENCE,
            check=False,
        )
        assert run.returncode == 5
        assert ("sqlite3" in run.stderr.decode()) is is_imported


def test_the_grammar_of_keys_is_as_before() -> None:
    """Keys that are keys go through unchanged."""
    assert keys_to_watch({"DNASAAPL": ""}, None) == [("HDFSASP0", "DNASAAPL")]
    assert os.environ["XDG_CACHE_HOME"] == "/dev/null/caches"
