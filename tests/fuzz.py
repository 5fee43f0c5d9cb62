"""Coverage-guided fuzzing with atheris: ``python tests/fuzz.py TARGET RUNS``.

``texts`` takes bytes as one message: decoded, explained, printed. ``screens`` takes them as the
size of a terminal and changes of real messages, which are drawn on it. ``captures`` takes them as
the lines of a capture; what is read is written and read again. ``streams`` takes them as all that a
server says after the handshake, and receives them as a run does. What it finds ends it with the
input in a file ``crash-…``; an input that takes 20 s counts as well, and so does growth.
"""

import gc
import io
import json
import os
import re
import sys
import tempfile
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import atheris
from liar import GOOD, Liar, frame

with atheris.instrument_imports(include=["kisq"]):
    from kisq.errors import WrongUsage
    from kisq.explain.renderers import as_members, as_tables
    from kisq.explain.word import Asked, explain
    from kisq.feed.connection import Connection
    from kisq.hours.holidays import calendar_of
    from kisq.output.counts import Counts
    from kisq.output.decoding import Decoding
    from kisq.output.json_text import as_json
    from kisq.output.ndjson import RecordJson
    from kisq.output.notices import Notices
    from kisq.output.stream import Lines
    from kisq.output.streams import Streams
    from kisq.screen.composition import ScreenSource
    from kisq.screen.display import Display
    from kisq.screen.live_screen import LadderScreen
    from kisq.wire.book import OrderBook
    from kisq.wire.decode import decode
    from kisq.wire.escape import Redactor, printable
    from kisq.wire.frames import CLOSE, CONTROL, DATA, IN, Frame, is_known
    from kisq.wire.messages import Malformed
    from kisq.wire.recorded_line import frame_of, last_frame_of, line_of

from rich.cells import cell_len
from rich.console import Console

FRAMES = Path(__file__).parent / "frames"
ASKED = Asked(datetime(2026, 7, 10, tzinfo=UTC), calendar_of)
_LINES = [line for path in FRAMES.glob("*.txt") for line in path.read_bytes().splitlines()]
REAL = [line for line in _LINES if line and not line.startswith(b"#")]
RECORDS = [message.split(b"^") for message in REAL if message.count(b"^") > 1]
MARKUP = "[bold red]"
ODD = f"{MARKUP}\x1b[2J".encode()
# What rich and the screen colour and steer a terminal with; no other control character may come.
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_STEERING = re.compile(r"\x1b\[(?:H|\?(?:25|1049|2026)[hl])|\r")
_WIDE = 100  # columns; eight characters of anything have room in them
_EVERY = 20_000  # inputs between two looks at what is held
_GROWTH = 1.2
_TABLES_OF = 100  # explanations one is laid out as tables, which takes a hundred times as long


class Kept(Lines):
    """Lines that are kept instead of sent."""

    def __init__(self) -> None:
        super().__init__(sys.stdout.fileno())
        self.lines: list[bytes] = []

    def put(self, data: bytes, *, counted: bool = False) -> None:
        self.lines.append(data)

    def flush(self) -> None: ...


class Said(io.StringIO):
    """A stderr whose text is kept; like a real one it has a descriptor that takes more."""

    null = os.open(os.devnull, os.O_WRONLY)

    def fileno(self) -> int:
        return self.null


class Growth:
    """Counts the objects that Python holds, now and then."""

    def __init__(self) -> None:
        self._inputs = self._held = 0

    def display(self) -> None:
        self._inputs += 1
        if self._inputs % _EVERY == 0:
            gc.collect()
            held = len(gc.get_objects())
            assert not self._held or held < self._held * _GROWTH, (self._held, held)
            self._held = self._held or held


def one_text(data: bytes) -> None:
    """A message as a sink of books, and then as ``explain`` takes it."""
    text = data.decode("utf-8", "replace")
    assert printable(text).isprintable()
    said, out, counts = Said(), Kept(), Counts()
    decoding = Decoding(RecordJson(out, 10), Streams(out, Notices(said), counts))
    for kind in (DATA, CONTROL):
        decoding.write(Frame(1.8e9, IN, kind, data, 1.0))
    assert counts.shown == len(out.lines)
    for line in out.lines:
        json.loads(line)
        assert line.decode().removesuffix("\n").isprintable()
    assert said.getvalue().count("\n") >= counts.malformed
    assert said.getvalue().replace("\n", "").isprintable()
    try:
        explanation = explain(text, ASKED)
    except WrongUsage:
        return
    json.loads(as_json(as_members(explanation)))
    if crc32(data) % _TABLES_OF:
        return
    console = Console(file=io.StringIO(), width=10_000, force_terminal=False, highlight=False)
    console.print(as_tables(explanation))
    shown = console.file.getvalue()
    assert shown.replace("\n", "").isprintable()
    for fact in explanation.facts:  # markup is text: what is given is what is shown
        if fact.label and isinstance(fact.value, str) and MARKUP in fact.value:
            assert MARKUP in shown


