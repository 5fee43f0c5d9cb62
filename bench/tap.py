"""What a tap costs: added latency at a steady rate, and messages a second at full speed.

python bench/tap.py [--rate N] [--seconds N] [--messages N] [--rounds N] [--write]

A server in a process of its own sends order books that hold the moment of their sending; a bare
socket takes them, straight from the server or through ``kisq tap``, one after the other and the
round again. With ``--write`` the table goes to README.md.
"""

import argparse
import base64
import hashlib
import os
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

import blast
import report
from measure import HERE, Failed, environment, kisq, workplace

BEGIN, END = "<!-- tap: begin -->", "<!-- tap: end -->"
STRAIGHT = "straight"
WAYS = {
    STRAIGHT: None,
    "through `kisq tap`": [],
    "through `kisq tap -w FILE`": ["-w", "{folder}/day.ndjson", "--overwrite"],
    "through `kisq tap --json -w FILE.gz`": ["--json", "-w", "{folder}/day.gz", "--overwrite"],
}
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 section 1.3
_STAMP = 19  # digits of a moment in nanoseconds
_PING_BYTES = 6  # of a PING frame without a payload
_MOST_MEDIAN = 0.001  # seconds; what a tap may add


class Figures(NamedTuple):
    """Seconds that each message took at a steady rate, and messages a second at full speed."""

    latencies: list[float]
    rate: float


def message() -> bytes:
    """A framed order book; its stamp is what its last field is made of."""
    text = blast.messages()[0]
    head, _, _ = text.rpartition(b"^")
    return blast.frame(head + b"^" + b"0" * _STAMP)


def serve(listening: socket.socket, count: int, rate: int) -> None:
    """Send each client ``count`` messages, ``rate`` a second or as fast as they go."""
    framed = message()
    body = framed[:-_STAMP]
    while True:
        client, _ = listening.accept()
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with client:
            shake_hands(client)
            client.recv(_PING_BYTES)  # so that it begins when the client is ready
            began = time.monotonic()
            for number in range(count) if rate else ():
                left = began + number / rate - time.monotonic()
                if left > 0:
                    time.sleep(left)
                client.sendall(body + b"%0*d" % (_STAMP, time.monotonic_ns()))
            for _ in range(0 if rate else count // 100):
                client.sendall(framed * 100)
            client.recv(1)


def shake_hands(client: socket.socket) -> None:
    """Answer the handshake."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += client.recv(1)
    key = next(line[19:] for line in head.splitlines() if line.startswith(b"Sec-WebSocket-Key: "))
    accept = base64.b64encode(hashlib.sha1(key + _GUID).digest())
    client.sendall(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
    )


@contextmanager
def server(count: int, rate: int) -> Iterator[str]:
    """Such a server in a process of its own; gives its URL."""
    command = [sys.executable, f"{HERE / 'tap.py'}", "--serve", f"{count}", f"{rate}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


@contextmanager
def tapped(options: list[str], folder: Path, url: str) -> Iterator[str]:
    """A tap in front of ``url``; gives its own URL."""
    command = [*kisq(), "tap", *(option.format(folder=folder) for option in options)]
    with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
        process = subprocess.Popen(
            command, stdout=out, stderr=err, env=environment(url), cwd=folder
        )
        try:
            yield _announced(folder)
        finally:
            process.terminate()
            process.wait()


def _announced(folder: Path) -> str:
    for _ in range(1000):
        for name in ("out", "err"):
            first, newline, _ = (folder / name).read_text().partition("\n")
            if newline and first.startswith("KIS_WS_URL="):
                return first.partition("=")[2]
        time.sleep(0.01)
    raise Failed("the tap did not start")


def received(url: str, count: int) -> tuple[list[float], float]:
    """Take ``count`` messages; gives the seconds of each on its way, and those of all."""
    size = len(message())
    host, port = url.removeprefix("ws://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        key = base64.b64encode(os.urandom(16)).decode()
        connection.sendall(
            f"GET / HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += connection.recv(1)
        ping = b"\x89\x80" + os.urandom(4)
        connection.sendall(ping)
        began, data, taken = time.monotonic(), bytearray(), 0
        latencies: list[float] = []
        while taken < count:
            data += connection.recv(1 << 18)
            now = time.monotonic_ns()
            whole = len(data) // size
            ends = range(size, whole * size + 1, size)
            latencies += [(now - int(data[end - _STAMP : end])) / 1e9 for end in ends]
            del data[: whole * size]
            taken += whole
        took = time.monotonic() - began
        connection.sendall(b"\x88\x80" + struct.pack("!I", 0))
    return latencies, took


def way(options: list[str] | None, folder: Path, url: str, count: int) -> tuple[list[float], float]:
    """The same by one way."""
    if options is None:
        return received(url, count)
    with tapped(options, folder, url) as own:
        return received(own, count)


def figures(folder: Path, rate: int, lasting: int, count: int, rounds: int) -> dict[str, Figures]:
    """Of each way, over all rounds."""
    latencies: dict[str, list[float]] = {name: [] for name in WAYS}
    rates: dict[str, list[float]] = {name: [] for name in WAYS}
    for number in range(rounds):
        with server(rate * lasting, rate) as paced, server(count, 0) as fast:
            for name, options in WAYS.items():
                some, _ = way(options, folder, paced, rate * lasting)
                latencies[name] += some[rate // 10 :]  # the first load what it takes
                _, took = way(options, folder, fast, count)
                rates[name].append(count / took)
        print(f"bench: tap, round {number + 1} of {rounds}", file=sys.stderr, flush=True)
    return {name: Figures(latencies[name], median(rates[name])) for name in WAYS}


def table(by_way: dict[str, Figures], rate: int, rounds: int) -> str:
    """The figures in Markdown."""
    base = median(by_way[STRAIGHT].latencies)
    rows = [
        f"| {rate:,} messages a second | median | added | 99 % within | at most | at full speed |",
        "|---|---|---|---|---|---|",
    ]
    for name, (latencies, speed) in by_way.items():
        middle, within = median(latencies), quantiles(latencies, n=100)[-1]
        added = "" if name == STRAIGHT else f"{(middle - base) * 1000:.2f} ms"
        rows.append(
            f"| {name} | {middle * 1000:.2f} ms | {added} | {within * 1000:.1f} ms | "
            f"{max(latencies) * 1000:.0f} ms | {speed:,.0f}/s |"
        )
    slowest = max(median(each.latencies) for each in by_way.values()) - base
    verdict = "held" if slowest < _MOST_MEDIAN else "MISSED"
    rows.append(f"\nAdded in the median less than 1 ms: {verdict}. {rounds} rounds.")
    return "\n".join(rows)


def main() -> int:
    """Measure, print, and write if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rate", type=int, default=2000)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--messages", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    parser.add_argument("--serve", type=int, nargs=2, metavar=("COUNT", "RATE"))
    asked = parser.parse_args()
    if asked.serve:
        listening = socket.create_server(("127.0.0.1", 0))
        print(f"ws://127.0.0.1:{listening.getsockname()[1]}", flush=True)
        serve(listening, *asked.serve)
    load = os.getloadavg()[0]
    with workplace() as folder:
        by_way = figures(folder, asked.rate, asked.seconds, asked.messages, asked.rounds)
    text = f"{report.machine(load)}\n\n{table(by_way, asked.rate, asked.rounds)}"
    print(text)
    if asked.write:
        page = HERE / "README.md"
        before, _, rest = page.read_text("utf-8").partition(BEGIN)
        page.write_text(f"{before}{BEGIN}\n{text}\n{END}{rest.partition(END)[2]}", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
