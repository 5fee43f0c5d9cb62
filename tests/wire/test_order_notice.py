"""Order notices: decrypted with the key of their session, and put into plain words."""

import sys

import pytest
from helpers.notices import IV, KEY, PLAINTEXTS, accepted, encrypted

from kisq.output.lines import order_text
from kisq.wire.decode import decode
from kisq.wire.messages import EncryptedNotice, Malformed
from kisq.wire.notice_keys import NotDecrypted, NoticeKeys, decoded_with
from kisq.wire.order_notice import OrderNotice

WORDS = [
    "접수 accepted 매수 buy 136480 1 x 0  하림",
    "체결 filled 매수 buy 136480 1 x 3190  하림",
    "접수 accepted 매수 buy 027360 1 x 2200  아주IB투자",
    "체결 filled 매수 buy 069500 1 x 43295  KODEX200",
    "접수 accepted 매수 buy 472150 1 x 23000  TIGER 배당커버드콜액티브",
    "접수 accepted 매수 buy 7203 100 x 3220.0  도요타자동차",
    "체결 filled 매수 buy 111V06 2 x 007840000  삼성전자 F 2",
    "접수 accepted 매수 buy 175V06 1 x 000135900  미국달러F2406",
]
TR, FILL = PLAINTEXTS[1]


def opened(message: str, keys: NoticeKeys, tick: float = 2.0) -> list[object]:
    (notice,) = decode(message)
    assert isinstance(notice, EncryptedNotice)
    return keys.open(notice, tick, 0.0)


def keys_of(*answers: tuple[float, str]) -> NoticeKeys:
    keys = NoticeKeys()
    for tick, answer in answers:
        keys.learn(answer.encode(), tick)
    return keys


@pytest.mark.parametrize(("n", "words"), list(enumerate(WORDS)))
def test_each_plaintext_in_words(n: int, words: str) -> None:
    """What KIS encrypts comes out whole, in one line of plain words."""
    tr_id, plaintext = PLAINTEXTS[n]
    (record,) = opened(encrypted(tr_id, plaintext), keys_of((1.0, accepted(tr_id, "abcd1234"))))
    assert isinstance(record, OrderNotice)
    assert "^".join(record.values + record.extra) == plaintext
    assert order_text(record) == words


def variant(**fields: str) -> OrderNotice:
    (record,) = opened(encrypted(TR, FILL), keys_of((1.0, accepted(TR, "abcd1234"))))
    for name, value in fields.items():
        record.values[record.layout.index[name]] = value
    return record


@pytest.mark.parametrize(
    ("fields", "action"),
    [
        ({"CNTG_YN": "1", "RFUS_YN": "1", "RCTF_CLS": "1"}, "거부 refused"),
        ({"CNTG_YN": "1", "RCTF_CLS": "1"}, "정정 amended"),
        ({"CNTG_YN": "1", "RCTF_CLS": "2"}, "취소 cancelled"),
        ({"CNTG_YN": "1", "ACPT_YN": "3"}, "취소 cancelled"),
        ({"CNTG_YN": "1", "ACPT_YN": "2"}, "접수 accepted"),
        ({"CNTG_YN": "2", "RCTF_CLS": "2"}, "체결 filled"),
        ({"SELN_BYOV_CLS": "01"}, "체결 filled 매도 sell"),
        ({"SELN_BYOV_CLS": "09"}, "체결 filled 09 136480"),
    ],
)
def test_what_became_of_an_order(fields: dict[str, str], action: str) -> None:
    """Refused, amended, cancelled, accepted or filled, as the fields say together."""
    assert order_text(variant(**fields)).startswith(action)


@pytest.mark.parametrize(
    ("market", "price"),
    [
        ("6", "148.0100"), ("7", "148.0100"), ("8", "148.0100"), ("9", "148.0100"),
        ("D", "148010.0"), ("A", "1480.100"), ("5", "1480.100"), ("B", "1480.100"),
        ("4", "1480.100"), ("C", "1480.100"), ("E", "1480100"), ("F", "1480100"),
        ("Z", "001480100"), ("", "001480100"),
    ],
)  # fmt: skip
def test_the_implied_point_of_a_price(market: str, price: str) -> None:
    """US 4, Japan 1, China and Hong Kong 3, Vietnam 0; elsewhere a price stays as it came."""
    tr_id, plaintext = PLAINTEXTS[5]
    (record,) = opened(encrypted(tr_id, plaintext), keys_of((1.0, accepted(tr_id, "abcd1234"))))
    record.values[record.layout.index["CNTG_UNPR"]] = "001480100"
    record.values[record.layout.index["ODER_COND"]] = market
    assert record.price_text == price


