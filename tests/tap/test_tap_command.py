"""The command line of ``kisq tap``: what it shows, records and says, and how it ends."""

import json
import re
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
import websocket
from conftest import Run
from helpers.bare_client import Client, approval_key, request
from helpers.command import running, said
from helpers.patience import PATIENCE
from helpers.tap_command import tap_running

from kisq.simulator.faults import Faults
from kisq.simulator.server import Simulator
from kisq.simulator.shared_state import Options
from kisq.spec.symbol_files import FILES
from kisq.symbols.listing import Listing
from kisq.symbols.parse import Parsed
from kisq.symbols.store import Store
from kisq.wire.messages import Answer, Data, PingPong

Kisq = Callable[..., Run]


@contextmanager
def connected(url: str) -> Iterator[Client]:
    """A client, which is cut at the end if it has not closed."""
    client = Client(url)
    try:
        yield client
    finally:
        client.ws.shutdown()


def served(url: str, key: str, tr_key: str = "DNASAAPL", messages: int = 5) -> list[str]:
    """What a program gets that subscribes to a key and leaves after so many data messages."""
    client = Client(url)
    client.ws.send(json.dumps(request(key, tr_key)))
    texts: list[str] = []
    while sum(text[:1] == "0" for text in texts) < messages:
        text = client.ws.recv()
        texts.append(text)
        if "PINGPONG" in text:
            client.ws.pong(text)
    client.ws.send_close(1000, b"done")
    client.ws.shutdown()
    return texts


@pytest.fixture
def upstream(simulator: Simulator) -> dict[str, str]:
    """The only setting that a tap needs."""
    return {"KIS_WS_URL": simulator.ws_url}


def test_recording_is_what_the_program_got_and_other_commands_read_it(
    tmp_path: Path, simulator: Simulator, upstream: dict[str, str], kisq: Kisq
) -> None:
    """-w records both directions as raw --json shows them; raw, watch and check -r read that."""
    with tap_running(tmp_path, "-w", "day.ndjson", **upstream) as tap:
        got = served(tap.url, approval_key(simulator))
        tap.line_with("> close")
        assert tap.end().returncode == 130
    lines = [json.loads(line) for line in (tmp_path / "day.ndjson").read_text().splitlines()]
    received = [line["text"] for line in lines if line["dir"] == "in"]
    assert received[1 : len(got)] == got[1:]
    assert [(line["dir"], line["kind"]) for line in lines[:3]] == [
        ("out", "open"),
        ("out", "control"),
        ("in", "control"),
    ]
    assert [line["text"] for line in lines if line["dir"] == "out"][-1] == "1000 done"
    again = kisq("raw", "-r", "day.ndjson", "--json")
    assert [json.loads(line) for line in again.stdout.splitlines()] == lines
    books = kisq("watch", "-r", "day.ndjson", "--json")
    assert len(books.stdout.splitlines()) == sum(line["kind"] == "data" for line in lines)
    assert b"broadcasting" in kisq("check", "DNASAAPL", "-r", "day.ndjson").stdout


def test_json_has_stdout_for_itself(
    tmp_path: Path, simulator: Simulator, upstream: dict[str, str]
) -> None:
    """With --json the address is the first line of stderr, and stdout holds NDJSON alone."""
    with tap_running(tmp_path, "--json", KISQ_NOW="2026-07-10T23:53:34+09:00", **upstream) as tap:
        served(tap.url, approval_key(simulator))
        run = tap.end()
    kinds = [json.loads(line)["kind"] for line in run.stdout.splitlines()]
    assert run.stderr.startswith(b"KIS_WS_URL=")
    assert {"open", "control", "data", "close"} <= set(kinds)
    assert "KISQ_NOW" in said(run)


def test_summary_at_the_end_has_keys_messages_and_pingpongs(
    tmp_path: Path, simulator: Simulator, upstream: dict[str, str]
) -> None:
    """The summary counts what came of each key, the connects and the answers to PINGPONG."""
    with tap_running(tmp_path, **upstream) as tap, connected(tap.url) as client:
        assert client.ask(request(approval_key(simulator))).accepted
        assert client.ask(request(approval_key(simulator), "AAPL")).msg_cd == "OPSP8992"
        client.next(Data)
        text = ""
        while "PINGPONG" not in text:
            text = client.ws.recv()
        client.ws.pong(text)
        client.ws.close()
        tap.line_with("> close")
        end = said(tap.end())
    assert "the program: 1 connect, 2 keys" in end
    assert "HDFSASP0 DNASAAPL: ended with its connection" in end
    assert re.search(r"PINGPONG answered, after [01]\.\d", end)
    assert "refused 1 time: OPSP8992" in end


