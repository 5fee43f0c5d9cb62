"""The real command line as a process of its own against the real simulator."""

import json
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import ALL_FRAMES, FRAMES, Run, captured, credentials
from helpers.command import running, said
from helpers.in_process import Beside, wait_until_full
from helpers.patience import PATIENCE
from helpers.records import SPY, SUBSCRIBED
from player import Player
from rich.cells import cell_len

from kisq import __version__
from kisq.cli.option_texts import Venue
from kisq.simulator.server import Simulator
from kisq.spec.markets import VENUES
from kisq.wire.book import OrderBook
from kisq.wire.decode import decode
from kisq.wire.trade import Trade

Kisq = Callable[..., Run]


# approve


def test_approve_shows_the_key_masked(kisq: Kisq, account: dict[str, str]) -> None:
    """Environment, host, masked key, issued at, valid until."""
    run = kisq("approve", **account)
    lines = run.stdout.decode().splitlines()
    assert (run.returncode, said(run)) == (0, "")
    assert [line.split("  ")[0] for line in lines] == [
        "environment",
        "host",
        "approval key",
        "issued at",
        "valid until",
    ]
    assert lines[2].split()[2].endswith("…")


def test_approve_in_korean(kisq: Kisq) -> None:
    """The labels are Korean, and the values stand under each other."""
    lines = kisq("approve", "--sim", KISQ_LANG="ko").stdout.decode().splitlines()
    assert [line.split("  ")[0] for line in lines] == [
        "환경", "호스트", "접속키", "발급 시각", "유효 기한",
    ]  # fmt: skip
    values = [line.split("  ", 1)[1].lstrip() for line in lines]
    pairs = zip(lines, values, strict=True)
    assert len({cell_len(line) - cell_len(value) for line, value in pairs}) == 1


def test_approve_show_is_the_bare_key(kisq: Kisq, account: dict[str, str]) -> None:
    """The key of --show works as KIS_APPROVAL_KEY, so that nothing is issued again."""
    key = kisq("approve", "--show", **account).stdout.decode()
    assert len(key.rstrip("\n")) == 36
    assert key.count("\n") == 1
    run = kisq("raw", "DNASAAPL", "-n", "1", KIS_WS_URL=account["KIS_WS_URL"], KIS_APPROVAL_KEY=key)
    assert run.returncode == 0


def test_approve_json(kisq: Kisq) -> None:
    """Keys in the order of the contract; the key itself is null unless --show."""
    hidden = json.loads(kisq("approve", "--sim", "--json").stdout)
    assert list(hidden) == ["approval_key", "masked", "environment", "issued_at", "expires_at"]
    assert hidden["approval_key"] is None
    issued, expires = (datetime.fromisoformat(hidden[name]) for name in ("issued_at", "expires_at"))
    assert expires - issued == timedelta(hours=24)
    shown = json.loads(kisq("approve", "--sim", "--json", "--show").stdout)
    assert shown["approval_key"].startswith(shown["masked"][:4])
    assert len(shown["approval_key"]) == 36


def test_approve_refused(kisq: Kisq, account: dict[str, str]) -> None:
    """KIS's code and text, the next step, exit 4."""
    run = kisq("approve", **account | {"KIS_APP_KEY": "P" * 37})
    assert run.returncode == 4
    assert "EGW00103 유효하지 않은 AppKey입니다. (HTTP 403); check KIS_APP_KEY" in said(run)
    assert run.stdout == b""


def test_approve_without_settings(kisq: Kisq) -> None:
    """The missing setting is named, with a way that needs none; exit 3."""
    run = kisq("approve")
    assert run.returncode == 3
    assert "KIS_APP_KEY is not set" in said(run)
    assert "--sim" in said(run)
    assert kisq("approve", KIS_APP_KEY="abc").returncode == 3


def test_unreachable_approval_host(kisq: Kisq) -> None:
    """A refused connection is said with the address; exit 5."""
    run = kisq("approve", **credentials(), KIS_REST_URL="http://127.0.0.1:9")
    assert run.returncode == 5
    assert "http://127.0.0.1:9/oauth2/Approval: the connection was refused" in said(run)


def test_unresolvable_host(kisq: Kisq) -> None:
    """A name that does not exist is said to be one; exit 5."""
    run = kisq("approve", **credentials(), KIS_REST_URL="https://nothing.invalid")
    assert run.returncode == 5
    assert "the name cannot be resolved" in said(run)


