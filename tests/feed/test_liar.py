"""Servers that lie: whatever they send, the end or the recovery is clear, soon, and small."""

import json
import re
import struct
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from conftest import Run, credentials
from helpers.command import said
from helpers.records import SPY
from liar import BINARY, CLOSE, FIN, GOOD, PING, TEXT, Liar, fragmented, frame
from player import ACCEPTED

from kisq.wire.clocks import KST

Kisq = Callable[..., Run]
ACCEPT = frame((ACCEPTED % ("HDFSASP0", "DAMSSPY")).encode())
BOOK = frame(SPY.encode())
MIB = 1 << 20
_MOST_MIB = 105  # more than at first; a message of 16 MiB is held several times while it is seen


def memory(name: str) -> float:
    """A figure of this process's memory as Linux has it, in MiB; 0 elsewhere."""
    status = Path("/proc/self/status")
    if sys.platform != "linux":
        return 0.0
    return int(re.search(rf"{name}:\s+(\d+)", status.read_text())[1]) / 1024


@pytest.fixture
def small() -> Iterator[None]:
    """What runs in this process takes little memory: what is sent takes more."""
    if sys.platform == "linux":
        Path("/proc/self/clear_refs").write_text("5")  # the peak is what there is now
    before = memory("VmRSS")
    yield
    assert memory("VmHWM") - before < _MOST_MIB


class Lie(NamedTuple):
    """What the server sends after the subscribe, and how ``watch --json -n 1`` takes it."""

    says: bytes
    exit_code: int
    said: str
    closes: bool = False


def close(code: int, text: bytes = b"") -> bytes:
    return frame(struct.pack("!H", code) + text, FIN | CLOSE)


GARBAGE = bytes(range(256)) * 40
LARGE_LIES = {  # made where they are told: 16 MiB and more each
    "16 MiB in one message": lambda: Lie(
        ACCEPT + frame(b"0|HDFSASP0|001|" + b"1" * (16 * MIB)) + BOOK, 0, "16777231 characters"
    ),
    "16 MiB of a control message": lambda: Lie(
        ACCEPT + frame(b'{"header":"' + b"1" * (16 * MIB)) + BOOK, 0, "16777227 characters"
    ),
    "a frame of 2^62 bytes announced, and sent": lambda: Lie(
        ACCEPT + bytes((FIN | TEXT, 127)) + struct.pack("!Q", 1 << 62) + bytes(40 * MIB),
        5,
        "a message of more than 32 MiB",
    ),
}
LIES = {
    "a message of one-byte fragments": Lie(
        ACCEPT + fragmented([bytes((byte,)) for byte in SPY.encode()]), 0, "1 order book,"
    ),
    "a fragmented answer, a ping in between": Lie(
        frame(b'{"header":', TEXT) + frame(b"x", FIN | PING) + frame(b'{}, "body":{}}', FIN) + BOOK,
        0,
        "a control message without rt_cd",
    ),
    "text that is no UTF-8": Lie(
        ACCEPT + frame(b"0|HDFSASP0|001|\xff\xfe\x80^\xc3") + BOOK, 0, "2 fields in 1 record"
    ),
    "control characters and markup": Lie(
        ACCEPT + frame(b"\x1b[2J\x9b1m[bold red]\xe2\x80\xae") + BOOK, 0, r"\x1b[2J"
    ),
    "masked frames": Lie(
        frame(ACCEPT[4:], mask=b"abcd") + frame(SPY.encode(), mask=b"efgh"), 0, "1 order book,"
    ),
    "binary": Lie(ACCEPT + frame(SPY.encode(), FIN | BINARY) + BOOK, 0, "a binary message"),
    "a frame of 2^62 bytes announced, then silence": Lie(
        ACCEPT + bytes((FIN | TEXT, 127)) + struct.pack("!Q", 1 << 62), 5, "nothing came for"
    ),
    "silence in the middle of a frame": Lie(ACCEPT + BOOK[:300], 5, "nothing came for"),
    "a cut in the middle of a frame": Lie(
        ACCEPT + BOOK[:300], 5, "cut the connection without a close frame", closes=True
    ),
    "no frames at all": Lie(GARBAGE, 5, "Illegal frame"),
    "reserved bits": Lie(ACCEPT + frame(b"x", FIN | TEXT | 0x40), 5, "rsv is not implemented"),
    "an unknown opcode": Lie(ACCEPT + frame(b"x", FIN | 0x3), 5, "Invalid opcode"),
    "a ping that is too long": Lie(ACCEPT + frame(bytes(126), FIN | PING), 5, "too long"),
    "a fragment of nothing": Lie(ACCEPT + frame(b"x", FIN), 5, "Illegal frame"),
    "a message in a message": Lie(ACCEPT + frame(b"x", TEXT) + BOOK, 5, "Illegal frame"),
    "10,000 pings": Lie(ACCEPT + frame(b"x", FIN | PING) * 10_000 + BOOK, 0, "1 order book,"),
    "10,000 empty messages": Lie(
        ACCEPT + frame(b"") * 10_000 + BOOK, 0, "10000 messages not decodable"
    ),
    "brackets without end": Lie(ACCEPT + frame(b"{" + b"[" * 60_000) + BOOK, 0, "broken JSON"),
    "a close without a code": Lie(frame(b"", FIN | CLOSE), 5, "the server closed the connection"),
    "half a close code": Lie(frame(b"1", FIN | CLOSE), 5, "Invalid close frame"),
    "a close with control characters": Lie(
        close(1008, b"\x1b[2Jbye"), 5, r"the server closed the connection (1008 \x1b[2Jbye)"
    ),
}


