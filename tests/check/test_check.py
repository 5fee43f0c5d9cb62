"""``kisq check``: every verdict, through the real command line, at a time of day that is given."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Run, credentials
from helpers.command import running, said
from helpers.leaps import are_accepted, over_once
from helpers.records import SPY
from player import ACCEPTED, Player
from recordings import BEGAN, book_at

from kisq.check.listener import Listener
from kisq.simulator.server import Simulator

Kisq = Callable[..., Run]
SUBSCRIBED = ACCEPTED % ("HDFSASP0", "DAMSSPY")
NIGHT = "2026-07-10T23:53:34+09:00"  # Friday: the US night session is on, the daytime is not
DAYTIME = "2026-07-10T11:00:00+09:00"  # Friday: the US daytime session is on, the night is not
LUNCH = "2026-07-10T13:30:00+09:00"  # Hong Kong is at lunch, Tokyo is back from it
SUNDAY = "2026-07-12T14:03:00+09:00"
INDEPENDENCE = "2026-07-03T23:30:00+09:00"  # a Friday on which the US celebrates
STAGES = "settings approval handshake subscription heartbeat first_data decoded sound fresh".split()
KEYS = (
    "tr_id tr_key verdict reason next_step stages messages records rate first_data_seconds "
    "longest_gap_seconds lag_seconds warnings session name currency"
).split()


def checked(run: Run) -> dict[str, Any]:
    """The JSON of a check, which has all its keys in their order."""
    assert "Traceback" not in run.stderr.decode()
    found: dict[str, Any] = json.loads(run.stdout)
    assert list(found) == ["verdict", "exit", "checked_at", "keys"]
    assert found["exit"] == run.returncode
    for key in found["keys"]:
        assert list(key) == KEYS
        assert [stage["stage"] for stage in key["stages"]] == STAGES
        assert {stage["status"] for stage in key["stages"]} <= {
            "ok",
            "failed",
            "skipped",
            "unknown",
        }
        assert key["reason"]
        assert key["next_step"]
    return found


def statuses(key: dict[str, Any]) -> dict[str, str]:
    return {stage["stage"]: stage["status"] for stage in key["stages"]}


# What section 5 of protocol.md lists, and how it is answered: faults and key, the time, the
# verdict with its exit code, and what the reason and the next step must say.
CAUSES = [
    ("1 market closed", ["silent"], "DNASAAPL", SUNDAY, "closed", 7, "closed for the weekend", "Wait until it opens"),
    ("1 lunch", ["silent"], "DHKS00003", LUNCH, "closed", 7, "closed for lunch", "Wait until it opens"),
    ("1 holiday", ["silent"], "DNASAAPL", INDEPENDENCE, "closed", 7, "closed for a holiday", "Wait until it opens"),
    ("2 daytime key at night", ["silent"], "RBAQAAPL", NIGHT, "closed", 7, "US daytime key", "Try DNASAAPL (Nasdaq, US night), which is open now."),
    ("2 night key in the daytime", ["silent"], "DNASAAPL", DAYTIME, "closed", 7, "US night key", "Try RBAQAAPL (Nasdaq, US daytime), which is open now."),
    ("3 wrong exchange", ["silent"], "DNASSPY", NIGHT, "silent", 1, "nothing came in 60 s", "ETFs are often on AMS"),
    ("4 appkey in use", ["refuse=OPSP8996"], "DNASAAPL", NIGHT, "refused", 6, "OPSP8996 ALREADY IN USE appkey", "end the other program"),
    ("6 strict parser", ["surplus=3"], "DNASAAPL", NIGHT, "broadcasting", 0, "is broadcasting", "Let your parser accept 71 or more fields"),
    ("6 shifted layout", ["shifted"], "DNASAAPL", NIGHT, "garbled", 1, "70 fields in 1 record", "keep the output of `kisq raw`"),
    ("6 short records", ["short"], "DNASAAPL", NIGHT, "garbled", 1, "70 fields in 1 record", "keep the output of `kisq raw`"),
    ("7 over 41", ["refuse=OPSP0008"], "DNASAAPL", NIGHT, "refused", 6, "OPSP0008 MAX SUBSCRIBE OVER", "subscribe to fewer keys"),
    ("8 key expired", ["refuse=OPSP0011"], "DNASAAPL", NIGHT, "refused", 6, "OPSP0011 invalid approval", "unset KIS_APPROVAL_KEY"),
    ("9 paid feed", ["refuse=OPSP0009"], "RHKS00003", NIGHT, "refused", 6, "OPSP0009 SUBSCRIBE ERROR", "use the D key DHKS00003 with HDFSASP1"),
    ("11 throttled 401", ["handshake=401"], "DNASAAPL", NIGHT, "unreachable", 5, "HTTP 401", "wait ten minutes"),
    ("11 throttled 403", ["handshake=403"], "DNASAAPL", NIGHT, "unreachable", 5, "HTTP 403", "wait ten minutes"),
    ("11 throttled 500", ["handshake=500"], "DNASAAPL", NIGHT, "unreachable", 5, "HTTP 500", "wait ten minutes"),
    ("12 half-open", ["silent", "half-open=0.1"], "DNASAAPL", NIGHT, "silent", 1, "Accepted, but nothing came", "Check exchange and spelling"),
    ("14 newline in the secret", ["approval=EGW00105"], "DNASAAPL", NIGHT, "approval refused", 4, "EGW00105", "no space or line break"),
    ("15 wrong HTS ID", ["refuse=OPSP0017"], "DNASAAPL", NIGHT, "refused", 6, "OPSP0017", "HTS ID"),
    ("15 drop without a close frame", ["silent", "drop=0.2"], "DNASAAPL", NIGHT, "unreachable", 5, "without a close frame", "check the network"),
    ("no answer", ["no-ack"], "DNASAAPL", NIGHT, "silent", 1, "The subscribe was not answered", "Try again in a few minutes"),
    ("appkey of the other host", ["approval=EGW00103"], "DNASAAPL", NIGHT, "approval refused", 4, "EGW00103", "KIS_ENV"),
    ("paid feed silent", ["silent"], "RTSE7203", LUNCH, "silent", 1, "Tokyo key", "A paid feed must be applied for: try DTSE7203"),
]  # fmt: skip


SOON = {"KISQ_PAUSES": "0.02"}  # leave a server that answers no unsubscribe


@pytest.fixture
def _mute_server_is_left_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that does not even close the connection is not waited for."""
    monkeypatch.setattr("kisq.feed.connection._CLOSE_SECONDS", 0.1)


