"""What goes through a tap: everything, as it came, and nothing else."""

import socket
import struct

import pytest
from helpers.tapped import (
    RawKis,
    Tapped,
    is_cut,
    raw_client,
    read_exactly,
    read_head,
    session,
    value_of,
)
from liar import BINARY, CLOSE, FIN, PING, PONG, TEXT, fragmented, frame

from kisq.wire.frames import IN, OUT

_MASK = b"\x01\x02\x03\x04"
PINGPONG = b'{"header":{"tr_id":"PINGPONG","datetime":"20261127160347"}}'
FROM_KIS = [
    frame(b"0|HDFSASP0|001|DNASAAPL^AAPL"),
    frame(b"\x00\xff", FIN | BINARY),
    frame(PINGPONG),
    frame(b"ping", FIN | PING),
    frame(b"&|\\~", FIN | PONG),  # which looks like data
    frame(b"0|H0STCNT0|001|\xb0\xa1\x00"),  # neither UTF-8 nor printable
    fragmented([b"0|HDFSASP0", b"|001", b"|DNASAAPL^AAPL"]),
    frame(b"", FIN | TEXT),
    frame(b"0|" + bytes(70_000)),
]
FROM_PROGRAM = [
    frame(b'{"header":{"tr_type":"1"}}', mask=_MASK),
    frame(PINGPONG, FIN | PONG, _MASK),
    frame(b"own", FIN | PING, _MASK),
    frame(b"\x00\xff", FIN | BINARY, _MASK),
    frame(b"half ", TEXT, _MASK),
    frame(b"between", FIN | PONG, _MASK),
    frame(b"whole", FIN, _MASK),
]


@pytest.mark.parametrize("size", [1, 7, 1 << 20], ids=["byte by byte", "in pieces", "at once"])
def test_bytes_of_both_directions_pass_on_unchanged(size: int) -> None:
    """Whatever the frames and however they are cut, each side gets the very bytes of the other."""
    with RawKis() as kis, Tapped(kis.url) as tapped, session(tapped, kis) as (program, upstream):
        for sender, receiver, frames in (
            (upstream, program, FROM_KIS[:-1]),
            (program, upstream, FROM_PROGRAM),
        ):
            data = b"".join(frames)
            for start in range(0, len(data), size):
                sender.sendall(data[start : start + size])
            assert read_exactly(receiver, len(data)) == data


def test_each_message_is_seen_once_in_its_order_with_its_bytes() -> None:
    """Fragments are seen as the message that they make up, control frames where they stood."""
    with RawKis() as kis, Tapped(kis.url) as tapped, session(tapped, kis) as (program, upstream):
        upstream.sendall(b"".join(FROM_KIS))
        read_exactly(program, sum(map(len, FROM_KIS)))
        program.sendall(b"".join(FROM_PROGRAM))
        frames = tapped.seen(1 + len(FROM_KIS) + len(FROM_PROGRAM) - 1)
    assert [(each.dir, str(each.kind), each.data) for each in frames] == [
        (OUT, "open", f"{kis.url}/".encode()),
        (IN, "data", b"0|HDFSASP0|001|DNASAAPL^AAPL"),
        (IN, "binary", b"\x00\xff"),
        (IN, "pingpong", PINGPONG),
        (IN, "ping", b"ping"),
        (IN, "pong", b"&|\\~"),
        (IN, "data", b"0|H0STCNT0|001|\xb0\xa1\x00"),
        (IN, "data", b"0|HDFSASP0|001|DNASAAPL^AAPL"),
        (IN, "control", b""),
        (IN, "data", b"0|" + bytes(70_000)),
        (OUT, "control", b'{"header":{"tr_type":"1"}}'),
        (OUT, "pingpong", PINGPONG),
        (OUT, "ping", b"own"),
        (OUT, "binary", b"\x00\xff"),
        (OUT, "pong", b"between"),
        (OUT, "control", b"half whole"),
    ]


