"""Fetching KIS's symbol files: all or nothing, whatever the server sends."""

import asyncio
import io
import shutil
import sqlite3
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from aiohttp import web
from conftest import Run, clean_environment
from helpers.command import running, said
from helpers.endpoint import Handler, serving
from helpers.patience import PATIENCE

from kisq.simulator.server import Simulator
from kisq.simulator.symbols import rows, symbol_file
from kisq.spec.symbol_files import FILES, MASTER_PATH

Kisq = Callable[..., Run]
GIBIBYTE = 1 << 30
CHUNK = 1 << 20


def good(name: str) -> bytes:
    data = symbol_file(MASTER_PATH + FILES[name].path)
    assert data is not None
    return data


def zipped(content: bytes, *names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as opened:
        for name in names:
            opened.writestr(name, content)
    return packed.getvalue()


def bomb() -> bytes:
    """A small zip that unpacks to 64 MiB."""
    return zipped(bytes(64 << 20), "NASMST.COD")


def answering(bodies: dict[str, bytes]) -> Handler:
    """A server of all files, of which some are as given; an empty one is not there."""

    async def handle(request: web.Request) -> web.StreamResponse:
        name = request.path.rsplit("/", 1)[-1].split(".")[0]
        body = bodies.get(name, good(name))
        return web.Response(body=body) if body else web.Response(status=404)

    return handle


def kept_rows(folder: Path) -> dict[str, int]:
    with closing(sqlite3.connect(folder / "kisq" / "symbols.sqlite3")) as store:
        return dict(store.execute("SELECT file, count(*) FROM listings GROUP BY file"))


ALL = {name: len(its) for name, its in rows().items()}
NASDAQ = b"\n".join(rows()["nasmst"])
CASES: dict[str, tuple[Callable[[], bytes], str]] = {
    "cut in half": (
        lambda: good("nasmst")[: len(good("nasmst")) // 2],
        "not a zip file, or only a part",
    ),
    "a bomb": (bomb, "larger than 16 MiB"),
    "a path": (lambda: zipped(NASDAQ, "../../NASMST.COD"), "has a path in its name"),
    "a folder": (lambda: zipped(NASDAQ, "a/NASMST.COD"), "has a path in its name"),
    "two members": (lambda: zipped(NASDAQ, "A.COD", "B.COD"), "holds 2 files instead of one"),
    "another encoding": (
        lambda: zipped(NASDAQ.decode("cp949").encode(), "NASMST.COD"),
        "encoded in UTF-8, not in cp949",
    ),
    "a page": (lambda: b"<html>maintenance</html>", "not a zip file"),
    "another file": (lambda: good("nysmst"), "60 of its 60 rows do not have the form"),
    "fewer rows": (
        lambda: zipped(b"\n".join(rows()["nasmst"][:20]), "NASMST.COD"),
        "has 20 rows, but the stored one has 60",
    ),
    "broken": (
        lambda: good("nasmst").replace(good("nasmst")[200:260], bytes(60)),
        "its zip is broken",
    ),
    "not there": (bytes, "HTTP 404"),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_no_symbol_file_is_refused_and_nothing_is_lost(
    kisq: Kisq, tmp_path: Path, cache: Path, case: str
) -> None:
    """The reason is said in a sentence, the old listings stay, the other files are replaced."""
    body, reason = CASES[case]
    place = {"XDG_CACHE_HOME": str(tmp_path)}
    shutil.copytree(cache, tmp_path, dirs_exist_ok=True)
    assert kept_rows(tmp_path) == ALL
    with serving(answering({"nasmst": body()})) as url:
        run = kisq("symbols", "sync", KIS_MASTER_URL=url, **place)
    assert run.returncode == 5
    (line,) = [line for line in said(run).splitlines() if "nasmst" in line]
    assert line.startswith("kisq: nasmst: ")
    assert reason in line
    assert "the copy that is kept stays in use" in line
    assert "16 of 17 symbol files were fetched" in said(run)
    assert kept_rows(tmp_path) == ALL
    assert kisq("find", "애플", "--offline", **place).returncode == 0


def test_a_file_of_a_gibibyte_is_not_read_to_its_end(kisq: Kisq, tmp_path: Path) -> None:
    """It is refused after the first few MiB."""
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse(headers={"Content-Length": str(GIBIBYTE)})
        await response.prepare(request)
        for _ in range(GIBIBYTE // CHUNK):
            await response.write(bytes(CHUNK))
            sent += CHUNK
        return response

    with serving(endless) as url:
        run = kisq("find", "x", "--market", "NAS", KIS_MASTER_URL=url, XDG_CACHE_HOME=str(tmp_path))
    assert "nasmst: it is larger than 8 MiB, unlike any file of KIS" in said(run)
    assert run.returncode == 1
    assert sent < GIBIBYTE // 10


def test_a_file_that_drips_is_given_up(
    kisq: Kisq, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However slowly its bytes come, there is an end to it."""
    monkeypatch.setattr("kisq.symbols.sync._FILE_SECONDS", 1.0)

    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(600):
            await response.write(b"P")
            await asyncio.sleep(0.1)
        return response

    with serving(drip) as url:
        settings = {"KIS_MASTER_URL": url, "XDG_CACHE_HOME": str(tmp_path)}
        run = kisq("find", "x", "--market", "NAS", **settings)
    assert run.returncode == 1
    assert "nasmst: it was not downloaded within 1 s" in said(run)


def test_a_store_of_another_version_is_made_anew_by_sync_alone(
    kisq: Kisq, tmp_path: Path, simulator: Simulator
) -> None:
    """Whoever only reads leaves it as it is, and says so."""
    settings = {"KIS_MASTER_URL": simulator.master_url, "XDG_CACHE_HOME": str(tmp_path)}
    assert kisq("symbols", "sync", **settings).returncode == 0
    with closing(sqlite3.connect(tmp_path / "kisq" / "symbols.sqlite3")) as store, store:
        store.execute("PRAGMA user_version = 99")
    assert "it is from another version of kisq" in said(kisq("symbols", **settings))
    assert kept_rows(tmp_path) == ALL
    assert kisq("find", "애플", "--offline", **settings).returncode == 1
    assert kisq("symbols", "sync", **settings).returncode == 0
    assert kisq("find", "애플", "--offline", **settings).returncode == 0


def test_a_redirect_is_not_followed(kisq: Kisq, tmp_path: Path, simulator: Simulator) -> None:
    """Files come from the one host that was named."""

    async def elsewhere(request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(simulator.master_url + request.path)

    with serving(elsewhere) as url:
        run = kisq("symbols", "sync", KIS_MASTER_URL=url, XDG_CACHE_HOME=str(tmp_path))
    assert run.returncode == 5
    assert "HTTP 302" in said(run)


def test_at_most_three_at_once(kisq: Kisq, tmp_path: Path) -> None:
    """More than three downloads never run at a time, and more than one do."""
    running_now = most = 0

    async def slow(request: web.Request) -> web.StreamResponse:
        nonlocal running_now, most
        running_now += 1
        most = max(most, running_now)
        await asyncio.sleep(0.02)
        running_now -= 1
        return await answering({})(request)

    with serving(slow) as url:
        run = kisq("symbols", "sync", KIS_MASTER_URL=url, XDG_CACHE_HOME=str(tmp_path))
    assert run.returncode == 0
    assert most == 3


def test_no_network_is_one_sentence(kisq: Kisq, tmp_path: Path) -> None:
    """All files are named in it, with what to do, and what is kept goes on to be used."""
    place = {"XDG_CACHE_HOME": str(tmp_path)}
    with serving(answering({})) as url:
        kisq("symbols", "sync", KIS_MASTER_URL=url, **place)
    run = kisq("symbols", "sync", KIS_MASTER_URL=url, **place)
    assert run.returncode == 5
    lines = said(run).splitlines()
    assert len(lines) == 2
    assert "hnxmst" in lines[0]
    assert "the server cannot be reached" in lines[0]
    assert kept_rows(tmp_path) == ALL
    empty = kisq("find", "애플", KIS_MASTER_URL=url, XDG_CACHE_HOME=str(tmp_path / "new"))
    assert empty.returncode == 1
    assert "check the network and KIS_MASTER_URL" in said(empty)
    assert "no symbol files are kept" in said(empty)


def test_find_does_not_advise_a_download_that_failed_just_now(kisq: Kisq, tmp_path: Path) -> None:
    """Without files and without a network: why they cannot be downloaded, and to try later."""
    with serving(answering({})) as url:
        settings = {"XDG_CACHE_HOME": str(tmp_path), "KIS_MASTER_URL": url}
    run = kisq("find", "애플", **settings)
    assert run.returncode == 1
    assert "the server cannot be reached; check the network and KIS_MASTER_URL" in said(run)
    assert "nothing can be found; run it again when they can be downloaded" in said(run)
    offline = kisq("find", "애플", "--offline", **settings)
    assert offline.returncode == 1
    assert "nothing can be found; run `kisq symbols sync`" in said(offline)


def test_a_certificate_that_is_not_valid(kisq: Kisq, tmp_path: Path, simulator: Simulator) -> None:
    """TLS is verified; where that fails it is said, with what to do."""
    url = simulator.master_url.replace("http:", "https:")
    run = kisq("symbols", "sync", KIS_MASTER_URL=url, XDG_CACHE_HOME=str(tmp_path))
    assert run.returncode == 5
    assert "the server's certificate is not valid" in said(run)
    assert "REQUESTS_CA_BUNDLE" in said(run)


def test_plain_http_counts_on_loopback_only(kisq: Kisq, tmp_path: Path) -> None:
    """Nobody on the way may change what the files say."""
    settings = {"KIS_MASTER_URL": "http://example.com/master", "XDG_CACHE_HOME": str(tmp_path)}
    run = kisq("symbols", "sync", **settings)
    assert run.returncode == 3
    assert "KIS_MASTER_URL (from the environment) is plain http" in said(run)


def test_a_folder_that_cannot_be_written(kisq: Kisq, tmp_path: Path, simulator: Simulator) -> None:
    """sync ends with 74 and the path; find goes on without keeping anything."""
    (tmp_path / "file").write_text("")
    settings = {
        "KIS_MASTER_URL": simulator.master_url,
        "XDG_CACHE_HOME": str(tmp_path / "file"),
    }
    run = kisq("symbols", "sync", **settings)
    assert run.returncode == 74
    assert str(tmp_path / "file" / "kisq" / "symbols.sqlite3") in said(run)
    assert "; make its folder writable, or set XDG_CACHE_HOME to" in said(run)
    assert "delete it" not in said(run)
    found = kisq("find", "애플", **settings)
    assert found.returncode == 0
    assert "cannot be kept" in said(found)
    assert b"DNASAAPL" in found.stdout


def test_a_store_that_is_no_database(kisq: Kisq, tmp_path: Path, simulator: Simulator) -> None:
    """It is named, with what to do, and never a traceback."""
    settings = {"KIS_MASTER_URL": simulator.master_url, "XDG_CACHE_HOME": str(tmp_path)}
    path = tmp_path / "kisq" / "symbols.sqlite3"
    path.parent.mkdir()
    path.write_bytes(b"not a database at all, but long enough to look like one" * 30)
    run = kisq("symbols", "sync", **settings)
    assert run.returncode == 74
    assert "delete it, and run `kisq symbols sync`" in said(run)
    assert kisq("find", "애플", **settings).returncode == 0
    assert "warning: " in said(kisq("symbols", **settings))


def test_ctrl_c_ends_a_sync_and_loses_nothing(tmp_path: Path, kisq: Kisq) -> None:
    """It ends at once with 130; what was kept before stays."""
    place = {"XDG_CACHE_HOME": str(tmp_path)}
    with serving(answering({})) as url:
        kisq("symbols", "sync", KIS_MASTER_URL=url, **place)

    asked = threading.Event()

    async def never(_: web.Request) -> web.StreamResponse:
        asked.set()
        await asyncio.sleep(60)
        return web.Response()

    with (
        serving(never) as url,
        running(tmp_path, "symbols", "sync", KIS_MASTER_URL=url, **place) as process,
    ):
        assert asked.wait(PATIENCE)
        process.send_signal(2)
        assert process.wait(PATIENCE) == 130
    assert kept_rows(tmp_path) == ALL


def test_a_sync_is_quick_and_small(tmp_path: Path, simulator: Simulator) -> None:
    """All files of the simulator in under 5 s of work and 60 MiB."""
    settings = {"KIS_MASTER_URL": simulator.master_url, "XDG_CACHE_HOME": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-c", _WITH_COST, "symbols", "sync"],
        capture_output=True,
        cwd=tmp_path,
        env=clean_environment(**settings),
        timeout=PATIENCE,
        check=True,
    )
    *_, seconds, peak = run.stdout.split()
    assert float(seconds) < 5
    assert kept_rows(tmp_path) == ALL
    assert 10 < int(peak) / 1024 < 60


# kisq, and then its CPU time and the most memory that the process ever held, in KiB.
_WITH_COST = """
import runpy, re, contextlib, time
with contextlib.suppress(SystemExit):
    runpy.run_module("kisq", run_name="__main__")
print(time.process_time())
print(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
"""
