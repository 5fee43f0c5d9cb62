"""Captures: lines to frames and back, and files that may hold anything at all."""

import gc
import gzip
import json
import random
import sys
from collections import deque
from collections.abc import Callable
from math import isnan
from pathlib import Path

import pytest
import zstandard
from conftest import ALL_FRAMES, captured
from hypothesis import given
from hypothesis import strategies as st

from kisq.capture import reader as feed
from kisq.capture.compression import Packer
from kisq.capture.reader import CaptureReader
from kisq.capture.replay import Replay
from kisq.errors import WrongUsage
from kisq.wire.frames import (
    BINARY,
    CLOSE,
    CONTROL,
    DATA,
    IN,
    OPEN,
    OUT,
    PINGPONG,
    Frame,
    moment,
    received_at,
)
from kisq.wire.messages import Malformed
from kisq.wire.recorded_line import MOST_BYTES, frame_of, last_frame_of, line_of

SPY = captured("hdfsasp0.txt")[1]
ACCEPTED, PING = captured("control.txt")[0], captured("control.txt")[-1]
AT = moment(1783695214, 512345)
STAMP = "2026-07-10T23:53:34.512345+09:00"
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "day.ndjson": bytes,
    "day.ndjson.gz": gzip.compress,
    "day.ndjson.zst": lambda data: zstandard.ZstdCompressor().compress(data),
}
times = st.builds(moment, st.integers(0, 200_000_000_000), st.integers(0, 999_999))


def read(path: Path) -> tuple[list[Frame], list[tuple[int, str]]]:
    """The frames of a file, and the lines that were skipped."""
    bad: list[tuple[int, str]] = []
    reader = CaptureReader(str(path), lambda number, reason: bad.append((number, reason)))
    frames: list[Frame] = []
    while (some := reader.frames(0.1)) is not None:
        frames += some
    reader.close()
    return frames, bad


@given(times, st.sampled_from([IN, OUT]), st.text(max_size=200))
def test_what_is_written_is_read(at: float, direction: str, text: str) -> None:
    """A data message of any text comes back from its line as it was, to the microsecond."""
    frame = Frame(at, direction, DATA, f"0|{text}".encode("utf-8", "replace"))
    assert frame_of(line_of(frame)) == frame
    assert b"\n" not in line_of(frame)


@given(times, st.binary(max_size=200))
def test_binary_messages_are_read(at: float, data: bytes) -> None:
    """A binary message keeps its bytes."""
    data = b"0|" + data
    assert frame_of(line_of(Frame(at, IN, BINARY, data))) == Frame(at, IN, BINARY, data)


@pytest.mark.parametrize(
    ("line", "frame"),
    [
        (SPY, (DATA, None, SPY)),
        (f"{STAMP} {SPY}", (DATA, AT, SPY)),
        (f"- {SPY}", (DATA, None, SPY)),
        (f"\ufeff{SPY}\r", (DATA, None, SPY)),
        (PING, (PINGPONG, None, PING)),
        (f"{STAMP} {PING}", (PINGPONG, AT, PING)),
        ('{"body":{"rt_cd":"1"}}', (CONTROL, None, '{"body":{"rt_cd":"1"}}')),
        (f'{{"at":"{STAMP}","dir":"in","kind":"close","text":"bye"}}', (CLOSE, AT, "bye")),
        (f'{{"at":null,"dir":"in","kind":"data","text":"{SPY}"}}', (DATA, None, SPY)),
        (f'{{ "text":"ws://x", "kind":"open","at":"{STAMP}","dir":"out" }}', (OPEN, AT, "ws://x")),
        (
            '{"at":"2026-07-10T14:53:34.512345Z","dir":"in","kind":"data","text":"\\ud800"}',
            (DATA, AT, "?"),
        ),
    ],
)
def test_lines_of_every_form(line: str, frame: tuple[str, float | None, str]) -> None:
    """NDJSON, bare text and bare text with times give the same frames."""
    found = frame_of(line.encode("utf-8", "replace"))
    assert isinstance(found, Frame)
    at = None if isnan(found.at) else found.at
    assert (found.kind, at, found.text) == frame


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"at":"2026-07-', "broken JSON"),
        ('{"at":5,"dir":"in","kind":"data","text":""}', "'at'"),
        ('{"at":NaN,"dir":"in","kind":"data","text":""}', "'at'"),
        ('{"at":"2026-02-30T00:00:00.000000+09:00","dir":"in","kind":"data","text":"x"}', "'at'"),
        ('{"at":"2026-02-30T00:00:00.000000+09:00","dir":"in","kind":"data","text":"0|"}', "time"),
        ('{"at":"9999-12-31T23:59:59-12:00","dir":"in","kind":"data","text":"x"}', "'at'"),
        ('{"at":"2026-02-03T00:00:00","dir":"in","kind":"data","text":"x"}', "'at'"),
        ('{"at":null,"dir":[],"kind":"data","text":"x"}', "'dir'"),
        ('{"at":null,"dir":"in","kind":"date","text":"x"}', "'kind'"),
        ('{"at":null,"dir":"in","kind":"data","text":7}', "'text'"),
        ('{"at":null,"dir":"in","kind":"binary","base64":"é"}', "'text'"),
        ('{"type":"book"}', "not a message"),
        ("2026-02-30T00:00:00.000000+09:00 0|A|001|x", "time"),
        ("hello", "neither"),
        ("0" * (MOST_BYTES + 1), "longer than 4 MiB"),
    ],
    ids=lambda value: value[:60],
)
def test_bad_lines_have_a_reason(line: str, reason: str) -> None:
    """A line that is not a frame is a value that says why."""
    found = frame_of(line.encode())
    assert isinstance(found, Malformed)
    assert reason in found.reason


