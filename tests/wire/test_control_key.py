"""The liquid key that is registered beside a silent one."""

import pytest

from kisq.wire.control_key import control_key, is_same_session
from kisq.wire.messages import Key

NVDA, AAPL = ("HDFSASP0", "DNASNVDA"), ("HDFSASP0", "DNASAAPL")


@pytest.mark.parametrize(
    ("key", "asked", "control"),
    [
        (("HDFSASP0", "DNYSKO"), [], NVDA),
        (("HDFSASP0", "DNYSKO"), [NVDA], AAPL),
        (("HDFSASP0", "DNYSKO"), [NVDA, AAPL], None),
        (("HDFSCNT0", "RBAYKO"), [], ("HDFSCNT0", "RBAQNVDA")),
        (("H0STASP0", "000020"), [], ("H0STASP0", "005930")),
        (("H0STMKO0", "000020"), [], None),  # neither its order book nor its trades
        (("H0UPCNT0", "0001"), [], None),
        (("HDFSASP0", "nonsense"), [], None),
    ],
)
def test_first_liquid_key_that_is_not_asked_for(
    key: Key, asked: list[Key], control: Key | None
) -> None:
    """Of the same TR and session; none for what has no session of stocks."""
    assert control_key(key, asked) == control


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (NVDA, ("HDFSASP0", "DAMSSPY"), True),
        (NVDA, ("HDFSASP0", "RBAQNVDA"), False),  # hours
        (("HDFSASP1", "DHKS00700"), ("HDFSASP0", "RHKS00700"), False),  # feed
        (NVDA, ("HDFSASP0", "nonsense"), False),
        (("H0UPCNT0", "0001"), ("H0UPCNT0", "0002"), False),
    ],
)
def test_keys_of_one_session(one: Key, other: Key, *, is_same: bool) -> None:
    """Session, TR and delay are the same; of what is no stock nothing is known."""
    assert is_same_session(one, other) is is_same
    assert is_same_session(other, one) is is_same
