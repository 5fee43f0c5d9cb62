"""Order notices on the command line: in plain words, and nobody's name in any output."""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Run
from helpers.notices import KEY, PLAINTEXTS, accepted, encrypted
from player import Player

Kisq = Callable[..., Run]
HTS_ID = "mine7"  # shorter than any secret, as some are
ACCOUNT, NAME = "5012345601", "홍길동"  # of the simulator's orders
TR, PLAINTEXT = PLAINTEXTS[1]
FILL = PLAINTEXT.replace("HTS ID", HTS_ID).replace("1234567801", ACCOUNT).replace("김한투", NAME)
NOTICE = encrypted(TR, FILL)
PERSONAL = (HTS_ID, ACCOUNT, NAME)


def texts(run: Run) -> str:
    return run.stdout.decode() + run.stderr.decode()


def test_watch_says_in_one_line_what_became_of_an_order(kisq: Kisq) -> None:
    """Accepted, filled, amended, cancelled, refused: in the order in which they come."""
    run = kisq("watch", "--sim", "--rate", "50", "--tr", TR, HTS_ID, "-n", "5")
    lines = [line.split("  ")[1] for line in run.stdout.decode().splitlines()]
    actions = ("접수 accepted", "체결 filled", "정정 amended", "취소 cancelled", "거부 refused")
    assert run.returncode == 0
    assert lines == [f"{action} 매수 buy 005930 10 x 70000" for action in actions]


@pytest.mark.parametrize(
    "tr_id", ["H0STCNI0", "H0STCNI9", "H0GSCNI0", "H0GSCNI9", "H0IFCNI0", "H0IFCNI9", "H0MFCNI0",
              "H0EUCNI0", "HDFFF1C0", "HDFFF2C0"],
)  # fmt: skip
def test_the_notices_of_each_tr_decode(kisq: Kisq, tr_id: str) -> None:
    """The simulator sends them, watch decrypts them, as JSON with the values of the wire."""
    run = kisq("watch", "--sim", "--tr", tr_id, HTS_ID, "-n", "1", "--json")
    record = json.loads(run.stdout)
    assert (run.returncode, record["notice"], record["tr_id"]) == (0, True, tr_id)
    assert record["type"] == "record"
    assert texts(run).count("not decodable") == 0