@pytest.mark.skipif(not hasattr(signal, "SIGUSR1"), reason="a signal that this system lacks")
def test_sigusr1_asks_for_the_summary_and_ends_nothing(
    tmp_path: Path, simulator: Simulator, upstream: dict[str, str]
) -> None:
    """SIGUSR1 prints the summary while the session goes on."""
    with tap_running(tmp_path, **upstream) as tap, connected(tap.url) as client:
        client.ask(request(approval_key(simulator)))
        tap.process.send_signal(signal.SIGUSR1)
        assert "the program: 1 connect" in tap.said("the program:")
        assert client.next(Data)
        assert tap.end().returncode == 130


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_lets_the_program_leave_first(
    tmp_path: Path, simulator: Simulator, upstream: dict[str, str], number: signal.Signals
) -> None:
    """A signal ends the tap by its number, once the program has answered its close frame."""
    with tap_running(tmp_path, **upstream) as tap, connected(tap.url) as client:
        client.ask(request(approval_key(simulator)))
        tap.process.send_signal(number)
        opcode = None
        while opcode != 8:
            opcode, payload = client.ws.recv_data(control_frame=True)
        assert payload == b"\x03\xe9kisq tap ends"
        assert tap.process.wait(PATIENCE) == 128 + number


def test_duration_ends_it_with_0(tmp_path: Path, kisq: Kisq, upstream: dict[str, str]) -> None:
    """--duration ends a tap as asked, whether a program came or not."""
    run = kisq("tap", "--duration", "0.2s", **upstream)
    assert run.returncode == 0
    assert run.stdout.startswith(b"KIS_WS_URL=ws://127.0.0.1:")
    assert "0 data messages" in said(run)


def test_no_secret_and_no_hts_id_is_seen_anywhere(
    tmp_path: Path, simulator: Simulator, upstream: dict[str, str]
) -> None:
    """Approval key, AES key and HTS ID are in nothing that a tap writes."""
    key = approval_key(simulator)
    with (
        tap_running(tmp_path, "-w", "day.ndjson", **upstream) as tap,
        connected(f"{tap.url}/tryitout?approval_key={key}") as client,
    ):
        client.ws.send(str({"header": {"approval_key": key, "custtype": "P"}}))  # a dict, no JSON
        client.ws.send(json.dumps(request(key, "my-hts-id", "H0STCNI0")))
        answers = [client.next(Answer) for _ in range(2)]
        client.ws.send(f"what {key} is")
        client.next(Answer)
        client.ws.close(reason=key.encode())
        tap.line_with("> close")
        run = tap.end()
    assert answers[1].key
    written = run.stdout + run.stderr + (tmp_path / "day.ndjson").read_bytes()
    for secret in (key, answers[1].key, answers[1].iv, "my-hts-id"):
        assert secret.encode() not in written


def test_sim_gives_a_program_both_addresses(tmp_path: Path) -> None:
    """--sim needs no KIS: the second line is where the approval key is issued."""
    with tap_running(tmp_path, "--sim", "--rate", "50") as tap:
        rest_url = tap.line_with("KIS_REST_URL=").removeprefix("KIS_REST_URL=").strip()

        server = SimpleNamespace(rest_url=rest_url)
        assert served(tap.url, approval_key(server))  # type: ignore[arg-type]
        assert tap.end().returncode == 130


def test_own_address_as_upstream_means_kis(tmp_path: Path) -> None:
    """Where a common .env names the tap itself, KIS's own host is taken, and that is reported."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    settings = {"KIS_WS_URL": f"ws://localhost:{port}", "KIS_ENV": "mock"}
    with tap_running(tmp_path, "--port", port, **settings) as tap:
        assert tap.url == f"ws://127.0.0.1:{port}"
        sentence = tap.said("own address")
        assert tap.end().returncode == 130
    assert "from the environment" in sentence
    assert "ws://ops.koreainvestment.com:31000 instead" in sentence


def test_port_that_is_taken_is_wrong_usage(kisq: Kisq, upstream: dict[str, str]) -> None:
    """A port on which another program listens is reported, with exit code 2."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        run = kisq("tap", "--port", str(taken.getsockname()[1]), **upstream)
    assert run.returncode == 2
    assert "cannot listen on port" in said(run)


def test_wss_is_refused(kisq: Kisq) -> None:
    """An upstream with TLS, which KIS has not, is a fault of the settings."""
    run = kisq("tap", KIS_WS_URL="wss://127.0.0.1:1")
    assert run.returncode == 3
    assert "set KIS_WS_URL to a ws:// address" in said(run)


