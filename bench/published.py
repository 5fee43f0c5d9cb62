"""Published KIS libraries against the simulator, unchanged but for hosts and keys.

``python bench/published.py LIBRARY [--kisq PATH] [--as-of DATE]`` runs a LIBRARY that is installed
beside this Python, ``python-kis`` or ``kis-trader``, as its README shows. It prints what it tried
and how that went, and exits with 1 if something did not work.
"""

import argparse
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

APP_KEY, APP_SECRET = "P" * 36, "S" * 180
OVERSEAS, KOREAN = "DNASNVDA", "000660"
PAIRS = [("HDFSASP0", OVERSEAS), ("HDFSCNT0", OVERSEAS), ("H0STASP0", KOREAN), ("H0STCNT0", KOREAN)]
QUIET = ("HDFSASP0", "DNASSPY")  # no such symbol on Nasdaq: accepted, and silent
# KIS's own host, or the one that replaced it in the stage before.
_HOST = re.compile(r"(https?|ws)://(\w+\.koreainvestment\.com|127\.0\.0\.1):")
QUIET_SECONDS = 130  # a session ends after 100 without an answer to PINGPONG


class Library(Protocol):
    """A library; ``received`` counts the records of each TR that reached the user's callback."""

    received: Counter[str]

    def subscribe(self, tr_id: str, tr_key: str) -> None: ...
    def unsubscribe(self, tr_id: str, tr_key: str) -> None: ...
    def close(self) -> None: ...


class PythonKis:
    """python-kis: README 2.2.1 and 2.2.4, and its tutorial's order book.

    A key that is no stock goes over its WebSocket client.
    """

    def __init__(self, rest_url: str, ws_url: str) -> None:
        from pykis import PyKis

        _replace_hosts("pykis", {"http": rest_url, "ws": ws_url})
        self.received = Counter()
        self._tickets: dict[tuple[str, str], Any] = {}
        self._kis = PyKis(
            id="soju06", account="00000000-01", appkey=APP_KEY, secretkey=APP_SECRET
        )  # fmt: skip
        self._events = {"HDFSASP0": "orderbook", "H0STASP0": "orderbook"}

    def subscribe(self, tr_id: str, tr_key: str) -> None:
        if (tr_id, tr_key) == QUIET:
            self._kis.websocket.subscribe(tr_id, tr_key)
            return
        stock = self._kis.stock(tr_key.removeprefix("DNAS"))
        event = self._events.get(tr_id, "price")
        self._tickets[tr_id, tr_key] = stock.on(event, self._received)
        # It forgets what is subscribed in the moment in which it connects.
        self._kis.websocket.ensure_connected(timeout=5)

    def _received(self, _: object, event: Any) -> None:
        self.received[event.tr.id] += 1

    def unsubscribe(self, tr_id: str, tr_key: str) -> None:
        self._tickets.pop((tr_id, tr_key)).unsubscribe()

    def close(self) -> None:
        self._kis.websocket.disconnect()


class KisTrader:
    """kis-trader: README 2, and the page on its real-time client."""

    def __init__(self, rest_url: str, ws_url: str) -> None:
        from kis_trader import KISClient
        from kis_trader._internal import _endpoints  # noqa: F401 - where its hosts are

        _replace_hosts("kis_trader", {"http": rest_url, "ws": ws_url})
        self.received = Counter()
        kis = KISClient(
            app_key=APP_KEY, app_secret=APP_SECRET, account="12345678-01", environment="real"
        )
        self._feed = kis.realtime()
        self._feed.start()

    def subscribe(self, tr_id: str, tr_key: str) -> None:
        self._feed.subscribe(tr_id=tr_id, tr_key=tr_key, on=self._received)

    def _received(self, message: Any) -> None:
        self.received[message.tr_id] += 1

    def unsubscribe(self, tr_id: str, tr_key: str) -> None:
        self._feed.unsubscribe(tr_id=tr_id, tr_key=tr_key)

    def close(self) -> None:
        self._feed.stop()


