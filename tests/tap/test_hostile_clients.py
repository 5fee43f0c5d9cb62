"""Clients and servers that send what nobody should: each ends itself alone."""

import struct

import pytest
from helpers.tapped import (
    RawKis,
    Tapped,
    is_cut,
    mute_client,
    raw_client,
    read_exactly,
    read_head,
    session,
    value_of,
)
from liar import BINARY, CLOSE, FIN, PING, TEXT, frame

from kisq.tap.websocket_frames import MOST_BYTES
from kisq.wire.frames import OUT

_MASK = b"\x01\x02\x03\x04"
_GIANT = bytes([FIN | TEXT, 0x80 | 127]) + struct.pack("!Q", MOST_BYTES + 1) + _MASK
GARBAGE = {
    "no mask": frame(b"{}"),
    "a reserved bit": frame(b"{}", FIN | 0x40 | TEXT, _MASK),
    "an unknown opcode": frame(b"{}", FIN | 0x3, _MASK),
    "a giant frame": _GIANT,
    "a control frame in parts": frame(b"x", PING, _MASK),
    "a long control frame": frame(bytes(126), FIN | PING, _MASK),
    "a fragment without a beginning": frame(b"x", FIN, _MASK),
    "a beginning within a message": frame(b"x", TEXT, _MASK) + frame(b"x", FIN | TEXT, _MASK),
    "no WebSocket at all": b"GET / HTTP/1.1\r\n\r\n",
}


@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_ends_that_client_alone_and_does_not_reach_kis(garbage: bytes) -> None:
    """Garbage is not passed on to KIS, and the next client is served as usual."""
    with RawKis() as kis, Tapped(kis.url) as tapped:
        with session(tapped, kis) as (program, upstream):
            program.sendall(garbage)
            assert is_cut(program)
            assert is_cut(upstream) or garbage.startswith(frame(b"x", TEXT, _MASK))
        assert "its connection was ended" in tapped.told("not a message for KIS")
        tapped.until(lambda: not tapped.server.has_session)
        assert [each.dir for each in tapped.frames] == [OUT, OUT]
        with session(tapped, kis) as (program, upstream):
            upstream.sendall(frame(b"0|X|001|"))
            assert read_exactly(program, 10) == frame(b"0|X|001|")


def test_message_as_long_as_allowed_passes_in_parts_or_whole() -> None:
    """The limit is that of a whole message; one byte more ends the client."""
    half = MOST_BYTES // 2
    with RawKis() as kis, Tapped(kis.url) as tapped, session(tapped, kis) as (program, upstream):
        first = frame(bytes(half), TEXT, _MASK)
        last = frame(bytes(half), FIN, _MASK)
        program.sendall(first + last)
        assert read_exactly(upstream, len(first + last)) == first + last
        assert len(tapped.seen(2)[1].data) == MOST_BYTES
        more = frame(bytes(half + 1), FIN, _MASK)
        program.sendall(first)
        assert read_exactly(upstream, len(first)) == first
        program.sendall(more[:14])
        assert is_cut(program)


def test_garbage_of_kis_passes_on_and_is_said() -> None:
    """What KIS sends reaches the program whatever it is; that it cannot be shown is reported."""
    odd = frame(b"x", FIN | 0x3)
    with RawKis() as kis, Tapped(kis.url) as tapped, session(tapped, kis) as (program, upstream):
        upstream.sendall(odd)
        assert read_exactly(program, len(odd)) == odd
        assert "but cannot show it" in tapped.told("KIS sent")
        upstream.sendall(frame(b"after"))
        assert read_exactly(program, 7) == frame(b"after")


@pytest.mark.parametrize("beginning", [b"", b"GET / HTTP/1.1\r\nUpgr"])
def test_handshake_that_never_comes_is_not_waited_for(beginning: bytes) -> None:
    """A client without a whole handshake is ended, and keeps nobody else from connecting."""
    with RawKis() as kis, Tapped(kis.url, handshake_seconds=0.3) as tapped:
        with raw_client(tapped.server.url) as first:
            assert read_head(first).startswith("HTTP/1.1 101")
            kis.next().close()
            tapped.until(lambda: not tapped.server.has_session)
        with mute_client(tapped.server.url, beginning) as slow, session(tapped, kis):
            assert is_cut(slow)


def test_session_outlives_the_time_for_a_handshake() -> None:
    """The time limit is one of the handshake, not of a session."""
    with (
        RawKis() as kis,
        Tapped(kis.url, handshake_seconds=0.1) as tapped,
        session(tapped, kis) as (program, upstream),
    ):
        with mute_client(tapped.server.url, b"") as slow:
            assert is_cut(slow)
        upstream.sendall(frame(b"0|X|001|"))
        assert read_exactly(program, 10) == frame(b"0|X|001|")


@pytest.mark.parametrize(
    "asked",
    [
        "POST /oauth2/Approval HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    ],
    ids=["approval", "a page", "half a handshake"],
)
def test_what_is_no_websocket_is_refused_with_a_sentence(asked: str) -> None:
    """Only the WebSocket goes through a tap, and KIS sees nothing of anything else."""
    with RawKis() as kis, Tapped(kis.url) as tapped:
        with mute_client(tapped.server.url, asked.encode()) as client:
            head = read_head(client)
            body = read_exactly(client, int(value_of(head, "Content-Length")))
        assert head.startswith("HTTP/1.1 400")
        assert b"send everything else" in body
        assert "leave KIS_REST_URL as it was" in tapped.told("not a WebSocket handshake")
        assert not kis.heads
        assert not tapped.attempts


def test_tap_listens_on_loopback_alone() -> None:
    """Nobody outside this machine can connect."""
    with RawKis() as kis, Tapped(kis.url) as tapped:
        assert tapped.server.url.startswith("ws://127.0.0.1:")


def test_control_frames_at_their_limit_pass() -> None:
    """125 bytes are allowed in a control frame, and a close frame may be empty."""
    frames = frame(bytes(125), FIN | PING, _MASK) + frame(b"", FIN | CLOSE, _MASK)
    with RawKis() as kis, Tapped(kis.url) as tapped, session(tapped, kis) as (program, upstream):
        program.sendall(frames)
        assert read_exactly(upstream, len(frames)) == frames
        assert [each.data for each in tapped.seen(3)[1:]] == [bytes(125), b"1005"]


@pytest.mark.parametrize(("most", "lost"), [(10 * 500, 90), (100 * 500, 0)])
def test_what_overflows_is_lost_from_the_display_alone(most: int, lost: int) -> None:
    """Where nobody takes what is seen, it is counted; the session does not even notice."""
    message = frame(b"0|" + bytes(92))  # with what holds it, 500 bytes less a little
    with (
        RawKis() as kis,
        Tapped(kis.url, most=most) as tapped,
        session(tapped, kis) as (program, upstream),
    ):
        upstream.sendall(message * 100)
        assert read_exactly(program, len(message) * 100) == message * 100
        tapped.until(lambda: len(tapped.frames) + tapped.source.lost >= 100)
        assert abs(tapped.source.lost - lost) <= 2


def test_binary_messages_are_passed_on() -> None:
    """KIS never sends binary messages, and what a program sends is KIS's business."""
    data = frame(b"\x00", FIN | BINARY, _MASK)
    with RawKis() as kis, Tapped(kis.url) as tapped, session(tapped, kis) as (program, upstream):
        program.sendall(data)
        assert read_exactly(upstream, len(data)) == data
        assert str(tapped.seen(2)[1].kind) == "binary"
