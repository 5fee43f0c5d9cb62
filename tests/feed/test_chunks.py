"""Reading whole messages past the library gives what the library itself reads."""

import socket
import time
from collections.abc import Callable
from itertools import pairwise

import pytest
import websocket
from hypothesis import example, given, settings
from hypothesis import strategies as st
from liar import BINARY, CLOSE, FIN, PING, TEXT, fragmented, frame

from kisq.feed.chunks import Chunks, whole_texts

Read = tuple[list[tuple[int, bytes]], str]  # the messages, and what ended it


def read(pieces: list[bytes], texts: Callable[[Chunks], list[bytes]]) -> Read:
    """What is read where each piece arrives alone, after the read before it has timed out."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(0.001)
        chunks = Chunks(ours)
        ws = websocket.WebSocket(skip_utf8_validation=True)
        ws.sock, ws.connected = chunks, True  # type: ignore[assignment]
        found: list[tuple[int, bytes]] = []
        for piece in pieces:
            theirs.sendall(piece)
            while True:
                try:
                    opcode, data = ws.recv_data()
                except websocket.WebSocketTimeoutException:
                    break
                except Exception as error:  # noqa: BLE001 - whatever it is, both must raise it
                    return found, repr(error)
                found.append((opcode, bytes(data)))
                found += [(TEXT, text) for text in texts(chunks)]
        return found, ""


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """``data`` cut at ``places``, each taken modulo its length, and where it gets too long."""
    wanted = {place % (len(data) + 1) for place in places}
    at = sorted(wanted | {*range(0, len(data), _MOST_PIECE), len(data)})
    return [data[a:b] for a, b in pairwise(at)]


_MOST_PIECE = 1 << 16  # bytes that a socket surely holds before anybody reads
SHORT = st.binary(max_size=12)
SIZES = st.sampled_from([0, 1, 125, 126, 127, 300, 65_535, 65_536])
FRAMES = st.one_of(
    st.one_of(SHORT, SIZES.map(bytes)).map(frame),
    st.builds(frame, SHORT, st.just(FIN | BINARY)),
    st.builds(frame, SHORT, st.just(FIN | PING)),
    st.builds(frame, SHORT, mask=st.binary(min_size=4, max_size=4)),
    st.lists(SHORT, min_size=1, max_size=4).map(fragmented),
    st.builds(frame, SHORT, st.integers(0, 255)),
    SHORT,  # no frame at all
)


@pytest.mark.long
@given(st.lists(FRAMES, max_size=6), st.lists(st.integers(0, 1 << 20), max_size=5))
@example([frame(b"one"), frame(b"x", TEXT), frame(b"two"), frame(b"y", FIN)], [9])
@example([frame(bytes(65_536))] * 6, [])
@example([frame(bytes(300)), b"\x81\x7e\x00\x03abc", frame(b"")], [1, 2, 3])
@settings(max_examples=150)
def test_any_stream_cut_anywhere_reads_as_the_library_reads_it(
    frames: list[bytes], places: list[int]
) -> None:
    """The same messages in the same order, and the same error, wherever TCP cuts the stream."""
    pieces = cut(b"".join(frames), places)
    assert read(pieces, Chunks.texts) == read(pieces, lambda _: [])


@given(st.lists(st.one_of(SHORT, SIZES.map(bytes))), SHORT)
def test_whole_texts_are_all_found(texts: list[bytes], rest: bytes) -> None:
    """Every text before the first one that is not for it, and not a byte of what follows."""
    mine = [text for text in texts if len(text) < 1 << 16]
    framed = b"".join(map(frame, mine))
    ping = frame(rest, FIN | PING)
    assert whole_texts(rest + framed + ping, len(rest)) == (mine, len(rest + framed))


@pytest.mark.parametrize("size", [0, 1, 2, 3, 127, 128])
def test_frame_that_is_not_all_there_waits(size: int) -> None:
    """Wherever the chunk ends in it."""
    assert whole_texts(frame(bytes(126))[:size], 0) == ([], 0)


def test_a_send_waits_ten_times_as_long_as_a_read() -> None:
    """For a server that does not read, then it is given up."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(0.05)
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            Chunks(ours).send(frame(bytes(16 * 1024 * 1024)))
        assert 0.3 <= time.monotonic() - began < 5


def test_nothing_is_sent_after_a_close_frame() -> None:
    """Whoever would send it."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        chunks, bye = Chunks(ours), frame(b"\x03\xe8", FIN | CLOSE)
        for sent in (frame(b"x"), bye, bye, frame(b"y")):
            assert chunks.send(sent) == len(sent)
        ours.shutdown(socket.SHUT_WR)
        assert theirs.recv(100) == frame(b"x") + bye


@pytest.mark.parametrize("size", [2, 125, 126, 65_535])
def test_what_stands_whole_at_the_end_of_a_chunk_is_taken(size: int) -> None:
    """A message that ends with the chunk is whole; one that lacks its last byte is not."""
    texts = [bytes(size), b"more"]
    data = frame(texts[0]) + frame(texts[1])
    assert whole_texts(data, 0) == (texts, len(data))
    assert whole_texts(data[:-1], 0) == (texts[:1], len(frame(texts[0])))


def test_message_of_32_mib_is_the_longest() -> None:
    """One that goes on after so many bytes ends the connection."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        chunks = Chunks(ours)
        chunks.since_message = (32 << 20) - 3  # as if so many had come before
        theirs.sendall(b"abc")
        assert chunks.recv(3) == b"abc"
        theirs.sendall(b"d")
        with pytest.raises(ConnectionError, match="a message of more than 32 MiB"):
            chunks.recv(1)
