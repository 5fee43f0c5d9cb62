"""The hours and holidays of every market at moments that are told, through the real command line."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest
from conftest import Run, clean_environment
from player import ACCEPTED, Player
from recordings import BEGAN, opened, recorded, subscribed

from kisq.hours.clock import key_status, status
from kisq.hours.holidays import _calendar as calendar_of_source
from kisq.hours.holidays import calendar_of
from kisq.hours.sessions import sessions_on
from kisq.spec.markets import MARKETS
from kisq.wire.trkey import parse_tr_key

Kisq = Callable[..., Run]
SILENT, CLOSED = ("silent", 1), ("closed", 7)


class Case(NamedTuple):
    """A silent key at a moment: the verdict, the session that is open or comes, what is said."""

    at: str
    key: str
    verdict: tuple[str, int]
    session: str
    says: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


NXT = ("--venue", "nxt")
UNIFIED = ("--venue", "unified")
STOCKS_ONLY = "if it is an ETF or ELW, its market is closed, and kisq cannot tell"
EXAMINATION = "the hours of its after-market on that day are not known"
MOVED = "that its opening auction moves with it, to 09:30-10:00, is an inference"
FEW = "some 640 stocks trade on NXT"
LATER = "later ones are worked out by rule and may be wrong"
KST, NEW_YORK, SUMMER = "+09:00", "-05:00", "-04:00"
CASES = [
    # KRX, a Tuesday like any other
    Case(f"2026-11-24T08:29:59{KST}", "005930", CLOSED, "opening auction", ("Try 005930 --venue nxt", f"open now: {FEW}")),
    Case(f"2026-11-24T08:40{KST}", "005930", SILENT, "opening auction", ("Due in this session: books with an expected price",)),
    Case(f"2026-11-24T15:25{KST}", "005930", SILENT, "closing auction", ("books with an expected price",)),
    Case(f"2026-11-24T15:35{KST}", "005930", CLOSED, "closing-price trading", ("pauses between two sessions", "One source says that closing-price trading begins at 15:30", FEW)),
    Case(f"2026-11-24T15:40{KST}", "005930", SILENT, "closing-price trading", ("at the closing price",)),
    Case(f"2026-11-24T16:30{KST}", "005930", SILENT, "after-market", (STOCKS_ONLY, "if 005930 is one, data are due")),
    Case(f"2026-11-24T19:59{KST}", "005930", SILENT, "after-market", (STOCKS_ONLY,)),
    Case(f"2026-11-24T20:01{KST}", "005930", CLOSED, "opening auction", ("Wait until it opens", "none of this symbol's keys")),
    Case(f"2026-11-24T16:30{KST}", "Q500001", CLOSED, "opening auction", ("is an ETN, which has no after-market", "Wait until it opens")),
    Case(f"2026-11-24T15:50{KST}", "Q500001", SILENT, "closing-price trading"),
    Case(f"2026-09-11T16:30{KST}", "005930", CLOSED, "opening auction"),  # the Friday before the after-market began
    Case(f"2026-09-14T16:30{KST}", "005930", SILENT, "after-market", (STOCKS_ONLY,)),
    # trades: none in an auction
    Case(f"2026-11-24T08:40{KST}", "005930", CLOSED, "opening auction", ("Wait until the auction ends", "H0STASP0"), ("--tr", "H0STCNT0")),
    Case(f"2026-11-24T09:00{KST}", "005930", SILENT, "regular", (), ("--tr", "H0STCNT0")),
    # closed days of 2026, two of which one popular package does not have
    Case(f"2026-06-03T10:00{KST}", "005930", CLOSED, "opening auction", ("closed for a holiday",)),
    Case(f"2026-07-17T10:00{KST}", "005930", CLOSED, "opening auction", ("closed for a holiday",)),
    # late openings
    Case(f"2026-11-19T09:20{KST}", "005930", CLOSED, "opening auction", (MOVED, EXAMINATION, "It opens Thursday 09:30 KST")),
    Case(f"2026-11-19T09:45{KST}", "005930", SILENT, "opening auction", (MOVED, EXAMINATION)),
    Case(f"2026-11-19T16:00{KST}", "005930", SILENT, "regular", (EXAMINATION, "The market closes Thursday 16:30 KST")),
    Case(f"2026-11-19T17:00{KST}", "005930", SILENT, "after-market", (EXAMINATION, STOCKS_ONLY, "may be open")),
    Case(f"2026-11-19T21:00{KST}", "005930", CLOSED, "opening auction"),
    Case(f"2026-11-19T09:20{KST}", "005930", SILENT, "NXT", ("The hours of NXT on a day when KRX opens late are not known",), NXT),
    Case(f"2027-01-04T09:20{KST}", "005930", CLOSED, "opening auction", (MOVED, "It opens Monday 09:30 KST", LATER)),
    Case(f"2027-01-04T09:45{KST}", "005930", SILENT, "opening auction", (MOVED, LATER)),
    Case(f"2027-01-05T08:45{KST}", "005930", SILENT, "opening auction", (LATER,)),
    # NXT and its pauses, and both together
    Case(f"2026-11-24T08:45{KST}", "005930", SILENT, "pre-market", (FEW,), NXT),
    Case(f"2026-11-24T08:55{KST}", "005930", CLOSED, "main market", ("is an NXT key", "pauses between two sessions", "opens Tuesday 09:00:30 KST", "Try 005930 (KRX"), NXT),
    Case(f"2026-11-24T09:00:29{KST}", "005930", CLOSED, "main market", ("(Tuesday 09:00 KST)",), NXT),
    Case(f"2026-11-24T15:25{KST}", "005930", CLOSED, "single-price auction", ("pauses between two sessions",), NXT),
    Case(f"2026-11-24T15:35{KST}", "005930", SILENT, "single-price auction", ("books with an expected price",), NXT),
    Case(f"2026-11-24T19:59{KST}", "005930", SILENT, "after-market", (FEW,), NXT),
    Case(f"2026-11-24T20:00{KST}", "005930", CLOSED, "pre-market", (), NXT),
    Case(f"2026-11-24T10:00{KST}", "Q500001", SILENT, "", ("NXT trades stocks only", "leave --venue nxt out"), NXT),
    Case(f"2026-11-24T08:55{KST}", "005930", SILENT, "KRX opening auction", (), UNIFIED),
    Case(f"2026-11-24T10:00{KST}", "005930", SILENT, "KRX regular + NXT main market", ("silent for stocks that do not trade on NXT",), UNIFIED),
    Case(f"2026-11-24T15:35{KST}", "005930", SILENT, "NXT single-price auction", (), UNIFIED),
    # New York: Thanksgiving, the half day after it, and the hour that moves
    Case(f"2026-11-26T12:00{NEW_YORK}", "DNASAAPL", CLOSED, "pre-market", ("closed for a holiday",)),
    Case(f"2026-11-27T12:59{NEW_YORK}", "DNASAAPL", SILENT, "regular", ("ends Saturday 03:00 KST",)),
    Case(f"2026-11-27T13:01{NEW_YORK}", "DNASAAPL", SILENT, "after-hours", ("ends Saturday 07:00 KST",)),
    Case(f"2026-11-27T17:00{NEW_YORK}", "DNASAAPL", CLOSED, "pre-market", ("has closed early (half day)",)),
    Case(f"2026-03-06T17:59:59{KST}", "DNASAAPL", CLOSED, "pre-market"),
    Case(f"2026-03-06T18:00{KST}", "DNASAAPL", SILENT, "pre-market"),
    Case(f"2026-03-09T16:59:59{KST}", "DNASAAPL", CLOSED, "pre-market"),
    Case(f"2026-03-09T17:00{KST}", "DNASAAPL", SILENT, "pre-market"),
    Case(f"2026-11-02T17:59:59{KST}", "DNASAAPL", CLOSED, "pre-market"),
    Case(f"2026-11-02T18:00{KST}", "DNASAAPL", SILENT, "pre-market"),
    # the hour of the daytime session that is in doubt from 2026-12-06 on
    Case(f"2026-12-03T20:30{NEW_YORK}", "RBAQAAPL", SILENT, "daytime"),
    Case(f"2026-12-06T20:30{NEW_YORK}", "RBAQAAPL", SILENT, "daytime", ("plan to pause from 20:00 to 21:00 New York", "in doubt")),
    Case(f"2026-12-06T21:00{NEW_YORK}", "RBAQAAPL", SILENT, "daytime"),
    Case(f"2026-12-07T20:00{NEW_YORK}", "RBAQAAPL", SILENT, "daytime", ("in doubt",)),
    # Hong Kong, Vietnam, Tokyo
    Case("2026-11-24T16:05+08:00", "DHKS00003", SILENT, "closing auction", ("books with an expected price",)),
    Case("2026-11-24T16:10+08:00", "DHKS00003", CLOSED, "morning"),
    Case("2026-12-24T12:05+08:00", "DHKS00003", SILENT, "closing auction"),
    Case("2026-12-24T13:05+08:00", "DHKS00003", CLOSED, "morning", ("has closed early (half day)",)),
    Case("2026-09-02T10:00+07:00", "DHNXPVS", CLOSED, "morning", ("closed for a holiday", "the exchange's own calendar is not known")),
    Case("2026-09-03T10:00+07:00", "DHNXPVS", SILENT, "morning", ("the exchange's own calendar is not known",)),
    Case("2026-09-03T14:50+07:00", "DHNXPVS", CLOSED, "morning", ("KIS's own file has this exchange close at 15:00", "own calendar")),
    Case(f"2026-11-24T15:28{KST}", "DTSE7203", SILENT, "afternoon"),
    Case(f"2026-11-24T15:30{KST}", "DTSE7203", CLOSED, "morning"),
    # years that nobody has announced yet, and one that somebody has
    Case(f"2028-05-16T10:00{KST}", "005930", SILENT, "regular", (f"until 2026-12-31: {LATER}",)),
    Case(f"2028-05-02T10:00{KST}", "005930", CLOSED, "opening auction", ("closed for a holiday", LATER)),
    Case(f"2028-11-23T12:00{NEW_YORK}", "DNASAAPL", CLOSED, "pre-market", ("closed for a holiday",)),
    Case(f"2029-11-22T12:00{NEW_YORK}", "DNASAAPL", CLOSED, "pre-market", (f"until 2028-12-31: {LATER}",)),
]  # fmt: skip
UNSAID = (STOCKS_ONLY, EXAMINATION, MOVED, LATER, "in doubt", "By one source", "own calendar")


@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: " ".join((case.at, case.key, *case.options))
)
def test_silent_key_at_a_moment(kisq: Kisq, tmp_path: Path, case: Case) -> None:
    """A silent key is told closed from silent at that moment, with all that is in doubt, no more."""
    given = dict([case.options] if case.options else [])
    key_asked = parse_tr_key(case.key, given.get("--tr"), given.get("--venue"))
    seconds = datetime.fromisoformat(case.at).timestamp() - BEGAN
    accepted = subscribed(seconds, (key_asked.tr_id, case.key))
    recorded(tmp_path / "moment", opened(seconds), *accepted)
    run = kisq("check", case.key, *case.options, "-r", "moment", "--json")
    (key,) = json.loads(run.stdout)["keys"]
    said = f"{key['reason']} {key['next_step']}"
    assert (key["verdict"], run.returncode) == case.verdict
    assert (key["session"]["name"] or "") == case.session
    assert [text for text in case.says if text not in said] == []
    expected = " ".join(case.says)
    assert [text for text in UNSAID if text in said and text not in expected] == []


@pytest.mark.usefixtures("silent_soon")
@pytest.mark.parametrize(
    ("at", "key", "expected"),
    [
        (
            "2026-11-24T08:40+09:00", "005930",
            {"open": True, "name": "opening auction", "opens_at": "2026-11-24T08:30:00+09:00", "closes_at": "2026-11-24T09:00:00+09:00"},
        ),
        (
            "2026-11-27T17:00-05:00", "DNASAAPL",
            {"open": False, "name": "pre-market", "opens_at": "2026-11-30T04:00:00-05:00", "closes_at": "2026-11-30T09:30:00-05:00"},
        ),
        (
            "2026-11-19T17:00+09:00", "005930",
            {"open": True, "name": "after-market", "opens_at": None, "closes_at": None},
        ),
    ],
)  # fmt: skip
def test_session_in_json(kisq: Kisq, at: str, key: str, expected: dict[str, Any]) -> None:
    """check and explain have the same session, with the exchange's times and null if unknown."""
    options = ("--sim", "--fault", "silent", "--timeout", "30s", "--json")
    checked = json.loads(kisq("check", key, *options, KISQ_NOW=at).stdout)["keys"][0]["session"]
    explained = json.loads(kisq("explain", key, "--json", "--at", at).stdout)["session"]
    assert list(checked) == list(expected)
    assert checked == explained == expected


