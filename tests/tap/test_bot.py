"""A bot that is not kisq's, through the tap, while the simulator goes wrong in many ways."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import pytest
from helpers.patience import PATIENCE
from helpers.tap_command import tap_running

from kisq.simulator.faults import Faults
from kisq.simulator.server import Simulator
from kisq.simulator.shared_state import Options

_BOT = Path(__file__).parent / "bot.py"
_KEYS = ("HDFSASP0:DNASAAPL", "H0STCNT0:005930", "HDFSASP0:DNASNONE")  # the last is silent
_SECRET = re.compile(r'("(?:iv|key)":")[^"]*')
_APPROVAL_KEY = re.compile(r'("approval_key": ")[^"]*')

_ANSWER = " is sent {"
_LAST = 2 * len(_KEYS)  # each is subscribed and unsubscribed in the last connection


class Log:
    """Lines of the simulators, one after the other."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._news = threading.Condition()

    def append(self, line: str) -> None:
        """Add a line."""
        with self._news:
            self.lines.append(line)
            self._news.notify_all()

    def number_of(self, part: str) -> int:
        """How many lines have ``part`` in them."""
        return sum(part in line for line in self.lines)

    def wait_for(self, number: int, part: str) -> None:
        """Wait until there are ``number`` lines with ``part`` in them."""
        with self._news:
            enough = self._news.wait_for(lambda: self.number_of(part) >= number, PATIENCE)
            assert enough, (number, part, self.lines)


class Story(NamedTuple):
    """What all three saw; messages are pairs of direction and text, without secrets."""

    recorded: list[tuple[str, str]]
    bot: list[tuple[str, str]]
    requests: list[str]  # that the simulator received
    answers: list[str]  # that it sent, as it did the data of
    broadcast: list[str]
    sessions: int
    said: str


def _phases(seconds: float, port: int) -> list[Options]:
    """The simulators, one after the other, and what goes wrong in each."""
    quiet = 0.3 if seconds < 10 else None
    faults = (
        Faults(silent=True),
        Faults(drop=seconds / 3),
        Faults(half_open=seconds / 3),
        Faults(refuse="OPSP8992"),
        Faults(),
    )
    return [Options(rate=20, pingpong=quiet, port=port, faults=each) for each in faults]


def run_story(folder: Path, library: str, seconds: float, python: str = sys.executable) -> Story:
    """Let a bot run through the tap for ``seconds`` in each phase."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = Log()
    broadcast = Log()
    phases = _phases(seconds, port)
    with tap_running(folder, "-w", "day.ndjson", KIS_WS_URL=f"ws://127.0.0.1:{port}") as tap:
        urls = (tap.url, f"http://127.0.0.1:{port}")
        arguments = [library, *urls, str(folder / "bot.ndjson"), *_KEYS]
        environ = os.environ | {"BOT_SILENCE": str(seconds / 2), "BOT_PAUSE": str(seconds / 20)}
        command = [python, str(_BOT), *arguments]
        bot = None
        for options in phases:
            answers = log.number_of(_ANSWER) + len(_KEYS)
            with Simulator(options, log.append, broadcast.append):
                if bot is None:
                    bot = subprocess.Popen(command, env=environ, stdin=subprocess.PIPE)
                log.wait_for(answers, _ANSWER)
                with suppress(subprocess.TimeoutExpired):
                    bot.wait(seconds)
                if options is phases[-1]:  # the bot leaves in order, while this one is there
                    broadcast.wait_for(broadcast.number_of("|") + 3, "|")
                    bot.communicate(timeout=PATIENCE)
        assert bot is not None
        assert bot.returncode == 0
        end = tap.end(signal.SIGINT)
    lines = [json.loads(line) for line in (folder / "day.ndjson").read_text().splitlines()]
    seen = map(json.loads, (folder / "bot.ndjson").read_text().splitlines())
    messages = [line for line in lines if line["kind"] in ("data", "control", "pingpong")]
    return Story(
        [(line["dir"], line["text"]) for line in messages],
        [(direction, _SECRET.sub(r"\1***", text)) for direction, text in seen],
        [_APPROVAL_KEY.sub(r"\1***", text) for text in _after("sent", log.lines)],
        [_SECRET.sub(r"\1***", text) for text in _after("is sent", log.lines)],
        broadcast.lines,
        sum(line["kind"] == "open" for line in lines),
        end.stderr.decode(),
    )


def _after(verb: str, log: list[str]) -> list[str]:
    """What clients of the simulator sent or were sent."""
    matches = (re.fullmatch(rf"client \d+ {verb} (\{{.*)", line) for line in log)
    return [match[1] for match in matches if match]


def check_story(story: Story) -> None:
    """Recording, bot and simulator tell the same, in order and byte for byte."""
    received = [text for direction, text in story.recorded if direction == "in"]
    sent = [text for direction, text in story.recorded if direction == "out"]
    read = [text for direction, text in story.bot if direction == "in"]
    on_its_way = story.sessions  # a message each may be under way when a connection ends
    assert _is_contained(read, received)
    assert len(received) - len(read) <= on_its_way
    asked = [text for text in sent if "PINGPONG" not in text]
    answers = [text for text in received if "rt_cd" in text]
    for some, all_of_them in (
        (sent, [text for direction, text in story.bot if direction == "out"]),
        (story.requests, asked),
        (answers, story.answers),
    ):
        assert _is_contained(some, all_of_them)
        assert len(all_of_them) - len(some) <= on_its_way
        assert some[-_LAST:] == all_of_them[-_LAST:]  # the last connection ended in order
    data = [text for text in received if text[1] == "|"]
    assert _is_contained(data, story.broadcast)
    assert len(story.broadcast) - len(data) <= on_its_way
    assert data
    assert all('"tr_type": "2"' in text for text in asked[-len(_KEYS) :])


def _is_contained(some: list[str], all_of_them: list[str]) -> bool:
    """Whether ``some`` stand among all in their order."""
    rest = iter(all_of_them)
    return all(text in rest for text in some)


def test_story_of_a_bot_is_recorded_as_it_was(tmp_path: Path) -> None:
    """Silence, cuts, half-open connections and refusals: all see the same messages."""
    story = run_story(tmp_path, "aiohttp", 1.0)
    check_story(story)
    assert story.sessions >= 5
    assert "holds 2 records of" in story.said


@pytest.mark.soak
@pytest.mark.skipif(find_spec("websockets") is None, reason="wants the extra soak")
def test_ten_minutes_of_a_bot(tmp_path: Path) -> None:
    """The same for ten minutes, with another library and KIS's own rhythm of PINGPONGs."""
    story = run_story(tmp_path, "websockets", 128.0)
    check_story(story)
    assert "PINGPONG answered, after 0.0" in story.said
    assert "may have overlooked" in story.said
