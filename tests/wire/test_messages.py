"""The text of the feed ↔ messages: literal frames in both directions, and any text at all."""

import json

import pytest
from conftest import ALL_FRAMES, captured
from hypothesis import given
from hypothesis import strategies as st

from kisq.wire.messages import Answer, Data, Malformed, PingPong, Request, parse

ACCEPTED, IN_USE, NO_JSON, NO_KEY, HTS_ID, TOO_MANY, PINGPONG = captured("control.txt")
_IV, _KEY = "7b33a030d935bd9c", "zcyysbvsqykredimvytvdsbekvepszjt"

MEANINGS = [
    (ACCEPTED, Answer("HDFSASP0", "DAMSSPY", "0", "OPSP0000", "SUBSCRIBE SUCCESS", _IV, _KEY)),
    (IN_USE, Answer("(null)", "", "9", "OPSP8996", "ALREADY IN USE appkey", "", "")),
    (
        NO_JSON,
        Answer("(null)", "", "9", "OPSP9999", "JSON PARSING ERROR : invalid json format", "", ""),
    ),
    (NO_KEY, Answer("", "", "9", "OPSP8993", "JSON PARSING ERROR : invalid tr_key", "", "")),
    (HTS_ID, Answer("(null)", "", "9", "OPSP0017", "ERROR : htsid가잘못되었습니다", "", "")),
    (TOO_MANY, Answer("HDFSASP0", "DNASBKNG", "1", "OPSP0008", "MAX SUBSCRIBE OVER", "", "")),
    (PINGPONG, PingPong("20230502221924")),
]


@pytest.mark.parametrize(("text", "meaning"), MEANINGS)
def test_captured_control_messages(text: str, meaning: object) -> None:
    """A captured control message means what protocol.md says."""
    assert parse(text) == meaning


def test_only_rt_cd_0_and_the_harmless_codes_are_acceptance() -> None:
    """ALREADY IN SUBSCRIBE and a needless unsubscribe have rt_cd 1 and are fine all the same."""
    accepted = [message.accepted for _, message in MEANINGS if isinstance(message, Answer)]
    assert accepted == [True, False, False, False, False, False]
    assert Answer("", "", "1", "OPSP0002", "ALREADY IN SUBSCRIBE", "", "").accepted
    assert Answer("", "", "1", "OPSP0003", "UNSUBSCRIBE ERROR (not found!)", "", "").accepted


def test_request_has_the_very_text_of_the_protocol() -> None:
    """A subscribe is written as protocol.md section 2 shows it."""
    assert Request("KEY", "1", "HDFSASP0", "DNASAAPL").to_text() == (
        '{"header":{"approval_key":"KEY","custtype":"P","tr_type":"1","content-type":"utf-8"},'
        '"body":{"input":{"tr_id":"HDFSASP0","tr_key":"DNASAAPL"}}}'
    )


@given(st.text(), st.text(), st.text())
def test_request_survives_any_key(approval_key: str, tr_id: str, tr_key: str) -> None:
    """Whatever stands in a request comes out of its JSON again."""
    request = json.loads(Request(approval_key, "2", tr_id, tr_key, "B").to_text())
    assert request["header"] == {
        "approval_key": approval_key,
        "custtype": "B",
        "tr_type": "2",
        "content-type": "utf-8",
    }
    assert request["body"] == {"input": {"tr_id": tr_id, "tr_key": tr_key}}


def test_data_message_is_split_three_times_only() -> None:
    """A | in the payload stays there."""
    assert parse("0|HDFSASP0|002|a|b^c") == Data(False, "HDFSASP0", 2, "a|b^c")
    assert parse("1|H0STCNI0|001|b64=") == Data(True, "H0STCNI0", 1, "b64=")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "neither a data message"),
        ("hello", "neither a data message"),
        ("[1,2]", "neither a data message"),
        ("0|HDFSASP0|001", "four parts"),
        ("2|HDFSASP0|001|a", "neither 0 nor 1"),
        ("0|HDFSASP0||a", "not a number"),
        ("0|HDFSASP0|x|a", "not a number"),
        ("0|HDFSASP0|-1|a", "not a number"),
        ("0|HDFSASP0|٣|a", "not a number"),
        (f"0|HDFSASP0|{'9' * 5000}|a", "not a number"),
        ("0|HDFSASP0|0000001|a", "not a number"),
        ("0|HDFSASP0|000|a", "is 0"),
        ("{", "broken JSON"),
        ("{}", "without rt_cd"),
        ('{"header":{"tr_id":"X"},"body":[]}', "without rt_cd"),
        ('{"header":7,"body":null}', "without rt_cd"),
        ('{"a":' * 100_000, "broken JSON"),
        (f"0|HDFSASP0|001|{'a' * 1_000_000}", "1000015 characters, more than any message"),
    ],
    ids=lambda value: value[:40],
)
def test_malformed_says_why(text: str, reason: str) -> None:
    """What is no message is a value that holds its text and the reason."""
    message = parse(text)
    assert isinstance(message, Malformed)
    assert message.text == text
    assert reason in message.reason


def test_missing_parts_of_an_answer_are_empty() -> None:
    """An answer may lack tr_key, encrypt and output."""
    assert parse('{"body":{"rt_cd":9,"output":{"iv":null,"key":[1]}}}') == Answer(
        "", "", "9", "", "", "", ""
    )


@given(st.text() | st.text(alphabet='{}[]":,|^01 \x00\x1b�') | st.sampled_from(ALL_FRAMES))
def test_no_text_whatsoever_raises(text: str) -> None:
    """parse gives one of the four messages for any text, also for captured ones cut short."""
    for part in (text, text[: len(text) // 2], text + text):
        assert isinstance(parse(part), (Data, PingPong, Answer, Malformed))