def test_session_where_nothing_was_reached(kisq: Kisq) -> None:
    """The session is there too where the check did not get as far as a subscription."""
    run = kisq("check", "DNASAAPL", "--json", KISQ_NOW="2026-11-26T12:00-05:00")
    (key,) = json.loads(run.stdout)["keys"]
    assert (run.returncode, key["session"]["open"]) == (3, False)


def test_session_of_a_recording_is_that_of_its_time(kisq: Kisq, tmp_path: Path) -> None:
    """A recording is judged by its own clock, whatever KISQ_NOW says."""
    line = (
        '{"at":"2026-11-24T08:40:00.000000+09:00","dir":"out","kind":"control","text":"{\\"header\\":'
        '{\\"tr_type\\":\\"1\\"},\\"body\\":{\\"input\\":{\\"tr_id\\":\\"H0STASP0\\",'
        '\\"tr_key\\":\\"005930\\"}}}"}\n'
    )
    (tmp_path / "day.ndjson").write_text(line)
    run = kisq("check", "-r", "day.ndjson", "--json", KISQ_NOW="2026-11-22T12:00+09:00")
    (key,) = json.loads(run.stdout)["keys"]
    assert key["session"]["name"] == "opening auction"
    assert key["session"]["open"] is True


def test_watch_says_why_nothing_comes_at_that_moment(kisq: Kisq) -> None:
    """KISQ_NOW is now for the sentence with which a silent watch ends."""
    with Player([ACCEPTED % ("H0STASP0", "005930")]) as player:
        run = kisq(
            *("watch", "005930", "--timeout", "300ms"),
            **player.settings,
            KISQ_NOW="2026-11-24T20:01+09:00",
        )
    assert run.returncode == 1
    assert "is closed (Tuesday 20:01 KST). It opens Wednesday 08:30 KST." in run.stderr.decode()


