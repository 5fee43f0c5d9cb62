"""The judgement of a client's request: every fault, its field, its code and a right request."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kisq.spec.codes import OPSP
from kisq.spec.tables import TRS
from kisq.wire.messages import Request
from kisq.wire.request_faults import SENTENCES, RequestFaultKind
from kisq.wire.request_form import is_request
from kisq.wire.request_judgement import judge_request
from kisq.wire.request_keys import example_key
from kisq.wire.trkey import names_key

KEY = "d8a0c1b2-0000-4000-8000-123456789abc"
HEADER = {"approval_key": KEY, "custtype": "P", "tr_type": "1", "content-type": "utf-8"}
INPUT = {"tr_id": "HDFSASP0", "tr_key": "DNASAAPL"}
RIGHT: dict[str, Any] = {"header": HEADER, "body": {"input": INPUT}}
FLAT = HEADER | INPUT
WITHOUT_KEY = {name: value for name, value in HEADER.items() if name != "approval_key"}
SENT_AS = {name: name.replace("_", "").replace("-", "_") for name in HEADER}


def request(**fields: object) -> str:
    """The right request with other values of some fields; None leaves a field out."""
    header, asked = dict[str, object](HEADER), dict[str, object](INPUT)
    for name, value in fields.items():
        holder = asked if name in asked else header
        name = name.replace("content_type", "content-type")
        holder[name] = value
        if value is None:
            del holder[name]
    return json.dumps({"header": header, "body": {"input": asked}})


def faults(text: str) -> list[tuple[str, str, str]]:
    return [(fault.kind.value, fault.field, fault.code) for fault in judge_request(text).faults]


def test_a_right_request_has_no_fault() -> None:
    """What kisq sends itself, and what others send right, is judged right."""
    sent = Request(KEY, "2", "H0STCNT0", "005930", "B").to_text()
    judgement = judge_request(sent)
    assert (judgement.faults, judgement.code) == ([], "")
    assert judgement.right.to_text() == sent.replace(KEY, "***")
    assert judge_request(sent.encode()) == judgement


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("", "empty_request", "OPSP9999"),
        (" \n", "empty_request", "OPSP9999"),
        ("hello", "not_json", "OPSP9999"),
        (json.dumps(RIGHT)[:-1], "not_json", "OPSP9999"),
        ("[" * 100_000, "not_json", "OPSP9999"),
        ("[]", "not_an_object", "OPSP9999"),
        ('"hello"', "not_an_object", "OPSP9999"),
        (str(RIGHT), "python_dict", "OPSP9999"),
        (json.dumps(json.dumps(RIGHT)), "encoded_twice", "OPSP9999"),
        (json.dumps(FLAT), "flat", "OPSP9998"),
    ],
)
def test_how_a_request_is_written(text: str, kind: str, code: str) -> None:
    """What cannot be read as header and body is one fault of the whole request."""
    assert faults(text) == [(kind, "request", code)]


@pytest.mark.parametrize(
    ("text", "kind", "field", "code"),
    [
        ("{}", "missing", "header", "OPSP9998"),
        (json.dumps({"header": HEADER}), "missing", "body", "OPSP9992"),
        (json.dumps({"header": HEADER, "body": {}}), "missing", "body", "OPSP9992"),
        (json.dumps(RIGHT | {"body": {"x": 1}}), "missing", "body.input", "OPSP9991"),
        (request(approval_key=None), "missing", "header.approval_key", "OPSP9996"),
        (request(custtype=None), "missing", "header.custtype", "OPSP9997"),
        (request(tr_type=None), "missing", "header.tr_type", "OPSP8997"),
        (request(content_type=None), "missing", "header.content-type", ""),
        (request(tr_id=None), "missing", "body.input.tr_id", "OPSP8991"),
        (request(tr_key=None), "missing", "body.input.tr_key", "OPSP9990"),
        (request(tr_key=""), "empty", "body.input.tr_key", "OPSP8993"),
        (request(approval_key=""), "empty", "header.approval_key", "OPSP0011"),
        (request(tr_key=["DNASAAPL"]), "not_text", "body.input.tr_key", "OPSP8993"),
        (request(tr_type=1), "not_text", "header.tr_type", "OPSP8997"),
        (request(tr_type="0"), "tr_type", "header.tr_type", "OPSP8997"),
        (request(tr_type="1 "), "blanks", "header.tr_type", "OPSP8997"),
        (request(custtype="p"), "custtype", "header.custtype", "OPSP8998"),
        (request(content_type="json"), "content_type", "header.content-type", ""),
        (request(approval_key=f"{KEY}\n"), "blanks", "header.approval_key", "OPSP0011"),
        (request(approval_key="PS" + "a" * 34), "app_key_value", "header.approval_key", "OPSP0011"),
        (request(approval_key="s" * 180), "app_secret_value", "header.approval_key", "OPSP0011"),
        (request(approval_key="eyJ0.a"), "access_token_value", "header.approval_key", "OPSP0011"),
        (request(tr_id="HDFSASP9"), "unknown_tr", "body.input.tr_id", "OPSP8991"),
        (request(tr_id="hdfsasp0"), "lower_case_tr", "body.input.tr_id", "OPSP8991"),
        (request(tr_id="DNASAAPL", tr_key="HDFSASP0"), "swapped", "body.input.tr_id", "OPSP8991"),
        (request(tr_key="AAPL"), "key_without_prefix", "body.input.tr_key", "OPSP8992"),
        (request(tr_key="dnasaapl"), "lower_case_key", "body.input.tr_key", "OPSP8992"),
        (request(tr_key="DHKS00003"), "key_of_other_tr", "body.input.tr_key", "OPSP8992"),
        (request(tr_key="RNASAAPL"), "key_nearly", "body.input.tr_key", "OPSP8992"),
        (request(tr_key="나스닥"), "key_unknown", "body.input.tr_key", "OPSP8992"),
        (request(tr_key="DNASA, DNASB"), "several_keys", "body.input.tr_key", "OPSP8992"),
    ],
)
def test_each_fault_names_its_field(text: str, kind: str, field: str, code: str) -> None:
    """A fault has its kind, its field and KIS's code, and comes first; its sentence names it."""
    first = judge_request(text).faults[0]
    assert (first.kind.value, first.field, first.code) == (kind, field, code)
    assert field in first.sentence


