"""Which key a record belongs to, of those that were asked for, and what a message names."""

import pytest
from conftest import captured

from kisq.wire.matching import Asked, AskedOfAnyTr, identities
from kisq.wire.messages import Key

SPY = captured("hdfsasp0.txt")[1]
NIGHT, DAYTIME = ("HDFSASP0", "DAMSSPY"), ("HDFSASP0", "RBAASPY")
TRADES = ("HDFSCNT0", "DAMSSPY")
TWO_TRADES = (
    "0|H0STCNT0|002|005930^093354^71900^5^-100^-0.14^72023.83^72100^72400^71700^71900^71800^1^3052507"
    "^219853241700^5105^6937^1832^84.90^1366314^1159996^1^0.39^20.28^090020^5^-200^090820^5^-500"
    "^092619^2^200^20230612^20^N^65945^216924^1118750^2199206^0.05^2424142^125.92^0^^72100"
    "^005930^093355^71900^5^-100^-0.14^72023.83^72100^72400^71700^71900^71800^1^3052508"
    "^219853241700^5105^6937^1832^84.90^1366314^1159996^1^0.39^20.28^090020^5^-200^090820^5^-500"
    "^092619^2^200^20230612^20^N^65945^216924^1118750^2199206^0.05^2424142^125.92^0^^72100"
)


@pytest.mark.parametrize(
    ("asked", "names", "key"),
    [
        ([NIGHT, DAYTIME], ("DAMSSPY", "SPY"), NIGHT),  # the one that it names
        ([NIGHT], ("", "SPY"), NIGHT),  # the only one with its symbol
        ([NIGHT, NIGHT], ("", "SPY"), NIGHT),  # asked for twice is asked for once
        ([NIGHT, TRADES], ("", "SPY"), NIGHT),  # of its TR
        ([NIGHT, DAYTIME], ("", "SPY"), None),  # either
        ([NIGHT], ("", "QQQ"), None),
        ([NIGHT], ("DNASQQQ", "SPY"), NIGHT),  # the symbol decides
        ([NIGHT], ("", ""), NIGHT),  # the only one of its TR
        ([NIGHT, DAYTIME], ("", ""), None),
        ([TRADES], ("", ""), None),
        ([("HDFSASP0", "a typo")], ("", "a typo"), ("HDFSASP0", "a typo")),
    ],
)
def test_a_record_belongs_to_the_only_key_that_it_can_be_of(
    asked: list[Key], names: tuple[str, str], key: Key | None
) -> None:
    """The key that it names, else the only one of its symbol, else the only one of its TR."""
    assert Asked(asked).key_of("HDFSASP0", *names) == key


def test_strictly_a_record_that_names_a_key_is_of_no_other() -> None:
    """A well-formed key of the TR is its own; what is none is looked for by its symbol."""
    strict = Asked([NIGHT], strict=True)
    assert strict.key_of("HDFSASP0", "DNASSPY", "SPY") is None
    assert strict.key_of("HDFSASP0", "SPY", "SPY") == NIGHT


@pytest.mark.parametrize(
    ("tr_keys", "tr_ids", "record", "key"),
    [
        (["DAMSSPY"], [], (*NIGHT, "SPY"), NIGHT),
        (["DAMSSPY"], [], (*TRADES, "SPY"), TRADES),  # whatever the TR
        (["DAMSSPY"], ["HDFSCNT0"], (*NIGHT, "SPY"), None),
        (["DAMSSPY"], ["HDFSCNT0"], (*TRADES, "SPY"), TRADES),
        (["DAMSSPY"], [], ("HDFSASP0", "DNASSPY", "SPY"), None),  # strictly
        ([], ["HDFSASP0"], ("HDFSASP0", "DNASQQQ", "QQQ"), ("HDFSASP0", "DNASQQQ")),
        ([], [], ("HDFSASP0", "", ""), ("HDFSASP0", "")),
    ],
)
def test_keys_may_be_asked_for_whatever_the_tr(
    tr_keys: list[str], tr_ids: list[str], record: tuple[str, str, str], key: Key | None
) -> None:
    """Without a TR a tr_key is asked for in each, without tr_keys all of the TRs are."""
    asked = AskedOfAnyTr(tr_keys, tr_ids)
    assert [asked.key_of(*record), asked.key_of(*record)] == [key, key]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (SPY, [("HDFSASP0", "DAMSSPY", "SPY")]),
        (TWO_TRADES, [("H0STCNT0", "005930", "005930")] * 2),
        ("0|H0UNMKO0|001|N^^AB1^112^^^55^N^^", [("H0UNMKO0", "", "")]),  # as its page has it
        ("0|H0UNKNOWN|001|a^b", [("H0UNKNOWN", "a", "")]),
        ("0|HDFSASP0|001|DAMSSPY^SPY", [("HDFSASP0", "DAMSSPY", "")]),  # too short
        ("0|HDFSASP1|002|DHKS00003^00003^3", [("HDFSASP1", "DHKS00003", "")]),  # not to be split
        ("1|HDFSASP0|001|b64=", [("HDFSASP0", "b64=", "")]),
        ('{"body":{"rt_cd":"0"}}', []),
        ("hello", []),
    ],
)
def test_what_a_message_names(text: str, names: list[tuple[str, str, str]]) -> None:
    """TR, tr_key and symbol of each record; of one that cannot be split the first field."""
    assert list(identities(text)) == names