def test_stdout_that_nobody_reads_holds_up_neither_session_nor_recording(
    tmp_path: Path,
) -> None:
    """A blocked display loses what it did not show, which is counted; everything else goes on."""
    arguments = ("tap", "--full", "-w", "day.ndjson")
    with (
        Simulator(Options(rate=500)) as simulator,
        running(tmp_path, *arguments, KIS_WS_URL=simulator.ws_url) as process,
    ):
        url = process.stdout.readline().decode().removeprefix("KIS_WS_URL=").strip()
        got = served(url, approval_key(simulator), messages=300)  # more than a pipe holds
        while (tmp_path / "day.ndjson").read_text().count('"dir":"in"') < len(got):
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 130
        assert "LOST because nobody took the output" in process.stderr.read().decode()


def test_check_through_a_tap_asks_nobody_to_end_other_programs(
    tmp_path: Path, account: dict[str, str], kisq: Kisq
) -> None:
    """A tap shares a session, so that check does not ask for other programs to be ended."""
    through = dict(account)
    with tap_running(tmp_path, **account) as tap:
        through["KIS_WS_URL"] = tap.url
        options = ("check", "DNASAAPL", "--for", "0.2s")
        assert "end other programs" not in said(kisq(*options, **through))
        assert "end other programs" in said(kisq(*options, **account))


def test_watch_at_a_tap_that_is_taken_says_so(
    tmp_path: Path, simulator: Simulator, account: dict[str, str], kisq: Kisq
) -> None:
    """A second client learns that a tap has one, not that some server is none of KIS."""
    with tap_running(tmp_path, **account) as tap, connected(tap.url) as client:
        run = kisq("watch", "DNASAAPL", **(account | {"KIS_WS_URL": tap.url}))
        client.ws.close()
    assert run.returncode == 5
    assert "a `kisq tap` listens there, and has a client" in said(run)


def test_pingpong_is_seen_in_both_directions(
    tmp_path: Path, simulator: Simulator, upstream: dict[str, str]
) -> None:
    """A PINGPONG and its answer are lines with an arrow each."""
    with tap_running(tmp_path, **upstream) as tap, connected(tap.url) as client:
        client.ask(request(approval_key(simulator)))
        assert client.next(PingPong)
        client.ws.send('{"header":{"tr_id":"PINGPONG","datetime":"20260101000000"}}')
        assert " < pingpong" in tap.line_with("pingpong")
        assert tap.line_with("> pingpong").endswith('20260101000000"}}\n')
        tap.end()


def test_full_disk_ends_the_recording_and_not_the_session(
    tmp_path: Path, simulator: Simulator, upstream: dict[str, str]
) -> None:
    """Where the file of -w cannot be written any more the program goes on; the end is 74."""
    with tap_running(tmp_path, "-w", "/dev/full", **upstream) as tap:
        with connected(tap.url) as client:
            client.ask(request(approval_key(simulator)))
            assert "nothing more of it is recorded" in tap.said("/dev/full cannot be written")
            for _ in range(20):
                assert client.next(Data)
            client.ws.close()
        tap.line_with("> close")
        run = tap.end(signal.SIGINT)
    assert run.returncode == 74
    assert said(run).count("/dev/full cannot be written") == 2


def test_refused_handshakes_are_counted_as_connects(tmp_path: Path) -> None:
    """A loop of connects is reported also where KIS refuses each of them, as it does then."""
    faults = Faults(handshake=403)
    with (
        Simulator(Options(faults=faults)) as simulator,
        tap_running(tmp_path, KIS_WS_URL=simulator.ws_url) as tap,
    ):
        for _ in range(3):
            with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
                Client(tap.url)
        assert "wait ten minutes" in tap.said("HTTP 403")
        assert "for the third time within 60 s" in tap.said("third time")
        assert "3 connects, 0 keys" in said(tap.end())


def test_key_of_another_market_is_said_where_symbols_are_kept(
    tmp_path: Path, simulator: Simulator, upstream: dict[str, str]
) -> None:
    """With KIS's symbol files stored, a key on a wrong exchange is reported with the right one."""
    path = tmp_path / "kisq" / "symbols.sqlite3"
    path.parent.mkdir()
    with Store(path) as store:
        for file in FILES.values():
            listings = [Listing("AMS", "SPY", "SPDR S&P 500", "SPDR S&P 500 ETF")]
            mine = listings if file.market == "AMS" else []
            if file.market in ("NAS", "AMS"):
                store.replace(file, Parsed(mine, 0), time.time(), 1)
    with (
        tap_running(tmp_path, XDG_CACHE_HOME=str(tmp_path), **upstream) as tap,
        connected(tap.url) as client,
    ):
        client.ask(request(approval_key(simulator), "DNASSPY"))
        assert "its symbol as DAMSSPY" in tap.said("symbol files do not have HDFSASP0 DNASSPY")
