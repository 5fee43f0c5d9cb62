"""What a refusal calls for, by its code and by the kind of the key that it refuses."""

import json
from collections.abc import Callable

import pytest
from conftest import Run
from helpers.command import said
from liar import Liar, frame

from kisq.spec.codes import OPSP
from kisq.spec.key_advice import BY_KEY
from kisq.spec.markets import MARKETS
from kisq.wire.refusal import advice_for, next_step
from kisq.wire.trkey import parse_tr_key

Kisq = Callable[..., Run]
HERE = "HDFSASP0"
WRONG = "check the market code and the symbol"
STEPS = {  # a tr_key, its TR and what is to be done after OPSP0009 (protocol.md section 2)
    (HERE, "RHKS00003"): "use the D key DHKS00003 with HDFSASP1",
    (HERE, "RTSE7203"): "use the D key DTSE7203 with HDFSASP1",
    (HERE, "RSHS600519"): "use the D key DSHS600519 with HDFSASP1",
    ("HDFSCNT0", "RHNXSHS"): "use the D key DHNXSHS with HDFSCNT0",
    (HERE, "RBAQAAPL"): "use its D key DNASAAPL at night",
    (HERE, "RBAYBRK/B"): "use its D key DNYSBRK/B at night",
    ("HDFSCNT0", "RBAASPY"): "use its D key DAMSSPY at night",
    (HERE, "RNASAAPL"): "use the D key DNASAAPL instead",
    (HERE, "RAMSSPY"): "use the D key DAMSSPY instead",
    (HERE, "DNASSPY"): WRONG,
    ("HDFSASP1", "DHKS00003"): WRONG,
    ("H0STASP0", "005930"): WRONG,
    ("H0STASP0", "RHKS00003"): WRONG,  # that TR has no key of Hong Kong
    (HERE, "RHKS3"): WRONG,  # neither has Hong Kong such a symbol, so there is no such D key
    (HERE, "RBAQ"): WRONG,
    (HERE, "RNASbrk.b"): WRONG,
    (HERE, ""): WRONG,
}


@pytest.mark.parametrize("key", STEPS)
def test_opsp0009_is_answered_by_key(key: tuple[str, str]) -> None:
    """Each kind of key has its own cause, and no key is told what is for another."""
    step = next_step("OPSP0009", [key])
    assert step.startswith(STEPS[key])
    assert ("HTS [7781]" in step) == ("with HDFSASP1" in step or "with HDFSCNT0" in step)


def test_keys_that_are_offered_are_valid_and_others() -> None:
    """Of every market, whatever the symbol."""
    symbols = ["AAPL", "00003", "7203", "600519", "BRK/B", "130A", "x", ""]
    for code in MARKETS:
        for key in [(HERE, f"R{code}{symbol}") for symbol in symbols]:
            advice = advice_for("OPSP0009", key)
            if advice.better:
                assert parse_tr_key(advice.better, advice.tr).text == advice.better != key[1]


def test_several_keys_are_each_told_what_is_true_of_them() -> None:
    """Those of a kind share a sentence; where the kinds differ, each is said with its keys."""
    asia = [(HERE, "RHKS00003"), (HERE, "RTSE7203")]
    assert next_step("OPSP0009", asia).startswith("use the D key DHKS00003, DTSE7203 with HDFSASP1")
    steps = next_step("OPSP0009", [*asia, (HERE, "RBAQAAPL"), (HERE, "DNASSPY")]).split("; ")
    assert [step.split(" ")[0] for step in steps] == ["RHKS00003,", "RBAQAAPL:", "DNASSPY:"]
    assert steps[0].startswith("RHKS00003, RTSE7203: use the D key DHKS00003, DTSE7203 ")
    assert steps[1:] == ["RBAQAAPL: use its D key DNASAAPL at night", f"DNASSPY: {WRONG}"]


def test_other_codes_and_unknown_ones() -> None:
    """Whatever the key, a code says the same; one that is unknown is to be looked up."""
    for code in OPSP.keys() - BY_KEY.keys():
        assert next_step(code, [(HERE, "RHKS00003")]) == OPSP[code].next_step
    assert next_step("OPSP7777", []) == "look the code up in KIS's API documentation"


def answer(tr_id: str, tr_key: str, code: str = "OPSP0009") -> bytes:
    header = {"tr_id": tr_id, "tr_key": tr_key}
    body = {"rt_cd": "1", "msg_cd": code, "msg1": "N"}
    return json.dumps({"header": header, "body": body}).encode()


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("key", ["RHKS00003", "RBAQAAPL", "DNASAAPL"])
def test_every_command_gives_the_step_of_the_key(kisq: Kisq, key: str, named: bool) -> None:
    """watch, check and the check of what was recorded say the same."""
    refused = answer(HERE, key) if named else answer("(null)", "")
    step = next_step("OPSP0009", [(HERE, key)])
    with Liar(frame(refused)) as liar:
        watched = kisq("watch", key, **liar.settings)
        checked = kisq("check", key, "--json", "-w", "cap.ndjson", **liar.settings)
    replayed = kisq("check", "-r", "cap.ndjson", "--json")
    assert step in said(watched)
    for run in (checked, replayed):
        assert run.returncode == 6
        assert step.lower() in json.loads(run.stdout)["keys"][0]["next_step"].lower()


def test_unknown_code_of_a_recording_is_to_be_looked_up(kisq: Kisq) -> None:
    """As in a session."""
    with Liar(frame(answer(HERE, "DAMSSPY", "OPSP7777"))) as liar:
        kisq("check", "DAMSSPY", "-w", "cap.ndjson", **liar.settings)
    run = kisq("check", "-r", "cap.ndjson", "--json")
    found = json.loads(run.stdout)["keys"][0]["next_step"]
    assert found == "Look the code up in KIS's API documentation."


def test_explain_lists_what_each_kind_of_key_calls_for(kisq: Kisq) -> None:
    """A code without a key has a row for each kind; a message that names its key has that one."""
    found = json.loads(kisq("explain", "OPSP0009", "--json").stdout)
    rows = [(row["example"], row["meaning"], row["next_step"]) for row in found["by_key"]]
    table = BY_KEY["OPSP0009"]
    assert rows == [
        (row.example[1], row.meaning, next_step("OPSP0009", [row.example])) for row in table
    ]
    assert [advice_for("OPSP0009", row.example).row for row in table] == list(table)
    message = json.loads(kisq("explain", answer(HERE, "RBAQSPY").decode(), "--json").stdout)
    assert message["meaning"] == "this stock is not offered in the US daytime session"
    assert message["next_step"] == "use its D key DNASSPY at night"
    assert "by_key" not in message
    nameless = json.loads(kisq("explain", answer("(null)", "").decode(), "--json").stdout)
    assert nameless["by_key"] == found["by_key"]