@pytest.mark.usefixtures("_mute_server_is_left_soon")
@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause[0])
def test_causes_of_silence(
    kisq: Kisq, monkeypatch: pytest.MonkeyPatch, cause: tuple[Any, ...]
) -> None:
    """Each cause that can be simulated gets the right verdict, exit code and next step."""
    _, faults, key, moment, verdict, code, reason, next_step = cause
    given = [word for fault in faults for word in ("--fault", fault)]
    # A new key after OPSP0011 may not be issued sooner than a second after the first.
    times = ["--timeout", "4s" if "refuse=OPSP0011" in faults else "500ms", "--for", "500ms"]
    if faults == ["silent"]:
        times = ["--timeout", "30s"]
        over_once(monkeypatch, are_accepted)
    run = kisq("check", key, "--sim", *given, *times, "--json", KISQ_NOW=moment, **SOON)
    found = checked(run)
    assert (found["verdict"], run.returncode) == (verdict, code)
    assert reason in found["keys"][0]["reason"]
    assert next_step.lower() in found["keys"][0]["next_step"].lower()


@pytest.mark.parametrize(
    ("fault", "code", "last"),
    [
        (
            "refuse=OPSP8992",
            6,
            [
                "refused: KIS refused the subscription of DNASAAPL (HDFSASP0): OPSP8992 SUBSCRIBE ERROR : invalid tr_key.",
                "next: Check the market code and the symbol.",
            ],
        ),
        ("short", 1, ["garbled: ", "next: KIS may have changed the layout"]),
        ("handshake=403", 5, ["unreachable: ws://127.0.0.1:", "next: KIS throttles this appkey"]),
    ],
)
def test_check_for_people(kisq: Kisq, fault: str, code: int, last: list[str]) -> None:
    """One sentence of verdict and one of what to do next, then nine stages, a line each."""
    times = ["--timeout", "1s", "--for", "300ms"]
    run = kisq("check", "DNASAAPL", "--sim", "--fault", fault, *times)
    lines = run.stdout.decode().splitlines()
    assert run.returncode == code
    for line, said_so in zip(lines[:2], last, strict=True):
        assert line.startswith(said_so)
    assert [line[:10] for line in lines[2:-10]] == (["measured: "] if fault == "short" else [])
    assert lines[-10] == ""
    assert all(lines[-9:])


