"""After the close frame of a session kisq sends nothing; it sends one, whoever closes first."""

import json
import struct
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime

import pytest
from conftest import Run
from helpers.command import said
from helpers.records import SPY
from liar import CLOSE, FIN, PING, TEXT, Liar, frame
from player import ACCEPTED, Player

from kisq.feed.approver import Approver
from kisq.feed.live import LiveFeed
from kisq.wire.escape import Redactor

Kisq = Callable[..., Run]
AS_LONG_AS_KIS = {"KISQ_PAUSES": "1"}  # the answer to an unsubscribe is waited for
ACCEPT = frame((ACCEPTED % ("HDFSASP0", "DAMSSPY")).encode())
BOOK = frame(SPY.encode())
BYE = frame(struct.pack("!H", 1000), FIN | CLOSE)
PINGPONG = frame(b'{"header":{"tr_id":"PINGPONG","datetime":"20260710235334"}}')
AFTER = {  # what the server says when it has read the close frame of kisq
    "the same close frame": None,
    "nothing: KIS drops TCP": b"",
    "another close frame": BYE,
    "data, a ping and a PINGPONG, then a close frame": BOOK
    + frame(b"x", FIN | PING)
    + PINGPONG
    + BYE,
    "a PINGPONG, then it drops TCP": PINGPONG,
}


@pytest.mark.parametrize("name", AFTER)
def test_nothing_is_sent_after_the_close_frame(kisq: Kisq, name: str) -> None:
    """Where kisq closes first, its close frame is the last thing that it sends."""
    with Liar(ACCEPT + BOOK, ACCEPT, at_close=AFTER[name]) as liar:
        run = kisq("raw", "DAMSSPY", "-n", "1", "--json", **liar.settings)
    assert run.returncode == 0, said(run)
    assert liar.opcodes == [TEXT, TEXT, CLOSE]
    out = [line for line in map(json.loads, run.stdout.splitlines()) if line["dir"] == "out"]
    assert [line["kind"] for line in out] == ["open", "control", "control", "close"]


@pytest.mark.parametrize("more", [b"", BOOK + frame(b"x", FIN | PING) + PINGPONG])
def test_one_close_frame_where_the_server_closes_first(kisq: Kisq, more: bytes) -> None:
    """Its close frame is answered with one, and nothing follows."""
    with Liar(ACCEPT + BOOK + BYE + more) as liar:
        run = kisq("raw", "DAMSSPY", "--reconnects", "0", **liar.settings)
    assert run.returncode == 5, said(run)
    assert liar.opcodes == [TEXT, CLOSE]


def test_server_that_closes_while_keys_wait_to_be_sent(kisq: Kisq) -> None:
    """A subscribe that was due is not sent any more."""
    with Liar(ACCEPT + BYE) as liar:
        run = kisq("raw", "DAMSSPY", "DNASAAPL", "--reconnects", "0", **liar.settings)
    assert run.returncode == 5, said(run)
    assert liar.opcodes == [TEXT, CLOSE]


def test_data_that_come_while_it_unsubscribes_are_data(kisq: Kisq) -> None:
    """They are shown, and no sentence says that none came."""
    with Liar(ACCEPT, BOOK + ACCEPT) as liar:
        run = kisq("watch", "DAMSSPY", "--json", "--timeout", "500ms", **liar.settings)
    assert run.returncode == 0, said(run)
    assert [json.loads(line)["symbol"] for line in run.stdout.splitlines()] == ["SPY"]
    assert "no data message" not in said(run)


def test_answer_to_the_unsubscribe_is_waited_for(kisq: Kisq) -> None:
    """One that comes after half a second is shown, and is before the close frame."""

    def answer_late(_: bytes) -> bytes:
        time.sleep(0.5)  # as a server that is slow
        return ACCEPT

    with Liar(ACCEPT + BOOK, then=answer_late) as liar:
        run = kisq("raw", "DAMSSPY", "-n", "1", "--json", **liar.settings | AS_LONG_AS_KIS)
    lines = list(map(json.loads, run.stdout.splitlines()))
    assert [(line["dir"], line["kind"]) for line in lines[-3:]] == [
        ("out", "control"),
        ("in", "control"),
        ("out", "close"),
    ]