@pytest.mark.parametrize("command", ["check", "watch", "raw", "explain"])
def test_kisq_now_is_said(kisq: Kisq, command: str) -> None:
    """Whoever is shown another moment than the real one is told so on stderr, once."""
    options = [] if command == "explain" else ["--sim", "--timeout", "2s"]
    options += {"check": ["--for", "100ms"], "explain": []}.get(command, ["-n", "1"])
    run = kisq(command, "DNASAAPL", *options, KISQ_NOW="2026-11-26T12:00-05:00")
    assert run.returncode == 0
    assert run.stderr.decode().count("are as of 2026-11-26T12:00:00-05:00") == 1


@pytest.mark.parametrize(
    "wrong", ["tomorrow", "2026-11-24", "2026-11-24T08:40", "0001-01-01T00:00+09:00", "\x1b[31m"]
)
@pytest.mark.parametrize("command", ["check", "watch", "explain"])
def test_wrong_kisq_now(kisq: Kisq, command: str, wrong: str) -> None:
    """What is not a moment with an offset is exit 3 and one sentence, before anything is done."""
    options = ["--sim"] * (command != "explain")
    run = kisq(command, "DNASAAPL", *options, KISQ_NOW=wrong)
    said = run.stderr.decode()
    assert (run.returncode, run.stdout, said.count("\n")) == (3, b"", 1)
    assert "write 2026-11-24T08:40:00+09:00" in said
    assert "\x1b" not in said