def test_json_has_the_values_of_the_wire_and_masks_whose_they_are(kisq: Kisq) -> None:
    """With --show-personal nothing is masked."""
    with Player([accepted(TR, HTS_ID), NOTICE]) as player:
        arguments = ("watch", "--tr", TR, HTS_ID, "-n", "1", "--json")
        masked = json.loads(kisq(*arguments, **player.settings).stdout)["fields"]
    with Player([accepted(TR, HTS_ID), NOTICE]) as player:
        whole = json.loads(kisq(*arguments, "--show-personal", **player.settings).stdout)["fields"]
    assert [value or "" for value in whole.values()] == FILL.split("^")
    differ = {name for name in whole if whole[name] != masked[name]}
    assert differ == {"cust_id", "acnt_no", "acnt_name"}
    assert {masked[name] for name in differ} == {"***"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("watch",), ("watch", "--json"), ("raw",), ("raw", "--json"), ("raw", "-t"),
        ("watch", "-w", "kept.ndjson"), ("watch", "-w", "kept.ndjson", "--show-personal"),
        ("raw", "-w", "kept.gz"), ("check",), ("check", "--json"),
        ("check", "-w", "kept.ndjson", "--show-personal"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("then", ["stay", "cut"])
def test_no_output_says_whose_order_it_is(
    kisq: Kisq, tmp_path: Path, arguments: tuple[str, ...], then: str
) -> None:
    """Neither on any stream, with all that makes it talkative, nor in a recording."""
    command, *options = arguments
    limits = {"check": ("--for", "300ms"), "watch": ("-n", "1"), "raw": ("-n", "2")}[command]
    if then == "cut" and command != "check":
        limits = ("--reconnects", "0")
    with Player([accepted(TR, HTS_ID), NOTICE[:-8], NOTICE], then) as player:
        run = kisq(
            command, "--tr", TR, HTS_ID, *options, *limits, "-v", KISQ_DEBUG="1", **player.settings
        )
    assert run.stderr
    shown = texts(run)
    if "--show-personal" in options:
        shown = ""
    for file in tmp_path.glob("kept.*"):
        replayed = kisq("raw", "-r", file.name, "--json")
        shown += texts(replayed)
        assert "1|H0STCNI0|001|" in shown
    assert not [text for text in (*PERSONAL, KEY) if text in shown]


def test_what_is_cut_is_said_and_the_run_goes_on(kisq: Kisq) -> None:
    """A truncated notice and one of another key are malformed and counted; the next is shown."""
    wrong = [NOTICE[:-8], encrypted(TR, FILL, KEY[::-1])]
    with Player([accepted(TR, HTS_ID), *wrong, NOTICE]) as player:
        run = kisq("watch", "--tr", TR, HTS_ID, "-n", "1", **player.settings)
    said = run.stderr.decode()
    assert run.returncode == 0
    assert said.count("notice that is cut, altered, or encrypted with another key") == 2
    assert "2 messages not decodable" in said


def test_a_notice_before_its_key_stays_as_it_came(kisq: Kisq) -> None:
    """It is counted and said once, and is no fault."""
    with Player([accepted(TR, HTS_ID, KEY[:-1]), NOTICE, NOTICE]) as player:
        run = kisq("watch", "--tr", TR, HTS_ID, "--duration", "500ms", **player.settings)
    said = run.stderr.decode()
    assert said.count("only counted: it came before the key of its session") == 1
    assert "2 encrypted notices" in said
    assert "not decodable" not in said
    assert re.search(r"2 data messages came in .* s, order notices that could not be decr", said)


def test_check_of_a_subscription_without_orders(kisq: Kisq) -> None:
    """It stands, which is what was asked: broadcasting, exit 0."""
    with Player([accepted(TR, HTS_ID)]) as player:
        run = kisq("check", "--tr", TR, HTS_ID, "--timeout", "1s", **player.settings)
    assert run.returncode == 0
    assert "The subscription stands, no order yet" in run.stdout.decode()
    with Player([accepted(TR, HTS_ID)]) as player:
        run = kisq("watch", "--tr", TR, HTS_ID, "--timeout", "500ms", **player.settings)
    assert run.returncode == 1


def test_check_of_notices(kisq: Kisq) -> None:
    """Decrypted they are data like others; of another key they are garbled."""
    for message, code in ((NOTICE, 0), (encrypted(TR, FILL, KEY[::-1]), 1)):
        with Player([accepted(TR, HTS_ID), message]) as player:
            run = kisq("check", "--tr", TR, HTS_ID, "--for", "500ms", **player.settings)
        assert run.returncode == code, run.stdout.decode()


def test_a_recording_cannot_be_decrypted_later(kisq: Kisq) -> None:
    """It holds the ciphertext only, and says so."""
    with Player([accepted(TR, HTS_ID), NOTICE]) as player:
        kisq("watch", "--tr", TR, HTS_ID, "-n", "1", "-w", "kept.ndjson", **player.settings)
    run = kisq("watch", "-r", "kept.ndjson")
    assert run.returncode == 1
    assert "only counted: a recording does not hold the key of its session" in run.stderr.decode()
    wrong = "1 data message is in the recording, an order notice that cannot be decrypted"
    assert f"error: {wrong}" in run.stderr.decode()


def test_without_cryptography_notices_are_counted(
    kisq: Kisq, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says what to install; the simulator says that it sends none, and accepts the key."""
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.ciphers", None)
    with Player([accepted(TR, HTS_ID), NOTICE]) as player:
        run = kisq("watch", "--tr", TR, HTS_ID, "--duration", "500ms", **player.settings)
    assert "pip install '.[notices]' in its folder" in run.stderr.decode()
    assert "1 encrypted notice" in run.stderr.decode()
    run = kisq("check", "--sim", "--tr", TR, HTS_ID, "--timeout", "1s", "-v")
    assert run.returncode == 0
    assert "to encrypt them the package cryptography is needed" in run.stderr.decode()


@pytest.mark.parametrize("command", ["watch", "check"])
@pytest.mark.parametrize("account", ["12345678", "12345678-01", "1234567801"])
def test_an_account_number_is_no_hts_id(kisq: Kisq, command: str, account: str) -> None:
    """It is named before anything is sent."""
    run = kisq(command, "--tr", TR, account, "--sim")
    assert "not with an account number" in texts(run)
    assert run.returncode == 2


@pytest.mark.parametrize(
    ("env", "tr_id", "other"), [("mock", "H0STCNI0", "H0STCNI9"), ("real", "H0GSCNI9", "H0GSCNI0")]
)
def test_the_id_of_the_other_server(kisq: Kisq, env: str, tr_id: str, other: str) -> None:
    """Each server has its own ids: named before connecting."""
    key = {"KIS_APPROVAL_KEY": "approval-key-1"}
    run = kisq("watch", "--env", env, "--tr", tr_id, HTS_ID, **key)
    assert run.returncode == 2
    assert f"server it is {other}" in run.stderr.decode()
