"""The pictures of the READMEs: screens of a seeded simulator, as SVG.

python bench/picture.py FOLDER

In the language of KISQ_LANG; the names of Korean pictures end in ``.ko.svg``, but that of ``raw``
is the same in both. What ``check`` and ``raw`` show is what the commands print, with the times of
that run.
"""

import io
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from measure import Failed, kisq, on_terminal, workplace
from rich.console import Console, Group, RenderableType
from rich.text import Text

from kisq.hours.holidays import calendar_of
from kisq.locale.sentence import is_korean
from kisq.output.counts import Counts
from kisq.output.notices import Notices
from kisq.output.stream import Lines
from kisq.output.streams import Streams
from kisq.screen.composition import Composition, ScreenSource
from kisq.screen.display import Display
from kisq.screen.selection import Selection
from kisq.screen.stats import KeyStats
from kisq.simulator.market import BookMaker
from kisq.simulator.trades import TradeMaker
from kisq.spec.tables import TRS
from kisq.wire.clocks import KST
from kisq.wire.decode import decode
from kisq.wire.frames import DATA, IN, Frame
from kisq.wire.record import Record
from kisq.wire.trkey import parse_tr_key

_SEED = 3
_QUOTES = 400
_WHEN = datetime(2026, 7, 10, 23, 53, 34, 512_000, tzinfo=KST)
_APART = timedelta(milliseconds=200)
_KOREAN = datetime(2026, 7, 10, 14, 6, 10, 512_000, tzinfo=KST)
_NAMES = {"DNASAAPL": "Apple USD", "DNASNVDA": "NVIDIA USD", "DAMSSPY": "SPDR S&P 500 USD"}
_KOREAN_NAMES = {"DNASAAPL": "애플 USD", "DNASNVDA": "엔비디아 USD", "005930": "삼성전자"}
_PLAIN = {"005930": "Samsung Electronics"}


def _stats(tr_key: str, seed: int, *, trades: bool = True) -> KeyStats:
    """A key after some minutes of the seeded simulator."""
    parsed = parse_tr_key(tr_key)
    tr_id, trades_id = parsed.tr_ids
    books = BookMaker(TRS[tr_id], parsed, seed)
    made = TradeMaker(TRS[trades_id], books, f"{seed}")
    names = _NAMES | _PLAIN
    if is_korean():
        names |= _KOREAN_NAMES
    stats = KeyStats((tr_id, tr_key), names.get(tr_key, ""))
    end = _WHEN if parsed.prefix else _KOREAN
    for number in range(_QUOTES):
        now = end - (_QUOTES - 1 - number) * _APART
        _feed(stats, books.message(now), now, number)
        if trades:
            _feed(stats, made.message(now), now, number)
        stats.measure(number * _APART.total_seconds())
    return stats


def _feed(stats: KeyStats, text: str, now: datetime, number: int) -> None:
    for record in decode(text, now.timestamp() + 0.2):
        assert isinstance(record, Record)
        frame = Frame(now.timestamp(), IN, DATA, text.encode(), number * _APART.total_seconds())
        stats.update(frame, record)


def _composed(shown: list[KeyStats], width: int, height: int) -> RenderableType:
    """What a window of this size shows of the keys."""
    stats = {one.key: one for one in shown}
    streams = Streams(Lines(sys.stdout.fileno()), Notices(io.StringIO()), Counts())
    source = ScreenSource(calendar_of=calendar_of)
    composition = Composition(stats, Selection(), Display(), streams, source)
    lines = composition.live(width, height, (_QUOTES - 1) * _APART.total_seconds())
    return Group(*lines)


def ladder() -> tuple[str, int, RenderableType]:
    """A ladder with its tape."""
    command = "kisq watch DNASAAPL --trades --sim"
    return command, 104, _composed([_stats("DNASAAPL", _SEED)], 104, 26)


def board() -> tuple[str, int, RenderableType]:
    """A board with the ladder of the picked key."""
    keys = ["DNASAAPL", "DNASNVDA", "DAMSSPY", "DHKS00003", "005930"]
    shown = [_stats(key, number + 1) for number, key in enumerate(keys)]
    return "kisq watch --keys keys.txt --trades --sim", 118, _composed(shown, 118, 34)


def check() -> tuple[str, int, RenderableType]:
    """What a check says of a key, and of another one with the wrong exchange in it."""
    times = ["--timeout", "3s", "--for", "2s"]
    return _printed(["check", "DAMSSPY", "DNASSPY", "--sim", *times], 100)


def raw() -> tuple[str, int, RenderableType]:
    """Messages as they came."""
    return _printed(["raw", "DNASAAPL", "--sim", "-n", "2"], 118)


def _printed(arguments: list[str], width: int) -> tuple[str, int, RenderableType]:
    """What the command prints on a terminal."""
    with workplace() as folder:
        language = {"KISQ_LANG": os.environ.get("KISQ_LANG", "en")}
        with suppress(Failed):  # that of a silent key is the exit code of a check
            on_terminal([*kisq(), *arguments], folder, "", (width, 60), language)
        printed = (folder / "out").read_text("utf-8")
    lines = [line.rpartition("\r\x1b[K")[2].rstrip() for line in printed.split("\r\n")]
    folded: list[Text] = []
    for line in Text.from_ansi("\n".join(lines).strip()).split("\n", allow_blank=True):
        ends = range(width, len(line.plain), width)  # as a terminal does, in the midst of words
        folded += line.divide(ends)
    return f"kisq {' '.join(arguments)}", width, Group(*folded)


_PICTURES: dict[str, Callable[[], tuple[str, int, RenderableType]]] = {
    "ladder": ladder,
    "board": board,
    "check": check,
    "raw": raw,
}


def main() -> None:
    """Write the SVG files."""
    folder = Path(sys.argv[1])
    suffix = ".svg"
    names = sys.argv[2:] or list(_PICTURES)
    if is_korean():
        suffix = ".ko.svg"
        names = [name for name in names if name != "raw"]
    for name in names:
        title, width, shown = _PICTURES[name]()
        console = Console(
            width=width,
            file=io.StringIO(),
            record=True,
            force_terminal=True,
            color_system="truecolor",
            highlight=False,
        )
        console.print(shown)
        svg = console.export_svg(title=title, unique_id=f"kisq-{name}")
        (folder / f"{name}{suffix}").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
