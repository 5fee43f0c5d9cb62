"""Silence in open hours: each cause of protocol.md section 5 that KIS's symbol files tell."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Run
from helpers.command import said

Kisq = Callable[..., Run]
NIGHT = "2026-07-10T23:53:34+09:00"
NOON = "2026-07-10T11:00:00+09:00"
# What is asked for, when, and what reason and next step must say.
CAUSES = {
    "3 wrong exchange": (
        ["DNASSPY"], NIGHT,
        "do not list SPY on Nasdaq, but as DAMSSPY (Amex, US night).", "Use DAMSSPY instead.",
    ),
    "3 wrong exchange of the trades": (
        ["DNYSAAPL", "--tr", "HDFSCNT0"], NIGHT,
        "do not list AAPL on NYSE, but as DNASAAPL (Nasdaq, US night).",
        "Use DNASAAPL instead.",
    ),
    "3 spelling": (
        ["DNASZZZZ"], NIGHT,
        "do not list ZZZZ on Nasdaq, and no other downloaded file does.",
        "Check its spelling, or find it by name with `kisq find`.",
    ),
    "17 halted": (
        ["284620"], NOON,
        "Trading in 카이노스메드 is halted according to KIS's symbol files of 20",
        "Wait until trading resumes; the notices of KRX on 284620 say when.",
    ),
    "16 not on NXT, unified": (
        ["069500", "--venue", "unified"], NOON,
        "KODEX 200 does not trade on NXT according to KIS's symbol files of 20",
        "Use 069500 without --venue: its key on KRX.",
    ),
    "18 not offered by day": (
        ["RBAQAAPL"], NOON,
        "KIS lists APPLE INC on Nasdaq, but not every stock is offered in the US daytime session, "
        "and no file says which.",
        "Use DNASAAPL, its key in the other session, at night.",
    ),
}  # fmt: skip


@pytest.mark.usefixtures("silent_soon")
@pytest.mark.parametrize("cause", CAUSES)
def test_causes_that_the_files_tell(kisq: Kisq, cache: Path, cause: str) -> None:
    """The verdict is silent, and names the file's day and what to do; watch says the same."""
    words, now, reason, step = CAUSES[cause]
    settings = {"XDG_CACHE_HOME": str(cache), "KISQ_NOW": now}
    times = ["--timeout", "30s", "--sim", "--fault", "silent", "--force"]
    run = kisq("check", *words, *times, "--json", **settings)
    (key,) = json.loads(run.stdout)["keys"]
    assert (run.returncode, key["verdict"]) == (1, "silent")
    assert reason in key["reason"]
    assert key["next_step"] == step
    run = kisq("watch", *words, *times, **settings)
    assert run.returncode == 1
    assert reason in said(run)
    assert step in said(run)


def test_another_key_that_ticks_is_named_beside_the_file(
    kisq: Kisq, cache: Path, account: dict[str, str]
) -> None:
    """Both are evidence."""
    settings = account | {"XDG_CACHE_HOME": str(cache), "KISQ_NOW": NIGHT}
    times = ["--timeout", "500ms", "--for", "500ms", "--force", "--json"]
    run = kisq("check", "DNASSPY", "DNASAAPL", *times, **settings)
    reasons = {key["tr_key"]: key["reason"] for key in json.loads(run.stdout)["keys"]}
    assert "but as DAMSSPY (Amex, US night). Data for DNASAAPL came" in reasons["DNASSPY"]


def test_a_closed_market_stays_the_first_reason(kisq: Kisq, cache: Path) -> None:
    """Where the market is closed, what the files tell is no reason yet."""
    run = kisq(
        "check", "284620", "--sim", "--timeout", "300ms", XDG_CACHE_HOME=str(cache), KISQ_NOW=NIGHT
    )
    assert run.returncode == 7