def test_personal_values_are_masked() -> None:
    """Customer, account and name of the account are; nothing else is."""
    masked = variant().without_personal()
    hidden = [name for name, place in masked.layout.index.items() if masked.values[place] == "***"]
    assert hidden == ["CUST_ID", "ACNT_NO", "ACNT_NAME"]


def test_a_notice_waits_for_the_key_of_its_own_session() -> None:
    """The newest key that came before it decrypts it; before any it stays as it came."""
    other = KEY[::-1]
    keys = keys_of((5.0, accepted(TR, "id")), (10.0, accepted(TR, "id", other)))
    with pytest.raises(NotDecrypted, match="before the key"):
        opened(encrypted(TR, FILL), keys, 4.9)
    for tick, key in ((5.0, KEY), (9.9, KEY), (10.0, other), (99.0, other)):
        (record,) = opened(encrypted(TR, FILL, key), keys, tick)
        assert isinstance(record, OrderNotice)


def test_an_answer_without_a_whole_key_brings_none() -> None:
    """A key has 32 bytes, an iv 16."""
    keys = keys_of((1.0, accepted(TR, "id", KEY[:-1])), (1.0, accepted(TR, "id", KEY, IV[:-1])))
    keys.learn(b'{"header":{"tr_id":"PINGPONG"}}', 1.0)
    with pytest.raises(NotDecrypted):
        opened(encrypted(TR, FILL), keys)


GOOD = encrypted(TR, FILL)


@pytest.mark.parametrize(
    "message",
    [
        GOOD[:-4], GOOD[:-1], GOOD[:-24] + "A" * 24, f"1|{TR}|001|", f"1|{TR}|001|!!!!",
        encrypted(TR, FILL, KEY[::-1]), f"1|{TR}|001|" + GOOD[20:],
    ],
)  # fmt: skip
def test_what_is_cut_altered_or_of_another_key_is_malformed(message: str) -> None:
    """It is said so, whole, and nothing else happens."""
    (record,) = opened(message, keys_of((1.0, accepted(TR, "id"))))
    assert isinstance(record, Malformed)
    assert record.text == message


def test_numbers_that_are_none_stay_as_they_came() -> None:
    """A size that is no number is shown as it came, an empty one as nothing."""
    assert variant(CNTG_QTY="x1").size_text == "x1"
    assert variant(CNTG_QTY="").size_text == ""
    assert variant(CNTG_QTY="0000000010").size_text == "10"


def test_a_number_of_a_fill_means_that_it_was_filled() -> None:
    """Notices of overseas derivatives have no code that says so, but a number of the fill."""
    (record,) = decode("0|HDFFF2C0|001|" + "^".join(["x"] * 33))
    assert isinstance(record, OrderNotice)
    assert record.action.name == "FILLED"
    record.values[record.layout.places["fill_number"]] = " "
    assert record.action.name == "ACCEPTED"


def test_without_the_package_a_notice_stays_encrypted(monkeypatch: pytest.MonkeyPatch) -> None:
    """What to install is said; nothing is wrong with the notice."""
    keys = keys_of((1.0, accepted(TR, "abcd1234")))
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.ciphers", None)
    with pytest.raises(NotDecrypted, match=r"pip install '\.\[notices\]' in its folder"):
        opened(encrypted(TR, FILL), keys)


def test_a_message_is_opened_where_that_can_be() -> None:
    """Without keys, or without that of its session, a notice stays encrypted."""
    message, keys = encrypted(TR, FILL), keys_of((1.0, accepted(TR, "abcd1234")))
    (opened_,) = decoded_with(keys, message, 2.0, 0.0)
    assert isinstance(opened_, OrderNotice)
    for known in (None, NoticeKeys(), keys_of((3.0, accepted(TR, "abcd1234")))):
        assert decoded_with(known, message, 2.0, 0.0) == decode(message)