# watch


def test_watch_json(kisq: Kisq, account: dict[str, str]) -> None:
    """N books are N lines of JSON on stdout and one summary on stderr; exit 0."""
    run = kisq("watch", "DNASAAPL", "--json", "-n", "5", **account)
    books = [json.loads(line) for line in run.stdout.splitlines()]
    assert run.returncode == 0
    assert len(books) == 5
    assert {book["tr_key"] for book in books} == {"DNASAAPL"}
    assert said(run).startswith("kisq: 5 order books, ")
    assert said(run).count("\n") == 1


def test_watch_follows_the_tr_of_each_key(kisq: Kisq, account: dict[str, str]) -> None:
    """Keys of several TRs share one session."""
    keys = ["DNASAAPL", "RBAQAAPL", "RHKS00003", "DHKS00003"]
    expected = {("HDFSASP1" if k[0] == "D" and "HKS" in k else "HDFSASP0", k) for k in keys}
    found: set[tuple[str, str]] = set()

    def read(beside: Beside) -> None:
        while len(found) < len(keys):
            book = json.loads(beside.stdout.readline())
            found.add((book["tr_id"], book["tr_key"]))
        beside.send_signal(signal.SIGINT)

    run = kisq("watch", *keys, "--json", meanwhile=read, **account)
    assert run.returncode == 130
    assert found == expected


def test_watch_lines_off_a_terminal(kisq: Kisq) -> None:
    """Without --json each update is one plain line without colour."""
    run = kisq("watch", "DNASAAPL", "--sim", "-n", "3", "--rate", "50")
    lines = run.stdout.decode().splitlines()
    assert len(lines) == 3
    assert all("DNASAAPL  매수 bid " in line and "매도 ask" in line for line in lines)
    assert b"\x1b" not in run.stdout


def test_watch_once_off_a_terminal_is_a_whole_book(kisq: Kisq) -> None:
    """--once prints one ladder of ten levels a side, without colour."""
    run = kisq("watch", "DNASAAPL", "--sim", "--once", FORCE_COLOR="1")
    assert run.returncode == 0
    lines = run.stdout.decode().splitlines()
    assert len(lines) == 2 + 1 + 10 + 1 + 10 + 2
    assert b"\x1b" not in run.stdout


def test_depth_limits_the_levels(kisq: Kisq) -> None:
    """--depth 2 gives two levels a side."""
    run = kisq("watch", "DNASAAPL", "--sim", "--json", "--once", "--depth", "2")
    book = json.loads(run.stdout)
    assert (len(book["bids"]), len(book["asks"])) == (2, 2)


def test_malformed_messages_are_said_and_the_run_goes_on(kisq: Kisq) -> None:
    """Whatever comes in between, the next good book is printed; what was bad is counted."""
    bad: list[str | bytes] = ["", "hello\x1b[2J", "{", SPY[:200], SPY + "^1" * 9 + "\x00"]
    bad += [
        b"0|HDFSASP0|001|\xff\xfe^" + b"\x00" * 9,
        "1|HDFSASP0|001|abc",
        SPY.replace("|001|", "|002|"),
    ]
    with Player([SUBSCRIBED, *bad, SPY]) as player:
        run = kisq("watch", "DAMSSPY", "--json", "-n", "2", **player.settings)
    books = [json.loads(line) for line in run.stdout.splitlines()]
    assert run.returncode == 0
    assert [book["tr_key"] for book in books] == ["DAMSSPY", "DAMSSPY"]
    assert books[0]["extra"] == ["1"] * 8 + ["1\x00"]
    assert "9 more than the 71 that kisq knows" in said(run)
    assert said(run).count("not decodable: ") == 7
    assert "7 messages not decodable" in said(run).splitlines()[-1]
    assert "\x1b" not in said(run)


def test_count_cuts_a_message_of_several_records(kisq: Kisq) -> None:
    """Two records in one message are two lines, and -n 1 shows one of them."""
    payload = SPY.rsplit("|", 1)[1]
    two = f"0|HDFSASP0|002|{payload}^{payload}"
    with Player([SUBSCRIBED, two]) as player:
        assert (
            len(
                kisq("watch", "DAMSSPY", "--json", "-n", "2", **player.settings).stdout.splitlines()
            )
            == 2
        )
    with Player([SUBSCRIBED, two]) as player:
        assert (
            len(
                kisq("watch", "DAMSSPY", "--json", "-n", "1", **player.settings).stdout.splitlines()
            )
            == 1
        )


