"""Nothing unprintable and no secret gets through."""

import json

import pytest
from conftest import ALL_FRAMES, captured
from hypothesis import given
from hypothesis import strategies as st

from kisq.wire.escape import Redactor, json_text, mask, printable, without_secrets

HOSTILE = "\x1b]0;owned\x07\x9b31m\r\n\x00\u202e\u200b\ud800\x7f"


def test_control_characters_become_escapes() -> None:
    """Escape sequences, direction overrides, surrogates and line breaks are seen, not obeyed."""
    assert printable(HOSTILE) == (r"\x1b]0;owned\x07\x9b31m\r\n\x00\u202e\u200b\ud800\x7f")
    assert printable("매도 ask [/b] 752.1400") == "매도 ask [/b] 752.1400"


def test_characters_of_no_certain_width_become_escapes() -> None:
    """Fillers, variation selectors, flags and skin tones would move the columns of a table."""
    assert printable("a\u3164b\ufe0f") == r"a\u3164b\ufe0f"
    assert printable("\U0001f1f0\U0001f1f7 \U0001f44d\U0001f3fd") == (
        "\\U0001f1f0\\U0001f1f7 \U0001f44d\\U0001f3fd"
    )


@given(st.text(alphabet=st.characters()))
def test_printable_and_json_text_are_one_printable_line(text: str) -> None:
    """Whatever the text, what is shown of it is printable, and the JSON gives it back."""
    assert printable(text).isprintable()
    assert json_text(text).isprintable()
    assert json.loads(json_text(text)) == text


def test_session_key_is_masked_and_nothing_else() -> None:
    """Of a subscribe answer only the values of iv and key are replaced, byte for byte."""
    accepted = captured("control.txt")[0]
    assert without_secrets(accepted.encode()).decode() == (
        '{"header":{"tr_id":"HDFSASP0","tr_key":"DAMSSPY","encrypt":"N"},"body":{"rt_cd":"0",'
        '"msg_cd":"OPSP0000","msg1":"SUBSCRIBE SUCCESS","output":{"iv":"***","key":"***"}}}'
    )
    for text in ALL_FRAMES[1:]:
        if text != accepted:
            assert without_secrets(text.encode()) == text.encode()


def test_session_key_is_masked_in_odd_json_too() -> None:
    """Spaces, escapes and a message cut short do not uncover it."""
    assert without_secrets(b'{"iv" : "a\\"b", "key":"c') == b'{"iv" : "***", "key":"***'


def test_only_secrets_are_masked() -> None:
    """A field that KIS appends to the answer stays, and so do the bytes around it."""
    text = '{"body":{"rt_cd":"0","output":{"iv":"%s","key":"%s","n":"0","m":"OPSP"}},"z":"OPSP0"}'
    masked = without_secrets((text % ("7b33a030", "zcyysbvs")).encode())
    assert masked.decode() == text % ("***", "***")


@pytest.mark.parametrize(
    "text",
    [
        r'{"output":{"\u006bey":"abc\/defgh"}}',
        r'{"output":[{"\u0069v":"abc\/defgh"}]}',
        r'{"\u0069v":"abc/defgh","iv":"x"}',
        '{"iv":1234567890123456}',
        r'{"msg1":"invalid approval : secret\/one-1"}',
        r'{"a":[["\u0073ecret/one-1"]]}',
        r'{"\u0073ecret/one-1":0}',
    ],
)
def test_secrets_that_json_escapes_are_masked(text: str) -> None:
    """However a name, a value or a secret that is known is written."""
    masked = json.loads(without_secrets(text.encode(), Redactor(["secret/one-1"])))
    assert "***" in str(masked)
    for secret in ("abc/defgh", "1234567890123456", "secret/one-1"):
        assert secret not in str(masked)


def test_redactor_hides_what_it_was_told() -> None:
    """Each secret becomes ***, in texts and in bytes; short words are no secrets."""
    redact = Redactor(["secret-one-1"])
    redact.add("secret-two-2")
    redact.add("short")
    redact.add(None)
    assert redact("a secret-one-1 b secret-two-2 short") == "a *** b *** short"
    assert redact.clean(b"xsecret-two-2x\xff") == b"x***x\xff"


def test_several_messages_are_cleaned_each_for_itself() -> None:
    """Of several messages those with a secret lose it, the others and their borders stay."""
    redact = Redactor(["secret-one-1"])
    messages = [b"a", b"secret-one-1 and secret-one-1", b"", b"secret-", b"one-1\n"]
    cleaned = [b"a", b"*** and ***", b"", b"secret-", b"one-1\n"]
    assert redact.clean_all(messages) == cleaned
    assert redact.clean_all(messages[2:]) == cleaned[2:]


def test_mask_shows_too_little_to_use() -> None:
    """A masked key shows four characters, and none of a short one."""
    assert mask("39fd1234-5678") == "39fd…"
    assert mask("abc") == "…"
