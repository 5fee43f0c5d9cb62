"""What ``raw`` puts before each message on a terminal, and what its options leave and change."""

import json
import os
import random
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Run
from helpers.command import said
from helpers.records import AAPL, AT, HONG_KONG, SPY, SUBSCRIBED
from helpers.screens import literal
from player import ACCEPTED, Player
from terminal import Terminal

from kisq.output.counts import Counts
from kisq.output.message_line import line_of, short_time
from kisq.output.raw import Front, RawOnTerminal, hex_rows
from kisq.output.stream import Lines
from kisq.wire.frames import BINARY, CLOSE, CONTROL, DATA, IN, OPEN, OUT, PINGPONG, Frame
from kisq.wire.messages import Request
from kisq.wire.recorded_line import line_of as recorded

Kisq = Callable[..., Run]

PINGED = '{"header":{"tr_id":"PINGPONG","datetime":"20260710235334"}}'
REFUSED = (
    '{"header":{"tr_id":"HDFSASP1","tr_key":"DHKS3"},"body":{"rt_cd":"1","msg_cd":"OPSP8992",'
    '"msg1":"SUBSCRIBE ERROR : invalid tr_key"}}'
)
ANSWER = ACCEPTED % ("HDFSASP1", "DHKS3")
FRAMES = [
    Frame(AT, OUT, OPEN, b"ws://127.0.0.1:21000"),
    Frame(AT + 0.25, OUT, CONTROL, Request("***", "1", "HDFSASP1", "DHKS3").to_text().encode()),
    Frame(AT + 0.5, IN, CONTROL, ANSWER.encode()),
    Frame(AT + 1, IN, DATA, HONG_KONG.encode()),
    Frame(AT + 2, IN, PINGPONG, PINGED.encode()),
    Frame(AT + 2.125, OUT, PINGPONG, PINGED.encode()),
    Frame(AT + 3, IN, BINARY, b"\x00\x1b"),
    Frame(AT + 4, OUT, CLOSE, b"1000"),
]


@pytest.fixture
def recording(tmp_path: Path) -> str:
    path = tmp_path / "all.ndjson"
    path.write_bytes(b"".join(recorded(frame) + b"\n" for frame in FRAMES))
    return str(path)


def screen(folder: Path, *options: str, columns: int = 80, **settings: str) -> tuple[str, bytes]:
    """What ``raw`` of the recording shows before its summary, and the bytes that showed it."""
    arguments = ["raw", "--speed", "max", *options]
    with Terminal(folder, *arguments, columns=columns, lines=60, **settings) as terminal:
        assert terminal.end() == 0
        return terminal.text.partition("kisq: ")[0].rstrip(), terminal.seen


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("columns", [80, 120])
def test_screen(tmp_path: Path, recording: str, columns: int, language: str) -> None:
    """Each message has its columns, then its whole text, which the terminal itself wraps."""
    shown, _ = screen(tmp_path, "-r", recording, columns=columns, KISQ_LANG=language)
    assert shown.splitlines() == literal(f"raw-{columns}")


def test_kind_is_in_colour(tmp_path: Path, recording: str) -> None:
    """Each kind has its colour, and nothing else is coloured."""
    _, seen = screen(tmp_path, "-r", recording)
    for coloured in (
        b"> \x1b[1mopen    \x1b[0m ",
        b"> \x1b[36mcontrol \x1b[0m HDFSASP1",
        b"< \x1b[36mcontrol \x1b[0m HDFSASP1",
        b"< \x1b[32mdata    \x1b[0m HDFSASP1",
        b"< \x1b[35mpingpong\x1b[0m ",
    ):
        assert coloured in seen
    assert seen.count(b"\x1b[0m") == len(FRAMES)


def test_refusal_is_red(tmp_path: Path) -> None:
    """A refusal of KIS is seen at once."""
    with (
        Player([REFUSED]) as player,
        Terminal(tmp_path, "raw", "--tr", "HDFSASP1", "DHKS3", **player.settings) as terminal,
    ):
        assert terminal.end() == 6
        assert b"< \x1b[31mcontrol \x1b[0m HDFSASP1 DHKS3 " in terminal.seen


@pytest.mark.parametrize(
    ("option", "settings"),
    [("--no-color", {}), ("--speed=max", {"NO_COLOR": "1"}), ("--speed=max", {"TERM": "dumb"})],
)
def test_no_colour(tmp_path: Path, recording: str, option: str, settings: dict[str, str]) -> None:
    """--no-color, NO_COLOR and a dumb terminal leave the same text without colours."""
    shown, seen = screen(tmp_path, "-r", recording, option, **settings)
    assert shown.splitlines() == literal("raw-80")
    assert b"m" not in {part[:3][-1:] for part in seen.split(b"\x1b[")[1:]}


