"""The control key: registered beside a silent one, never shown, and given back."""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from conftest import Run, credentials
from helpers.command import said

from kisq.feed import controlled
from kisq.simulator.faults import parse_faults
from kisq.simulator.server import Simulator
from kisq.simulator.shared_state import Options
from kisq.simulator.symbols import Symbols
from kisq.spec.control_keys import CONTROL_SYMBOLS
from kisq.spec.markets import MARKETS
from kisq.wire.control_key import control_key, is_same_session
from kisq.wire.trkey import parse_tr_key

Kisq = Callable[..., Run]
NIGHT = "2026-07-10T23:53:34+09:00"
NOON = "2026-07-10T11:00:00+09:00"
SUNDAY = "2026-07-12T14:03:00+09:00"
SILENT = 0.3  # seconds, in place of 5


class Noted:
    """A simulator and the requests that it got: seconds, tr_type and tr_key of each."""

    def __init__(self, options: Options) -> None:
        self.requests: list[tuple[float, str, str]] = []
        self._server = Simulator(options, log=self._note)

    def _note(self, line: str) -> None:
        sent = re.fullmatch(r"client \d+ sent (\{.*)", line)
        request = json.loads(sent[1]) if sent else {}
        if "body" in request:
            key = request["body"]["input"]["tr_key"]
            self.requests.append((time.monotonic(), request["header"]["tr_type"], key))

    @contextmanager
    def serving(self) -> Iterator[dict[str, str]]:
        with self._server as server:
            urls = {"KIS_REST_URL": server.rest_url, "KIS_WS_URL": server.ws_url}
            yield credentials() | urls | {"KISQ_NOW": NIGHT}

    @property
    def steps(self) -> list[tuple[str, str]]:
        return [(tr_type, key) for _, tr_type, key in self.requests]


def noted(*faults: str, symbols: Symbols | None = None) -> Noted:
    chosen: dict[str, Any] = {} if symbols is None else {"symbols": symbols}
    return Noted(Options(rate=50, pingpong=0.3, faults=parse_faults(list(faults)), **chosen))


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(controlled, "SILENT_SECONDS", SILENT)
    monkeypatch.setattr(controlled, "CONTROL_SECONDS", SILENT)


@pytest.mark.usefixtures("soon")
def test_it_ticks_so_the_feed_is_fine(kisq: Kisq) -> None:
    """It is named in the verdict, unsubscribed as soon as it ticked, and counts nowhere."""
    server = noted()
    with server.serving() as settings:
        run = kisq("check", "DNASZZZZ", "--timeout", "2s", "--json", **settings)
    (key,) = json.loads(run.stdout)["keys"]
    assert (run.returncode, key["verdict"], key["messages"]) == (1, "silent", 0)
    assert key["reason"].endswith(
        "DNASNVDA, which kisq registered as a control key, ticks in the same session, so the feed "
        "is fine. DNASZZZZ is thin, or its exchange or spelling is wrong."
    )
    assert server.steps == [
        ("1", "DNASZZZZ"), ("1", "DNASNVDA"), ("2", "DNASNVDA"), ("2", "DNASZZZZ"),
    ]  # fmt: skip


@pytest.mark.usefixtures("soon")
def test_it_is_silent_too_so_the_feed_is(kisq: Kisq) -> None:
    """Then the key is not blamed."""
    server = noted("silent")
    with server.serving() as settings:
        run = kisq("check", "DNASZZZZ", "--timeout", "2s", "--json", **settings)
    (key,) = json.loads(run.stdout)["keys"]
    assert re.search(
        "DNASNVDA, which kisq registered as a control key, has been silent for [12] s too",
        key["reason"],
    )
    assert "so the feed of this session sends nothing" in key["reason"]
    assert "look at KIS's notices" in key["next_step"]
    assert ("2", "DNASNVDA") in server.steps


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("venue", ["krx", "nxt", "unified"])
def test_watch_uses_the_same(kisq: Kisq, venue: str) -> None:
    """Its error has the evidence; the summary counts nothing."""
    server = noted()
    with server.serving() as settings:
        run = kisq(
            "watch", "999999", "--venue", venue, "--timeout", "2s", **settings | {"KISQ_NOW": NOON}
        )
    assert run.returncode == 1
    assert "005930, which kisq registered as a control key, ticks in the same" in said(run)
    assert "0 order books, 0 data messages" in said(run)


