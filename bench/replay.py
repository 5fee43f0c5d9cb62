"""How fast is a replay, and does its memory grow with the capture?

``python bench/replay.py`` makes a capture of order books in a folder of its own, replays 10
thousand and a million of them at full speed, and prints messages a second and the peak of the
resident memory of each. Each figure is a whole process, with stdout to a file.
"""

import time
from pathlib import Path

import blast
from measure import kisq, peak_mib, seconds, workplace

from kisq.wire.frames import DATA, IN, Frame, moment
from kisq.wire.recorded_line import line_of

SIZES = (10_000, 1_000_000)
MOST_GROWTH = 2.0  # MiB, from the smallest to the largest
COMMANDS = (["watch", "--json"], ["raw"])
_BEGAN = 1_783_695_214  # 2026-07-10 23:53:34 KST


def make(path: Path, count: int) -> None:
    """Write a capture of ``count`` order books, 20 ms apart."""
    books = blast.messages()
    with path.open("wb") as file:
        for n in range(count):
            second, part = divmod(n * 20, 1000)
            at = moment(_BEGAN + second, part * 1000)
            file.write(line_of(Frame(at, IN, DATA, books[n % len(books)])) + b"\n")


def main() -> None:
    with workplace() as folder:
        for size in SIZES:
            make(folder / f"{size}", size)
        for arguments in COMMANDS:
            peaks = []
            for size in SIZES:
                command = [*kisq(), *arguments, "-r", f"{size}", "--speed", "max"]
                took = seconds(command, folder)
                lines = sum(1 for _ in (folder / "out").open("rb"))
                peaks.append(peak_mib(command, folder, ""))
                rate = f"{size / took:10,.0f} messages a second"
                print(f"{' '.join(arguments):14} {size:9,} {rate} {peaks[-1]:7.1f} MiB {lines:,}")
            grown = max(peaks) - peaks[0]
            verdict = "ok" if grown <= MOST_GROWTH else "TOO MUCH"
            print(f"{'':14} grown by {grown:.1f} MiB: {verdict}")


if __name__ == "__main__":
    started = time.monotonic()
    main()
    print(f"in {time.monotonic() - started:.0f} s")