def test_hex_on_a_terminal(tmp_path: Path, recording: str) -> None:
    """--hex shows the bytes below the columns, sixteen per row, in 80 columns."""
    shown, _ = screen(tmp_path, "-r", recording, "--hex", "--only", "pingpong")
    assert shown.splitlines()[:5] == literal("raw-hex-80")
    assert len(shown.splitlines()) == 10


def test_only_and_delta_on_a_terminal(tmp_path: Path, recording: str) -> None:
    """--delta takes the place of the time, and counts from the line before that is shown."""
    shown, _ = screen(tmp_path, "-r", recording, "--delta", "--only", "pingpong", columns=120)
    assert [line[:24] for line in shown.splitlines()] == [
        "   +0.000000 < pingpong ",
        "   +0.125000 > pingpong ",
    ]


def test_time_and_delta_on_a_terminal(tmp_path: Path, recording: str) -> None:
    """With -t the whole time stands there, and the delta beside it."""
    options = ["-r", recording, "-t", "--delta", "--only", "control"]
    shown, _ = screen(tmp_path, *options, columns=240)
    assert [line[:54] for line in shown.splitlines()] == [
        "2026-07-10T23:53:34.762345+09:00 +0.000000 > control  ",
        "2026-07-10T23:53:35.012345+09:00 +0.250000 < control  ",
    ]


def test_message_without_a_time(tmp_path: Path) -> None:
    """A bare line of another program has no time, and none is invented."""
    path = tmp_path / "bare.txt"
    path.write_text(f"{HONG_KONG}\n{HONG_KONG}\n")
    for options, front in (([], "           - < data"), (["--delta"], "           - < data")):
        shown, _ = screen(tmp_path, "-r", str(path), *options, columns=200)
        assert [line[:19] for line in shown.splitlines()] == [front, front]


# When stdout is not a terminal


def test_bytes_are_the_same_when_stdout_is_not_a_terminal(kisq: Kisq, recording: str) -> None:
    """Without options every message that came is there, byte for byte, and nothing else."""
    came = [frame.data for frame in FRAMES if frame.dir is IN]
    run = kisq("raw", "-r", recording)
    assert run.stdout == b"".join(data + b"\n" for data in came)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("data", [HONG_KONG]), ("control", [ANSWER]), ("pingpong", [PINGED])],
)
def test_only(kisq: Kisq, recording: str, kind: str, expected: list[str]) -> None:
    """--only leaves the messages of one kind, unchanged."""
    run = kisq("raw", "-r", recording, "--only", kind)
    assert run.returncode == 0
    assert run.stdout.decode().splitlines() == expected


def test_only_with_json(kisq: Kisq, recording: str) -> None:
    """--only goes with --json, where both directions are shown."""
    run = kisq("raw", "-r", recording, "--only", "pingpong", "--json")
    objects = [json.loads(line) for line in run.stdout.splitlines()]
    assert [(each["dir"], each["kind"]) for each in objects] == [
        ("in", "pingpong"),
        ("out", "pingpong"),
    ]


def test_count_counts_data_messages_that_only_leaves_out(kisq: Kisq) -> None:
    """With --only control, -n 2 still ends the run after two data messages."""
    run = kisq("raw", "DNASAAPL", "--sim", "--only", "control", "-n", "2")
    assert run.returncode == 0
    assert len(run.stdout.splitlines()) == 2
    assert "2 data messages" in said(run)


def test_hex_is_one_line_per_message(kisq: Kisq, recording: str) -> None:
    """--hex gives each message as hexadecimal digits that are exactly its bytes."""
    run = kisq("raw", "-r", recording, "--hex")
    came = [frame.data for frame in FRAMES if frame.dir is IN]
    assert [bytes.fromhex(line) for line in run.stdout.decode().splitlines()] == came


def test_delta(kisq: Kisq, recording: str) -> None:
    """--delta puts the seconds since the line before in front, behind the time of -t."""
    run = kisq("raw", "-r", recording, "--delta")
    fronts = [line.partition(" ")[0] for line in run.stdout.decode().splitlines()]
    assert fronts == ["+0.000000", "+0.500000", "+1.000000", "+1.000000"]
    run = kisq("raw", "-r", recording, "--delta", "-t")
    assert run.stdout.startswith(b"2026-07-10T23:53:35.012345+09:00 +0.000000 {")


@pytest.mark.parametrize("option", ["--hex", "--delta"])
def test_json_has_no_place_for_hex_and_delta(kisq: Kisq, option: str) -> None:
    """They are refused with --json, before anything is sent."""
    run = kisq("raw", "DNASAAPL", "--sim", "--json", option)
    assert (run.returncode, run.stdout) == (2, b"")
    assert f"{option} is for lines of text: leave it out with --json" in said(run)