# raw


def test_raw_prints_what_came(kisq: Kisq, account: dict[str, str]) -> None:
    """The subscribe answer with its secrets masked, N data messages, the unsubscribe answer."""
    run = kisq("raw", "--tr", "HDFSASP1", "DHKS00003", "-n", "3", **account)
    lines = [line for line in run.stdout.decode().splitlines() if "PINGPONG" not in line]
    assert run.returncode == 0
    assert json.loads(lines[0])["body"]["output"] == {"iv": "***", "key": "***"}
    assert all(line.startswith("0|HDFSASP1|001|DHKS00003^") for line in lines[1:4])
    assert json.loads(lines[4])["body"]["msg_cd"] == "OPSP0001"
    assert len(lines) == 5


@pytest.mark.parametrize("path", sorted(FRAMES.glob("*.txt")), ids=lambda path: path.name)
def test_raw_shows_every_captured_message_byte_for_byte(kisq: Kisq, path: Path) -> None:
    """All the captured frames come out as they went in, but for the two secrets."""
    frames = [
        line for line in captured(path.name) if '"rt_cd":"9"' not in line and "0008" not in line
    ]
    data = sum(line.startswith(("0|", "1|")) for line in [*frames, SPY])
    with Player([*frames, SPY]) as player:
        run = kisq("raw", "--tr", "HDFSASP0", "DAMSSPY", "-n", f"{data}", **player.settings)
    expected = [line.encode() for line in [*frames, SPY]]
    expected = [
        line.replace(b"7b33a030d935bd9c", b"***").replace(
            b"zcyysbvsqykredimvytvdsbekvepszjt", b"***"
        )
        for line in expected
    ]
    assert run.stdout.splitlines()[: len(expected)] == expected
    assert run.returncode == 0


@pytest.mark.parametrize("refusal", captured("control.txt")[1:6])
def test_raw_shows_every_captured_refusal_byte_for_byte(kisq: Kisq, refusal: str) -> None:
    """A refusal ends the run, but not before it was shown as it came."""
    with Player([refusal]) as player:
        run = kisq("raw", "--tr", "HDFSASP0", "DNASBKNG", **player.settings)
    assert run.stdout.splitlines() == [refusal.encode()]
    assert run.returncode == 6


def test_raw_keeps_broken_bytes(kisq: Kisq) -> None:
    """Off a terminal not a byte is changed."""
    broken = b"0|HDFSASP0|001|\xff\x00\x1b[2J\xe3\x81"
    with Player([SUBSCRIBED, broken]) as player:
        run = kisq("raw", "DAMSSPY", "-n", "1", **player.settings)
    assert broken in run.stdout.splitlines()


def test_raw_time_puts_the_receive_time_in_front(kisq: Kisq) -> None:
    """-t gives KST with microseconds before each message."""
    run = kisq("raw", "DNASAAPL", "--sim", "-n", "1", "-t")
    lines = [line for line in run.stdout.splitlines() if b"PINGPONG" not in line]
    time = rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+09:00 "
    assert run.returncode == 0
    assert [re.sub(time, b"", line, count=1)[:2] for line in lines] == [b'{"', b"0|", b'{"']
    assert all(re.match(time, line) for line in lines)


def test_raw_json_shows_both_directions(kisq: Kisq, account: dict[str, str]) -> None:
    """open, the masked subscribe, its answer, data, unsubscribe, close: in order, as NDJSON."""
    run = kisq("raw", "DNASAAPL", "--json", "-n", "1", **account)
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    lines = [line for line in lines if line["kind"] != "pingpong"]
    assert [(line["dir"], line["kind"]) for line in lines] == [
        ("out", "open"),
        ("out", "control"),
        ("in", "control"),
        ("in", "data"),
        ("out", "control"),
        ("in", "control"),
        ("out", "close"),
    ]
    assert list(lines[0]) == ["at", "dir", "kind", "text"]
    assert json.loads(lines[1]["text"])["header"]["approval_key"] == "***"
    assert json.loads(lines[4]["text"])["header"]["tr_type"] == "2"


