"""The streams of a process: which is a terminal to draw on, and in which encoding text goes out."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

import pytest
from conftest import Run
from helpers.command import said

from kisq.output.stream import Lines, TextLines, is_terminal
from kisq.output.streams import console

Kisq = Callable[..., Run]


@pytest.fixture
def terminal() -> Iterator[TextIO]:
    """A stream that is a terminal."""
    master, slave = os.openpty()
    with os.fdopen(slave, "w") as stream:
        yield stream
    os.close(master)


@pytest.mark.parametrize(
    ("settings", "steered"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": ""}, True),
        ({"TERM": "xterm", "TTY_INTERACTIVE": "1", "TTY_COMPATIBLE": "1"}, True),
        ({"TERM": "dumb"}, False),
        ({"TERM": "Dumb"}, False),
        ({"TERM": "unknown", "TTY_INTERACTIVE": "1", "TTY_COMPATIBLE": "1"}, False),
        ({"TERM": "xterm", "TTY_INTERACTIVE": "0"}, False),
        ({"TERM": "xterm", "TTY_COMPATIBLE": "0"}, False),
    ],
    ids=str,
)
def test_terminal_that_can_be_steered(
    monkeypatch: pytest.MonkeyPatch, terminal: TextIO, settings: dict[str, str], *, steered: bool
) -> None:
    """It is one where rich draws a live screen, and not where the environment says no."""
    for name in ("TTY_INTERACTIVE", "TTY_COMPATIBLE", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    out = Lines(terminal.fileno(), "stdout", terminal)
    drawn = console(out, colour=True)
    assert is_terminal(terminal) is steered
    assert not steered or (drawn.is_interactive and not drawn.is_dumb_terminal)


def test_no_variable_makes_a_file_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody asks a file to be drawn on."""
    for name in ("TTY_INTERACTIVE", "TTY_COMPATIBLE", "FORCE_COLOR"):
        monkeypatch.setenv(name, "1")
    with open(os.devnull, "w") as file:  # noqa: PTH123 - as the process gets it
        assert not is_terminal(file)
    assert not is_terminal(None)


def test_rich_s_file_leaves_nothing_for_a_finaliser() -> None:
    """What Python collects at its exit writes nothing: stdout may be gone by then."""
    readable, writable = os.pipe()
    file = TextLines(Lines(writable), "utf-8", "strict", terminal=False)
    file.write("text")
    del file
    os.close(writable)
    with os.fdopen(readable) as pipe:
        assert pipe.read() == ""


@pytest.mark.parametrize(
    ("args", "language", "encoding", "shown"),
    [
        ("explain KRX", "ko", "cp949", "한국거래소"),
        ("explain KRX", "ko", "ascii", r"\ud55c\uad6d\uac70\ub798\uc18c"),
        ("approve --sim", "en", "cp949", "… (masked"),
        ("approve --sim", "en", "ascii", r"\u2026 (masked"),
        ("watch --help", "en", "ascii", r"\uc560\ud50c"),
        ("watch DNASAAPL --sim --duration 1s", "en", "ascii", r"\ub9e4\uc218 bid"),
        ("check DNASAAPL --sim --for 1s", "ko", "cp949", "접속키"),
    ],
)
def test_text_keeps_to_the_encoding_of_its_stream(
    kisq: Kisq, args: str, language: str, encoding: str, shown: str
) -> None:
    """What the encoding lacks is written as an escape."""
    run = kisq(*args.split(), PYTHONIOENCODING=encoding, COLUMNS="120", KISQ_LANG=language)
    assert run.returncode == 0, said(run)
    assert shown in run.stdout.decode(encoding)


@pytest.mark.parametrize("args", ["explain KRX --json", "raw -r messages"])
def test_data_are_utf8_whatever_the_stream_is(kisq: Kisq, tmp_path: Path, args: str) -> None:
    """JSON and raw bytes are for programs."""
    (tmp_path / "messages").write_text("0|H0STCNT0|001|한국\n", "utf-8")
    run = kisq(*args.split(), PYTHONIOENCODING="cp949")
    assert "한국" in run.stdout.decode("utf-8"), said(run)
