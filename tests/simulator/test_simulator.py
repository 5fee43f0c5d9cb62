"""The simulator enforces the protocol, over real sockets, for clients that are not kisq."""

import os
import resource
import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests
import websocket
from helpers.bare_client import Client, approval_key, approve, body, request
from helpers.patience import PATIENCE
from helpers.records import NOON

from kisq.errors import WrongUsage
from kisq.simulator.market import BookMaker
from kisq.simulator.server import Simulator
from kisq.simulator.shared_state import Options
from kisq.spec.codes import OPSP
from kisq.spec.http_codes import EGW
from kisq.spec.tables import TRS
from kisq.wire.book import OrderBook
from kisq.wire.clocks import KST
from kisq.wire.decode import decode
from kisq.wire.messages import PingPong
from kisq.wire.trkey import parse_tr_key


@pytest.fixture
def client(simulator: Simulator) -> Iterator[Client]:
    client = Client(simulator.ws_url)
    yield client
    client.ws.close()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"grant_type": None}, "EGW00115"),
        ({"grant_type": "password"}, "EGW00116"),
        ({"appkey": None}, "EGW00102"),
        ({"appkey": "P" * 37}, "EGW00103"),
        ({"appkey": 7}, "EGW00103"),
        ({"secretkey": None}, "EGW00104"),
        ({"secretkey": None, "appsecret": "x"}, "EGW00104"),
        ({"secretkey": "abc\n"}, "EGW00105"),
        ({"secretkey": "s" * 181}, "EGW00105"),
    ],
)
def test_approval_refusals(simulator: Simulator, changes: dict[str, object], code: str) -> None:
    """A wrong request is answered with HTTP 403, KIS's code and KIS's text."""
    response = approve(simulator, body(**changes))
    assert response.status_code == 403
    assert response.json() == {"error_code": code, "error_description": EGW[code].text}


def test_approval_of_what_is_no_json(simulator: Simulator) -> None:
    """A form is refused by its content type, broken JSON as a server error."""
    url = f"{simulator.rest_url}/oauth2/Approval"
    form = requests.post(url, data=body(), timeout=PATIENCE)
    assert form.json()["error_code"] == "EGW00132"
    broken = requests.post(url, data="{", timeout=PATIENCE)
    assert (broken.status_code, broken.json()["error_code"]) == (403, "EGW00002")


def test_secret_of_an_appkey_stays_its_secret(simulator: Simulator) -> None:
    """The first secret that comes with an appkey is the right one."""
    account = body()
    assert len(approve(simulator, account).json()["approval_key"]) == 36
    wrong = account | {"secretkey": "wrong"}
    assert approve(simulator, wrong).json()["error_code"] == "EGW00105"


def test_server_says_nothing_before_the_first_subscribe(client: Client) -> None:
    """A connection alone brings neither data nor PINGPONG."""
    client.ws.settimeout(0.7)  # two PINGPONG intervals
    with pytest.raises(websocket.WebSocketTimeoutException):
        client.ws.recv()


@pytest.mark.parametrize(
    "path", ["", "/", "/tryitout", "/tryitout/", "//tryitout", "/tryitout/HDFSASP0"]
)
def test_every_path_in_use_is_the_feed(simulator: Simulator, path: str) -> None:
    """Bare, /tryitout and /tryitout/<TR> are equal; the answer carries the session's AES key."""
    client = Client(simulator.ws_url + path)
    answer = client.ask(request(approval_key(simulator)))
    assert answer[:5] == ("HDFSASP0", "DNASAAPL", "0", "OPSP0000", "SUBSCRIBE SUCCESS")
    assert (len(answer.iv), len(answer.key)) == (16, 32)
    client.ws.close()


def test_books_of_a_subscription(simulator: Simulator, client: Client) -> None:
    """What is broadcast decodes, adds up, and has the exchange's and the Korean clock of now."""
    client.ask(request(approval_key(simulator), "RBAQAAPL"))
    for _ in range(20):
        (book,) = decode(client.ws.recv())
        while not isinstance(book, OrderBook):
            (book,) = decode(client.ws.recv())
        assert book["RSYM"] == "RBAQAAPL"
        assert book.faults() == []
        assert book.exchange_time == book.kst_time
        assert book.kst_time is not None
        assert abs(datetime.now(KST) - book.kst_time) < timedelta(seconds=3)


