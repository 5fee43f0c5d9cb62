"""The benchmark: ``python bench/run.py [--write]``; with ``--write`` the table goes to README.md.

Whole processes are timed, one kind after the other and the round again, so that whatever else the
machine does falls on all of them alike; medians are reported. An output that is not complete ends
the benchmark with an error: there is no figure for a wrong result.
"""

import argparse
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import blast
import checks
import report
import sound
from measure import (
    HERE,
    Failed,
    cpu_seconds,
    kisq,
    on_terminal,
    peak_mib,
    seconds,
    seconds_to_output,
    simulator,
    workplace,
)
from measure import blast as server

KEY = blast.TR_KEY
LOOP, SOCKET = "bare `websocket-client` loop", "bare socket"
JSON = f"`kisq watch {KEY} --json`"
OFFICIAL, PYTHON_KIS = "the official sample's `pandas.read_csv`", "python-kis's decoder"
PACE = 10_000  # messages a second for the memory, slow enough that no backlog is measured
FEW, MANY = 10_000, 1_000_000
SCREEN_KEYS, SCREEN_RATE = 41, 5_000
RATES = 100, 1_000
SIZE = 120, 60  # columns and lines of the terminal
_STAMPS = re.compile(rb"\b([12],\d{3},\d{3})\b")


@dataclass(frozen=True)
class Client:
    """A program that takes messages, and the check of its output."""

    name: str
    command: Callable[[str, int], list[str]]
    check: Callable[[Path, int], None]
    unit: Callable[[int], int] = int  # what the check counts, from the number of messages
    target: float | None = None
    one_in: int = 1  # a slow one gets so much fewer messages
    terminal: bool = False


def _limit(kind: str, unit: Callable[[int], int] = int) -> Callable[[str, int], list[str]]:
    return lambda url, n: [sys.executable, f"{HERE / 'clients.py'}", kind, url, f"{unit(n)}"]


def _kisq(*words: str) -> Callable[[str, int], list[str]]:
    return lambda _, n: [*kisq(), *words, "-n", f"{n}"]


CLIENTS = (
    Client(SOCKET, _limit("socket", checks.bytes_of), checks.counted, checks.bytes_of),
    Client(LOOP, _limit("loop"), checks.the_very_bytes),
    Client(f"`kisq raw {KEY}`", _kisq("raw", KEY), checks.the_very_bytes, target=1.5),
    Client(JSON, _kisq("watch", KEY, "--json"), checks.json_books, target=0.45),
    Client(f"`kisq watch {KEY}`, plain lines", _kisq("watch", KEY), checks.plain_books),
    Client(
        f"`kisq watch {KEY}`, the ladder on a terminal",
        _kisq("watch", KEY),
        checks.drawn,
        terminal=True,
    ),
    Client(OFFICIAL, _limit("official"), checks.plain_books, one_in=10),
    Client(PYTHON_KIS, _limit("python-kis"), checks.plain_books),
)
TIMES = {OFFICIAL: 60.0, PYTHON_KIS: 4.0}  # how much faster `watch --json` is to be
TYPER, VERSION = "`python -c 'import typer'`", "`kisq --version`"
STARTS = {
    "`python -c pass`": [sys.executable, "-c", "pass"],
    TYPER: [sys.executable, "-c", "import typer"],
    VERSION: [*kisq(), "--version"],
    "`kisq approve --sim`": [*kisq(), "approve", "--sim"],
}
BARE = "a bare script: approval, subscribe, print"
FIRST_LINE = f"`kisq watch {KEY} --json --once`"
SIM_RATE = 1000  # messages a second, so that what is measured is not the wait for one
FIRST_BOOK = f"`kisq watch {KEY} --sim --once`, until the first line"


def throughput(folder: Path, count: int, rounds: int) -> dict[str, list[float]]:
    """Messages a second of each client, a figure a round."""
    rates: dict[str, list[float]] = {client.name: [] for client in CLIENTS}
    for number in range(-1, rounds):  # the first round only warms the caches
        for client in CLIENTS:
            sent = count // client.one_in
            with server(sent) as url:
                command = client.command(url, sent)
                if client.terminal:
                    took, _ = on_terminal(command, folder, url, SIZE)
                else:
                    took = seconds(command, folder, url)
            client.check(folder / "out", client.unit(sent))
            if number >= 0:
                rates[client.name].append(sent / took)
        _say(f"throughput, round {number + 1} of {rounds}")
    return rates


def starts(folder: Path, rounds: int) -> dict[str, list[float]]:
    """Seconds of each short command, a figure a round."""
    took: dict[str, list[float]] = {name: [] for name in (*STARTS, FIRST_BOOK)}
    first_book = [*kisq(), "watch", KEY, "--sim", "--once"]
    for number in range(-1, rounds):
        found = {name: seconds(command, folder) for name, command in STARTS.items()}
        found[FIRST_BOOK] = seconds_to_output(first_book, folder)
        for name, figure in found.items():
            took[name] += [figure] if number >= 0 else []
    _say(f"start-up, {rounds} rounds")
    return took


