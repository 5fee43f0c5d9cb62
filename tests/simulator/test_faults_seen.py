"""Each fault as a client of another library sees it: bare websocket-client, which hides nothing."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests
import websocket
from helpers.bare_client import Client, approval_key, approve, body, request
from helpers.patience import PATIENCE

from kisq.simulator.faults import NAMES, parse_faults
from kisq.simulator.server import Simulator, Throttle
from kisq.simulator.shared_state import Options
from kisq.wire.messages import Answer, Data, PingPong, parse

GONE = (websocket.WebSocketConnectionClosedException, ConnectionError)
WIDTH = 71  # of HDFSASP0


@contextmanager
def simulator_with(*faults: str, rate: float = 50, pingpong: float = 0.1) -> Iterator[Simulator]:
    options = Options(rate=rate, pingpong=pingpong, faults=parse_faults(list(faults)))
    with Simulator(options) as server:
        yield server


@contextmanager
def subscribed(*faults: str, tr_id: str = "HDFSASP0", pingpong: float = 0.1) -> Iterator[Client]:
    """A client whose request was sent and not waited for."""
    with simulator_with(*faults, pingpong=pingpong) as server:
        client = Client(server.ws_url)
        client.ws.send(json.dumps(request(approval_key(server), "DNASAAPL", tr_id)))
        yield client
        client.ws.shutdown()


def messages(client: Client, number: int = 20) -> list[object]:
    return [parse(client.ws.recv()) for _ in range(number)]


def fields(client: Client) -> list[list[str]]:
    """The fields of 20 records of the order book."""
    data: list[list[str]] = []
    while len(data) < 20:
        message = parse(client.ws.recv())
        if isinstance(message, Data):
            data.append(message.payload.split("^"))
    return data


def frames_until_the_end(client: Client) -> None:
    """Read frames of any kind; raises what ends that."""
    while True:
        frame = client.ws.recv_frame()
        assert frame.opcode in (websocket.ABNF.OPCODE_TEXT, websocket.ABNF.OPCODE_PONG)


def texts_until_the_end(client: Client) -> None:
    """Read messages; raises what ends that."""
    while client.ws.recv():
        pass


def test_silent() -> None:
    """The subscription is accepted, then only PINGPONG comes."""
    with subscribed("silent", pingpong=0.02) as client:
        assert {type(message) for message in messages(client, 8)} == {Answer, PingPong}


def test_no_ack() -> None:
    """Nothing at all comes."""
    with subscribed("no-ack") as client:
        client.ws.settimeout(0.5)
        with pytest.raises(websocket.WebSocketTimeoutException):
            client.ws.recv()


def test_refuse() -> None:
    """The code that was asked for comes, in its form."""
    with subscribed("refuse=OPSP8996") as client:
        answer = client.next(Answer)
        assert answer[:4] == ("(null)", "", "9", "OPSP8996")


def test_drop() -> None:
    """TCP is cut without a close frame."""
    with subscribed("drop=0.3") as client, pytest.raises(GONE):
        frames_until_the_end(client)


def test_half_open() -> None:
    """Suddenly nothing: no data, no PINGPONG, no PONG, no answer, no close frame and no cut."""
    with subscribed("half-open=0.3", pingpong=0.05) as client:
        client.ws.settimeout(1.0)  # twenty intervals, ten of which are too many to leave unanswered
        with pytest.raises(websocket.WebSocketTimeoutException):
            frames_until_the_end(client)
        client.ws.ping("hello")
        client.ws.send(json.dumps(request("x")))
        client.ws.send(b"\x03\xe8", websocket.ABNF.OPCODE_CLOSE)
        client.ws.settimeout(0.5)
        with pytest.raises(websocket.WebSocketTimeoutException):
            client.ws.recv_frame()


def test_no_pingpong() -> None:
    """Data come, and never a PINGPONG."""
    with subscribed("no-pingpong", pingpong=0.02) as client:
        assert {type(message) for message in messages(client)} == {Answer, Data}


def test_no_pong() -> None:
    """A client's PING frames are not answered, the text protocol goes on."""
    with subscribed("no-pong") as client:
        client.ws.ping("hello")
        frames = {client.ws.recv_data_frame(control_frame=True)[0] for _ in range(20)}
        assert frames == {websocket.ABNF.OPCODE_TEXT}


def test_surplus() -> None:
    """Each record has more fields than the layout."""
    with subscribed("surplus=2") as client:
        assert {(len(record), *record[-2:]) for record in fields(client)} == {(WIDTH + 2, "1", "2")}


def test_short() -> None:
    """Each record lacks its last field."""
    with subscribed("short") as client:
        assert {len(record) for record in fields(client)} == {WIDTH - 1}


def test_shifted() -> None:
    """Each record lacks its first field, so that all stand one place too early."""
    with subscribed("shifted") as client:
        assert {record[0] for record in fields(client)} == {"AAPL"}