def test_unsubscribe_ends_the_broadcast_of_that_key_only(
    simulator: Simulator, client: Client
) -> None:
    """After OPSP0001 no more of its data comes; what is not subscribed gives OPSP0003."""
    key = approval_key(simulator)
    client.ask(request(key, "DNASAAPL"))
    client.ask(request(key, "DHKS00003", "HDFSASP1"))
    assert client.ask(request(key, "DNASAAPL", tr_type="2")).msg_cd == "OPSP0001"
    for _ in range(5):
        message = client.ws.recv()
        while message.startswith("{"):
            message = client.ws.recv()
        assert message.startswith("0|HDFSASP1|001|DHKS00003^")
    assert client.ask(request(key, "DNASAAPL", tr_type="2")).msg_cd == "OPSP0003"


def _without(message: dict[str, Any], part: str, name: str) -> dict[str, Any]:
    holder = message["body"]["input"] if part == "input" else message[part]
    del holder[name]
    return message


@pytest.mark.parametrize(
    ("message", "ids", "rt_cd", "code"),
    [
        ("hello", ("(null)", ""), "9", "OPSP9999"),
        ("[]", ("(null)", ""), "9", "OPSP9999"),
        ({}, ("(null)", ""), "9", "OPSP9998"),
        ({"header": {"approval_key": "x"}}, ("(null)", ""), "9", "OPSP9992"),
        (_without(request("x"), "body", "input"), ("(null)", ""), "9", "OPSP9992"),
        (_without(request("x"), "input", "tr_key"), ("(null)", ""), "9", "OPSP9990"),
        (request("x", ""), ("", ""), "9", "OPSP8993"),
        (request("x", 7), ("", ""), "9", "OPSP8993"),
        (_without(request("x"), "header", "custtype"), ("(null)", ""), "9", "OPSP9997"),
        (request("x", tr_type="0"), ("(null)", ""), "9", "OPSP8997"),
        (request("unknown"), ("HDFSASP0", "DNASAAPL"), "1", "OPSP0011"),
    ],
)
def test_refusals_of_a_request(
    client: Client, message: object, ids: tuple[str, str], rt_cd: str, code: str
) -> None:
    """Each fault has its code; with rt_cd 9 neither tr_id nor tr_key is named."""
    answer = client.ask(message)
    assert answer[:5] == (*ids, rt_cd, code, OPSP[code].text)


@pytest.mark.parametrize(
    ("tr_id", "tr_key", "code"),
    [
        ("HDFSXXX0", "DNASAAPL", "OPSP8991"),
        (None, "DNASAAPL", "OPSP8991"),
        ("HDFSASP0", "AAPL", "OPSP8992"),
        ("HDFSASP0", "DHKS00003", "OPSP8992"),
        ("HDFSASP1", "RHKS00003", "OPSP8992"),
    ],
)
def test_unknown_tr_and_key(
    simulator: Simulator, client: Client, tr_id: object, tr_key: str, code: str
) -> None:
    """A TR that does not exist and a key that does not go with it are refused."""
    answer = client.ask(request(approval_key(simulator), tr_key, tr_id))
    assert (answer.rt_cd, answer.msg_cd) == ("1", code)


def test_subscribing_twice_and_41_registrations(simulator: Simulator, client: Client) -> None:
    """The same key again is OPSP0002, the 42nd registration OPSP0008; a place becomes free."""
    key = approval_key(simulator)
    symbols = [f"DNAS{chr(65 + n // 26)}{chr(65 + n % 26)}" for n in range(42)]
    answers = [client.ask(request(key, symbol)).msg_cd for symbol in symbols]
    assert answers == ["OPSP0000"] * 41 + ["OPSP0008"]
    assert client.ask(request(key, symbols[0])).msg_cd == "OPSP0002"
    client.ask(request(key, symbols[0], tr_type="2"))
    assert client.ask(request(key, symbols[41])).msg_cd == "OPSP0000"


def test_one_session_per_appkey(simulator: Simulator) -> None:
    """A second session is accepted, its first subscribe refused, until the first one closes."""
    key = approval_key(simulator)
    first, second = Client(simulator.ws_url), Client(simulator.ws_url)
    assert first.ask(request(key)).msg_cd == "OPSP0000"
    refused = second.ask(request(key))
    assert refused[:5] == ("(null)", "", "9", "OPSP8996", "ALREADY IN USE appkey")
    first.ws.close()
    codes = {second.ask(request(key)).msg_cd}
    while "OPSP0000" not in codes:
        codes.add(second.ask(request(key)).msg_cd)
    assert codes <= {"OPSP8996", "OPSP0000"}
    second.ws.close()


@pytest.mark.parametrize("how", ["pong", "echo"])
def test_pingpong_may_be_answered_in_either_way(how: str) -> None:
    """A PONG frame with the same text, or the text sent back, keeps the session alive."""
    with Simulator(Options(rate=1, pingpong=0.05)) as server:
        client = Client(server.ws_url)
        client.ask(request(approval_key(server)))
        for _ in range(15):  # the patience is 10
            at = client.next(PingPong).at
            text = f'{{"header":{{"tr_id":"PINGPONG","datetime":"{at}"}}}}'
            client.ws.pong(text) if how == "pong" else client.ws.send(text)
        assert client.next(PingPong)
        client.ws.close()


