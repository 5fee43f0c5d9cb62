"""The control key: registered beside a silent one, never shown, and given back."""

import json
import re
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from conftest import Run, credentials
from helpers import leaps
from helpers.command import said
from liar import Liar, frame
from player import ACCEPTED

from kisq.feed import controlled
from kisq.feed.approver import Approver
from kisq.feed.controlled import ControlledFeed
from kisq.feed.subscription import State
from kisq.simulator.faults import parse_faults
from kisq.simulator.server import Simulator
from kisq.simulator.shared_state import Options
from kisq.simulator.symbols import Symbols
from kisq.spec.control_keys import CONTROL_SYMBOLS
from kisq.spec.markets import MARKETS
from kisq.wire.control_key import control_key, is_same_session
from kisq.wire.escape import Redactor
from kisq.wire.messages import Key
from kisq.wire.trkey import parse_tr_key

Kisq = Callable[..., Run]
NIGHT = "2026-07-10T23:53:34+09:00"
NOON = "2026-07-10T11:00:00+09:00"
SUNDAY = "2026-07-12T14:03:00+09:00"
SILENT = 0.2  # seconds, in place of 5
SILENT_KEY, CONTROL_KEY = ("HDFSASP0", "DNASZZZZ"), ("HDFSASP0", "DNASNVDA")


class Noted:
    """A simulator; ``steps`` are the requests that it got: tr_type and tr_key of each."""

    def __init__(self, options: Options) -> None:
        self.steps: list[tuple[str, str]] = []
        self._server = Simulator(options, log=self._note)

    def _note(self, line: str) -> None:
        sent = re.fullmatch(r"client \d+ sent (\{.*)", line)
        request = json.loads(sent[1]) if sent else {}
        if "body" in request:
            key = request["body"]["input"]["tr_key"]
            self.steps.append((request["header"]["tr_type"], key))

    @contextmanager
    def serving(self) -> Iterator[dict[str, str]]:
        with self._server as server:
            urls = {"KIS_REST_URL": server.rest_url, "KIS_WS_URL": server.ws_url}
            yield credentials() | urls | {"KISQ_NOW": NIGHT}


def noted(*faults: str, symbols: Symbols | None = None) -> Noted:
    chosen: dict[str, Any] = {} if symbols is None else {"symbols": symbols}
    return Noted(Options(rate=50, pingpong=0.3, faults=parse_faults(list(faults)), **chosen))


def accepted(message: bytes) -> bytes:
    """The answer to a request."""
    wanted = json.loads(message)["body"]["input"]
    return frame((ACCEPTED % (wanted["tr_id"], wanted["tr_key"])).encode())


def has_done_its_work(feed: ControlledFeed) -> bool:
    """Whether the control key was registered, and is not any more."""
    control = feed._control  # noqa: SLF001 - what shows it waits for longer
    return control is not None and control not in feed.states


def is_accepted(feed: ControlledFeed) -> bool:
    """Whether the control key is listened to."""
    return feed.states.get(CONTROL_KEY) is State.ACCEPTED


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(controlled, "SILENT_SECONDS", SILENT)
    monkeypatch.setattr(controlled, "CONTROL_SECONDS", SILENT)


Ending = Callable[[Callable[[ControlledFeed], bool]], None]


@pytest.fixture
def over_once(soon: None, monkeypatch: pytest.MonkeyPatch) -> Ending:
    """Silence counts soon, and the time of a run is over once something has happened."""

    def leap(happened: Callable[[ControlledFeed], bool]) -> None:
        leaps.over_once(monkeypatch, lambda feed: feed._control_for and happened(feed))  # noqa: SLF001

    return leap


