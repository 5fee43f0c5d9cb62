"""What the simulator knows trades; the rest is accepted and silent, so that it looks as at KIS."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.bare_client import Client, approval_key, request

from kisq.errors import WrongUsage
from kisq.simulator.server import Simulator
from kisq.simulator.shared_state import Options
from kisq.simulator.symbols import Symbols, well_known
from kisq.wire.trkey import parse_tr_key


@pytest.fixture(scope="module")
def reporting() -> Iterator[tuple[Simulator, list[str]]]:
    reported: list[str] = []
    with Simulator(Options(rate=50, pingpong=0.1), report=reported.append) as server:
        yield server, reported


@pytest.mark.parametrize(
    ("tr_id", "silent", "broadcast"),
    [
        ("HDFSASP0", "DNASSPY", "DAMSSPY"),
        ("HDFSASP0", "DNYSBRK.B", "DNYSBRK/B"),
        ("HDFSCNT0", "RBAQSPY", "RBAASPY"),
        ("HDFSASP1", "DHKS99999", "DHKS00700"),
        ("H0STASP0", "999999", "069500"),
        ("H0NXASP0", "069500", "005930"),
        ("H0UNCNT0", "069500", "005930"),
    ],
)
def test_a_wrong_exchange_looks_wrong(
    reporting: tuple[Simulator, list[str]], tr_id: str, silent: str, broadcast: str
) -> None:
    """Both are accepted, data come of the right one only, and stderr says why."""
    server, reported = reporting
    reported.clear()
    client = Client(server.ws_url)
    key = approval_key(server)
    for tr_key in (silent, broadcast):
        assert client.ask(request(key, tr_key, tr_id)).msg_cd == "OPSP0000"
    data = [text for text in (client.ws.recv() for _ in range(30)) if not text.startswith("{")]
    client.ws.close()
    assert len(data) > 20
    assert all(text.split("|")[3].startswith(f"{broadcast}^") for text in data)
    (line,) = reported
    assert line.startswith(f"nothing will come for {tr_id} {silent}")


def test_a_silent_key_has_pingpong(reporting: tuple[Simulator, list[str]]) -> None:
    """As in a closed market: the session lives, and nothing else comes."""
    client = Client(reporting[0].ws_url)
    client.ask(request(approval_key(reporting[0]), "DNASSPY"))
    texts = [client.ws.recv() for _ in range(3)]
    client.ws.close()
    assert all("PINGPONG" in text for text in texts)


@pytest.mark.parametrize("tr_key", ["RNASAAPL", "RNYSKO", "RAMSSPY"])
def test_a_feed_that_does_not_exist(simulator: Simulator, tr_key: str) -> None:
    """R with the codes of the US night is OPSP0009."""
    client = Client(simulator.ws_url)
    answer = client.ask(request(approval_key(simulator), tr_key))
    client.ws.close()
    assert answer[:5] == (
        "HDFSASP0", tr_key, "1", "OPSP0009", "SUBSCRIBE ERROR : mci send failed"
    )  # fmt: skip


def test_any_symbol_is_the_old_way() -> None:
    """With it data come of whatever has the right form."""
    with Simulator(Options(rate=50, symbols=Symbols(any_symbol=True))) as server:
        client = Client(server.ws_url)
        client.ask(request(approval_key(server), "DNASZZZZ"))
        assert client.ws.recv().startswith("0|HDFSASP0|001|DNASZZZZ^")
        client.ws.close()


def test_symbols_of_a_file(tmp_path: Path) -> None:
    """A tr_key per line, a Korean one with the venues beside KRX; the built-in ones stay."""
    path = tmp_path / "symbols.txt"
    path.write_text("# mine\nDNASBKNG\n\nRBAYXYZ  # by day, so by night too\n069500 nxt\n", "utf-8")
    symbols = well_known().and_those_of(path)
    for text in ("DNASBKNG", "RBAQBKNG", "DNYSXYZ", "DNASAAPL"):
        assert symbols.trades(parse_tr_key(text)), text
    for venue in ("krx", "nxt", "unified"):
        assert symbols.trades(parse_tr_key("069500", venue=venue)), venue
    assert not symbols.trades(parse_tr_key("DNASXYZ"))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("AAPL", "line 1 of .*: 'AAPL': a tr_key needs session and market"),
        ("005930 kosdaq", "line 1 of .*: 'kosdaq' is not a venue, which are krx, nxt, unified"),
        ("DNASAAPL nxt", "line 1 of .*: 'DNASAAPL' is not a Korean stock"),
    ],
)
def test_a_line_that_holds_no_symbol(tmp_path: Path, line: str, reason: str) -> None:
    """It is reported with its number and the reason."""
    path = tmp_path / "symbols.txt"
    path.write_text(line, "utf-8")
    with pytest.raises(WrongUsage, match=reason):
        well_known().and_those_of(path)


def test_symbols_that_cannot_be_read(tmp_path: Path) -> None:
    """A missing file and one that is not text are reported in words, with what to do."""
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    for name, reason in (
        ("missing", "No such file or directory"),
        ("bytes", "it is not valid UTF"),
    ):
        with pytest.raises(WrongUsage, match=f"cannot be read: {reason}") as fault:
            well_known().and_those_of(tmp_path / name)
        assert "name a text file of tr_keys with --symbols" in str(fault.value.text)


def test_rows_of_the_well_known_symbols_are_those_of_kis() -> None:
    """Each row has the width of its file, in bytes or columns, so that the file can be served."""
    from importlib.resources import files

    widths = {
        "kospi_code": 288,
        "kosdaq_code": 282,
        "nxt_kospi_code": 288,
        "nxt_kosdaq_code": 282,
        "konex_code": 245,
        "idxcode": 45,
        "fo_eurex_code": 121,
    }
    text = (files("kisq.spec") / "symbols.txt").read_text("utf-8")
    names = set()
    for line in text.splitlines()[2:]:
        name, row = line.split("\t", 1)
        names.add(name)
        if name in widths:
            assert len(row.encode("cp949")) == widths[name], row
        elif name != "fo_idx_code_mts":
            columns = row.split("\t")
            assert len(columns) == 24, row
            assert columns[5] == columns[2] + columns[4]
    assert len(names) == 17
