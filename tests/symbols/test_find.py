"""``kisq find``: a listing by whatever people know of it."""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from conftest import Run
from helpers.command import said
from helpers.endpoint import serving
from rich.cells import cell_len
from terminal import Terminal

from kisq.simulator.server import Simulator
from kisq.spec.symbol_files import FILES, files_of
from kisq.symbols.find import find, near
from kisq.symbols.listing import Listing
from kisq.symbols.parse import Parsed
from kisq.symbols.store import Store

Kisq = Callable[..., Run]
SPELLINGS = {
    "AAPL": "DNASAAPL",
    "aapl": "DNASAAPL",
    "DNASAAPL": "DNASAAPL",
    "RBAQAAPL": "DNASAAPL",
    "NASDAQ:AAPL": "DNASAAPL",
    "AAPL.US": "DNASAAPL",
    "apple": "DNASAAPL",
    "애플": "DNASAAPL",
    "BRK.B": "DNYSBRK/B",
    "brk-b": "DNYSBRK/B",
    "NYSE:BRK/B": "DNYSBRK/B",
    "berkshire": "DNYSBRK/B",
    "SPY": "DAMSSPY",
    "SPDR": "DAMSSPY",
    "9988.HK": "DHKS09988",
    "9988": "DHKS09988",
    "700": "DHKS00700",
    "7203": "DTSE7203",
    "toyota": "DTSE7203",
    "600519.SS": "DSHS600519",
    "000001.SZ": "DSZS000001",
    "005930": "005930",
    "5930": "005930",
    "005930.KS": "005930",
    "KRX:005930": "005930",
    "A005930": "005930",
    "삼성전자": "005930",
    "삼성 전자": "005930",
    "KODEX 200": "069500",
    "kodex200": "069500",
    "KR7005930003": "005930",
    "KR7005931001": "005935",
    "\uff21\uff21\uff30\uff2c": "DNASAAPL",
}


@pytest.fixture
def store(cache: Path) -> Iterator[Store]:
    """The symbols that are kept there."""
    with Store(cache / "kisq" / "symbols.sqlite3") as opened:
        yield opened


def first_keys(listings: list[Listing]) -> list[str]:
    return [one.keys[0].text for one in listings]


@pytest.mark.parametrize("text", SPELLINGS)
def test_the_spellings_that_people_paste(store: Store, text: str) -> None:
    """Each ends in the right key, or in a short list with it."""
    keys = first_keys(find(store, [text]))
    assert SPELLINGS[text] in keys[:20]
    if text not in ("SPDR", "berkshire", "9988"):
        assert keys[0] == SPELLINGS[text]


def test_several_words_are_one_name_or_each_its_own(store: Store) -> None:
    """A listing that has all of them comes first; where none has, each is looked for."""
    assert first_keys(find(store, ["berkshire", "hathaway"]))[0].startswith("DNYSBRK")
    assert first_keys(find(store, ["KODEX", "200"]))[0] == "069500"
    assert first_keys(find(store, ["SPY", "AAPL"])) == ["DAMSSPY", "DNASAAPL"]


def test_only_one_market(store: Store) -> None:
    """--market leaves the others out; by day the stocks are those of the night."""
    assert {one.market for one in find(store, ["a"], "NYS")} == {"NYS"}
    assert {one.market for one in find(store, ["a"], "BAQ")} == {"NAS"}
    assert all(one.on_nxt for one in find(store, ["0"], "NXT"))
    assert not find(store, ["AAPL"], "NYS")


@pytest.mark.parametrize(
    ("text", "key"),
    [("appel inc", "DNASAAPL"), ("삼성전지", "005930"), ("berkshier", "DNYSBRK/B")],
)
def test_near_misses(store: Store, text: str, key: str) -> None:
    """A name with a slip in it is near the right one; what is like nothing is near nothing."""
    assert not find(store, [text])
    assert key in first_keys(near(store, [text]))
    assert not near(store, ["zqxjzqxj"])