def test_it_ticks_so_the_feed_is_fine(kisq: Kisq, over_once: Ending) -> None:
    """It is named in the verdict, unsubscribed as soon as it ticked, and counts nowhere."""
    over_once(has_done_its_work)
    server = noted()
    with server.serving() as settings:
        run = kisq("check", "DNASZZZZ", "--timeout", "30s", "--json", **settings)
    (key,) = json.loads(run.stdout)["keys"]
    assert (run.returncode, key["verdict"], key["messages"]) == (1, "silent", 0)
    assert key["reason"].endswith(
        "DNASNVDA, which kisq registered as a control key, ticks in the same session, so the feed "
        "is fine. DNASZZZZ is thin, or its exchange or spelling is wrong."
    )
    assert server.steps == [
        ("1", "DNASZZZZ"), ("1", "DNASNVDA"), ("2", "DNASNVDA"), ("2", "DNASZZZZ"),
    ]  # fmt: skip


def test_it_is_silent_too_so_the_feed_is(kisq: Kisq, over_once: Ending) -> None:
    """Then the key is not blamed."""
    over_once(is_accepted)
    server = noted("silent")
    with server.serving() as settings:
        run = kisq("check", "DNASZZZZ", "--timeout", "30s", "--json", **settings)
    (key,) = json.loads(run.stdout)["keys"]
    assert re.search(
        "DNASNVDA, which kisq registered as a control key, has been silent for 6[0-9] s too",
        key["reason"],
    )
    assert "so the feed of this session sends nothing" in key["reason"]
    assert "look at KIS's notices" in key["next_step"]
    assert ("2", "DNASNVDA") in server.steps


@pytest.mark.parametrize("venue", ["krx", "nxt", "unified"])
def test_watch_uses_the_same(kisq: Kisq, venue: str, over_once: Ending) -> None:
    """Its error has the evidence; the summary counts nothing."""
    over_once(has_done_its_work)
    server = noted()
    with server.serving() as settings:
        run = kisq(
            "watch",
            "999999",
            "--venue",
            venue,
            "--timeout",
            "30s",
            **settings | {"KISQ_NOW": NOON},
        )
    assert run.returncode == 1
    assert "005930, which kisq registered as a control key, ticks in the same" in said(run)
    assert "0 order books, 0 data messages" in said(run)


def test_nothing_of_it_is_shown_or_recorded(kisq: Kisq, tmp_path: Path, over_once: Ending) -> None:
    """Neither in a recording nor with --verbose, but for the sentence that it is registered."""
    over_once(has_done_its_work)
    server = noted()
    with server.serving() as settings:
        run = kisq(
            "watch",
            "DNASZZZZ",
            "--timeout",
            "30s",
            "-v",
            "-w",
            "recording",
            "--json",
            **settings,
        )
    assert ("1", "DNASNVDA") in server.steps
    assert run.stdout == b""
    assert b"NVDA" not in (tmp_path / "recording").read_bytes()
    lines = [line for line in said(run).splitlines() if "NVDA" in line]
    registered, hint, error = lines
    assert registered == (
        "kisq: control key DNASNVDA (HDFSASP0) is registered, because nothing came for DNASZZZZ"
    )
    assert hint.startswith("kisq: nothing came in 10 s")
    assert error.startswith("kisq: error: no data message came in 6")