@pytest.mark.parametrize("header", [{"appkey": "x", "appsecret": "y"}, {"AppKey": "x"}])
def test_an_app_key_in_place_of_the_approval_key(header: dict[str, str]) -> None:
    """Who sends the app key is told of the approval key, not that a field is missing."""
    text = json.dumps(RIGHT | {"header": header | WITHOUT_KEY})
    kinds = [kind for kind, _, _ in faults(text)]
    assert kinds == ["app_key_sent", "credentials_sent"][: len(header)]
    assert judge_request(text).code == "OPSP9996"
    assert "header.approval_key" in judge_request(text).faults[0].sentence


def test_credentials_beside_the_approval_key() -> None:
    """A secret that need not be sent is said; no refusal is claimed for it."""
    text = json.dumps(RIGHT | {"header": HEADER | {"secretkey": "a"}})
    assert faults(text) == [("credentials_sent", "header.approval_key", "")]


def test_faults_that_kis_does_not_refuse() -> None:
    """However many of them a request has, no refusal is claimed."""
    header = HEADER | {"secretkey": "a", "content-type": "json"}
    judgement = judge_request(json.dumps(RIGHT | {"header": header}))
    kinds = [fault.kind.value for fault in judgement.faults]
    assert (kinds, judgement.code) == (["credentials_sent", "content_type"], "")


@pytest.mark.parametrize(
    ("message", "place"),
    [
        ({"header": HEADER | INPUT, "body": {"input": {"x": 1}}}, "header"),
        ({"header": HEADER, "body": INPUT}, "body"),
        ({"header": HEADER, "input": INPUT}, "input"),
    ],
)
def test_fields_in_the_wrong_place(message: dict[str, object], place: str) -> None:
    """TR and key that stand elsewhere are found there, and where they belong is said."""
    judgement = judge_request(json.dumps(message))
    sentences = [fault.sentence for fault in judgement.faults]
    assert f"{place}.tr_id is in the wrong place: it must be body.input.tr_id" in sentences
    assert f"{place}.tr_key is in the wrong place: it must be body.input.tr_key" in sentences
    assert judgement.right.to_text() == json.dumps(RIGHT, separators=(",", ":")).replace(KEY, "***")


@pytest.mark.parametrize("name", HEADER)
def test_names_that_are_spelt_otherwise(name: str) -> None:
    """A name in another spelling is said with KIS's own."""
    header = {(SENT_AS[n] if n == name else n): value for n, value in HEADER.items()}
    text = json.dumps(RIGHT | {"header": header})
    spelt_right = SENT_AS[name] == name
    expected = [] if spelt_right else [("misspelt", f"header.{name}")]
    assert [fault[:2] for fault in faults(text)] == expected