def test_unanswered_pingpong_ends_the_session_without_a_close_frame() -> None:
    """A client that never answers is cut off after ten PINGPONGs."""
    with Simulator(Options(rate=1, pingpong=0.05)) as server:
        client = Client(server.ws_url)
        client.ask(request(approval_key(server)))
        for _ in range(10):
            assert client.next(PingPong)
        with pytest.raises((websocket.WebSocketConnectionClosedException, ConnectionError)):
            client.next(PingPong)


def test_a_simulator_without_a_socket_says_so() -> None:
    """Where its loop has the last file descriptors, it is one error, and nobody waits for it."""
    free = [os.dup(0) for _ in range(4)]  # what it would be given: three for its loop, a socket
    for descriptor in free:
        os.close(descriptor)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free[3], hard))
    try:
        with pytest.raises(WrongUsage, match="the simulator cannot serve on 127"):
            Simulator(Options()).__enter__()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_port_that_is_none_is_said() -> None:
    """A failure that is none of the system's is reported too."""
    with pytest.raises(WrongUsage, match="the simulator cannot serve on port -1"):
        Simulator(Options(port=-1)).__enter__()


def test_a_port_that_is_taken_is_said(simulator: Simulator) -> None:
    """Two simulators cannot have the same port."""
    with (
        pytest.raises(WrongUsage, match=f"port {simulator.port}.*; name another with --port"),
        Simulator(Options(port=simulator.port)),
    ):
        pass


KEYS = ["DNASAAPL", "RBAYKO", "DTSE7203", "RHKS00003", "DSHS600519", "RSZS000001", "DHSXVNM"]


@pytest.mark.parametrize("text", [*KEYS, "RHNXSHB", "DNYSBRK/B"])
def test_books_look_alive(text: str) -> None:
    """Over many quotes: on the tick, sorted, never crossed, true changes, and never the same."""
    key = parse_tr_key(text)
    tr = TRS[key.tr_id]
    maker = BookMaker(tr, key, seed=7)
    prices, last = set(), {}
    for _ in range(300):
        message = maker.message(NOON)
        (book,) = decode(message)
        assert isinstance(book, OrderBook)
        assert len(message.split("^")) == {"HDFSASP0": 71, "HDFSASP1": 17}[tr.id]
        assert book.faults() == []
        bids, asks = [b.price for b in book.bids], [a.price for a in book.asks]
        assert bids == sorted(bids, reverse=True)
        assert asks == sorted(asks)
        assert bids[0] > 0
        sizes = {("b", n): lv.size for n, lv in enumerate(book.bids)}
        sizes |= {("a", n): lv.size for n, lv in enumerate(book.asks)}
        changes = {("b", n): lv.change for n, lv in enumerate(book.bids)}
        changes |= {("a", n): lv.change for n, lv in enumerate(book.asks)}
        assert changes == {place: sizes[place] - last.get(place, sizes[place]) for place in sizes}
        last = sizes
        prices.add(bids[0])
    assert len(prices) > 5


def test_delayed_books_have_clocks_15_minutes_back() -> None:
    """HDFSASP1 shows the book of a quarter of an hour ago, on both clocks."""
    key = parse_tr_key("DHKS00003")
    record = BookMaker(TRS["HDFSASP1"], key, 1).record(NOON)
    assert (record["XYMD"], record["XHMS"]) == ("20260710", "104501")
    assert (record["KYMD"], record["KHMS"]) == ("20260710", "114501")


def test_the_seed_makes_the_books() -> None:
    """The same seed gives the same messages, another seed or key others."""

    def messages(seed: int, text: str) -> list[str]:
        maker = BookMaker(TRS["HDFSASP0"], parse_tr_key(text), seed)
        return [maker.message(NOON) for _ in range(5)]

    assert messages(1, "DNASAAPL") == messages(1, "DNASAAPL")
    assert messages(1, "DNASAAPL") != messages(2, "DNASAAPL")
    assert messages(1, "DNASAAPL")[0][30:] != messages(1, "DNASMSFT")[0][30:]


def test_any_bytes_leave_the_simulator_alive(simulator: Simulator, client: Client) -> None:
    """Binary messages and odd JSON are answered or ignored; the session goes on."""
    client.ws.send_binary(secrets.token_bytes(50))
    assert client.ask('{"header":1,"body":{"input":[]}}').msg_cd == "OPSP9998"
    assert client.ask(request(approval_key(simulator))).msg_cd == "OPSP0000"