def test_raw_sends_a_doubtful_pair_all_the_same(kisq: Kisq, account: dict[str, str]) -> None:
    """A key that does not go with its TR is a warning, and KIS's answer decides."""
    run = kisq("raw", "--tr", "HDFSASP0", "AAPL", **account)
    assert "warning: 'AAPL': a tr_key needs session and market" in said(run)
    assert b"OPSP8992" in run.stdout
    assert run.returncode == 6
    odd = kisq(
        "raw",
        "--tr",
        "hdfsasp0",
        "DNASAAPL",
        **credentials() | {k: account[k] for k in ("KIS_REST_URL", "KIS_WS_URL")},
    )
    assert "warning: 'hdfsasp0' is not how KIS writes HDFSASP0, which is upper case" in said(odd)


# refusals and the session


REFUSALS = {
    "OPSP0007": "try again in a few minutes",
    "OPSP0008": "subscribe to fewer keys",
    "OPSP0009": "check the market code and the symbol",
    "OPSP0010": "check KIS_APP_KEY",
    "OPSP0011": "unset KIS_APPROVAL_KEY",
    "OPSP8991": "check the tr_id",
    "OPSP8992": "check the market code and the symbol",
    "OPSP8996": "end the other program",
    "OPSP9994": "check KIS_APP_KEY",
    "OPSP7777": "look the code up",
}


@pytest.mark.parametrize("code", REFUSALS)
@pytest.mark.parametrize("ids", [("HDFSASP0", "DAMSSPY"), ("(null)", "")])
def test_refusals_say_code_text_and_next_step(kisq: Kisq, code: str, ids: tuple[str, str]) -> None:
    """Whether or not a refusal names its request, it ends the run with exit 6 after one try."""
    refusal = {
        "header": {"tr_id": ids[0], "tr_key": ids[1], "encrypt": "N"},
        "body": {"rt_cd": "9", "msg_cd": code, "msg1": "KIS SAYS NO"},
    }
    with Player([json.dumps(refusal)]) as player:
        run = kisq("watch", "DAMSSPY", "--json", **player.settings)
    assert run.returncode == 6
    assert f"KIS refused the subscription of DAMSSPY (HDFSASP0): {code} KIS SAYS NO" in said(run)
    assert REFUSALS[code] in said(run)
    assert player.connections == 1
    assert len([text for kind, text in player.received if kind == "TEXT"]) == 1


def test_unknown_approval_key_is_renewed_once(kisq: Kisq, account: dict[str, str]) -> None:
    """After OPSP0011 one new key is issued and the run goes on with it."""
    run = kisq("watch", "DNASAAPL", "--json", "-n", "1", **account, KIS_APPROVAL_KEY="expired-key")
    assert run.returncode == 0
    assert len(run.stdout.splitlines()) == 1
    assert said(run).count("OPSP0011 invalid approval : NOT FOUND: issuing a new") == 1


def test_one_session_per_appkey(tmp_path: Path, kisq: Kisq, account: dict[str, str]) -> None:
    """While another program holds the appkey, OPSP8996 is said and never retried."""
    key = kisq("approve", "--show", **account).stdout.decode().strip()
    with running(tmp_path, "raw", "DNASAAPL", **account, KIS_APPROVAL_KEY=key) as other:
        assert other.stdout is not None
        assert b"OPSP0000" in other.stdout.readline()
        run = kisq("raw", "DNASMSFT", **account, KIS_APPROVAL_KEY=key)
        assert run.returncode == 6
        assert "OPSP8996 ALREADY IN USE appkey; end the other program" in said(run)
        assert run.stdout.count(b"OPSP8996") == 1
        other.send_signal(signal.SIGINT)
        other.wait(PATIENCE)
    assert kisq("raw", "DNASMSFT", "-n", "1", **account, KIS_APPROVAL_KEY=key).returncode == 0


def test_refusal_of_one_key_does_not_end_the_others(kisq: Kisq, account: dict[str, str]) -> None:
    """The others go on, the refusal is said, and the exit code tells."""
    run = kisq("raw", "--tr", "HDFSASP0", "AAPL", "DNASAAPL", "-n", "2", **account)
    assert run.stdout.count(b"0|HDFSASP0|001|DNASAAPL") == 2
    assert "KIS refused the subscription of AAPL (HDFSASP0): OPSP8992" in said(run)
    assert run.returncode == 6