@pytest.mark.parametrize(
    ("tr_id", "tr_key", "right"),
    [
        ("HDFSASP0", "AAPL", ("HDFSASP0", "DNASAAPL")),
        ("HDFSASP0", "NASAAPL", ("HDFSASP0", "DNASAAPL")),
        ("HDFSASP0", "RNASAAPL", ("HDFSASP0", "DNASAAPL")),
        ("HDFSASP0", "DNASBRK.B", ("HDFSASP0", "DNASBRK/B")),
        ("HDFSASP0", "DHKS00003", ("HDFSASP1", "DHKS00003")),
        ("HDFSASP1", "00003", ("HDFSASP1", "DHKS00003")),
        ("HDFSASP0", "005930", ("H0STASP0", "005930")),
        ("H0STCNT0", "DNASAAPL", ("HDFSCNT0", "DNASAAPL")),
        ("H0STCNT0", "5930", ("H0STCNT0", "005930")),
        ("H0NXCNT0", "005930.KS", ("H0NXCNT0", "005930")),
        ("DNASAAPL", "HDFSCNT0", ("HDFSCNT0", "DNASAAPL")),
        ("HDFSASP", "DNASAAPL", ("HDFSASP0", "DNASAAPL")),
        ("HDFSCNT", "나스닥", ("HDFSCNT0", "DNASAAPL")),
        ("HDFSASP0", "DNASA,DNASB", ("HDFSASP0", "DNASA")),
    ],
)
def test_the_right_request(tr_id: str, tr_key: str, right: tuple[str, str]) -> None:
    """The right request has the TR and key that were probably meant."""
    shown = judge_request(request(tr_id=tr_id, tr_key=tr_key)).right
    assert (shown.tr_id, shown.tr_key) == right


def test_a_bare_us_symbol_may_be_of_three_markets() -> None:
    """A symbol without its market is offered on each of them, not on Nasdaq alone."""
    (fault,) = judge_request(request(tr_key="AAPL")).faults
    assert fault.sentence == (
        'body.input.tr_key is "AAPL", which lacks its beginning: '
        "perhaps DNASAAPL, DNYSAAPL, DAMSAAPL"
    )


def test_an_unsubscribe_stays_one() -> None:
    """The right request keeps what was right about the one that was sent."""
    shown = judge_request(request(tr_type="2", custtype="B", tr_key="AAPL")).right
    assert (shown.tr_type, shown.custtype) == ("2", "B")


@pytest.mark.parametrize("tr_id", TRS)
def test_every_tr_has_an_example(tr_id: str) -> None:
    """The key that is shown for a TR is one of its own."""
    assert names_key(tr_id, example_key(tr_id))


def test_every_kind_has_one_sentence() -> None:
    """No kind is without a sentence."""
    assert set(SENTENCES) == set(RequestFaultKind)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (json.dumps(RIGHT), True),
        (str(RIGHT), True),
        (json.dumps(FLAT), True),
        (json.dumps(json.dumps(RIGHT)), True),
        (request(tr_key=None), True),
        ('{"header":{"tr_id":"PINGPONG","datetime":"20230502221924"}}', False),
        ('{"header":{"tr_id":"HDFSASP0","tr_key":"DNASA"},"body":{"rt_cd":"0"}}', False),
        ('{"approval_key":"x"}', False),
        ("hello", False),
        ("", False),
    ],
)
def test_what_is_meant_as_a_request(text: str, expected: bool) -> None:
    """Answers, keep-alives and the approval key are no requests, faulty requests are."""
    assert is_request(text) is expected


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.sampled_from([KEY, "1"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*FLAT, "header", "body", "input", "appkey"]), inner)
    ),
    max_leaves=12,
)


@given(_ANY, st.sampled_from([json.dumps, str, repr]))
def test_whatever_comes_is_judged(value: object, write: Any) -> None:
    """No message raises; no sentence tells a secret, and the right request is right."""
    judgement = judge_request(write(value))
    for fault in judgement.faults:
        assert KEY not in fault.sentence
        assert fault.code in {*OPSP, ""}
    assert judge_request(judgement.right.to_text()).faults == []


@given(st.text(max_size=60))
def test_any_text_is_judged(text: str) -> None:
    """No text raises."""
    assert judge_request(text).faults
