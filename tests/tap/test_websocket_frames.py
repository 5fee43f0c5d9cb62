"""Reading WebSocket frames out of a stream."""

from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some
from liar import BINARY, CLOSE, FIN, PING, PONG, TEXT, frame

from kisq.tap.websocket_frames import FrameReader, Message, NotWebSocket, close_frame
from kisq.wire.frames import IN, OUT, Direction, Frame, FrameKind, moment
from kisq.wire.frames import PING as PING_KIND
from kisq.wire.frames import PONG as PONG_KIND
from kisq.wire.recorded_line import frame_of, line_of

_FRAMES = some.lists(
    some.tuples(some.sampled_from([TEXT, BINARY, CLOSE, PING, PONG]), some.binary(max_size=125)),
    max_size=5,
)


@given(_FRAMES, some.booleans(), some.lists(some.integers(0, 700), max_size=6))
def test_messages_are_the_same_however_the_bytes_are_cut(
    frames: list[tuple[int, bytes]], masked: bool, cuts: list[int]
) -> None:
    """A reader gives each message with its opcode and payload, unmasked, once it is whole."""
    mask = b"\x11\x22\x33\x44" if masked else b""
    data = b"".join(frame(payload, FIN | opcode, mask) for opcode, payload in frames)
    bounds = sorted({0, len(data), *(min(cut, len(data)) for cut in cuts)})
    reader, messages = FrameReader(masked=masked), list[Message]()
    for start, end in pairwise(bounds):
        messages += reader.feed(data[start:end])
    assert messages == frames
    assert reader.between_frames


@given(some.binary(max_size=300), some.booleans())
def test_any_bytes_are_read_or_refused(data: bytes, masked: bool) -> None:
    """Whatever comes, nothing but NotWebSocket is raised."""
    reader = FrameReader(masked=masked, most=200)
    messages: list[Message] = []
    with suppress(NotWebSocket):
        messages = reader.feed(data)
    assert all(len(message.payload) <= 200 for message in messages)


def test_close_frame_is_read_as_one() -> None:
    """What a tap sends at its end is a close frame with code and reason."""
    assert FrameReader(masked=False).feed(close_frame(1001, "bye")) == [(CLOSE, b"\x03\xe9bye")]


@pytest.mark.parametrize(("direction", "kind"), [(IN, PING_KIND), (OUT, PONG_KIND)])
def test_frames_of_a_keep_alive_are_recorded_with_their_very_bytes(
    direction: Direction, kind: FrameKind
) -> None:
    """A ping or pong need not be text: a recording holds it in base64, and gives it back."""
    frame_seen = Frame(moment(1783695214, 5), direction, kind, b"\x00\xff")
    line = line_of(frame_seen)
    assert line.endswith(b'"kind":"%s","base64":"AP8="}' % str(kind).encode())
    assert frame_of(line) == frame_seen