def test_unknown_kind_is_wrong_usage(kisq: Kisq) -> None:
    """--only names the kinds that it knows."""
    run = kisq("raw", "DNASAAPL", "--sim", "--only", "open")
    assert run.returncode == 2
    assert "data, control, pingpong" in said(run)


# What must never reach a terminal


@pytest.mark.parametrize("options", [[], ["--hex"], ["--delta", "-t"], ["--no-color"]])
def test_escapes_never_pass(tmp_path: Path, options: list[str]) -> None:
    """Whatever bytes come, as text, TR or key: none of them steers the terminal."""
    hostile = "\x1b]0;owned\x07\x9b2J\r"
    messages: list[str | bytes] = [
        SUBSCRIBED,
        f"0|{hostile}|001|{hostile}^{hostile}",
        f'{{"header":{{"tr_id":"{hostile}","tr_key":"{hostile}"}},"body":{{"rt_cd":"0"}}}}',
        hostile.encode(),
        SPY,
    ]
    arguments = ["raw", "DAMSSPY", "-n", "2", *options]
    with (
        Player(messages) as player,
        Terminal(tmp_path, *arguments, columns=200, lines=60, **player.settings) as terminal,
    ):
        assert terminal.end() == 0
    for steering in (b"\x1b]", b"\x07", b"\x9b", b"\x1b\\", b"\r\r"):
        assert steering not in terminal.seen


def test_any_message_has_a_line() -> None:
    """Random and half messages are described without an error, and on one printable line."""
    chance = random.Random(1)
    texts = [
        "0|",
        "1|",
        "0|A|²|a^b",
        f"0|A|{'9' * 5000}|a",
        '{"header":[]}',
        '{"body":{"rt_cd":[]}}',
    ]
    for message in (AAPL, REFUSED, PINGED):
        for _ in range(200):
            place = chance.randrange(len(message))
            texts.append(message[:place] + chr(chance.randrange(0x300)) + message[place + 1 :])
            texts.append(message[:place])
    for text in texts:
        for kind in (DATA, CONTROL, PINGPONG, BINARY):
            line = line_of(Frame(AT, IN, kind, text.encode()), short_time(AT), text)
            assert line.isprintable()


def test_personal_id_is_hidden_in_hex(tmp_path: Path, kisq: Kisq) -> None:
    """The HTS ID is not in the hexadecimal digits either, unless --show-personal asks for it."""
    answer = (
        '{"header":{"tr_id":"H0STCNI0","tr_key":"myhtsid9"},"body":{"rt_cd":"0",'
        '"msg_cd":"OPSP0000","msg1":"SUBSCRIBE SUCCESS"}}'
    )
    arguments = ["raw", "--tr", "H0STCNI0", "myhtsid9", "--hex", "-n", "1"]
    for option, is_shown in (([], False), (["--show-personal"], True)):
        with Player([answer, SPY]) as player:
            run: Run = kisq(*arguments, *option, **player.settings)
            assert (b"myhtsid9".hex().encode() in run.stdout) is is_shown
        with (
            Player([answer, SPY]) as player,
            Terminal(tmp_path, *arguments, *option, lines=60, **player.settings) as terminal,
        ):
            assert terminal.end() == 0
            digits = "".join(line[12:59] for line in terminal.text.splitlines()).replace(" ", "")
            assert (b"myhtsid9".hex() in digits) is is_shown


def test_rows_of_bytes() -> None:
    """A row has the place, at most sixteen bytes, and a full stop for what is not printable."""
    rows = list(hex_rows(bytes(range(256))))
    assert len(rows) == 16
    assert max(map(len, rows)) == 77
    assert rows[1].endswith("1e 1f  ................")
    assert rows[7] == (
        "    000070  70 71 72 73 74 75 76 77 78 79 7a 7b 7c 7d 7e 7f  pqrstuvwxyz{|}~."
    )
    assert list(hex_rows(b"")) == []


def test_memory_is_bounded() -> None:
    """However many messages are shown, nothing of them is kept."""
    counts = Counts(raw=True)
    with Path(os.devnull).open("wb") as file:
        out = Lines(file.fileno())
        sink = RawOnTerminal(out, counts, Front(short_time, delta=True), colour=True)
        tracemalloc.start()
        for number in range(5_000):
            if number == 1_000:
                before = tracemalloc.get_traced_memory()[0]
            at = AT + number / 1000
            sink.write(Frame(at, IN, DATA, f"0|HDFSASP0|001|KEY{number}^1".encode(), at))
            out.relieve()
        sink.flush(0.0)
        grown = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
    assert counts.shown == 5_000
    assert grown < 100_000  # of 4,000 messages, each of which takes some 500 bytes