def test_server_that_answers_no_unsubscribe_is_left_after_a_second(kisq: Kisq) -> None:
    """It is waited for, but not for long."""
    with Liar(ACCEPT + BOOK) as liar:
        run = kisq("raw", "DAMSSPY", "-n", "1", "--json", **liar.settings | AS_LONG_AS_KIS)
    lines = list(map(json.loads, run.stdout.splitlines()))
    assert [(line["dir"], line["kind"]) for line in lines[-2:]] == [
        ("out", "control"),
        ("out", "close"),
    ]
    sent, closed = (datetime.fromisoformat(line["at"]) for line in lines[-2:])
    assert 0.9 <= (closed - sent).total_seconds() <= 5


def test_server_that_answers_no_close_frame_is_left_in_seconds(kisq: Kisq) -> None:
    """Of the 12 that it would take."""
    began = time.monotonic()
    with Liar(ACCEPT + BOOK, ACCEPT, hesitates=12) as liar:
        run = kisq("raw", "DAMSSPY", "-n", "1", **liar.settings)
        assert run.returncode == 0, said(run)
        assert 1 <= time.monotonic() - began <= 10


def test_what_comes_before_the_server_closes_is_received(kisq: Kisq) -> None:
    """Half a second after the close frame of kisq."""
    with Liar(ACCEPT, ACCEPT, at_close=BOOK + BYE, hesitates=0.5) as liar:
        run = kisq("raw", "DAMSSPY", "--duration", "500ms", "--json", **liar.settings)
    lines = list(map(json.loads, run.stdout.splitlines()))
    assert [(line["dir"], line["kind"]) for line in lines[-2:]] == [
        ("out", "close"),
        ("in", "data"),
    ]


def test_server_that_reads_nothing_is_left_in_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is stuck in a send, as the answers to its PINGPONGs are, is cut off."""
    monkeypatch.setenv("KISQ_PAUSES", "0.02")  # that of the answer to the unsubscribe is not meant
    long = b'{"header":{"tr_id":"PINGPONG","datetime":"%s"}}' % (b"1" * 60_000)
    keys = [("HDFSASP0", "DAMSSPY")]
    approver = Approver("", None, None, "approval-key-1", lambda _: None)
    with Liar(ACCEPT + frame(long) * 400, reads=False) as liar:
        feed = LiveFeed(liar.settings["KIS_WS_URL"], keys, approver, print, Redactor())
        quiet = 0
        came: deque[object] = deque()
        for _ in feed.receive(0.05, came):
            quiet = 0 if came else quiet + 1
            came.clear()
            if quiet >= 10:  # it has stopped to receive
                break
        began = time.monotonic()
        feed.close()
    assert 1.5 <= time.monotonic() - began <= 7


@pytest.mark.parametrize("then", ["cut", "close"])
def test_a_cut_that_answers_a_notice_is_about_the_hts_id(kisq: Kisq, then: str) -> None:
    """KIS cuts a wrong HTS ID off without an answer: that is reported, and the id is not shown."""
    with Player([], then=then) as player:
        run = kisq("raw", "--tr", "H0STCNI0", "wrongid1", **player.settings)
    assert run.returncode == 5, said(run)
    last = run.stderr.decode().splitlines()[-1]
    assert "the subscribe of H0STCNI0 was not answered" in last
    assert "your own HTS ID" in last
    assert "wrongid1" not in last
    assert player.connections == 1


@pytest.mark.parametrize("answers", [[], [ACCEPTED % ("H0STCNI0", "myid1")]])
def test_other_cuts_are_not_about_the_hts_id(kisq: Kisq, answers: list[str]) -> None:
    """A cut of market data, or of a notice that was accepted, is one of the network."""
    tr, key = ("H0STCNI0", "myid1") if answers else ("HDFSASP0", "DAMSSPY")
    with Player([*answers], then="cut") as player:
        command = ("raw", "--tr", tr, key, "--reconnects", "0")
        run = kisq(*command, **player.settings)
    assert run.returncode == 5, said(run)
    assert "check the network" in run.stderr.decode().splitlines()[-1]


def test_end_of_a_connection_is_said_in_korean(kisq: Kisq) -> None:
    """The reason that a server gives is translated, its own text is not, and frames are English."""
    bye = frame(struct.pack("!H", 1001) + b"bye", FIN | CLOSE)
    with Liar(ACCEPT + BOOK + bye) as liar:
        settings = liar.settings | {"KISQ_LANG": "ko"}
        run = kisq("raw", "DAMSSPY", "--json", "--reconnects", "0", **settings)
    assert run.returncode == 5, said(run)
    assert "서버가 접속을 닫았습니다(1001 bye)." in said(run)
    closes = [line for line in map(json.loads, run.stdout.splitlines()) if line["kind"] == "close"]
    assert closes[0]["text"] == "the server closed the connection (1001 bye)"