@pytest.mark.long
def test_a_find_among_30000_is_quick(tmp_path: Path) -> None:
    """Under 0.2 s of work with as many rows as KIS has, whether anything matches or not."""
    with Store(tmp_path / "store") as big:
        for number, file in enumerate(FILES.values()):
            rows = [
                Listing(
                    file.market, f"{number}{n:05d}", f"회사{n} 홀딩스", f"COMPANY {n} HOLDINGS INC"
                )
                for n in range(2000)
            ]
            big.replace(file, Parsed(rows, 0), time.time(), 1)
        for word in ("company 1999", "회사77", "holdings", "compnay 1234", "없는이름"):
            # Other tests run at the same time.
            assert any(seconds_of_a_find(big, word) < 0.2 for _ in range(3)), word


def seconds_of_a_find(store: Store, word: str) -> float:
    began = time.thread_time()
    assert find(store, [word]) or near(store, [word]) or word == "없는이름"
    return time.thread_time() - began


@pytest.fixture
def kept(kisq: Kisq, cache: Path) -> Kisq:
    """kisq with all symbol files in its cache, and no server to fetch any from."""

    def run(*args: str, **settings: str) -> Run:
        closed = {"KIS_MASTER_URL": "http://127.0.0.1:9"}
        return kisq(*args, **(closed | {"XDG_CACHE_HOME": str(cache)} | settings))

    return run


def objects(run: Run) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run.stdout.splitlines()]


def test_json_has_the_keys_of_each_session(kept: Kisq) -> None:
    """One object a line: night and day, delayed and paid, KRX, NXT and both."""
    found = {one["symbol"]: one for w in ("AAPL", "00003", "005930") for one in
             objects(kept("find", w, "--json", "-n", "1"))}  # fmt: skip
    arguments = {s: [key["argument"] for key in one["keys"]] for s, one in found.items()}
    assert arguments == {
        "AAPL": ["DNASAAPL", "RBAQAAPL"],
        "00003": ["DHKS00003", "RHKS00003"],
        "005930": ["005930", "005930 --venue nxt", "005930 --venue unified"],
    }
    assert [key["delay_minutes"] for key in found["00003"]["keys"]] == [15, 0]
    samsung = found["005930"]
    assert samsung["on_nxt"] is True
    assert samsung["halted"] is False
    assert samsung["isin"] == "KR7005930003"
    assert found["AAPL"]["on_nxt"] is None
    assert list(samsung) == [
        "type", "tr_key", "symbol", "korean", "english", "market", "exchange", "kind", "currency",
        "isin", "halted", "on_nxt", "keys",
    ]  # fmt: skip


def test_a_table_for_people(kept: Kisq) -> None:
    """Off a terminal nothing is cut; a halted listing is marked."""
    run = kept("find", "삼성전자")
    lines = run.stdout.decode().splitlines()
    assert lines[0].split() == "tr_key other keys exchange kind currency name".split()
    assert lines[1].split() == "005930 --venue nxt, unified KRX stock KRW 삼성전자".split()
    assert b"stock, halted" in kept("find", "비덴트").stdout


def test_a_table_in_korean(kept: Kisq) -> None:
    """Headings, exchanges and kinds are Korean, and the columns stay aligned."""
    lines = kept("find", "비덴트", KISQ_LANG="ko").stdout.decode().splitlines()
    assert lines[0].split() == "tr_key 다른 키 거래소 종류 통화 종목명".split()
    assert "주식, 거래정지" in lines[1]
    places = {
        cell_len(line[: line.index(word)])
        for line, word in zip(lines, ("통화", "KRW"), strict=False)
    }
    assert len(places) == 1


def test_wide_names_are_aligned_and_cut_at_the_edge(tmp_path: Path, cache: Path) -> None:
    """On a terminal of 60 columns no line is wider, and names stand under each other."""
    with Terminal(
        tmp_path, "find", "삼성", "-n", "30", "--offline", columns=60, XDG_CACHE_HOME=str(cache)
    ) as terminal:
        assert terminal.end() == 0
    lines = [line for line in terminal.text.splitlines() if " KRX " in line]
    assert len(lines) > 5
    places = {cell_len(line[: line.index("KRW")]) for line in lines}
    assert len(places) == 1
    assert max(map(cell_len, lines)) <= 60