@pytest.mark.parametrize("line", [b"", b"  ", b"\r", b"# a comment"])
def test_empty_lines_and_comments_are_no_frames(line: bytes) -> None:
    """They are left out without a word."""
    assert frame_of(line) is None


def test_last_line_may_be_half_of_one() -> None:
    """A last line without a line break counts only if it is whole."""
    for half in (SPY[:-40], ACCEPTED[:-1], line_of(Frame(AT, IN, DATA, SPY.encode()))[:-2]):
        found = last_frame_of(half if isinstance(half, bytes) else half.encode())
        assert isinstance(found, Malformed)
        assert found.reason == "a half-written last line"
    for whole in (SPY, ACCEPTED, "0|H0UNKNOWN|001|x"):
        assert isinstance(last_frame_of(whole.encode()), Frame)
    assert last_frame_of(b"# a comm") is None


def test_secrets_of_a_foreign_capture_are_masked() -> None:
    """The session's AES key and a request's keys are in no frame, whatever the form of the line."""
    request = '{"header":{"approval_key":"abcdefgh-1"},"body":{"appkey":"PSxyz","secretkey":"q"}}'
    for text in (ACCEPTED, request):
        for kind in (CONTROL, DATA):
            line = {"at": STAMP, "dir": "in", "kind": kind, "text": text}
            for form in (text, f"{STAMP} {text}", json.dumps(line)):
                found = frame_of(form.encode())
                assert isinstance(found, Frame)
                for secret in ("7b33a030d935bd9c", "zcyysbvs", "abcdefgh-1", "PSxyz", '"q"'):
                    assert secret not in found.text
                assert "***" in found.text


_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
_objects = st.fixed_dictionaries(
    {},
    optional={
        "at": _values | st.datetimes().map(str) | st.just(STAMP),
        "dir": _values | st.sampled_from(["in", "out"]),
        "kind": _values | st.sampled_from(["data", "control", "binary", "open"]),
        "text": _values | st.sampled_from(ALL_FRAMES),
        "base64": _values,
        "header": _values,
        "body": _values,
    },
)


@given(st.binary(max_size=300) | _objects.map(lambda found: json.dumps(found).encode()))
def test_no_line_raises(line: bytes) -> None:
    """Any bytes and any JSON give a frame that can be written and shown, a reason or nothing."""
    for found in (frame_of(line), last_frame_of(line)):
        if isinstance(found, Frame):
            assert isnan(found.at) or received_at(found.at)
            assert isinstance(frame_of(line_of(found)), Frame)
        else:
            assert found is None or found.reason