def test_wrong_at(kisq: Kisq) -> None:
    """A wrong --at is wrong usage, with how to write it."""
    run = kisq("explain", "KRX", "--at", "08:40")
    assert (run.returncode, run.stdout) == (2, b"")
    assert "write 2026-11-24T08:40:00+09:00" in run.stderr.decode()


def test_at_goes_before_kisq_now(kisq: Kisq) -> None:
    """An option beats the environment."""
    at = {"KISQ_NOW": "2026-11-22T12:00+09:00"}
    run = kisq("explain", "KRX", "--json", "--at", "2026-11-24T08:40+09:00", **at)
    assert json.loads(run.stdout)["session"]["open"] is True


@pytest.mark.parametrize(
    ("word", "sessions"),
    [
        (
            "KRX",
            [
                "08:30 09:00 opening auction: books with an expected price",
                "09:00 15:20 regular: books, trades",
                "15:20 15:30 closing auction: books with an expected price",
                "15:40 16:00 closing-price trading: books, trades at the closing price",
                "16:00 20:00 after-market: books, trades",
            ],
        ),
        (
            "NXT",
            [
                "08:00 08:50 pre-market: books, trades",
                "09:00 15:20 main market: books, trades",
                "15:30 15:40 single-price auction: books with an expected price",
                "15:40 20:00 after-market: books, trades",
            ],
        ),
        ("KRXNIGHT", ["18:00 06:00 night: books, trades", "18:00 06:00 night: books, trades"]),
    ],
)
def test_explain_shows_the_day(kisq: Kisq, word: str, sessions: list[str]) -> None:
    """The day's sessions stand in order, with what is due in each."""
    at = ("--at", "2026-11-24T08:40+09:00")
    found = json.loads(kisq("explain", word, "--json", *at).stdout)
    shown = [
        f"{s['opens'][11:16]} {s['closes'][11:16]} {s['session']}: {s['due']}"
        for s in found["sessions"]
    ]
    assert shown == sessions
    if word == "KRX":
        assert (
            json.loads(kisq("explain", "005930", "--json", *at).stdout)["sessions"]
            == (found["sessions"])
        )