@pytest.mark.parametrize(
    ("args", "now"),
    [
        (["watch", "DNASZZZZ", "--no-control"], NIGHT),
        (["check", "DNASZZZZ", "--no-control"], NIGHT),
        (["raw", "DNASZZZZ"], NIGHT),
        (["check", "DNASZZZZ"], SUNDAY),
        (["check", "--tr", "H0UPCNT0", "9999"], NOON),
        (["check", "DNASZZZZ", "DAMSSPY", "--for", "600ms"], NIGHT),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_where_there_is_none(kisq: Kisq, args: list[str], now: str) -> None:
    """Not without wish, in raw, in a closed market, of an index, or beside a key that ticks."""
    server = noted(*(["silent"] if "H0UPCNT0" in args else []))
    with server.serving() as settings:
        kisq(*args, "--timeout", "600ms", **settings | {"KISQ_NOW": now})
    asked = {key for key in args if key[:1] == "D" or key.isdigit()}
    assert {key for _, key in server.steps} == asked


def test_a_control_key_that_is_refused_changes_nothing(kisq: Kisq, over_once: Ending) -> None:
    """The exit code and the verdict are those of a silent key, and no refusal is told."""
    over_once(has_done_its_work)

    def answer(message: bytes) -> bytes:
        refused = accepted(message).replace(b'"rt_cd":"0"', b'"rt_cd":"1"')
        refused = refused.replace(b"OPSP0000", b"OPSP0009")
        return refused if b"DNASNVDA" in message else accepted(message)

    with Liar(then=answer) as liar:
        run = kisq("check", "DNASZZZZ", "--timeout", "30s", "--json",
                   **liar.settings | {"KISQ_NOW": NIGHT})  # fmt: skip
    (key,) = json.loads(run.stdout)["keys"]
    assert (run.returncode, key["verdict"]) == (1, "silent")
    assert b"DNASNVDA" in liar.received
    assert b"OPSP0009" not in run.stdout + run.stderr


@pytest.mark.parametrize(("seconds", "is_told"), [(600.0, False), (SILENT, True)])
def test_it_is_listened_to_before_its_silence_counts(
    kisq: Kisq,
    over_once: Ending,
    monkeypatch: pytest.MonkeyPatch,
    seconds: float,
    *,
    is_told: bool,
) -> None:
    """A shorter silence says nothing yet, a longer one says that it is the feed."""
    over_once(is_accepted)
    monkeypatch.setattr(controlled, "CONTROL_SECONDS", seconds)
    server = noted("silent")
    with server.serving() as settings:
        run = kisq("watch", "DNASZZZZ", "--timeout", "30s", **settings)
    assert ("1", "DNASNVDA") in server.steps
    assert ("has been silent for" in said(run)) is is_told


class Clocked(ControlledFeed):
    """A feed that looks for a control key, with a clock that only goes when it is told to."""

    def __init__(self, liar: Liar, *keys: Key) -> None:
        self.clock = 1000.0
        approver = Approver("", None, None, "approval-key-1", lambda _: None)
        url = liar.settings["KIS_WS_URL"]
        super().__init__(url, list(keys), approver, lambda _: None, Redactor())
        self.watch_silence(lambda *_: CONTROL_KEY, lambda _: None)
        self._steps = self.receive(0.02, deque())

    def now(self) -> float:
        return self.clock

    def until_accepted(self, *keys: Key, goes: float = 0.0) -> None:
        """Go on until the server has accepted all of them; each step takes so many seconds."""
        for _ in range(1000):
            if all(self.states.get(key) is State.ACCEPTED for key in keys):
                return
            self.clock += goes
            next(self._steps)
        raise AssertionError(self.states)

    def wait(self, until: float) -> None:
        """Set the clock, and go on for a few steps."""
        self.clock = until
        for _ in range(3):
            next(self._steps)


def test_it_is_registered_after_five_seconds_and_tells_after_four_more() -> None:
    """Neither sooner nor later."""
    with Liar(then=accepted) as liar:
        feed = Clocked(liar, SILENT_KEY)
        feed.until_accepted(SILENT_KEY)
        feed.wait(until=1004.9)
        assert CONTROL_KEY not in feed.states
        feed.wait(until=1005.0)
        feed.until_accepted(CONTROL_KEY)
        feed.wait(until=1008.9)
        assert feed.control is None
        feed.wait(until=1009.0)
        assert feed.control == (CONTROL_KEY, False, 4.0)
        feed.abort()


@pytest.mark.parametrize("number", [40, 41])
def test_not_beyond_41_registrations(number: int) -> None:
    """With 41 keys there is no room for another, with 40 there is."""
    keys = [("HDFSASP0", f"DNASZZ{chr(65 + n // 26)}{chr(65 + n % 26)}") for n in range(number)]
    with Liar(then=accepted) as liar:
        feed = Clocked(liar, *keys)
        feed.until_accepted(*keys, goes=0.06)
        feed.wait(until=feed.clock + 60)
        assert (CONTROL_KEY in feed.states) is (number < 41)
        feed.until_accepted(*feed.states)
        assert liar.received.count(b'"DNASNVDA"') == (number < 41)
        feed.abort()


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