def test_handshake_passes_on_path_query_and_headers_but_those_of_its_connection() -> None:
    """KIS gets the program's own handshake, with what concerns one connection made anew."""
    headers = (
        "User-Agent: my bot\r\nX-Own: a\r\nx-own: b\r\nCookie: c=d\r\nOrigin: {own}\r\n"
        "Sec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Protocol: chat\r\n"
        "Keep-Alive: 5\r\nTE: trailers\r\nProxy-Connection: keep-alive\r\n"
    )
    with RawKis() as kis, Tapped(kis.url) as tapped:
        own = tapped.server.url.replace("ws", "http", 1)
        with session(tapped, kis, "/tryitout/H0STCNT0?a=%20b", headers.format(own=own)):
            (head,) = kis.heads
    first, *lines = head.strip().splitlines()
    assert first == "GET /tryitout/H0STCNT0?a=%20b HTTP/1.1"
    assert [line for line in lines if not line.startswith("Sec-WebSocket-Key")] == [
        "Upgrade: websocket",
        f"Host: {kis.url[5:]}",
        "Sec-WebSocket-Version: 13",
        "Connection: Upgrade",
        "User-Agent: my bot",
        "X-Own: a",
        "x-own: b",
        "Cookie: c=d",
        f"Origin: {kis.url.replace('ws', 'http', 1)}",
    ]
    assert value_of(head, "Sec-WebSocket-Key") != "c2l4dGVlbiBieXRlcyEhIQ=="


def test_header_that_connection_names_is_not_passed_on() -> None:
    """What a client lists in its Connection header concerns that connection alone."""
    with RawKis() as kis, Tapped(kis.url) as tapped:
        headers = "Connection: X-Hop\r\nX-Hop: 1\r\nX-End: 2\r\n"
        with session(tapped, kis, headers=headers):
            assert "X-Hop" not in kis.heads[0]
            assert "X-End: 2" in kis.heads[0]


def test_answer_tells_that_it_is_a_tap_and_agrees_to_no_compression() -> None:
    """The handshake's answer has X-Kisq-Tap, and no extension whatever was asked for."""
    with RawKis() as kis, Tapped(kis.url) as tapped:
        headers = "Sec-WebSocket-Extensions: permessage-deflate\r\n"
        with raw_client(tapped.server.url, headers=headers) as program:
            head = read_head(program)
    assert value_of(head, "X-Kisq-Tap") == "1"
    assert "Extensions" not in head
    assert value_of(head, "Sec-WebSocket-Accept") == "fQ3o+jvWDUlmTKhqvCVM0B9D/fo="


def test_refusal_of_kis_passes_back_with_its_status_and_body() -> None:
    """A handshake that KIS refuses is refused to the program in the same way, and said."""
    reply = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 5\r\n\r\nstop!"
    with RawKis(reply) as kis, Tapped(kis.url) as tapped:
        with raw_client(tapped.server.url) as program:
            head = read_head(program)
            assert read_exactly(program, 5) == b"stop!"
        assert head.startswith("HTTP/1.1 403")
        assert value_of(head, "X-Kisq-Tap") == "1"
        assert "wait ten minutes" in tapped.told("HTTP 403")
        assert len(tapped.attempts) == 1


def test_kis_that_is_not_there_is_a_bad_gateway() -> None:
    """Where KIS cannot be reached the program is told so, with 502 and the reason."""
    with RawKis() as kis:
        url = kis.url
    path = "/tryitout?approval_key=secret"
    with Tapped(url) as tapped, raw_client(tapped.server.url, path) as program:
        assert read_head(program).startswith("HTTP/1.1 502")
        assert f"{url}/tryitout: the connection was refused" in tapped.told("HTTP 502")


@pytest.mark.parametrize("payload", [b"", struct.pack("!H", 4001) + b"\xff why", b"\x03\xe8"])
def test_close_frame_of_kis_passes_on_and_its_cut_follows(payload: bytes) -> None:
    """Code and reason of KIS's close frame reach the program unchanged; then TCP ends."""
    with RawKis() as kis, Tapped(kis.url) as tapped, session(tapped, kis) as (program, upstream):
        closing = frame(payload, FIN | CLOSE)
        upstream.sendall(closing)
        assert read_exactly(program, len(closing)) == closing
        upstream.close()
        assert is_cut(program)
        tapped.until(lambda: not tapped.server.has_session)
    assert [str(each.kind) for each in tapped.frames] == ["open", "close"]
    assert tapped.frames[1].dir is IN


def test_close_frame_of_the_program_is_answered_by_nobody() -> None:
    """KIS gets the program's close frame; as KIS sends none back, neither does the tap."""
    with RawKis() as kis, Tapped(kis.url) as tapped, session(tapped, kis) as (program, upstream):
        closing = frame(struct.pack("!H", 1000) + b"bye", FIN | CLOSE, _MASK)
        program.sendall(closing)
        assert read_exactly(upstream, len(closing)) == closing
        upstream.close()
        assert is_cut(program)
        tapped.until(lambda: not tapped.server.has_session)
    assert [(each.dir, each.data) for each in tapped.frames[1:]] == [(OUT, b"1000 bye")]


