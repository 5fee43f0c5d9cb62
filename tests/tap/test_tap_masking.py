"""What a tap hides of a session, wherever a program puts it."""

import json

import pytest
from player import ACCEPTED

from kisq.locale.sentence import Sentence, verbatim
from kisq.tap.masking import Mask
from kisq.wire.escape import Redactor
from kisq.wire.messages import Request

_KEY = "0f7f7d9a-1111-2222-3333-abcdefabcdef"
_RIGHT = json.loads(Request(_KEY, "1", "HDFSASP0", "DNASAAPL").to_text())


def _misspelt() -> str:
    header = {"approvalKey" if n == "approval_key" else n: v for n, v in _RIGHT["header"].items()}
    return json.dumps(_RIGHT | {"header": header})


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(_RIGHT),
        str(_RIGHT),  # as Python prints a dict
        json.dumps(json.dumps(_RIGHT)),
        json.dumps(_RIGHT["header"] | _RIGHT["body"]["input"]),
        _misspelt(),
        json.dumps(_RIGHT)[:-3],
        f"what {_KEY} is",
        json.dumps({"header": {"appkey": _KEY}}),
    ],
    ids=["right", "dict", "twice", "flat", "misspelt", "cut", "no JSON", "app key"],
)
def test_approval_key_is_hidden_in_whatever_form_a_request_has(text: str) -> None:
    """The approval key is found where it stands, and from then on everywhere."""
    mask = Mask(Redactor())
    assert _KEY.encode() not in mask.request(text.encode())


def test_approval_key_that_was_seen_once_is_hidden_everywhere() -> None:
    """Answers, data, close reasons, URLs and sentences do not show it either."""
    mask = Mask(Redactor())
    mask.request(json.dumps(_RIGHT).encode())
    for hidden in (mask.control, mask.data, mask.url):
        assert hidden(f"?x={_KEY}".encode()) == b"?x=***"
    for sentence in (Sentence("it is {key}").format(key=_KEY), verbatim(f"it is {_KEY}")):
        assert mask.sentence(sentence) == "it is ***"


def test_secrets_of_a_url_are_hidden_before_they_are_known() -> None:
    """What is named like a secret in a query is hidden; the rest of the URL stays."""
    url = f"ws://host:1/tryitout?a=b&approval_key={_KEY}&c=d"
    hidden = b"ws://host:1/tryitout?a=b&approval_key=***&c=d"
    assert Mask(Redactor()).url(url.encode()) == hidden


def test_key_and_iv_of_the_session_are_hidden() -> None:
    """The AES key of a subscribe answer is in nothing that is shown."""
    text = '{"body":{"rt_cd":"0","output":{"iv":"0123456789abcdef","key":"k0123456789"}}}'
    hidden = '{"body":{"rt_cd":"0","output":{"iv":"***","key":"***"}}}'
    assert Mask(Redactor()).control(text.encode()) == hidden.encode()


@pytest.mark.parametrize("hts_id", ["my-hts-id", "kim", "김"])
@pytest.mark.parametrize("tr_id", ["H0STCNI0", "HDFFF1C0", "h0stcni9"])
def test_hts_id_is_hidden_in_requests_and_answers(tr_id: str, hts_id: str) -> None:
    """The tr_key of a TR of order notices is personal, also one as short as a word."""
    mask = Mask(Redactor())
    request = Request("***", "1", tr_id, hts_id)
    hidden = request._replace(tr_key="***").to_text()
    assert mask.request(request.to_text().encode()).decode() == hidden
    answer = (ACCEPTED % (tr_id, hts_id)).encode()
    assert mask.control(answer).decode() == ACCEPTED % (tr_id, "***")
    assert mask.tr_key("H0STCNI0", hts_id) == "***"


def test_hts_id_is_hidden_where_tr_id_and_tr_key_are_swapped() -> None:
    """A program that mixes the two up does not give it away either."""
    mask = Mask(Redactor())
    assert b"my-hts-id" not in mask.request(
        Request("***", "1", "my-hts-id", "H0STCNI0").to_text().encode()
    )


def test_what_is_no_secret_stays_as_it_came() -> None:
    """A message without secrets keeps its very bytes."""
    mask = Mask(Redactor())
    mask.request(Request("***", "1", "H0STCNI0", "my-hts-id").to_text().encode())
    for text in (b'{"a" : "b\xff"}', b"0|H0STCNT0|001|005930", b"my-hts-id"):
        assert mask.control(text) == text
        assert mask.data(text) == text


def test_hts_id_in_a_sentence_is_hidden_and_the_sentence_stays_translatable() -> None:
    """An HTS ID that is a field of a sentence is masked, and its template stays."""
    mask = Mask(Redactor())
    mask.request(Request("***", "1", "H0STCNI0", "mine7").to_text().encode())
    template = Sentence('tr_key is "{value}"')
    sentence = mask.sentence(template.format(value="mine7"))
    assert sentence == 'tr_key is "***"'
    assert sentence.template == template