def test_lost_connection(kisq: Kisq) -> None:
    """A connection that the server closes is said with its code; exit 5."""
    with Player([SUBSCRIBED, SPY], then="close") as player:
        run = kisq("watch", "DAMSSPY", "--json", "--reconnects", "0", **player.settings)
    assert run.returncode == 5
    assert "the server closed the connection (1001 bye)" in said(run)
    assert len(run.stdout.splitlines()) == 1


def test_refused_connection_and_handshake(kisq: Kisq, simulator: Simulator) -> None:
    """A port where nothing listens, and one where no WebSocket is; exit 5."""
    run = kisq("raw", "DNASAAPL", KIS_APPROVAL_KEY="k" * 9, KIS_WS_URL="ws://127.0.0.1:9")
    assert (run.returncode, "ws://127.0.0.1:9: the connection was refused" in said(run)) == (
        5,
        True,
    )
    url = f"{simulator.ws_url}/nothing"
    run = kisq("raw", "DNASAAPL", KIS_APPROVAL_KEY="k" * 9, KIS_WS_URL=url)
    assert (run.returncode, "answered with HTTP 404" in said(run)) == (5, True)


def test_pingpong_is_answered_with_a_pong_of_the_same_text(kisq: Kisq) -> None:
    """The server's keep-alive comes back as a WebSocket PONG frame, byte for byte."""
    pingpong = captured("control.txt")[-1]
    with Player([SUBSCRIBED, pingpong, SPY]) as player:
        run = kisq("raw", "DAMSSPY", "-n", "1", **player.settings)
    assert ("PONG", pingpong) in player.received
    assert pingpong.encode() in run.stdout.splitlines()


def test_every_end_unsubscribes_and_closes(kisq: Kisq) -> None:
    """After -n the subscription is given back, then the connection closed."""
    with Player([SUBSCRIBED, SPY]) as player:
        kisq("watch", "DAMSSPY", "--json", "-n", "1", **player.settings)
    types = [json.loads(t)["header"]["tr_type"] for kind, t in player.received if kind == "TEXT"]
    assert types == ["1", "2"]


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (signal.SIGINT, 130),
        (signal.SIGTERM, 143),
        (signal.SIGHUP, 129),
        (signal.SIGQUIT, 131),
        (signal.SIGALRM, 142),
    ],
)
@pytest.mark.parametrize("silent", [False, True])
def test_signals_end_a_run_in_order(
    tmp_path: Path, number: signal.Signals, code: int, silent: bool
) -> None:
    """Each signal that ends a program unsubscribes, closes and sums up, also in silence."""
    with (
        Player([SUBSCRIBED] if silent else [SUBSCRIBED, SPY]) as player,
        running(tmp_path, "raw", "DAMSSPY", **player.settings) as process,
    ):
        assert process.stdout is not None
        assert b"OPSP0000" in process.stdout.readline()
        process.send_signal(number)
        _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == code
    summary = r"kisq: \d data messages?, 0 PINGPONGs in \d+\.\d s\n"
    assert re.fullmatch(summary, errors.decode())
    assert '"tr_type":"2"' in player.received[-1][1]


def test_silence_ends_with_exit_1(kisq: Kisq) -> None:
    """--timeout and --duration without a data message say so and what to try."""
    for option in ("--timeout", "--duration"):
        with Player([SUBSCRIBED]) as player:
            run = kisq("watch", "DAMSSPY", option, "800ms", **player.settings)
        assert run.returncode == 1
        assert "kisq: 0 order books, 0 data messages, 0 PINGPONGs in " in said(run)
        assert "no data message came in 0." in said(run)
        assert "DAMSSPY is a US night key; that session runs 04:00-20:00 New York" in said(run)


def test_duration_with_data_is_exit_0(kisq: Kisq) -> None:
    """A run that saw data ends well when its time is over; --timeout counts no more then."""
    run = kisq("raw", "DNASAAPL", "--sim", "--duration", "1s", "--timeout", "0.8s", "--rate", "20")
    assert run.returncode == 0


def test_closed_pipe_ends_quietly(kisq: Kisq, account: dict[str, str]) -> None:
    """``| head -1`` ends the run without a word."""

    def leave(beside: Beside) -> None:
        beside.stdout.readline()
        beside.stdout.close()

    run = kisq("watch", "DNASAAPL", "--json", meanwhile=leave, **account)
    assert (run.returncode, run.stderr) == (0, b"")