def first_books(folder: Path, rounds: int) -> dict[str, list[float]]:
    """Seconds from the start of a program to its first book, with an approval key of its own."""
    took: dict[str, list[float]] = {BARE: [], FIRST_LINE: []}
    with simulator(folder, SIM_RATE) as urls:
        bare = [sys.executable, f"{HERE / 'clients.py'}", "bare", urls["KIS_WS_URL"], "1"]
        commands = {BARE: bare, FIRST_LINE: [*kisq(), "watch", KEY, "--json", "--once"]}
        for number in range(-1, rounds):
            for name, command in commands.items():
                key = f"PS{number + 1:04d}{len(name):02d}{'k' * 28}"  # each run has a session
                account = {"KIS_APP_KEY": key, "KIS_APP_SECRET": "s" * 180}
                figure = seconds_to_output(command, folder, urls | account)
                took[name] += [figure] if number >= 0 else []
    _say(f"first book, {rounds} rounds")
    return took


def memory(folder: Path, counts: tuple[int, ...]) -> dict[int, float]:
    """The peak of ``watch --json`` in MiB after so many messages at a steady pace."""
    peaks = {}
    for count in counts:
        command = [*kisq(), "watch", KEY, "--json", "-n", f"{count}"]
        with server(count, PACE) as url:
            peaks[count] = peak_mib(command, folder, url)
        checks.complete_lines(folder / "out", count)
        _say(f"memory after {count} messages")
    return peaks


def shares(folder: Path, lasting: int) -> dict[str, float]:
    """Percent of one processor at a steady rate, without the start."""
    found = {}
    for words in (["--json"], []):
        for rate in RATES:
            used = []
            for count in (1, rate * lasting):
                command = [*kisq(), "watch", KEY, *words, "-n", f"{count}"]
                with server(count, rate) as url:
                    used.append(cpu_seconds(command, folder, url))
            name = f"`watch {'--json' if words else '(lines)'}` at {rate:,} messages a second"
            found[name] = (used[1] - used[0]) / lasting * 100
    _say("processor share")
    return found


def screen_ages(folder: Path, lasting: int) -> list[float]:
    """Milliseconds from the sending of each book that was drawn until it was on the terminal."""
    keys, count = blast.names(SCREEN_KEYS), SCREEN_RATE * lasting
    with server(count, SCREEN_RATE, SCREEN_KEYS) as url:
        command = [*kisq(), "watch", *keys, "-n", f"{count}"]
        _, seen = on_terminal(command, folder, url, SIZE)
    ages, known = [], set()
    for at, data in seen:
        for found in {int(text.replace(b",", b"")) for text in _STAMPS.findall(data)} - known:
            known.add(found)
            ages.append((at * 1000 - found) % blast.STAMP_BASE)
    if len(ages) < 5 * lasting:
        raise Failed(f"only {len(ages)} books were seen on the terminal")
    _say("age on the screen")
    return ages[len(ages) // 10 :]  # the first drawing loads what it takes to draw


def _say(sentence: str) -> None:
    print(f"bench: {sentence}", file=sys.stderr, flush=True)


def main() -> int:
    """Measure, print, and write if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    parser.add_argument("--messages", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=7, help="of throughput; 3 times of start-up")
    parser.add_argument("--lasting", type=int, default=10, help="seconds of the steady rates")
    parser.add_argument("--memory", type=int, nargs="*", default=[FEW, MANY], metavar="MESSAGES")
    asked = parser.parse_args()
    load = os.getloadavg()[0]
    try:
        with workplace() as folder:
            rates = throughput(folder, asked.messages, asked.rounds)
            took = starts(folder, asked.rounds * 3)
            first = first_books(folder, asked.rounds * 3)
            costs = sound.costs(asked.rounds * 3)
            used = shares(folder, asked.lasting)
            ages = screen_ages(folder, asked.lasting * 3)
            peaks = memory(folder, tuple(asked.memory))
    except Failed as failure:
        _say(f"error: {failure}")
        return 1
    targets = {client.name: client.target for client in CLIENTS if client.target}
    text = "\n\n".join(
        (
            report.machine(load),
            report.throughput(rates, LOOP, targets, asked.messages),
            report.times(rates, JSON, TIMES),
            report.starts(took, TYPER, {VERSION: 1.5}, {FIRST_BOOK: 0.6}),
            report.starts(
                first, BARE, {FIRST_LINE: 1.5}, {}, ("start to first book", "the bare script")
            ),
            report.checks(costs, sound.MOST),
            report.shares(used),
            report.ages(ages, SCREEN_RATE, SCREEN_KEYS),
            report.memory(peaks, PACE),
        )
    )
    print(text)
    if asked.write:
        report.write(HERE / "README.md", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
