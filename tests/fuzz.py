"""Coverage-guided fuzzing with atheris: ``python tests/fuzz.py texts|captures|streams RUNS``.

``texts`` takes bytes as one message: decoded, explained, printed. ``captures`` takes them as the
lines of a capture; what is read is written and read again. ``streams`` takes them as all
that a server says after the handshake, and receives them as a run does. What it finds ends it with
the input in a file ``crash-…``; an input that takes 20 s counts as well, and so does growth.
"""

import gc
import io
import json
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from zlib import crc32

import atheris
from liar import GOOD, Liar, frame

with atheris.instrument_imports(include=["kisq"]):
    from kisq.calendar import calendar_of
    from kisq.errors import WrongUsage
    from kisq.explain.word import Asked, explain
    from kisq.feed.connection import Connection
    from kisq.output.decoding import Decoding
    from kisq.output.explain import as_json, as_tables
    from kisq.output.ndjson import RecordJson
    from kisq.output.people import People
    from kisq.output.stream import Lines
    from kisq.output.tally import Tally
    from kisq.protocol.capture import frame_of, last_frame_of, line_of
    from kisq.protocol.escape import Redactor, printable
    from kisq.protocol.frames import CLOSE, CONTROL, DATA, IN, Frame, is_known
    from kisq.protocol.messages import Malformed

from rich.console import Console

FRAMES = Path(__file__).parent / "frames"
ASKED = Asked(datetime(2026, 7, 10, tzinfo=UTC), calendar_of)
MARKUP = "[bold red]"
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


class Growth:
    """Counts the objects that Python holds, now and then."""

    def __init__(self) -> None:
        self._inputs = self._held = 0

    def look(self) -> None:
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
    said, out, tally = io.StringIO(), Kept(), Tally()
    decoding = Decoding(RecordJson(out, 10), tally, People(said))
    for kind in (DATA, CONTROL):
        decoding.write(Frame(1.8e9, IN, kind, data, 1.0))
    assert tally.shown == len(out.lines)
    for line in out.lines:
        json.loads(line)
        assert line.decode().removesuffix("\n").isprintable()
    assert said.getvalue().replace("\n", "").isprintable()
    try:
        explanation = explain(text, ASKED)
    except WrongUsage:
        return
    json.loads(as_json(explanation))
    if crc32(data) % _TABLES_OF:
        return
    console = Console(file=io.StringIO(), width=10_000, force_terminal=False, highlight=False)
    console.print(as_tables(explanation))
    shown = console.file.getvalue()
    assert shown.replace("\n", "").isprintable()
    for fact in explanation.facts:  # markup is text: what is given is what is shown
        if fact.label and isinstance(fact.value, str) and MARKUP in fact.value:
            assert MARKUP in shown


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


class Streams:
    """A server that says what it is given, and a connection to it."""

    def __init__(self) -> None:
        self.liar = Liar(closes=True)
        self.liar.__enter__()

    def __call__(self, data: bytes) -> None:
        accept = b"Sec-WebSocket-Accept: ACCEPT\r\n\r\n"
        self.liar.replies(GOOD + accept + data.replace(b"ACCEPT", b""))
        connection = Connection(self.liar.settings["KIS_WS_URL"], Redactor())
        frames: list[Frame] = []
        while not frames or frames[-1].kind != CLOSE:  # which is the last one
            assert connection.get(10.0, frames), frames
        connection.abort()
        for held in frames:
            assert printable(held.text).isprintable()
        assert connection.lost == 0


def seeds(folder: Path, *, framed: bool) -> None:
    """Real messages to start from, and one with markup and an escape in every place."""
    lines = [line for path in FRAMES.glob("*.txt") for line in path.read_bytes().splitlines()]
    messages = [line for line in lines if line and not line.startswith(b"#")]
    messages += [b"OPSP8996", b"DNASAAPL", b"HDFSASP0", f"0|HDFSASP0|001|{MARKUP}\x1b".encode()]
    messages.append(
        json.dumps(
            {"header": {"tr_id": MARKUP, "tr_key": "\x1b[2J"}, "body": {"rt_cd": MARKUP}}
        ).encode()
    )
    seen = [Frame(1.8e9, IN, DATA, message, 1.0) for message in messages]
    messages += [line_of(found) for found in seen]
    for number, message in enumerate(messages):
        data = frame(message) * 2 + frame(message, 0x1) if framed else message
        (folder / f"{number}").write_bytes(data)


def main() -> None:
    target, runs = sys.argv[1], sys.argv[2]
    growth = Growth()
    targets = {"texts": lambda: one_text, "captures": lambda: one_capture, "streams": Streams}
    run = targets[target]()

    def one_input(data: bytes) -> None:
        run(data)
        growth.look()

    with tempfile.TemporaryDirectory() as folder:
        seeds(Path(folder), framed=target == "streams")
        options = [f"-runs={runs}", "-timeout=20", "-rss_limit_mb=1024", "-max_len=4096"]
        atheris.Setup([sys.argv[0], *options, "-print_final_stats=1", folder], one_input)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
