"""What Korean says in another order than English, and what the operating system says."""

import errno
import os
from collections.abc import Callable

import pytest
from conftest import Run
from helpers.screens import in_language

from kisq.errors import WrongUsage
from kisq.locale.os_reasons import reason_of
from kisq.locale.sentence import Sentence, translated

Kisq = Callable[..., Run]


def test_what_happened_and_the_next_step_are_two_sentences_in_korean() -> None:
    """English joins them with a semicolon, which Korean does not use."""
    error = WrongUsage(Sentence("the request is empty"), Sentence("check the tr_id"))
    with in_language("ko"):
        assert translated(error.sentence) in translated(error.text)
        assert ";" not in translated(error.text)
    assert error.text == "the request is empty; check the tr_id"


@pytest.mark.parametrize("code", [errno.ENOENT, errno.EACCES, errno.ENOSPC, errno.EADDRINUSE])
def test_words_of_the_operating_system_are_translated(code: int) -> None:
    """In English they are its own, in Korean there is no English left in them."""
    reason = reason_of(OSError(code, os.strerror(code)))
    assert reason == os.strerror(code)
    with in_language("ko"):
        assert not any("a" <= letter <= "z" for letter in translated(reason).lower())


def test_an_unknown_error_keeps_its_words() -> None:
    """What no table has is shown as it came, without words of its own by its class."""
    assert reason_of(OSError(errno.EXDEV, "x y z")) == "x y z"
    assert reason_of(ValueError("embedded null byte")) == "embedded null byte"
    assert reason_of(KeyError()) == "KeyError"


def test_the_place_comes_before_its_hours_in_korean(kisq: Kisq) -> None:
    """Hours, and the day of the sessions, are in Korean order."""
    run = kisq("explain", "NAS", "--at", "2026-11-27T22:12:00+09:00", KISQ_LANG="ko")
    assert "뉴욕 04:00-20:00, 월요일~금요일" in run.stdout.decode()
    assert "2026-11-27(금) 뉴욕 장 시간" in run.stdout.decode()


def test_friday_night_is_before_the_weekend_in_korean(kisq: Kisq) -> None:
    """Once the week's last session is over, Korean does not claim that it is the weekend."""
    run = kisq("explain", "KRX", "--at", "2026-11-27T22:12:00+09:00", KISQ_LANG="ko")
    assert "한국거래소: 주말 휴장 기간입니다(금요일 22:12 KST)." in run.stdout.decode()