@pytest.mark.usefixtures("soon")
def test_nothing_of_it_is_shown_or_recorded(kisq: Kisq, tmp_path: Path) -> None:
    """Neither in a recording nor with --verbose, but for the sentence that it is registered."""
    server = noted()
    with server.serving() as settings:
        run = kisq(
            "watch", "DNASZZZZ", "--timeout", "2s", "-v", "-w", "recording", "--json", **settings
        )
    assert ("1", "DNASNVDA") in server.steps
    assert run.stdout == b""
    assert b"NVDA" not in (tmp_path / "recording").read_bytes()
    lines = [line for line in said(run).splitlines() if "NVDA" in line]
    assert lines[0] == (
        "kisq: control key DNASNVDA (HDFSASP0) is registered, because nothing came of DNASZZZZ"
    )
    assert len(lines) == 2
    assert lines[1].startswith("kisq: error: no data message came in 2.")


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize(
    ("args", "now"),
    [
        (["watch", "DNASZZZZ", "--no-control"], NIGHT),
        (["check", "DNASZZZZ", "--no-control"], NIGHT),
        (["raw", "DNASZZZZ"], NIGHT),
        (["check", "DNASZZZZ"], SUNDAY),
        (["check", "--tr", "H0UPCNT0", "9999"], NOON),
        (["check", "DNASZZZZ", "DAMSSPY", "--for", "2s"], NIGHT),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_where_there_is_none(kisq: Kisq, args: list[str], now: str) -> None:
    """Not without wish, in raw, in a closed market, of an index, or beside a key that ticks."""
    server = noted()
    with server.serving() as settings:
        kisq(*args, "--timeout", "1s", **settings | {"KISQ_NOW": now})
    asked = {key for key in args if key[:1] == "D" or key.isdigit()}
    assert {key for _, key in server.steps} == asked


@pytest.mark.usefixtures("soon")
def test_not_beyond_41_registrations(kisq: Kisq) -> None:
    """With 41 keys there is no room for another, with 40 there is."""
    for number in (41, 40):
        server = noted()
        keys = [f"DNASZZ{chr(65 + n // 26)}{chr(65 + n % 26)}" for n in range(number)]
        with server.serving() as settings:
            run = kisq("check", *keys, "--timeout", "3s", "--json", **settings)
        assert run.returncode == 1
        assert (("1", "DNASNVDA") in server.steps) is (number < 41)


@pytest.mark.usefixtures("soon")
def test_a_control_key_that_is_refused_changes_nothing(kisq: Kisq) -> None:
    """The exit code and the verdict are those of a silent key."""
    server = noted(symbols=Symbols())
    with server.serving() as settings:
        run = kisq("check", "RTSE0000", "--timeout", "2s", "--json",
                   **settings | {"KISQ_NOW": NOON})  # fmt: skip
    (key,) = json.loads(run.stdout)["keys"]
    assert (run.returncode, key["verdict"]) == (1, "silent")
    assert ("1", "RTSE7203") in server.steps


def test_it_is_listened_to_before_its_silence_counts(kisq: Kisq) -> None:
    """A second of its silence says nothing yet, four say that it is the feed."""
    for timeout, is_told in (("7s", False), ("10500ms", True)):
        server = noted("silent")
        with server.serving() as settings:
            run = kisq("watch", "DNASZZZZ", "--timeout", timeout, **settings)
        assert ("1", "DNASNVDA") in server.steps
        assert ("has been silent for" in said(run)) is is_told


def test_it_is_registered_after_five_seconds(kisq: Kisq) -> None:
    """Not sooner, and not much later."""
    server = noted()
    with server.serving() as settings:
        kisq("check", "DNASZZZZ", "--timeout", "7s", **settings)
    at = {(tr_type, key): moment for moment, tr_type, key in server.requests}
    assert 4.5 < at["1", "DNASNVDA"] - at["1", "DNASZZZZ"] < 6.5


def test_every_market_of_stocks_has_liquid_symbols() -> None:
    """Two well-formed keys of the same session and TR for each prefix, and one that is left."""
    for code, market in MARKETS.items():
        for prefix, tr_id in market.trs.items():
            first = f"{prefix}{code if prefix else ''}"
            symbol = {"HKS": "00001", "SHS": "600000", "SZS": "000002"}.get(code, "9999ZZ"[:4])
            silent = tr_id, first + (symbol if not market.venue else "000020")
            if not prefix or code in CONTROL_SYMBOLS:
                one = control_key(silent, [silent])
                assert one is not None
                other = control_key(silent, [silent, one])
                assert other not in (None, one)
                assert parse_tr_key(one[1], tr_id)
                assert is_same_session(silent, one)