@pytest.mark.parametrize("name", PACKERS)
@given(
    data=st.lists(st.sampled_from(ALL_FRAMES).map(str.encode) | st.binary()).map(b"\n".join),
    cut=st.integers(0, 40),
    packed=st.booleans(),
)
def test_no_file_raises(
    tmp_path_factory: pytest.TempPathFactory, name: str, data: bytes, cut: int, packed: bool
) -> None:
    """A file of any bytes, compressed or not, is read as far as it is whole, or is one error."""
    path = tmp_path_factory.mktemp("any") / name
    file = PACKERS[name](data) if packed else data
    path.write_bytes(file[: max(0, len(file) - cut)])
    try:
        frames, bad = read(path)
    except WrongUsage as error:
        frames, bad = [], [(1, str(error))]
    assert all(reason for _, reason in bad)
    text = path.read_bytes() if PACKERS[name] is bytes else data if packed else b""
    whole = [found for line in text.split(b"\n") if isinstance(found := frame_of(line), Frame)]
    assert str(frames) == str(whole[: len(frames)])
    assert cut or len(frames) >= len(whole) - 1  # the last line has no end


@given(st.lists(st.sampled_from([*ALL_FRAMES, "", "# no", "bad"]), max_size=30), st.integers(1, 99))
def test_where_a_file_is_cut_into_chunks_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], chunk: int
) -> None:
    """Frames and numbers of bad lines are the same for chunks of any size."""
    path = tmp_path_factory.mktemp("chunks") / "day.txt"
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    whole = read(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(feed, "_CHUNK", chunk)
        assert str(read(path)) == str(whole)
    assert [number for number, _ in whole[1]] == [
        n for n, line in enumerate(lines, 1) if line == "bad"
    ]


@pytest.mark.parametrize("name", list(PACKERS)[1:])
def test_truncated_compressed_file_keeps_its_whole_lines(tmp_path: Path, name: str) -> None:
    """Half of a compressed file gives the lines that are whole in it, and it is reported as cut."""
    times = [moment(1783695214 + n, n) for n in range(999)]
    lines = [line_of(Frame(at, IN, DATA, SPY.encode())) for at in times]
    data = PACKERS[name](b"\n".join(lines) + b"\n")
    (tmp_path / name).write_bytes(data[: len(data) * 2 // 3])
    frames, bad = read(tmp_path / name)
    assert 0 < len(frames) < 999
    assert [line_of(frame) for frame in frames] == lines[: len(frames)]
    assert bad == [
        (
            len(frames) + 1,
            f"the compressed file is cut short; the {len(frames)} lines before it are whole",
        )
    ]


CHECKED: dict[str, Callable[[bytes], bytes]] = PACKERS | {
    "day.ndjson.zst": lambda data: zstandard.ZstdCompressor(write_checksum=True).compress(data)
}


def recorded(number: int) -> list[bytes]:
    """Lines of a capture that do not compress well, the same each time."""
    chance = random.Random(1)
    times = [moment(1783695214 + n, n) for n in range(number)]
    return [line_of(Frame(at, IN, DATA, f"0|A|1|{chance.random()}".encode())) for at in times]


@pytest.mark.parametrize("number", [3, 3000])
@pytest.mark.parametrize("name", list(CHECKED)[1:])
def test_wrong_checksum_keeps_every_line(tmp_path: Path, name: str, number: int) -> None:
    """A file whose checksum alone is damaged gives all its lines, and the damage is reported."""
    lines = recorded(number)
    data = bytearray(CHECKED[name](b"\n".join(lines) + b"\n"))
    data[-6 if name.endswith(".gz") else -2] ^= 1
    (tmp_path / name).write_bytes(data)
    frames, bad = read(tmp_path / name)
    assert [line_of(frame) for frame in frames] == lines
    assert [at for at, _ in bad] == [number + 1]
    assert "the compressed file is damaged" in bad[0][1]


def test_damage_keeps_the_lines_before_it(tmp_path: Path) -> None:
    """What is sound in front of the damage is read to its last byte."""
    packer, lines = Packer("day.gz"), recorded(3000)
    sound = packer.add(b"\n".join(lines) + b"\n") + packer.pause()
    (tmp_path / "day.gz").write_bytes(sound + b"\xff" * 9999)
    frames, bad = read(tmp_path / "day.gz")
    assert [line_of(frame) for frame in frames] == lines
    assert "the compressed file is damaged" in bad[0][1]


@pytest.mark.parametrize("name", ["day.gz", "day.zst"])
def test_packer_that_nobody_ends_goes_in_silence(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The finaliser of the library's file finds what it writes to, whatever is freed first."""
    failures: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", failures.append)
    packer = Packer(name)
    packer.add(b"x")
    vars(packer)["itself"] = packer  # so that the collector frees it, in any order
    del packer
    gc.collect()
    assert failures == []


@pytest.mark.parametrize("name", PACKERS)
def test_share_is_of_the_frames(tmp_path: Path, name: str) -> None:
    """How much of a file was played does not run ahead, compressed or not."""
    (tmp_path / name).write_bytes(PACKERS[name](b"\n".join(recorded(9000)) + b"\n"))
    source = Replay(CaptureReader(str(tmp_path / name), lambda *_: None))
    handed: deque[Frame] = deque()
    for _ in source.receive(0.1, handed):
        assert source.share == pytest.approx(len(handed) / 9000, abs=0.2)
    source.close()
    assert len(handed) == 9000


def test_keys_and_limits_are_looked_at_after_512_frames(tmp_path: Path) -> None:
    """However fast a recording is played, no step hands out more at once."""
    (tmp_path / "day").write_bytes(b"\n".join(recorded(2000)) + b"\n")
    source = Replay(CaptureReader(str(tmp_path / "day"), lambda *_: None))
    handed: deque[Frame] = deque()
    steps = []
    for _ in source.receive(0.1, handed):
        steps.append(len(handed) - sum(steps))
    source.close()
    assert (max(steps), sum(steps)) == (512, 2000)


@pytest.mark.parametrize("name", list(PACKERS)[1:])
def test_joined_compressed_files_are_one(tmp_path: Path, name: str) -> None:
    """Two compressed files behind each other are read to the end."""
    half = PACKERS[name](f"{SPY}\n".encode())
    (tmp_path / name).write_bytes(half + half)
    frames, bad = read(tmp_path / name)
    assert ([frame.text for frame in frames], bad) == ([SPY, SPY], [])


def test_huge_line_is_skipped(tmp_path: Path) -> None:
    """A line of many MiB costs neither the memory nor the lines around it."""
    huge = b"x" * (3 * MOST_BYTES)
    (tmp_path / "day.txt").write_bytes(b"\n".join([SPY.encode(), huge, SPY.encode(), b""]))
    frames, bad = read(tmp_path / "day.txt")
    assert ([frame.text for frame in frames], bad) == ([SPY, SPY], [(2, "longer than 4 MiB")])


def test_clock_of_a_recording_never_goes_back(tmp_path: Path) -> None:
    """Ticks are recorded seconds since the first frame; a clock that is set back stands still."""
    seconds = (100, 101, 50, 50, 52)
    lines = [line_of(Frame(moment(at, 0), IN, DATA, SPY.encode())) for at in seconds]
    lines.insert(2, SPY.encode())  # without a time
    (tmp_path / "day").write_bytes(b"".join(line + b"\n" for line in lines))
    source = Replay(CaptureReader(str(tmp_path / "day"), lambda *_: None))
    frames: deque[Frame] = deque()
    for _ in source.receive(0.1, frames):
        pass
    source.close()
    assert [frame.tick for frame in frames] == [0, 1, 1, 1, 1, 3]
    assert source.now() == 3


def test_step_does_not_pass_a_stop(tmp_path: Path) -> None:
    """Stepping over a long pause of the recording stands still at its --duration first."""
    frames = [Frame(1.8e9 + n, IN, DATA, b"0|A|1|x", 0.0) for n in (0, 10, 20)]
    (tmp_path / "day").write_bytes(b"\n".join(map(line_of, frames)) + b"\n")
    source = Replay(CaptureReader(str(tmp_path / "day"), lambda *_: None), stops=(5.0,))
    for key in ("n", "n", "n"):
        source.press(key)
    stood = dict.fromkeys(source.now() for _ in source.receive(0.0, deque()))
    assert list(stood) == [0.0, 5.0, 10.0, 20.0]
    source.close()
