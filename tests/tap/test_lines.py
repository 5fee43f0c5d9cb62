"""How a tap shows a message in a line."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from helpers.patience import PATIENCE
from helpers.records import AAPL, AT
from player import ACCEPTED
from terminal import Terminal

from kisq.output.counts import Counts
from kisq.output.stream import Lines
from kisq.tap.lines import TapLines, tap_line
from kisq.wire.frames import (
    BINARY,
    CLOSE,
    CONTROL,
    DATA,
    IN,
    OPEN,
    OUT,
    PING,
    PINGPONG,
    Direction,
    Frame,
    FrameKind,
)
from kisq.wire.messages import Request

_PINGPONG = '{"header":{"tr_id":"PINGPONG","datetime":"20260710235334"}}'
_REFUSED = (
    '{"header":{"tr_id":"HDFSASP0","tr_key":"AAPL"},"body":{"rt_cd":"1","msg_cd":"OPSP8992",'
    '"msg1":"SUBSCRIBE ERROR : invalid tr_key"}}'
)
_RECORD = AAPL.split("|")[3]
SHOWN = [
    (
        OUT,
        OPEN,
        "ws://host:1/",
        "23:53:34.512 > open                               12 ws://host:1/",
    ),
    (
        OUT,
        CONTROL,
        Request("***", "1", "HDFSASP0", "DNASAAPL").to_text(),
        "23:53:34.512 > control  HDFSASP0 DNASAAPL        143 tr_type 1 (subscribe)",
    ),
    (
        IN,
        CONTROL,
        ACCEPTED % ("HDFSASP0", "DNASAAPL"),
        "23:53:34.512 < control  HDFSASP0 DNASAAPL        133 OPSP0000 SUBSCRIBE SUCCESS",
    ),
    (
        IN,
        DATA,
        f"0|HDFSASP0|002|{_RECORD}^{_RECORD}",
        f"23:53:34.512 < data     HDFSASP0 RBAQAAPL  2x71  702 {_RECORD}^{_RECORD}",
    ),
    (
        IN,
        PINGPONG,
        _PINGPONG,
        "23:53:34.512 < pingpong                           59 20260710235334",
    ),
    (OUT, PING, "\x00\x01", "23:53:34.512 > ping                                2 0001"),
    (OUT, BINARY, "\x00", "23:53:34.512 > binary                              1 00"),
    (IN, CLOSE, "bye", "23:53:34.512 < close                               3 bye"),
    (IN, DATA, "1|H0STCNI0|001|abc=", "23:53:34.512 < data     H0STCNI0              1   19 abc="),
    (
        OUT,
        CONTROL,
        "a\x1b[31m",
        "23:53:34.512 > control                             6 a\\x1b[31m",
    ),
]


def _frame(direction: Direction, kind: FrameKind, text: str) -> Frame:
    return Frame(AT, direction, kind, text.encode())


@pytest.mark.parametrize(("direction", "kind", "text", "line"), SHOWN)
def test_line_of_a_message(direction: Direction, kind: FrameKind, text: str, line: str) -> None:
    """Time, direction, kind, TR, key, fields, size, and what the text says besides."""
    assert tap_line(_frame(direction, kind, text), whole=False) == line


def test_whole_line_ends_with_the_message() -> None:
    """With --full, or when stdout is not a terminal, the whole text is shown."""
    assert tap_line(_frame(IN, DATA, AAPL)).endswith(f" {AAPL}")


def written(frame: Frame, width: int, *, colour: bool) -> str:
    with tempfile.TemporaryFile() as file:
        sink = TapLines(Lines(file.fileno()), Counts(raw=True), lambda: width, colour=colour)
        sink.write(frame)
        sink.close()
        file.seek(0)
        return file.read().decode()


def test_line_is_cut_to_the_width_in_cells() -> None:
    """A line has no more cells than asked for, also where its characters are wide."""
    assert written(_frame(IN, DATA, AAPL), 60, colour=False) == (
        "23:53:34.512 < data     HDFSASP0 RBAQAAPL    71  358 RBAQAA…\n"
    )
    hangul = _frame(IN, CONTROL, '{"body":{"rt_cd":"1","msg_cd":"OPSP0017","msg1":"가나다라"}}')
    assert written(hangul, 66, colour=False).endswith(" OPSP0017 가…\n")


def test_kind_is_coloured_and_a_refusal_is_red() -> None:
    """The colour stands around the kind alone."""
    assert " < \x1b[31mcontrol \x1b[0m HDF" in written(
        _frame(IN, CONTROL, _REFUSED), 80, colour=True
    )
    assert " < \x1b[32mdata    \x1b[0m HDF" in written(_frame(IN, DATA, AAPL), 80, colour=True)


def test_terminal_shows_lines_of_its_width(tmp_path: Path) -> None:
    """On a terminal each message is one line, and sentences are wrapped between words."""
    bot = Path(__file__).parent / "bot.py"
    with Terminal(tmp_path, "tap", "--sim", "--rate", "20", columns=80, lines=24) as terminal:
        screen = terminal.until(lambda text: "KIS_APP_SECRET" in text and "KIS_REST_URL" in text)
        urls = [line.partition("=")[2] for line in screen.splitlines() if line.startswith("KIS_")]
        arguments = ["aiohttp", *urls, str(tmp_path / "bot"), "HDFSASP0:DNASAAPL"]
        command = [sys.executable, str(bot), *arguments]
        with subprocess.Popen(command, stdin=subprocess.PIPE) as program:
            screen = terminal.until(lambda text: text.count("< data") > 10)
            program.communicate(timeout=PATIENCE)
        terminal.press("\x03")
        assert terminal.end() == 130
    lines = [line for line in screen.splitlines() if "< data" in line]
    assert all(len(line) == 80 and line.endswith("…") for line in lines[:-1])
    assert b"\x1b[32mdata    \x1b[0m" in terminal.seen
