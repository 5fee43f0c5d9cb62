"""What the board of 41 keys costs: ``python bench/board.py [--rate 50] [--seconds 10]``.

``kisq watch`` runs in a pseudo-terminal of 120 by 45, the simulator in a process of its own. The
CPU seconds are those of ``kisq watch`` alone, from its start to its end.
"""

import argparse
import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

from measure import Failed, environment, kisq, workplace

SIZE = (45, 120)  # lines, columns
KEYS = [f"DNAS{chr(65 + n // 26)}{chr(65 + n % 26)}" for n in range(41)]
_DRAWING = b"\x1b[?2026h"


def settings(line: bytes) -> dict[str, str]:
    """``NAME=value`` as the simulator prints it."""
    name, _, value = line.decode().strip().partition("=")
    return {name: value}


def watch(folder: Path, seconds: int, urls: dict[str, str]) -> tuple[bytes, float, float]:
    """What it wrote on its terminal, its CPU seconds and how long it took."""
    (folder / "keys.txt").write_text("\n".join(KEYS), "utf-8")
    command = [*kisq(), "watch", "--keys", "keys.txt", "--duration", f"{seconds}s"]
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", *SIZE, 0, 0))
    account = {
        "KIS_APP_KEY": "PS" + "k" * 34,
        "KIS_APP_SECRET": "s" * 180,
        "TERM": "xterm-256color",
    }
    started = time.perf_counter()
    process = subprocess.Popen(
        command, stdin=slave, stdout=slave, stderr=slave, cwd=folder,
        env=environment() | urls | account,
    )  # fmt: skip
    os.close(slave)
    written = bytearray()
    while data := _read(master):
        written += data
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise Failed(f"kisq watch ended with {process.returncode}: {bytes(written[-300:])!r}")
    return bytes(written), used.ru_utime + used.ru_stime, time.perf_counter() - started


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 1 << 20)
    except OSError:  # the other side has ended
        return b""


def main() -> None:
    """Measure once and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=50, help="messages a second for each key")
    parser.add_argument("--seconds", type=int, default=10)
    given = parser.parse_args()
    with workplace() as folder:
        simulator = subprocess.Popen(
            [*kisq(), "sim", "--any-symbol", "--rate", f"{given.rate}"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder, env=environment(),
        )  # fmt: skip
        try:
            urls = settings(simulator.stdout.readline()) | settings(simulator.stdout.readline())
            written, cpu, took = watch(folder, given.seconds, urls)
        finally:
            simulator.terminate()
            simulator.wait()
    books, messages = map(int, re.search(rb"(\d+) order books, (\d+) data mess", written).groups())
    print(f"{len(KEYS)} keys at {given.rate} messages a second, {took:.1f} s in all")
    print(
        f"data messages {messages}, order books {books}, {'some' if b'LOST' in written else 0} lost"
    )
    print(f"drawings {written.count(_DRAWING)}, {len(written) / 1024:.0f} KiB written")
    print(f"CPU {cpu:.2f} s: {cpu / took:.2f} of a core")
    if books != messages or b"LOST" in written:
        sys.exit("something was lost")


if __name__ == "__main__":
    main()
