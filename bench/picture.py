"""The picture of the README: the ladder of a seeded simulator, as SVG.

python bench/picture.py FILE
"""

import io
import sys
from datetime import datetime
from pathlib import Path

from rich.console import Console

from kisq.screen.ladder import Palette, View, ladder
from kisq.simulator.market import BookMaker
from kisq.spec.tables import TRS
from kisq.wire.book import OrderBook
from kisq.wire.decode import decode
from kisq.wire.moments import KST
from kisq.wire.trkey import parse_tr_key

_SEED, _QUOTES = 3, 400
_WIDTH, _HEIGHT = 84, 28
_WHEN = datetime(2026, 7, 10, 23, 53, 34, 512_000, tzinfo=KST)


def view() -> View:
    """The state of a ladder after some minutes of the seeded simulator."""
    maker = BookMaker(TRS["HDFSASP0"], parse_tr_key("DNASAAPL"), _SEED)
    for _ in range(_QUOTES):
        message = maker.message(_WHEN)
    (book,) = decode(message, _WHEN.timestamp())
    assert isinstance(book, OrderBook)
    return View(book, _QUOTES, rate=5.0, age=0.1, pingpongs=8)


def main() -> None:
    """Write the SVG."""
    console = Console(
        width=_WIDTH, file=io.StringIO(), record=True, force_terminal=True, color_system="truecolor"
    )
    console.print(ladder(view(), _WIDTH, _HEIGHT, Palette.KR, 10))
    svg = console.export_svg(title="kisq watch DNASAAPL --sim")
    Path(sys.argv[1]).write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