def test_stalled_stdout_costs_neither_session_nor_message(kisq: Kisq) -> None:
    """While nobody reads stdout, PINGPONG is answered; afterwards every message is there."""
    first: list[bytes] = []

    def stall(beside: Beside) -> None:
        first.extend(beside.stdout.readline() for _ in range(10))
        wait_until_full(beside.stdout)
        time.sleep(1)  # this is what is tested, twice the patience of the simulator, 10 PINGPONGs
        assert beside.runs

    with simulating(rate=2000, pingpong=0.05) as server:
        run = kisq("raw", "DNASAAPL", "-n", "3000", "--json", meanwhile=stall, **server)
    assert run.returncode == 0
    lines = [json.loads(line) for line in first + run.stdout.splitlines()]
    assert sum(line["kind"] == "data" for line in lines) == 3000
    assert "3000 data messages" in said(run)
    answered = [line["at"] for line in lines if (line["dir"], line["kind"]) == ("out", "pingpong")]
    assert len(answered) >= 10


@contextmanager
def simulating(rate: float, pingpong: float) -> Iterator[dict[str, str]]:
    """The settings of an account at a simulator of its own."""
    from kisq.simulator.shared_state import Options

    with Simulator(Options(rate=rate, pingpong=pingpong)) as server:
        yield credentials() | {"KIS_REST_URL": server.rest_url, "KIS_WS_URL": server.ws_url}


# usage


def test_every_venue_is_an_option() -> None:
    """--venue takes the venues of the markets, no more and no fewer."""
    assert [venue.value for venue in Venue] == list(VENUES)


@pytest.mark.parametrize(
    ("args", "said_so"),
    [
        (
            ["watch", "AAPL"],
            "DNASAAPL (Nasdaq), DNYSAAPL (NYSE) or DAMSAAPL (Amex, most ETFs) at night",
        ),
        (["watch", "DNASAAPL", "--tr", "H0XXOUP0"], "kisq raw --tr H0XXOUP0"),
        (["watch", "DNASAAPL", "--tr", "FOO"], "63 TRs: see any other with `kisq raw --tr FOO`"),
        (["watch", "12345678-01", "--tr", "H0STCNI0"], "not with an account number"),
        (["watch", "DNASAAPL", "--tr", "HDFSASP1"], "goes with HDFSASP0"),
        (["watch"], "the argument TR_KEY is missing"),
        (["wath"], "there is no command 'wath'; similar: 'watch' (see"),
        (
            ["watch", "DNASAAPL", "--jsn"],
            "there is no option --jsn; similar: --json (see",
        ),
        (["watch", "DNASAAPL", "-n", "0"], "--count"),
        (["watch", "DNASAAPL", "--duration", "5x"], "'5x' is not a duration"),
        (["watch", "DNASAAPL", "--timeout", "0s"], "'0s' is not a duration"),
        (["watch", "DNASAAPL", "--env", "test"], "'test'"),
        (["watch", "DNASAAPL", "--seed", "3"], "--seed is an option of the simulator: add --sim"),
        (["watch", "DNASAAPL", "--sim", "--rate", "nan"], "'nan' is not a number above 0"),
        (["watch", "DNASAAPL", "--once", "-n", "3"], "--once is -n 1"),
        (["watch", "DNASAAPL", "--depth", "11"], "--depth"),
        (["watch", "005930", "--tr", "HDFSASP0"], "goes with H0STASP0 and H0STCNT0, not"),
        (["watch", "005930", "--venue", "nyse"], "'nyse'"),
        (["watch", "DNASAAPL", "--venue", "nxt"], "leave --venue out"),
        (["watch", "DNASAAPL", "--once", "--trades"], "leave --trades out"),
        (["raw", "AAPL"], "name the TR with --tr"),
        (["raw", "--tr", "H0STASP0", "a\nb"], "cannot be sent"),
        (["watch", *(f"DNAS{chr(65 + n // 26)}{chr(65 + n % 26)}" for n in range(42))], "42 keys"),
    ],
)
def test_wrong_usage(kisq: Kisq, args: list[str], said_so: str) -> None:
    """Wrong options and keys are one sentence and exit 2, before anything connects."""
    run = kisq(*args)
    assert run.returncode == 2
    assert said_so in said(run)
    assert said(run).count("\n") == 1
    assert run.stdout == b""


