"""What was asked for and nothing else: each message once, and no key that is foreign."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Run, credentials
from helpers.command import said
from helpers.records import with_field
from player import ACCEPTED, Player
from recordings import SPY, book_at, books, of_key, recorded, subscribed

from kisq.simulator.server import Simulator
from kisq.simulator.shared_state import Options

Kisq = Callable[..., Run]
MSFT = of_key("DNASMSFT")
SUBSCRIBED = ACCEPTED % ("HDFSASP0", "DAMSSPY")


@pytest.mark.parametrize(
    "command",
    [
        ["check", "--for", "500ms"],
        ["watch", "--json", "--duration", "500ms"],
        ["watch", "-n", "20"],
        ["raw", "-n", "20"],
        ["raw", "--json", "--duration", "500ms"],
    ],
    ids=" ".join,
)
def test_recording_holds_each_message_once(kisq: Kisq, tmp_path: Path, command: list[str]) -> None:
    """What -w writes is what the server sent, in its order, from the first message on."""
    sent: list[str] = []
    with Simulator(Options(rate=50), sent=sent.append) as server:
        urls = {"KIS_REST_URL": server.rest_url, "KIS_WS_URL": server.ws_url}
        kisq(*command, "DNASAAPL", "-w", "day", **urls, **credentials())
    lines = [json.loads(line) for line in (tmp_path / "day").read_text().splitlines()]
    texts = [line["text"] for line in lines if line["kind"] == "data"]
    assert len(texts) >= 5
    assert texts == sent[: len(texts)]


def test_foreign_key_is_not_shown(kisq: Kisq) -> None:
    """A server that sends another key only: nothing is shown, it is reported once, exit 1."""
    with Player([SUBSCRIBED, MSFT, MSFT]) as player:
        run = kisq("watch", "DAMSSPY", "--once", "--timeout", "500ms", **player.settings)
    assert (run.returncode, run.stdout) == (1, b"")
    assert said(run).count("DNASMSFT (HDFSASP0) was not asked for: not shown") == 1
    assert "2 not asked for" in said(run)


def test_foreign_key_has_no_effect_on_the_count(kisq: Kisq) -> None:
    """-n counts what was asked for."""
    with Player([SUBSCRIBED, MSFT, SPY, MSFT, SPY]) as player:
        run = kisq("watch", "DAMSSPY", "--json", "-n", "2", **player.settings)
    found = [json.loads(line)["tr_key"] for line in run.stdout.splitlines()]
    assert (run.returncode, found) == (0, ["DAMSSPY"] * 2)


def test_no_more_than_a_hundred_keys_are_named(kisq: Kisq) -> None:
    """A server that invents keys without end fills no screen with them; all are counted."""
    foreign = [of_key(f"DNAS{chr(65 + n // 26)}{chr(65 + n % 26)}") for n in range(150)]
    with Player([SUBSCRIBED, *foreign, SPY]) as player:
        run = kisq("watch", "DAMSSPY", "--json", "--once", **player.settings)
    assert run.returncode == 0
    assert said(run).count("was not asked for: not shown") == 100
    assert "150 not asked for" in said(run)


def test_key_is_known_by_its_symbol(kisq: Kisq) -> None:
    """Where a record's tr_key is none that was asked for, its symbol decides."""
    with Player([SUBSCRIBED, with_field("RSYM", "XXXXSPY")]) as player:
        run = kisq("watch", "DAMSSPY", "--json", "--once", "--timeout", "2s", **player.settings)
    assert (run.returncode, json.loads(run.stdout)["symbol"]) == (0, "SPY")


def both() -> str:
    """One message with a record of MSFT and one of SPY."""
    msft, spy = (text.rsplit("|", 1)[1] for text in (MSFT, SPY))
    return f"0|HDFSASP0|002|{msft}^{spy}"


def test_filter_of_a_recording_splits_by_record(kisq: Kisq, tmp_path: Path) -> None:
    """A message whose second record was asked for is kept, and of it that record is shown."""
    recorded(tmp_path / "day", *subscribed(), (1.0, "in", "data", both()), *books(2, text=MSFT))
    shown = kisq("watch", "DAMSSPY", "-r", "day", "--json")
    assert [json.loads(line)["tr_key"] for line in shown.stdout.splitlines()] == ["DAMSSPY"]
    assert "was not asked for" not in said(shown)
    raw = kisq("raw", "DAMSSPY", "-r", "day")
    assert both().encode() in raw.stdout.splitlines()
    assert b"0|HDFSASP0|001|DNASMSFT" not in raw.stdout


def test_filter_of_a_recording_tells_the_sessions_apart(kisq: Kisq, tmp_path: Path) -> None:
    """DNASAAPL and RBAQAAPL are two keys, though their symbol is the same."""
    night, day = (of_key(key, book_at(0)) for key in ("DNASAAPL", "RBAQAAPL"))
    recorded(tmp_path / "day", *books(1, text=night), *books(2, text=day))
    run = kisq("watch", "DNASAAPL", "-r", "day", "--json")
    assert [json.loads(line)["tr_key"] for line in run.stdout.splitlines()] == ["DNASAAPL"]


def test_41_silent_keys_are_each_waited_for(
    kisq: Kisq, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Time runs from each key's own subscribe: none is called unanswered that was not sent yet."""
    monkeypatch.setattr("kisq.feed.live.SPACING", 0.03)  # 1.2 s until the last is sent
    monkeypatch.setattr("kisq.feed.subscription.SPACING", 0.001)
    keys = [f"DNAS{chr(65 + n // 26)}{chr(65 + n % 26)}" for n in range(41)]
    (tmp_path / "keys").write_text("\n".join(keys))
    arguments = ["--keys", "keys", "--sim", "--fault", "silent", "--timeout", "500ms", "--json"]
    run = kisq("check", *arguments, KISQ_NOW="2026-07-10T23:53:34+09:00")
    assert run.returncode == 1
    found = json.loads(run.stdout)["keys"]
    assert len(found) == 41
    assert all("Accepted" in key["reason"] for key in found)