@pytest.mark.parametrize("reset", [False, True], ids=["ended", "reset"])
@pytest.mark.parametrize("side", [IN, OUT])
def test_cut_is_a_cut(side: str, reset: bool) -> None:
    """Where one side ends without a close frame the other is ended without one, after the rest."""
    with RawKis() as kis, Tapped(kis.url) as tapped, session(tapped, kis) as both:
        program, upstream = both
        ending, other = (upstream, program) if side is IN else (program, upstream)
        last = frame(b"last", mask=b"" if side is IN else _MASK)
        ending.sendall(last)
        assert read_exactly(other, len(last)) == last
        if reset:
            ending.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        ending.close()
        assert is_cut(other)
        tapped.until(lambda: not tapped.server.has_session)
    told = {IN: b"the server cut the connection without a close frame", OUT: b"1006"}
    assert [(each.dir, each.data) for each in tapped.frames[2:]] == [(side, told[side])]


def test_next_client_is_served_when_one_has_gone() -> None:
    """The tap waits for the next program, on a connection of its own to KIS."""
    with RawKis() as kis, Tapped(kis.url) as tapped:
        for _ in range(3):
            with session(tapped, kis) as (program, upstream):
                upstream.sendall(FROM_KIS[0])
                assert read_exactly(program, len(FROM_KIS[0])) == FROM_KIS[0]
            tapped.until(lambda: not tapped.server.has_session)
    assert [str(each.kind) for each in tapped.frames] == ["open", "data", "close"] * 3


def test_second_client_is_refused_and_the_first_goes_on() -> None:
    """While one program is there, another gets HTTP 409 with a sentence."""
    with RawKis() as kis, Tapped(kis.url) as tapped, session(tapped, kis) as (program, upstream):
        with raw_client(tapped.server.url) as second:
            head = read_head(second)
            body = read_exactly(second, int(value_of(head, "Content-Length")))
        assert head.startswith("HTTP/1.1 409")
        assert value_of(head, "X-Kisq-Tap") == "1"
        assert b"KIS allows one session" in body
        assert tapped.told("HTTP 409")
        upstream.sendall(FROM_KIS[0])
        assert read_exactly(program, len(FROM_KIS[0])) == FROM_KIS[0]
    assert len(kis.heads) == 1


def test_program_that_does_not_read_is_not_read_for() -> None:
    """A slow program slows KIS down as it would without a tap: nothing is heaped up between."""
    with RawKis() as kis, Tapped(kis.url) as tapped, session(tapped, kis) as (program, upstream):
        upstream.settimeout(1.0)
        chunk = frame(bytes(1 << 16)) * 16
        assert sent_until_nobody_reads(upstream, chunk) < 1 << 26
        assert read_exactly(program, len(chunk)) == chunk


def sent_until_nobody_reads(connection: socket.socket, chunk: bytes) -> int:
    """How many bytes go out until there is room for no more."""
    passed = 0
    while passed < 1 << 28:
        try:
            passed += connection.send(chunk)
        except TimeoutError:
            break
    return passed


def test_tap_that_ends_asks_the_program_to_close_and_passes_its_answer_on() -> None:
    """At its end the tap sends close 1001, and what the program answers reaches KIS."""
    with RawKis() as kis, Tapped(kis.url) as tapped, session(tapped, kis) as (program, upstream):
        tapped.seen(1)
        tapped.server.leave()
        closing = read_exactly(program, 2)
        assert closing[0] == FIN | CLOSE
        payload = read_exactly(program, closing[1])
        assert payload[:2] == struct.pack("!H", 1001)
        answer = frame(payload[:2], FIN | CLOSE, _MASK)
        program.sendall(answer)
        assert read_exactly(upstream, len(answer)) == answer
        upstream.close()
        tapped.close()
        assert is_cut(program)


def test_tap_that_ends_does_not_wait_for_a_program_that_does_not_close() -> None:
    """After its patience the tap cuts both connections."""
    with (
        RawKis() as kis,
        Tapped(kis.url, leave_seconds=0.2) as tapped,
        session(tapped, kis) as (program, upstream),
    ):
        tapped.close()
        assert is_cut(upstream)
        assert program.recv(1) == bytes([FIN | CLOSE])


def test_tap_that_ends_within_a_frame_of_kis_adds_nothing_to_it() -> None:
    """Where half a frame has passed, no close frame is put into its middle."""
    with (
        RawKis() as kis,
        Tapped(kis.url, leave_seconds=0.2) as tapped,
        session(tapped, kis) as (program, upstream),
    ):
        upstream.sendall(FROM_KIS[0][:-1])
        assert read_exactly(program, len(FROM_KIS[0]) - 1) == FROM_KIS[0][:-1]
        tapped.close()
        assert is_cut(program)
