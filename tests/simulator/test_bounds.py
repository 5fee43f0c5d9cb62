"""What clients may make the simulator keep has an end."""

import json
import socket
import threading
from contextlib import suppress

import pytest
import requests
import websocket
from helpers.bare_client import Client, approval_key, body, request
from helpers.patience import PATIENCE

from kisq.simulator.accounts import Accounts
from kisq.simulator.faults import parse_faults
from kisq.simulator.makers import Makers
from kisq.simulator.market import BookMaker
from kisq.simulator.server import Simulator
from kisq.simulator.shared_state import Options, SharedState
from kisq.simulator.symbols import Symbols
from kisq.wire.trkey import parse_tr_key


def test_the_oldest_approval_keys_are_forgotten() -> None:
    """Ten thousand are kept, of as many appkeys."""
    accounts = Accounts()
    keys = [
        accounts.approval(json.dumps(body(appkey=f"P{n}")).encode(), None)[1]["approval_key"]
        for n in range(10_001)
    ]
    assert accounts.owner(keys[0]) is None
    assert [accounts.owner(keys[n]) for n in (1, 10_000)] == ["P1", "P10000"]


def test_the_oldest_markets_begin_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """With --any-symbol a client can ask for any number, of which so many are kept."""
    monkeypatch.setattr("kisq.simulator.makers._MOST", 50)
    shared = SharedState(Options(symbols=Symbols(any_symbol=True)))
    first = shared.book(parse_tr_key("DNASAAPL"))
    for number in range(49):
        shared.book(parse_tr_key(f"DNASX{number}"))
    assert shared.book(parse_tr_key("DNASAAPL")) is first
    shared.book(parse_tr_key("DNASONEMORE"))
    assert shared.book(parse_tr_key("DNASAAPL")) is not first


def test_five_thousand_markets_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The five thousand and first is one too many."""
    monkeypatch.setattr(Makers, "_new", lambda *_: object.__new__(BookMaker))  # costs nothing
    makers = Makers(seed=1)
    first = makers.books(parse_tr_key("DNASAAPL"))
    for number in range(4999):
        makers.books(parse_tr_key(f"DNASX{number}"))
    assert makers.books(parse_tr_key("DNASAAPL")) is first
    makers.books(parse_tr_key("DNASONEMORE"))
    assert makers.books(parse_tr_key("DNASAAPL")) is not first


@pytest.mark.parametrize(("size", "answered"), [(60_000, True), (70_000, False)])
def test_a_request_has_a_size(simulator: Simulator, size: int, *, answered: bool) -> None:
    """64 KiB are read, more ends the connection or the call."""
    client = Client(simulator.ws_url)
    client.ws.send("x" * size)
    answers = []
    with suppress(ConnectionError, websocket.WebSocketException):
        answers = [client.ws.recv()]
    assert ["OPSP9999" in answer for answer in answers if answer] == [True] * answered
    client.ws.shutdown()
    call = requests.post(f"{simulator.rest_url}/oauth2/Approval", data="x" * size, timeout=PATIENCE)
    assert call.status_code == (403 if answered else 413)


@pytest.mark.parametrize("faults", [["surplus=1000"], ["surplus=1000", "fragments"]])
def test_a_client_that_never_reads_is_cut(faults: list[str]) -> None:
    """What waits for it is bounded, and it is gone like any that does not answer PINGPONG."""
    cut = threading.Event()

    def log(text: str) -> None:
        if "is cut" in text:
            cut.set()

    options = Options(rate=2000, pingpong=0.1, faults=parse_faults(faults))
    with Simulator(options, log) as server:
        client = Client(server.ws_url, ((socket.SOL_SOCKET, socket.SO_RCVBUF, 4096),))
        client.ws.send(json.dumps(request(approval_key(server))))
        assert cut.wait(PATIENCE)
        client.ws.shutdown()
