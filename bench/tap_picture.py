"""The picture of a tap in the READMEs: a bot that does some things wrong, as SVG.

python bench/tap_picture.py FILE

In the language of KISQ_LANG.
"""

import io
import sys
import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from kisq.locale.sentence import translated
from kisq.output.counts import Counts
from kisq.output.notices import wrapped
from kisq.output.stream import Lines
from kisq.reasons.silence import Silence, silence
from kisq.simulator.market import BookMaker
from kisq.spec.tables import TRS
from kisq.tap.advice import Advice
from kisq.tap.lines import TapLines
from kisq.tap.masking import Mask
from kisq.tap.program import Program
from kisq.wire.clocks import KST
from kisq.wire.escape import Redactor
from kisq.wire.frames import CONTROL, DATA, IN, OPEN, OUT, PINGPONG, Direction, Frame, FrameKind
from kisq.wire.messages import Key, Request
from kisq.wire.trkey import parse_tr_key

_WIDTH = 92
_NAME = "kisq: "
_WHEN = datetime(2026, 7, 10, 23, 53, 34, 512_000, tzinfo=KST)
_ANSWER = (
    '{"header":{"tr_id":"%s","tr_key":"%s","encrypt":"N"},"body":{"rt_cd":"%s","msg_cd":"%s",'
    '"msg1":"%s"}}'
)
_ACCEPTED = ("0", "OPSP0000", "SUBSCRIBE SUCCESS")
_REFUSED = ("1", "OPSP8992", "SUBSCRIBE ERROR : invalid tr_key")
_PINGPONG = '{"header":{"tr_id":"PINGPONG","datetime":"%s"}}'


class Screen:
    """What a terminal shows of a session that is told frame by frame."""

    def __init__(self, console: Console) -> None:
        self._console, self._counts = console, Counts(raw=True)
        self._advice = Advice(Program(), self._say, Mask(Redactor()), _why_silent)

    def _say(self, sentence: str) -> None:
        text = wrapped(translated(sentence), _WIDTH - len(_NAME), cell_len)
        self._console.print(_NAME + text, style="bold")

    def frame(self, seconds: float, direction: Direction, kind: FrameKind, text: str) -> None:
        frame = Frame(_WHEN.timestamp() + seconds, direction, kind, text.encode(), seconds)
        with tempfile.TemporaryFile() as file:
            lines = TapLines(Lines(file.fileno()), self._counts, lambda: _WIDTH, colour=True)
            lines.write(frame)
            lines.close()
            file.seek(0)
            self._console.print(Text.from_ansi(file.read().decode().rstrip()))
        if kind is CONTROL and direction is OUT:
            self._advice.judge(frame.data)
        self._advice.write(frame)
        self._advice.flush(seconds)


def _why_silent(key: Key, ticking: Sequence[Key]) -> Silence:
    return silence(*key, _WHEN, lambda _: None, mock=False, ticking=ticking)


def tell(screen: Screen) -> None:
    """A minute of a bot."""
    maker = BookMaker(TRS["HDFSASP0"], parse_tr_key("DNASAAPL"), 3)
    screen.frame(0.0, OUT, OPEN, "ws://ops.koreainvestment.com:21000/tryitout")
    for seconds, key, answer in ((0.01, "DNASAAPL", _ACCEPTED), (0.08, "AAPL", _REFUSED)):
        request = Request("***", "1", "HDFSASP0", key)
        screen.frame(seconds, OUT, CONTROL, request.to_text())
        screen.frame(seconds + 0.02, IN, CONTROL, _ANSWER % ("HDFSASP0", key, *answer))
    for number in range(4):
        seconds = 0.2 + number * 0.3
        text = maker.message(_WHEN + timedelta(seconds=seconds))
        screen.frame(seconds, IN, DATA, text)
    pingpong = _PINGPONG % f"{_WHEN + timedelta(seconds=11.1):%Y%m%d%H%M%S}"
    screen.frame(11.1, IN, PINGPONG, pingpong)
    screen.frame(25.4, OUT, PINGPONG, pingpong)
    for number in range(3):
        seconds = 25.5 + number * 2.4
        text = maker.message(_WHEN + timedelta(seconds=seconds))
        screen.frame(seconds, IN, DATA, text)


def main() -> None:
    """Write the SVG."""
    console = Console(
        width=_WIDTH,
        file=io.StringIO(),
        record=True,
        force_terminal=True,
        color_system="truecolor",
        highlight=False,
    )
    tell(Screen(console))
    Path(sys.argv[1]).write_text(console.export_svg(title="kisq tap"), encoding="utf-8")


if __name__ == "__main__":
    main()