def changed(line: bytes) -> bytes:
    """A real record, picked by the first byte, with other fields: each a byte of place, a value."""
    record = RECORDS[line[0] % len(RECORDS)].copy()
    for change in filter(None, line[1:].split(b"|")):
        record[change[0] % len(record)] = change[1:]
    return b"^".join(record)


def one_screen(data: bytes) -> None:
    """A width, a height, and a message a line: the screen while it is live, and what it leaves."""
    width, height, *_ = *data[:2], 0, 0
    file, said, counts = io.StringIO(), Said(), Counts()
    console = Console(
        file=file, width=width + 1, height=height + 1, force_terminal=True, color_system="standard"
    )
    streams = Streams(Kept(), Notices(said), counts)
    screen = LadderScreen(console, streams, Display(), ScreenSource(marker="SIMULATED"))
    decoding = Decoding(screen, streams)
    lines = data[2:].split(b"\n")
    frames = [Frame(1.8e9, IN, DATA, changed(line), 1.0) for line in lines if line]
    for seen in frames:
        decoding.write(seen)
    screen.press("")  # not to wait until the next drawing is due
    screen.flush(2.0)
    screen.close()
    shown = _STEERING.sub("\n", _COLOUR.sub("", file.getvalue()))
    assert bool(shown) == bool(counts.shown)
    assert shown.replace("\n", "").isprintable()
    assert all(cell_len(line) <= console.width for line in shown.split("\n"))
    found = [record for seen in frames for record in decode(seen.text)]
    if len(found) == 1 and isinstance(found[0], OrderBook) and console.width >= _WIDE:
        assert printable(found[0].symbol[:8]) in shown  # as it is: markup is text


def one_capture(data: bytes) -> None:
    """The lines of a capture, the last one cut."""
    *lines, last = data.split(b"\n")
    for found in (*map(frame_of, lines), last_frame_of(last)):
        if isinstance(found, Malformed):
            assert found.reason
        elif found is not None and is_known(found.at):
            again = frame_of(line_of(found))
            assert isinstance(again, Frame)
            assert (*again[:3], again.text) == (*found[:3], found.text)  # broken bytes are U+FFFD


class Received:
    """A server that says what it is given, and a connection to it."""

    def __init__(self) -> None:
        self.liar = Liar(closes=True)
        self.liar.__enter__()

    def __call__(self, data: bytes) -> None:
        accept = b"Sec-WebSocket-Accept: ACCEPT\r\n\r\n"
        self.liar.replies(GOOD + accept + data.replace(b"ACCEPT", b""))
        lost: list[int] = []
        connection = Connection(self.liar.settings["KIS_WS_URL"], Redactor(), lost.append)
        frames: deque[Frame] = deque()
        while not frames or frames[-1].kind != CLOSE:  # which is the last one
            assert connection.get(10.0, frames), frames
        connection.abort()
        for held in frames:
            assert printable(held.text).isprintable()
        assert not lost


def seeds() -> list[bytes]:
    """Messages to start from: real ones, and some with markup and an escape in places for text."""
    messages = [*REAL, *(b"^".join((first, ODD, *rest)) for first, _, *rest in RECORDS)]
    messages += [b"OPSP8996", b"DNASAAPL", b"HDFSASP0", b"0|HDFSASP0|001|" + ODD]
    header = {"tr_id": MARKUP, "tr_key": "\x1b[2J"}
    messages.append(json.dumps({"header": header, "body": {"rt_cd": MARKUP}}).encode())
    seen = [Frame(1.8e9, IN, DATA, message, 1.0) for message in messages]
    return messages + [line_of(found) for found in seen]


class Target(NamedTuple):
    """What takes the inputs, and those to start from."""

    made: Callable[[], Callable[[bytes], None]]
    seeds: list[bytes]


TARGETS = {
    "texts": Target(lambda: one_text, seeds()),
    "screens": Target(
        lambda: one_screen,
        [bytes((119, 39, n, 1)) + ODD + bytes((10, n + 1)) for n in range(len(RECORDS))],  # 120x40
    ),
    "captures": Target(lambda: one_capture, seeds()),
    "streams": Target(Received, [frame(data) * 2 + frame(data, 0x1) for data in seeds()]),
}


def main() -> None:
    target, runs = TARGETS[sys.argv[1]], sys.argv[2]
    run, growth = target.made(), Growth()

    def one_input(data: bytes) -> None:
        run(data)
        growth.display()

    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(target.seeds):
            (Path(folder) / f"{number}").write_bytes(seed)
        options = [f"-runs={runs}", "-timeout=20", "-rss_limit_mb=1024", "-max_len=4096"]
        atheris.Setup([sys.argv[0], *options, "-print_final_stats=1", folder], one_input)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