def test_what_is_due_stands_on_the_screen(kisq: Kisq) -> None:
    """A person sees it too, and one column of time where the exchange is in Korea."""
    run = kisq("explain", "KRX", "--at", "2026-11-24T08:40+09:00", COLUMNS="120")
    lines = run.stdout.decode().splitlines()
    (line,) = [line for line in lines if line.startswith("opening auction")]
    assert line.split() == (
        "opening auction 장전 동시호가 Tue 08:30 - 09:00 open books with an expected price".split()
    )


BROKEN = {
    "missing": "raise ModuleNotFoundError(\"No module named 'holidays'\")",
    "broken at import": "raise RuntimeError('half an update')",
    "broken in use": "def financial_holidays(*a, **k): raise KeyError('XKRX')",
    "broken in the middle": (
        "class Days:\n"
        "    supported_categories = ()\n"
        "    def __contains__(self, day): raise OverflowError('no such year')\n"
        "def financial_holidays(*a, **k): return Days()\n"
    ),
    "of another form": "",
}


def forget_holidays() -> dict[str, ModuleType]:
    """Let the package be imported anew; gives what was imported of it."""
    calendar_of_source.cache_clear()
    names = [name for name in sys.modules if name.partition(".")[0] == "holidays"]
    return {name: sys.modules.pop(name) for name in names}


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder from which the package of holidays is imported, if it is there."""
    imported = forget_holidays()
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    forget_holidays()
    sys.modules.update(imported)


@pytest.mark.usefixtures("silent_soon")
@pytest.mark.parametrize("how", BROKEN)
def test_package_of_holidays_that_fails(kisq: Kisq, packages: Path, how: str) -> None:
    """It is one sentence; the verdict comes all the same, by the week alone."""
    (packages / "holidays.py").write_text(BROKEN[how])
    options = ("--sim", "--fault", "silent", "--timeout", "30s", "--json")
    run = kisq("check", "005930", *options, KISQ_NOW="2026-06-03T10:00+09:00")
    (key,) = json.loads(run.stdout)["keys"]
    assert (key["verdict"], run.returncode) == SILENT
    assert "kisq does not know the holidays of Korea: the package `holidays`" in key["reason"]
    assert "Traceback" not in run.stderr.decode()


def why_closed(kisq: Kisq) -> str:
    """Why KRX is closed on the one holiday that the packages below have."""
    run = kisq("explain", "KRX", "--json", "--at", "2026-11-24T10:00+09:00")
    return str(json.loads(run.stdout)["closed_because"])


def test_package_that_needs_all_its_modules(kisq: Kisq, packages: Path) -> None:
    """A version whose markets need more than their own modules costs time, not the holidays."""
    for folder in ("holidays", "holidays/financial", "holidays/countries"):
        (packages / folder).mkdir()
        (packages / folder / "__init__.py").touch()
    (packages / "holidays" / "financial" / "__init__.py").write_text(
        "import datetime\n"
        "class Days(set): supported_categories = ()\n"
        "DAYS = Days([datetime.date(2026, 11, 24)])\n"
    )
    (packages / "holidays" / "__init__.py").write_text(
        "def financial_holidays(*args, **options):\n"
        "    from holidays.financial import DAYS\n"
        "    return DAYS\n"
    )
    assert why_closed(kisq) == "holiday"


def test_package_with_its_modules_elsewhere(kisq: Kisq, packages: Path) -> None:
    """A version without the folders of today is used as it is."""
    (packages / "holidays").mkdir()
    (packages / "holidays" / "__init__.py").write_text(
        "import datetime\n"
        "class Days(set): supported_categories = ()\n"
        "def financial_holidays(*args, **options):\n"
        "    return Days([datetime.date(2026, 11, 24)])\n"
    )
    assert why_closed(kisq) == "holiday"


def test_start_imports_nothing_of_the_hours() -> None:
    """kisq --version costs neither the package of holidays nor the timetables."""
    code = (
        "import sys, kisq.cli.main; sys.argv = ['kisq', '--version']; kisq.cli.main.run_command_line();"
        "print([name for name in sys.modules if name.split('.')[0] in ('holidays', 'zoneinfo')"
        " or 'spec.markets' in name or name.endswith(('_hours', '.clock', 'calendar_'))])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], env=clean_environment(), capture_output=True, check=True
    )
    assert run.stdout.decode().splitlines()[-1] == "[]"


@pytest.mark.parametrize("market", [name for name, one in MARKETS.items() if one.holidays])
def test_calendar_of_each_market(market: str) -> None:
    """Every market has its closed days, its weekends, and a day until which they are announced."""
    calendar = calendar_of(MARKETS[market])
    assert calendar.fault is None
    assert calendar.announced_until >= date(2026, 12, 31)
    assert calendar.is_trading_day(date(2026, 7, 9))
    assert not calendar.is_trading_day(date(2026, 7, 11))
    assert not calendar.is_trading_day(date(2026, 1, 1))
    assert calendar.of_country is (market in ("HSX", "HNX"))
    assert calendar.early_close(date(2026, 7, 9)) is None


def test_night_session_belongs_to_its_evening() -> None:
    """Derivatives trade from Friday evening to Saturday morning, and not on a Sunday evening."""
    market = MARKETS["KRXNIGHT"]

    def is_open(text: str) -> bool:
        return status(market, datetime.fromisoformat(f"{text}+09:00"), calendar_of(market)).is_open

    assert [is_open(f"2026-11-{day}") for day in ("27T18:00", "28T05:59", "23T18:00")] == [True] * 3
    assert not any(is_open(f"2026-11-{day}") for day in ("28T06:00", "29T20:00", "30T03:00"))


def test_unified_sessions_are_the_union() -> None:
    """Every second of a day, the unified market is open where KRX or NXT is."""
    day = date(2026, 11, 24)
    markets = [MARKETS[name] for name in ("KRX", "NXT", "UNIFIED")]
    bounds = {
        bound
        for market in markets
        for span in sessions_on(market, day)
        for bound in (span.opens, span.closes)
    }
    for at in bounds:
        krx, nxt, unified = (status(market, at) for market in markets)
        assert unified.is_open == (krx.is_open or nxt.is_open)
        for venue, alone in (("KRX", krx), ("NXT", nxt)):
            if alone.on and unified.on:
                named = f"{venue} {alone.on.session.english}"
                assert named in unified.on.session.english.split(" + ")


def test_etn_on_nxt_never_opens() -> None:
    """A market that has no session for a key is closed for good, without an error."""
    key = parse_tr_key("Q500001", "H0NXASP0")
    found = key_status(key, datetime(2026, 11, 24, 1, tzinfo=UTC))
    assert (found.on, found.coming) == (None, None)