def test_broadcasting_with_all_its_measurements(kisq: Kisq, account: dict[str, str]) -> None:
    """Every stage is ok, and the figures are those of the simulator: 50 a second, no lag."""
    run = kisq("check", "DNASAAPL", "--for", "1s", "--json", **account)
    found = checked(run)
    (key,) = found["keys"]
    assert (found["verdict"], run.returncode, key["warnings"]) == ("broadcasting", 0, [])
    assert set(statuses(key).values()) == {"ok"}
    assert all(stage["detail"] for stage in key["stages"])
    assert key["messages"] == key["records"] > 30
    assert 30 < key["rate"] < 60
    assert 0 <= key["first_data_seconds"] < 2
    assert 0 < key["longest_gap_seconds"] < 1
    lag = key["lag_seconds"]
    assert -0.1 <= lag["min"] <= lag["median"] <= lag["max"] < 3


def test_delayed_feed_is_measured_against_its_15_minutes(
    kisq: Kisq, account: dict[str, str]
) -> None:
    """HDFSASP1 is fresh when it is a quarter of an hour late."""
    run = kisq("check", "DHKS00003", "--for", "500ms", "--json", **account)
    (key,) = checked(run)["keys"]
    assert statuses(key)["fresh"] == "ok"
    assert 899 < key["lag_seconds"]["median"] < 903


ODD = ["--sim", "--json", "--rate"]


@pytest.mark.parametrize(
    ("fault", "stage", "status", "warning", "step"),
    [
        ("surplus=2", "decoded", "ok", "which KIS appended: 1, 2", "Let your parser accept 71"),
        ("crossed", "sound", "failed", "is not below the best ask", "Look at both sides"),
    ],
)
def test_what_is_odd_but_not_degraded_is_a_warning(
    kisq: Kisq, fault: str, stage: str, status: str, warning: str, step: str
) -> None:
    """The verdict stays broadcasting, and the warning comes with a step that fits it."""
    run = kisq("check", "DNASAAPL", *ODD, "20", "--for", "300ms", "--fault", fault)
    (key,) = checked(run)["keys"]
    assert (key["verdict"], run.returncode) == ("broadcasting", 0)
    (said,) = key["warnings"]
    assert warning in said
    assert step in key["next_step"]
    assert statuses(key)[stage] == status


def test_one_message_without_a_key_is_a_warning(kisq: Kisq) -> None:
    """One in fifty leaves the verdict at broadcasting, and the next step fits it."""
    many = ["--rate", "100", "-n", "50", "-w", "day.ndjson"]
    kisq("raw", "DNASAAPL", "--sim", "--fault", "garbage=0.03", *many)
    run = kisq("check", "DNASAAPL", "-r", "day.ndjson", "--json")
    (key,) = checked(run)["keys"]
    assert (key["verdict"], run.returncode) == ("broadcasting", 0)
    (said,) = key["warnings"]
    assert "1 message of HDFSASP0 that names no key" in said
    assert "leave it" in key["next_step"]
    assert statuses(key)["decoded"] == "ok"


def test_data_that_are_six_seconds_late_are_a_warning(kisq: Kisq) -> None:
    """The verdict stays broadcasting, and the clocks are to be compared."""
    late = book_at(time.time() - 6 - BEGAN)
    with Player([SUBSCRIBED, late]) as player:
        run = kisq("check", "DAMSSPY", "--json", "--for", "100ms", **player.settings)
    (key,) = checked(run)["keys"]
    assert (key["verdict"], run.returncode) == ("broadcasting", 0)
    (said,) = key["warnings"]
    assert "seconds later than documented" in said
    assert "a time server" in key["next_step"]
    assert statuses(key)["fresh"] == "failed"