def test_mock_warns_that_an_accepted_subscription_proves_nothing(kisq: Kisq) -> None:
    """HDFSASP0 is not offered on the mock server, and that is said before it is silent."""
    with Player([SUBSCRIBED]) as player:
        run = kisq("watch", "DAMSSPY", "--env", "mock", "--timeout", "300ms", **player.settings)
    assert "warning: HDFSASP0 is documented as not offered on the mock server" in said(run)
    assert "proves nothing" in said(run)


def test_version_and_help(kisq: Kisq) -> None:
    """--version says the version; help names every command and fits 80 columns."""
    assert kisq("--version").stdout.decode() == f"kisq {__version__}\n"
    text = kisq("--help", COLUMNS="80").stdout.decode()
    listed = text.partition("Commands:\n")[2].partition("\n\n")[0]
    commands = set(re.findall(r"^  ([a-z]+) ", listed, re.MULTILINE))
    assert commands == {
        "approve", "watch", "raw", "check", "tap", "sim", "explain", "find", "symbols",
    }  # fmt: skip
    assert max(map(cell_len, text.splitlines())) <= 80
    assert kisq().stdout.decode().split() == kisq("--help").stdout.decode().split()


def test_sim_serves_any_client_until_interrupted(tmp_path: Path, kisq: Kisq) -> None:
    """kisq sim prints the two settings, with which another kisq works."""
    with running(tmp_path, "sim", "--rate", "50") as server:
        assert server.stdout is not None
        lines = [server.stdout.readline().decode().strip() for _ in range(2)]
        settings: dict[str, Any] = dict(line.split("=", 1) for line in lines)
        assert list(settings) == ["KIS_REST_URL", "KIS_WS_URL"]
        run = kisq("watch", "DNASAAPL", "--json", "-n", "2", **settings, **credentials())
        assert (run.returncode, len(run.stdout.splitlines())) == (0, 2)
        server.send_signal(signal.SIGINT)
        assert server.wait(PATIENCE) == 130


def test_bug_is_one_line_and_a_traceback_only_on_demand(
    kisq: Kisq, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error that nobody foresaw is exit 70; KISQ_DEBUG=1 shows where."""

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("unforeseen \x1b")

    monkeypatch.setattr("kisq.cli.sources.load", broken)
    run = kisq("approve")
    assert run.returncode == 70
    assert "a bug in kisq (RuntimeError: unforeseen \\x1b)" in said(run)
    debug = kisq("approve", KISQ_DEBUG="1")
    assert debug.returncode == 70
    assert b"Traceback" in debug.stderr


def test_every_captured_record_is_printed(kisq: Kisq, tmp_path: Path) -> None:
    """Of all captured messages, every record comes out as JSON, the totals and prices right."""
    frames = [line for line in ALL_FRAMES if line.startswith("0|")]
    (tmp_path / "day").write_text("\n".join(frames) + "\n")
    run = kisq("watch", "--json", "-r", "day")
    found = [json.loads(line) for line in run.stdout.splitlines()]
    originals = [record for line in frames for record in decode(line)]
    assert len(originals) == 13
    for record, original in zip(found, originals, strict=True):
        if isinstance(original, OrderBook):
            total = sum(level["size"] for level in record["bids"])
            assert total == record["bid_total"] == original.integer("bid_total")
        else:
            assert isinstance(original, Trade)
            assert original.price is not None
            assert (record["type"], record["price"]) == ("trade", float(original.price))


@pytest.mark.parametrize(("size", "code"), [(1 << 20, 0), ((1 << 20) + 1, 2)])
def test_a_file_of_keys_has_at_most_a_mebibyte(
    kisq: Kisq, tmp_path: Path, size: int, code: int
) -> None:
    """What is larger was not meant as one, be it a file or stdin."""
    text = b"DNASAAPL\n".ljust(size, b"#")
    (tmp_path / "keys").write_bytes(text)
    for name in ("keys", "-"):
        run = kisq("watch", "--keys", name, "--sim", "--json", "-n", "1", stdin=text)
        assert run.returncode == code
        assert ("which is too large for a file of keys" in said(run)) is bool(code)