def _replace_hosts(package: str, hosts: dict[str, str]) -> None:
    """Replace each constant of the package that is a URL of KIS, also in tables."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == package:
            for table in [vars(module), *filter(_is_table, vars(module).values())]:
                for key, value in list(table.items()):
                    if isinstance(value, str) and _HOST.match(value):
                        table[key] = next(url for s, url in hosts.items() if value.startswith(s))


def _is_table(value: object) -> bool:
    return isinstance(value, dict)


LIBRARIES: dict[str, Callable[[str, str], Library]] = {
    "python-kis": PythonKis,
    "kis-trader": KisTrader,
}


class Simulator:
    """A running ``kisq sim -v``."""

    def __init__(self, command: list[str], log: Path) -> None:
        self._log = log
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=log.open("w"), text=True
        )
        lines = [self._process.stdout.readline().strip() for _ in range(2)]
        self.urls = [line.split("=", 1)[1] for line in lines]

    def said(self, words: str) -> int:
        """How many of its lines so far hold ``words``."""
        return sum(words in line for line in self._log.read_text().splitlines())

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()


@contextmanager
def served(arguments: argparse.Namespace, *options: str) -> Iterator[tuple[Library, Simulator]]:
    """A library at a simulator with ``options``."""
    as_of = ["--as-of", arguments.as_of] if arguments.as_of else []
    log = Path(f"published-{arguments.library}.log")
    simulator = Simulator([arguments.kisq, "sim", "-v", *as_of, *options], log)
    try:
        library = LIBRARIES[arguments.library](*simulator.urls)
        try:
            yield library, simulator
        finally:
            library.close()
    finally:
        simulator.stop()


def books_and_trades(arguments: argparse.Namespace) -> bool:
    """Of an overseas and a Korean stock; after the unsubscribe of one, no more of it."""
    with served(arguments) as (library, _):
        for pair in PAIRS:
            library.subscribe(*pair)
        time.sleep(10)
        received = dict(library.received)
        library.unsubscribe(*PAIRS[0])
        time.sleep(1)
        before = dict(library.received)
        time.sleep(3)
        later = {tr_id: number - before[tr_id] for tr_id, number in library.received.items()}
    print(f"  in 10 s {received}, in 3 s after the unsubscribe {later}")
    rest = [later.get(tr_id, 0) for tr_id, _ in PAIRS[1:]]
    return len(received) == len(PAIRS) and later[PAIRS[0][0]] == 0 and all(rest)


def quiet_key(arguments: argparse.Namespace) -> bool:
    """130 s with nothing but PINGPONG, in one session, which works afterwards."""
    with served(arguments) as (library, simulator):
        library.subscribe(*QUIET)
        time.sleep(QUIET_SECONDS)
        sessions = simulator.said(" connects")
        library.subscribe(*PAIRS[1])
        time.sleep(3)
        received = dict(library.received)
        cut = simulator.said("did not answer PINGPONG")
    print(f"  {sessions} session, {cut} cut, then {received}")
    return (sessions, cut) == (1, 0) and bool(received)


def reconnect(arguments: argparse.Namespace) -> bool:
    """Each connection is cut after 6 s; the library connects again and data go on."""
    with served(arguments, "--fault", "drop=6") as (library, simulator):
        for pair in PAIRS:
            library.subscribe(*pair)
        time.sleep(8)
        before = sum(library.received.values())
        time.sleep(17)
        after = sum(library.received.values())
        sessions = simulator.said(" connects")
    print(f"  {sessions} sessions, {before} records in the first 8 s, {after} in 25 s")
    return sessions > 1 and after > before * 1.5


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("library", choices=LIBRARIES)
    parser.add_argument("--kisq", default="kisq")
    parser.add_argument("--as-of")
    arguments = parser.parse_args()
    good = True
    for stage in (books_and_trades, quiet_key, reconnect):
        print(f"{arguments.library}: {stage.__doc__}")
        worked = stage(arguments)
        print("  works" if worked else "  DOES NOT WORK")
        good &= worked
    sys.exit(not good)


if __name__ == "__main__":
    main()