def degraded(run: Run) -> dict[str, Any]:
    """The key of a check whose data come, but not as they should: exit 8."""
    (key,) = checked(run)["keys"]
    assert (key["verdict"], run.returncode) == ("degraded", 8)
    assert key["warnings"] == []
    return dict(key)


@pytest.mark.parametrize(
    ("fault", "stage", "reason", "step"),
    [
        ("drop=0.5", "", "The connection was lost after 0.", "Check the network"),
        ("garbage=0.5", "decoded", "messages of HDFSASP0 that name no key: 2 fields", "layout"),
        ("stale", "fresh", "Its clock stood still for", "another source"),
    ],
)
def test_feed_that_is_not_well_is_degraded(
    kisq: Kisq, monkeypatch: pytest.MonkeyPatch, fault: str, stage: str, reason: str, step: str
) -> None:
    """The reason and a step fit it."""
    monkeypatch.setattr("kisq.check.clock_rules.STILL_SECONDS", 0.7)
    key = degraded(kisq("check", "DNASAAPL", *ODD, "20", "--for", "1s", "--fault", fault))
    assert reason in key["reason"]
    assert step in key["next_step"]
    if stage:
        assert statuses(key)[stage] == "failed"


@pytest.mark.usefixtures("_mute_server_is_left_soon")
def test_feed_that_died_is_not_broadcasting(kisq: Kisq, monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence at the end counts: in the rate, in the longest gap, in the sentence."""
    monkeypatch.setattr("kisq.check.session_rules._SILENT_SECONDS", 0.5)
    options = ["20", "--for", "2s", "--fault", "half-open=0.4"]
    key = degraded(kisq("check", "DNASAAPL", *ODD, *options, **SOON))
    assert "then nothing came for" in key["reason"]
    assert "`kisq raw --json`" in key["next_step"]
    assert key["longest_gap_seconds"] > 1
    assert key["rate"] < 5


def test_missing_settings(kisq: Kisq) -> None:
    """Without credentials nothing is connected; every later stage is skipped."""
    run = kisq("check", "DNASAAPL", "--json")
    (key,) = checked(run)["keys"]
    assert (key["verdict"], run.returncode) == ("settings", 3)
    assert list(statuses(key).values()) == ["failed"] + ["skipped"] * 8


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"KIS_WS_URL": "ws://127.0.0.1:9"}, "the connection was refused"),
        ({"KIS_WS_URL": "ws://nothing.invalid:21000"}, "the name cannot be resolved"),
    ],
)
def test_unreachable_says_which(kisq: Kisq, settings: dict[str, str], reason: str) -> None:
    """A refused port and a name that does not resolve are told apart (cause 13)."""
    run = kisq("check", "DNASAAPL", "--json", KIS_APPROVAL_KEY="d8a0c1b2-4f7c-4bd5", **settings)
    (key,) = checked(run)["keys"]
    assert (key["verdict"], run.returncode) == ("unreachable", 5)
    assert reason in key["reason"]


def test_mock_server_is_called_what_it_is(kisq: Kisq) -> None:
    """Of an overseas key on the mock server the reason says what is documented (cause 10)."""
    with Player([SUBSCRIBED]) as player:
        options = ["--env", "mock", "--timeout", "500ms", "--json"]
        run = kisq("check", "DAMSSPY", *options, KISQ_NOW=NIGHT, **player.settings)
    (key,) = checked(run)["keys"]
    assert (key["verdict"], run.returncode) == ("silent", 1)
    assert "HDFSASP0 is documented as not offered on the mock server" in key["reason"]
    assert "--env real" in key["next_step"]


def test_another_session_of_the_appkey(kisq: Kisq, tmp_path: Path, account: dict[str, str]) -> None:
    """While another program holds the appkey, the check says so (cause 4), and how it may."""
    key = kisq("approve", "--show", **account).stdout.decode().strip()
    account["KIS_APPROVAL_KEY"] = key
    with running(tmp_path, "raw", "DNASAAPL", **account) as other:
        assert other.stdout is not None
        other.stdout.readline()
        run = kisq("check", "DNASMSFT", "--json", **account)
    assert checked(run)["verdict"] == "refused"
    assert "KIS allows one session per appkey" in said(run)


def test_several_keys_share_one_session(kisq: Kisq, simulator: Simulator) -> None:
    """Each key has its row, the worst one gives the exit code."""
    account = credentials() | {"KIS_REST_URL": simulator.rest_url, "KIS_WS_URL": simulator.ws_url}
    before = simulator.shared.connections
    keys = ["DNASAAPL", "DHKS00003", "RBAQAAPL"]
    run = kisq("check", *keys, "--for", "500ms", "--json", **account)
    found = checked(run)
    assert [key["tr_key"] for key in found["keys"]] == keys
    assert {key["verdict"] for key in found["keys"]} == {"broadcasting"}
    assert simulator.shared.connections == before + 1


def test_worst_key_gives_the_exit_code(kisq: Kisq) -> None:
    """One key whose data are late and one that is silent: the check is silent."""
    with Player([SUBSCRIBED, SPY]) as player:
        options = ["--timeout", "700ms", "--for", "100ms", "--env", "mock"]
        run = kisq("check", "DAMSSPY", "DNASAAPL", "--json", *options, **player.settings)
        found = checked(run)
    verdicts = {key["tr_key"]: key["verdict"] for key in found["keys"]}
    assert verdicts == {"DAMSSPY": "degraded", "DNASAAPL": "silent"}  # data of months ago
    assert run.returncode == 1


def test_rows_of_several_keys(kisq: Kisq) -> None:
    """Off --json, several keys are a table with a row each."""
    run = kisq("check", "DNASAAPL", "DHKS00003", "--sim", "--for", "500ms")
    lines = run.stdout.decode().splitlines()
    assert [line.split()[:2] for line in lines[-2:]] == [
        ["DNASAAPL", "broadcasting"],
        ["DHKS00003", "broadcasting"],
    ]


def test_check_gives_everything_back(kisq: Kisq) -> None:
    """One connection, one subscribe, one unsubscribe."""
    with Player([SUBSCRIBED, SPY]) as player:
        kisq("check", "DAMSSPY", "--for", "200ms", **player.settings)
    types = [json.loads(t)["header"]["tr_type"] for kind, t in player.received if kind == "TEXT"]
    assert (types, player.connections) == (["1", "2"], 1)


def test_message_of_no_key_is_evidence_for_none(kisq: Kisq) -> None:
    """What names no key is counted apart, and only for the keys of its TR."""
    options = ["--sim", "--fault", "shifted", "--for", "500ms", "--timeout", "500ms", "--json"]
    run = kisq("check", "DNASAAPL", "DHKS00003", *options)
    for key in checked(run)["keys"]:
        assert (key["verdict"], key["messages"]) == ("garbled", 0)
        assert key["first_data_seconds"] is None
        detail = {stage["stage"]: stage["detail"] for stage in key["stages"]}["first_data"]
        assert f"messages of {key['tr_id']}, none with this key" in detail


def test_subscription_shows_what_kis_said(kisq: Kisq) -> None:
    """ALREADY IN SUBSCRIBE is acceptance, and shown as what it is."""
    options = ["--sim", "--fault", "refuse=OPSP0002", "--timeout", "500ms", "--json"]
    (key,) = checked(kisq("check", "DNASAAPL", *options))["keys"]
    detail = {stage["stage"]: stage["detail"] for stage in key["stages"]}["subscription"]
    assert detail == "OPSP0002 ALREADY IN SUBSCRIBE"


def test_times_that_nobody_gave(kisq: Kisq, monkeypatch: pytest.MonkeyPatch) -> None:
    """A check waits 20 s for data, and listens for 10 s after the first."""
    times: list[tuple[float, float]] = []

    class Hasty(Listener):
        def __init__(self, feed: Any, keys: Any, wait: float, listen: float, *others: Any) -> None:
            times.append((wait, listen))
            super().__init__(feed, keys, wait, 0.2, *others)

    monkeypatch.setattr("kisq.cli.check_session.Listener", Hasty)
    assert kisq("check", "DNASAAPL", "--sim").returncode == 0
    assert times == [(20.0, 10.0)]