@pytest.mark.parametrize("tr_id", ["HDFSASP0", "HDFSCNT0"])
def test_garbage(tr_id: str) -> None:
    """Half of the messages of a TR are none of its layout."""
    with subscribed("garbage=0.5", tr_id=tr_id) as client:
        payloads = [m.payload for m in messages(client, 40) if isinstance(m, Data)]
        garbage = [payload for payload in payloads if "garbage" in payload]
        assert abs(len(garbage) - len(payloads) / 2) <= 1


def test_stale() -> None:
    """The clock of the records stands still."""
    with subscribed("stale") as client:
        clocks = {record[6] for record in fields(client)}
        time.sleep(1.0)  # until a clock that goes would show another second
        assert {record[6] for record in fields(client)} == clocks
        assert len(clocks) == 1


def test_crossed() -> None:
    """The best bid is not below the best ask."""
    with subscribed("crossed") as client:
        assert all(float(record[11]) > float(record[12]) for record in fields(client))


def test_handshake() -> None:
    """The handshake is answered with the HTTP status that was asked for."""
    with simulator_with("handshake=403") as server:
        with pytest.raises(websocket.WebSocketBadStatusException) as caught:
            Client(server.ws_url)
        assert caught.value.status_code == 403


def test_approval() -> None:
    """No key is issued, with the code that was asked for."""
    with simulator_with("approval=EGW00103") as server:
        answer = approve(server, body())
        assert (answer.status_code, answer.json()["error_code"]) == (403, "EGW00103")


def test_approval_rate() -> None:
    """The second key within a second is refused."""
    with simulator_with("approval-rate") as server:
        account = body()
        assert [approve(server, account).status_code for _ in range(2)] == [200, 403]


def test_delay() -> None:
    """Data begin late, and their clock is late by as much."""
    with subscribed("delay=0.6", pingpong=5) as client:
        client.next(Answer)
        client.ws.settimeout(0.3)
        with pytest.raises(websocket.WebSocketTimeoutException):
            client.ws.recv()
        client.ws.settimeout(5)
        assert client.next(Data)


def test_held() -> None:
    """After an unclean end the appkey stays taken for that long, after a clean one it does not."""
    with simulator_with("held=0.7") as server:
        key = approval_key(server)
        for clean, expected in ((True, "OPSP0000"), (False, "OPSP8996")):
            first = Client(server.ws_url)
            assert first.ask(request(key)).msg_cd == "OPSP0000"
            first.ws.close() if clean else first.ws.shutdown()
            second = Client(server.ws_url)
            assert until_known(second, key, clean=clean) == expected
            second.ws.close()
        began = time.monotonic()
        third = Client(server.ws_url)
        while third.ask(request(key)).msg_cd == "OPSP8996":
            assert time.monotonic() - began < 5
        third.ws.close()


def until_known(client: Client, key: str, *, clean: bool) -> str:
    """The answer to a request once the simulator has seen the end of the other connection."""
    answer = client.ask(request(key)).msg_cd
    for _ in range(100):
        if not clean or answer == "OPSP0000":
            return answer
        answer = client.ask(request(key)).msg_cd
    return answer


def test_throttle() -> None:
    """After ten connects within ten seconds the handshake is refused."""
    with simulator_with("throttle") as server:
        for _ in range(10):
            Client(server.ws_url).ws.close()
        for _ in range(3):
            with pytest.raises(websocket.WebSocketBadStatusException) as caught:
                Client(server.ws_url)
            assert caught.value.status_code == 403
        assert (
            requests.get(server.rest_url, timeout=PATIENCE).status_code == 404
        )  # the gateway works


def test_throttle_ends() -> None:
    """A minute later connects are fine again, and calm ones always are."""
    throttle = Throttle()
    assert [throttle.refuses(n * 0.1) for n in range(11)] == [False] * 10 + [True]
    assert throttle.refuses(60.9)
    assert not throttle.refuses(61.1)
    assert not any(throttle.refuses(100 + n * 1.1) for n in range(50))


def test_fragments() -> None:
    """Each message comes in three frames, and is whole where they are put together."""
    with subscribed("fragments") as client:
        frames = [client.ws.recv_frame() for _ in range(30)]
    assert [frame.opcode for frame in frames] == [websocket.ABNF.OPCODE_TEXT, 0, 0] * 10
    assert [frame.fin for frame in frames] == [0, 0, 1] * 10
    wholes = [b"".join(frame.data for frame in frames[n : n + 3]) for n in range(0, 30, 3)]
    assert {type(parse(whole.decode())) for whole in wholes} <= {Answer, Data, PingPong}


def test_broken_bytes() -> None:
    """Data messages are not valid UTF-8; control messages are."""
    with subscribed("broken-bytes") as client:
        assert parse(client.ws.recv())
        with pytest.raises(websocket.WebSocketPayloadException):
            texts_until_the_end(client)


def test_every_fault_is_seen() -> None:
    """There is a test above for each."""
    names = {name.removeprefix("test_").replace("_", "-") for name in globals()}
    assert set(NAMES) <= names
