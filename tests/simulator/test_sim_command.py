"""``kisq sim`` as somebody uses it who tries a client: what it shows, and what its page says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import requests
from helpers.bare_client import Client, approval_key, approve, body, request
from helpers.command import Running, running
from helpers.patience import PATIENCE
from helpers.places import ROOT

from kisq.simulator.faults import NAMES

LISTEN = "0A"  # as Linux writes the state of such a socket
PAGE = (ROOT / "docs" / "simulator.md").read_text("utf-8")


class Server:
    """A running ``kisq sim``, for the helpers that know a simulator."""

    def __init__(self, process: Running) -> None:
        lines = [process.stdout.readline().decode().strip() for _ in range(2)]
        self._process = process
        self.rest_url, self.ws_url = (line.split("=", 1)[1] for line in lines)

    def said_until(self, end: str) -> str:
        """What it says on stderr, up to a line that holds ``end``."""
        text = ""
        while end not in text:
            line = self._process.stderr.readline().decode()
            assert line, text
            text += line
        return text


def test_verbose_shows_what_a_client_sends_and_what_is_wrong(tmp_path: Path) -> None:
    """Each message of a client and its answer, the faults of a request, and no secret."""
    with running(tmp_path, "sim", "-v") as process:
        server = Server(process)
        client = Client(server.ws_url)
        key = approval_key(server)
        client.ask(request(key))
        client.ask(request(key, "AAPL"))
        client.ws.send(str(request(key)))
        client.ws.send(f"hello {body()['secretkey']}")
        client.ws.close()
        text = server.said_until("client 1 closes")
    assert key not in text
    assert "client 1 sent hello ***" in text
    assert 'client 1 sent {"header": {"approval_key": "***", "custtype": "P"' in text
    assert 'client 1 is sent {"header":{"tr_id":"HDFSASP0","tr_key":"DNASAAPL"' in text
    assert '"msg_cd":"OPSP8992"' in text
    faults = re.findall("client 1 sent a faulty request: (.*)", text)
    assert "DNASAAPL" in faults[0]
    assert "single quotes" in faults[1]


def test_without_verbose_only_what_somebody_should_know(tmp_path: Path) -> None:
    """A refused key, another path and a symbol that nothing comes of; nothing else."""
    with running(tmp_path, "sim", "--fault", "approval-rate") as process:
        server = Server(process)
        server.said_until("KIS_MASTER_URL=")  # comes after the two addresses
        account = body()
        key = approve(server, account).json()["approval_key"]
        approve(server, account)
        requests.get(f"{server.rest_url}/uapi/orders", timeout=PATIENCE)
        client = Client(server.ws_url)
        client.ask(request(key))
        client.ask(request(key, "DNASSPY"))
        text = server.said_until("DNASSPY")
        client.ws.close()
    lines = [line.removeprefix("kisq: simulator: ") for line in text.splitlines()]
    assert [re.split("[:;]", line)[0] for line in lines] == [
        "POST /oauth2/Approval",
        "GET /uapi/orders",
        "nothing will come for HDFSASP0 DNASSPY",
    ]


def test_symbols_and_any_symbol(tmp_path: Path) -> None:
    """A file names more symbols, and an option lets all trade."""
    (tmp_path / "symbols.txt").write_text("DNASBKNG\n", "utf-8")
    options = (["--symbols", "symbols.txt"], ["--any-symbol"])
    for arguments in options:
        with running(tmp_path, "sim", *arguments) as process:
            server = Server(process)
            client = Client(server.ws_url)
            client.ask(request(approval_key(server), "DNASBKNG"))
            assert client.ws.recv().startswith("0|HDFSASP0|001|DNASBKNG^")
            client.ws.close()


def test_it_listens_on_loopback_only(tmp_path: Path) -> None:
    """Its one listening socket is bound to 127.0.0.1."""
    with running(tmp_path, "sim") as process:
        port = int(Server(process).rest_url.rsplit(":", 1)[1])
        tables = (Path(f"/proc/{process.pid}/net/{name}") for name in ("tcp", "tcp6"))
        rows = [line.split() for table in tables for line in table.read_text().splitlines()[1:]]
    listening = {row[1] for row in rows if row[3] == LISTEN and row[1].endswith(f":{port:04X}")}
    assert listening == {f"0100007F:{port:04X}"}


def test_the_page_lists_each_fault() -> None:
    """docs/simulator.md has a row for each, with the evidence."""
    rows = re.findall(r"^\| `([a-z-]+)[=A-Za-z]*` \| (.+) \| (.+) \| (.+) \|$", PAGE, re.MULTILINE)
    assert [name for name, *_ in rows if name in NAMES] == [name for name, *_ in rows]
    assert {name for name, *_ in rows} == set(NAMES)


def test_the_example_of_the_page_runs(tmp_path: Path) -> None:
    """The bot's test in docs/simulator.md passes as it stands there."""
    (example,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    (tmp_path / "test_bot.py").write_text(example, "utf-8")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_bot.py"],
        cwd=tmp_path,
        env=os.environ | {"PATH": path},
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert run.returncode == 0, run.stdout.decode()


def test_the_shell_example_of_the_page_runs(tmp_path: Path) -> None:
    """Its shell waits for the two settings, runs the tests with them and ends the simulator."""
    example = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)[-1]
    (tmp_path / "Makefile").write_text("test:\n\t@echo $$KIS_REST_URL $$KIS_WS_URL; exit 3\n")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    run = subprocess.run(
        ["sh", "-c", example.replace("--port 18000", "")],
        cwd=tmp_path,
        env=os.environ | {"PATH": path},
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert run.returncode == 2  # make's own, for a test that failed
    assert re.fullmatch(r"http://127.0.0.1:\d+ ws://127.0.0.1:\d+\n", run.stdout.decode())