def test_nothing_found_is_exit_1_with_near_names(kept: Kisq) -> None:
    """The sentence has what is near, and stdout has nothing."""
    run = kept("find", "삼성전지")
    assert (run.returncode, run.stdout) == (1, b"")
    assert "near it are 삼성전자 005930 (KRX" in said(run)
    run = kept("find", "zqxjzqxj", "--json")
    assert (run.returncode, run.stdout) == (1, b"")
    assert "no listing of KIS matches 'zqxjzqxj'" in said(run)


def test_n_limits_and_says_how_many_there_are(kept: Kisq) -> None:
    """The others are counted."""
    run = kept("find", "KRX", "삼성", "-n", "3", "--json")
    assert len(objects(run)) == 3
    assert "3 of " in said(run)


def test_offline_says_how_old_the_files_are(kept: Kisq, kisq: Kisq, tmp_path: Path) -> None:
    """It downloads nothing; without any file it ends with 1 and says what to do."""
    run = kept("find", "애플", "--offline")
    assert run.returncode == 0
    assert f"the symbol files are of {time.strftime('%Y-')}" in said(run)
    empty = kisq("find", "애플", "--offline", XDG_CACHE_HOME=str(tmp_path))
    assert empty.returncode == 1
    assert "run `kisq symbols sync`" in said(empty)


def test_what_is_old_or_missing_is_fetched(
    kisq: Kisq, tmp_path: Path, simulator: Simulator
) -> None:
    """Of the market that is asked for; a day later again, and not before."""
    asked: list[str] = []

    async def handle(request: web.Request) -> web.StreamResponse:
        asked.append(request.path.rsplit("/", 1)[-1])
        raise web.HTTPNotFound

    settings = {"XDG_CACHE_HOME": str(tmp_path)}
    path = tmp_path / "kisq" / "symbols.sqlite3"
    first = kisq("find", "애플", "--market", "NAS", KIS_MASTER_URL=simulator.master_url, **settings)
    assert first.returncode == 0
    with serving(handle) as url:
        again = kisq("find", "애플", "--market", "NAS", KIS_MASTER_URL=url, **settings)
        _make_older(path, 23 * 3600)
        kisq("find", "애플", "--market", "NAS", KIS_MASTER_URL=url, **settings)
        assert not asked
        _make_older(path, 3601)
        old = kisq("find", "애플", "--market", "NAS", KIS_MASTER_URL=url, **settings)
    assert asked == ["nasmst.cod.zip"]
    assert "애플" in again.stdout.decode()
    assert "HTTP 404; the copy that is kept stays in use" in said(old)
    assert again.returncode == old.returncode == 0  # by what was found


def _make_older(path: Path, seconds: int) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"UPDATE files SET fetched_at = fetched_at - {seconds}")


def test_symbols_shows_what_is_kept_and_where(kept: Kisq, cache: Path) -> None:
    """A row a file, and the path; as JSON too."""
    text = kept("symbols").stdout.decode()
    assert str(cache / "kisq" / "symbols.sqlite3") in text
    assert all(name in text for name in FILES)
    state = json.loads(kept("symbols", "--json").stdout)
    assert state["path"] == str(cache / "kisq" / "symbols.sqlite3")
    assert {file["name"]: file["listings"] for file in state["files"]}["nasmst"] == 60


def test_symbols_without_any(kisq: Kisq, tmp_path: Path) -> None:
    """It says how to get them, and makes no file."""
    run = kisq("symbols", XDG_CACHE_HOME=str(tmp_path))
    assert run.returncode == 0
    assert b"kisq symbols sync" in run.stdout
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("args", [["find"], ["find", ""], ["find", "x", "--market", "XXX"]])
def test_wrong_usage(kept: Kisq, args: list[str]) -> None:
    """No word, an empty one, a market that is none."""
    assert kept(*args).returncode == 2


def test_files_of_markets() -> None:
    """By day and unified stocks stand in the files of the night and of NXT."""
    assert [file.name for file in files_of("BAQ")] == ["nasmst"]
    assert [file.name for file in files_of("UNIFIED")] == ["nxt_kospi_code", "nxt_kosdaq_code"]
    assert files_of("KRXBOND") == []