@pytest.fixture(params=LARGE_LIES)
def large_lie(request: pytest.FixtureRequest) -> Lie:
    """One of them; it is made before the memory is looked at."""
    return LARGE_LIES[request.param]()


def test_server_that_says_much(large_lie: Lie, small: None, kisq: Kisq) -> None:
    """As below, however much it is."""
    check(large_lie, kisq)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("name", LIES)
def test_server_that_lies(kisq: Kisq, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A book that comes after it is shown, or the end is exit 5 with a reason, in time."""
    if "nothing came" in LIES[name].said:
        monkeypatch.setattr("kisq.feed.handshake.WAIT_SECONDS", 0.1)  # each taken for a second
        monkeypatch.setattr("kisq.feed.live._DEAD_SECONDS", 3.0)
    check(LIES[name], kisq)


def check(lie: Lie, kisq: Kisq) -> None:
    with Liar(lie.says, closes=lie.closes) as liar:
        command = ["watch", "DAMSSPY", "--json", "-n", "1", "--reconnects", "0"]
        run = kisq(*command, **liar.settings)
    assert run.returncode == lie.exit_code, said(run)
    assert lie.said in said(run)
    assert said(run).replace("\n", "").isprintable()
    assert len(run.stderr) < 2000 or "not decodable" in said(run)
    if lie.exit_code == 0:
        assert json.loads(run.stdout)["symbol"] == "SPY"


@pytest.mark.usefixtures("small")
def test_every_close_code_is_said(kisq: Kisq) -> None:
    """kisq reconnects after each of them, once a connection worked."""
    codes = range(1000, 1016)
    with Liar([ACCEPT + close(code) for code in codes]) as liar:
        command = ["watch", "DAMSSPY", "--json", "--reconnects", f"{len(codes) - 1}"]
        run = kisq(*command, **liar.settings | {"KISQ_PAUSES": "0.001"})
    assert (run.returncode, liar.connections) == (5, len(codes))
    sentences = [line for line in said(run).splitlines() if "clos" in line]
    assert len(sentences) == len(codes)
    for code, sentence in zip(codes, sentences, strict=True):
        # Four are never sent (RFC 6455 section 7.4.1), so the library refuses them.
        never = code in (1004, 1005, 1006, 1015)
        assert "Invalid close opcode" in sentence if never else f"({code})" in sentence


@pytest.fixture
def short_handshake(monkeypatch: pytest.MonkeyPatch) -> None:
    """A handshake that takes more than half a second is not waited for."""
    monkeypatch.setattr("kisq.feed.handshake.HANDSHAKE_SECONDS", 0.5)


REPLIES = {
    "200": (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "HTTP 200; check KIS_WS_URL"),
    "301": (
        b"HTTP/1.1 301 Moved\r\nLocation: ws://127.0.0.1:9/\r\n\r\n",
        "HTTP 301; a redirect is not followed",
    ),
    "401": (b"HTTP/1.1 401 Unauthorized\r\n\r\n", "HTTP 401; KIS throttles"),
    "429": (b"HTTP/1.1 429 Too Many Requests\r\n\r\n", "HTTP 429; KIS throttles"),
    "500": (b"HTTP/1.1 500 Oops\r\nContent-Length: 2\r\n\r\nno", "HTTP 500; KIS throttles"),
    "502": (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", "HTTP 502; the server is in trouble, or KIS"),
    "500 with 10 GiB announced": (
        b"HTTP/1.1 500 Oops\r\nContent-Length: 10737418240\r\n\r\n",
        "no answer within 0.5 s",
    ),
    "nonsense": (GARBAGE, r"Invalid status line: '\x00\x01"),
    "a status that is no number": (b"HTTP/1.1 abc\r\n\r\n", "Invalid status line: 'HTTP/1.1 abc'"),
    "no line end": (b"HTTP/1.1 101 " + b"x" * (2 * MIB), "no answer within 0.5 s"),
    "headers without end": (
        b"HTTP/1.1 101 ok\r\n" + b"a: b\r\n" * 300_000,
        "no answer within 0.5 s",
    ),
    "101 without the accept": (GOOD + b"\r\n", "Invalid WebSocket Header"),
    "101 with a wrong accept": (
        GOOD + b"Sec-WebSocket-Accept: AAAA\r\n\r\n",
        "Invalid WebSocket Header",
    ),
    "half a reply, then silence": (b"HTTP/1.1 101 Switching", "no answer within 0.5 s"),
    "silence": (b"", "no answer within 0.5 s"),
}


@pytest.mark.usefixtures("small", "short_handshake")
@pytest.mark.parametrize("name", REPLIES)
def test_server_that_does_not_shake_hands(kisq: Kisq, name: str) -> None:
    """It is one sentence, exit 5, and is not tried again."""
    reply, sentence = REPLIES[name]
    with Liar(reply=reply) as liar:
        run = kisq("watch", "DAMSSPY", **liar.settings)
    assert run.returncode == 5
    assert sentence in said(run)
    assert said(run).count("\n") == 1
    assert said(run).replace("\n", "").isprintable()
    assert len(run.stderr) < 2000
    assert liar.connections == 1


HANDSHAKE_DRIPS = {"KIS": GOOD + b"X: ", "a proxy": b"HTTP/1.1 200 OK\r\nX: "}


@pytest.mark.usefixtures("small", "short_handshake")
@pytest.mark.parametrize("who", HANDSHAKE_DRIPS)
def test_handshake_that_never_comes_to_its_end(kisq: Kisq, who: str) -> None:
    """Each read of it is in time, but all together have a limit; a proxy's answer counts too."""
    with Liar(reply=HANDSHAKE_DRIPS[who], drips=b"a") as liar:
        settings = liar.settings | {"http_proxy": f"http://127.0.0.1:{liar.port}", "no_proxy": ""}
        if who == "a proxy":
            settings["KIS_WS_URL"] = "ws://192.0.2.1:21000"
        run = kisq("watch", "DAMSSPY", **settings)
    assert run.returncode == 5
    assert "no answer within 0.5 s" in said(run)
    assert said(run).count("\n") == 1


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
_CHECK = "or the answer is not HTTP; check the network and KIS_REST_URL"
APPROVALS = {  # the answer, what follows it for 200 MiB, and how that is taken
    "10 GiB announced": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n",
        b"x",
        4,
        "its answer holds no approval_key",
    ),
    "nonsense": (GARBAGE, b"", 5, _CHECK),
    "headers without end": (b"HTTP/1.1 200 OK\r\n", b"a: b\r\n", 5, _CHECK),
    "a chunk whose size never ends": (CHUNKED + b"1", b";", 5, _CHECK),
    "a cut": (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", b"", 5, _CHECK),
}


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("name", APPROVALS)
def test_approval_server_that_lies(kisq: Kisq, name: str) -> None:
    """It is one sentence, in bounded time and memory."""
    reply, floods, code, sentence = APPROVALS[name]
    with Liar(reply=reply, floods=floods, closes=True) as liar:
        url = f"http://127.0.0.1:{liar.port}"
        run = kisq("approve", **credentials(), KIS_REST_URL=url)
    assert run.returncode == code, said(run)
    assert sentence in said(run)
    assert said(run).count("\n") == 1
    assert len(run.stderr) < 2000


ZIPPED = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 10737418240\r\n\r\n"
DRIPS = {
    "a header": (b"HTTP/1.1 200 OK\r\nX: ", b"a"),
    "a header of a redirect": (b"HTTP/1.1 302 Found\r\nLocation: ", b"a"),
    "100 Continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "a body": (b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n{", b" "),
    "the size of a chunk": (CHUNKED + b"1", b";"),
    "trailers": (CHUNKED + b"2\r\n{}\r\n0\r\n", b"a: b\r\n"),
    "the name of a file in gzip": (ZIPPED + b"\x1f\x8b\x08\x08\0\0\0\0\0\x03", b"n"),
}


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("name", DRIPS)
def test_approval_that_never_comes_to_its_end(
    kisq: Kisq, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Each read of it is in time, but all together have a limit."""
    monkeypatch.setattr("kisq.feed.approval._ANSWER_SECONDS", 0.5)
    reply, drips = DRIPS[name]
    with Liar(reply=reply, drips=drips) as liar:
        url = f"http://127.0.0.1:{liar.port}"
        run = kisq("approve", **credentials(), KIS_REST_URL=url)
    assert run.returncode == 5
    assert "no answer within 0.5 s; try again later" in said(run)
    assert said(run).count("\n") == 1


UNPACKED = {
    "200": (b"HTTP/1.1 200 OK\r\n", "its answer holds no approval_key"),
    "302": (b"HTTP/1.1 302 Found\r\nLocation: /\r\n", "a redirect, which is not followed"),
}


@cache
def zipped_zeros() -> bytes:
    """256 MiB of them; what is packed is small at any time."""
    packing = zlib.compressobj(1, wbits=zlib.MAX_WBITS + 16)  # with the head of gzip
    return b"".join([packing.compress(bytes(MIB)) for _ in range(256)] + [packing.flush()])


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("status", UNPACKED)
def test_approval_that_is_zipped_zeros(kisq: Kisq, status: str) -> None:
    """An answer that grows to 256 MiB is not unpacked, not even that of a redirect."""
    head, sentence = UNPACKED[status]
    bomb = zipped_zeros()
    head += b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)
    with Liar(reply=head + bomb, closes=True) as liar:
        url = f"http://127.0.0.1:{liar.port}"
        run = kisq("approve", **credentials(), KIS_REST_URL=url)
    assert run.returncode == 4
    assert sentence in said(run)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_secret_does_not_follow_a_redirect(kisq: Kisq, status: int) -> None:
    """Another host that the approval endpoint points to is not even connected to."""
    account = credentials()
    with Liar(reply=b"HTTP/1.1 200 OK\r\n\r\n") as thief:
        where = f"Location: http://localhost:{thief.port}/oauth2/Approval".encode()
        reply = b"HTTP/1.1 %d Moved\r\n%s\r\nContent-Length: 0\r\n\r\n" % (status, where)
        with Liar(reply=reply, closes=True) as liar:
            url = f"http://127.0.0.1:{liar.port}"
            run = kisq("approve", **account, KIS_REST_URL=url)
    assert run.returncode == 4
    assert "a redirect, which is not followed" in said(run)
    assert (thief.connections, thief.received) == (0, b"")


@pytest.mark.soak
def test_limits_as_they_are(kisq: Kisq) -> None:
    """An approval and a handshake that are not answered end after 10 s."""
    with Liar(reply=b"") as liar:
        url = f"http://127.0.0.1:{liar.port}"
        run = kisq("approve", **credentials(), KIS_REST_URL=url)
        assert (run.returncode, "no answer within 10 s" in said(run)) == (5, True)
        run = kisq("watch", "DAMSSPY", **liar.settings)
        assert (run.returncode, "no answer within 10 s" in said(run)) == (5, True)


def test_clock_set_back_an_hour_changes_no_interval(
    kisq: Kisq, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rates, ages, limits and the watchdog go by the monotonic clock, not by the system's."""
    real, received = time.time, []

    def jumping() -> float:
        caller = sys._getframe(1)  # noqa: SLF001 - that is how it is called
        if caller.f_globals["__name__"] == "kisq.feed.connection":
            received.append(1)
        return real() - 3600 * (len(received) > 1)

    monkeypatch.setattr(time, "time", jumping)
    command = ["watch", "DNASAAPL", "--sim", "--rate", "40", "-n", "40"]
    began = datetime.now(KST).isoformat()
    run = kisq(*command, "--json")
    assert run.returncode == 0
    times = [json.loads(line)["received_at"] for line in run.stdout.splitlines()]
    assert times[-1] < began  # the clock was set back after the first messages
    found = re.search(r"(\d+) order books.* in (\d+\.\d) s", said(run))
    assert found is not None
    assert int(found[1]) == len(times) == 40
    assert 0.9 <= float(found[2]) <= 20
