"""PINGPONG as KIS has it: when it comes, how published clients answer it, and what if none does."""

import json
import socket
import struct
from collections.abc import Callable

import pytest
import websocket
from helpers.bare_client import Client, approval_key, request

from kisq.simulator.keepalive import KeepAlive, answers_pingpong
from kisq.simulator.server import Simulator
from kisq.simulator.shared_state import Options
from kisq.wire.messages import PingPong, parse

PINGPONG = '{"header":{"tr_id":"PINGPONG","datetime":"20260710120000"}}'

# Each form in which a published client answers a PINGPONG of which ``text`` is the message.
FORMS: dict[str, Callable[[websocket.WebSocket, str], object]] = {
    "text sent back": lambda ws, text: ws.send(text),
    "text written anew by Python": lambda ws, text: ws.send(json.dumps(json.loads(text))),
    "another datetime": lambda ws, _: ws.send(PINGPONG),
    "PONG frame with the text": lambda ws, text: ws.pong(text),
    "PONG frame with other bytes": lambda ws, _: ws.pong("alive"),
    "PONG frame without payload": lambda ws, _: ws.pong(),
    "PING frame with the text": lambda ws, text: ws.ping(text),
    "0|pingpong": lambda ws, _: ws.send("0|pingpong"),
}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_of_a_pingpong_answer_counts(form: str) -> None:
    """Over more PINGPONGs than the simulator is patient, and none is answered with a refusal."""
    with Simulator(Options(rate=1, pingpong=0.04)) as server:
        client = Client(server.ws_url)
        client.ask(request(approval_key(server)))
        answered = 0
        while answered < 15:  # the patience is 10
            text = client.ws.recv()
            if isinstance(parse(text), PingPong):
                FORMS[form](client.ws, text)
                answered += 1
            else:
                assert text.startswith("0|HDFSASP0|"), text
        client.ws.close()


@pytest.mark.parametrize("text", ["{}", '{"header":{}}', "PINGPONG", "[]", '{"tr_id":"PINGPONG"}'])
def test_what_is_no_pingpong_answer(text: str) -> None:
    """Such a text is a request, and refused as one."""
    assert not answers_pingpong(text)


def test_a_ping_of_a_client_is_answered_with_its_payload(simulator: Simulator) -> None:
    """A library's own keep-alive works, as its sender looks for the very bytes."""
    client = Client(simulator.ws_url)
    client.ws.ping(b"\x01\x02\x03\x04")
    opcode, frame = client.ws.recv_data_frame(control_frame=True)
    assert (opcode, frame.data) == (websocket.ABNF.OPCODE_PONG, b"\x01\x02\x03\x04")
    client.ws.close()


def pingpongs_of(alive: KeepAlive, until: float) -> list[float]:
    """When PINGPONGs come of a connection that answers each and is sent nothing else."""
    moments = []
    while alive.due <= until:
        moments.append(alive.due)
        alive.sent_pingpong(alive.due)
        alive.answered()
    return moments


def test_rhythm_of_pingpong_on_a_quiet_stream() -> None:
    """10 s after the stream fell quiet, then every 20 s (a live log)."""
    assert pingpongs_of(KeepAlive(100.0), 190.0) == [110.0, 130.0, 150.0, 170.0, 190.0]


def test_no_pingpong_while_data_come() -> None:
    """Each other message puts it off; after the last one it comes as on a quiet stream."""
    alive = KeepAlive(0.0)
    for second in range(1, 61):
        alive.sent_other(float(second))
        assert alive.due == second + 10.0
    assert pingpongs_of(alive, 100.0) == [70.0, 90.0]
    alive.sent_other(95.0)
    assert alive.due == 105.0


def test_an_even_rhythm_does_not_care_for_data() -> None:
    """--pingpong N is every N seconds."""
    alive = KeepAlive(0.0, 3.0)
    alive.sent_other(2.0)
    assert pingpongs_of(alive, 9.0) == [3.0, 6.0, 9.0]


def test_unanswered_pingpong_ends_the_session_after_100_quiet_seconds() -> None:
    """Five stand unanswered by then; one answer, and all begins anew."""
    alive = KeepAlive(0.0)
    for moment in (10.0, 30.0, 50.0, 70.0, 90.0):
        assert (alive.due, alive.over) == (moment, False)
        alive.sent_pingpong(moment)
    assert (alive.due, alive.over) == (100.0, True)
    alive.answered()
    assert (alive.due, alive.over) == (110.0, False)


def test_a_client_that_sends_its_close_frame_gets_none_back(simulator: Simulator) -> None:
    """KIS drops TCP in answer to a close frame (live log)."""
    client = Client(simulator.ws_url)
    client.ws.send(struct.pack("!H", 1000), websocket.ABNF.OPCODE_CLOSE)
    sock: socket.socket = client.ws.sock
    sock.settimeout(5)
    assert sock.recv(100) == b""
    client.ws.shutdown()
