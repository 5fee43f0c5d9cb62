"""What the faults of the simulator do to the records, and how they are read."""

import pytest
from helpers.records import NOON

from kisq.errors import WrongUsage
from kisq.simulator.faults import NAMES, Faults, parse_faults
from kisq.simulator.market import BookMaker
from kisq.spec.tables import TRS
from kisq.wire.book import OrderBook
from kisq.wire.decode import decode
from kisq.wire.messages import Malformed
from kisq.wire.trkey import parse_tr_key


def spoilt(*faults: str) -> list[object]:
    maker = BookMaker(TRS["HDFSASP0"], parse_tr_key("DNASAAPL"), 1)
    return list(decode(maker.message(NOON, parse_faults(list(faults)))))


def test_faults_are_read_with_their_values() -> None:
    """Each fault is named as on the command line."""
    assert parse_faults([]) == Faults()
    given = ["no-ack", "refuse=OPSP8996", "drop=0.5", "surplus=3", "garbage=1", "handshake=403"]
    assert parse_faults(given) == Faults(
        no_ack=True, refuse="OPSP8996", drop=0.5, surplus=3, garbage=1.0, handshake=403
    )
    assert len(NAMES) == 21


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("slient", "'slient' is not a fault of the simulator: silent, no-ack"),
        ("drop", "the fault drop needs a value: drop=SECONDS, for example drop=30"),
        ("silent=1", "the fault silent takes no value: write silent"),
        ("drop=0", "'0' is not a valid SECONDS for the fault drop: write, for example, drop=30"),
        ("drop=nan", "'nan' is not a valid SECONDS"),
        ("surplus=x", "'x' is not a valid N"),
        ("garbage=1.5", "'1.5' is not a valid RATIO"),
        ("refuse=OPSP1234", "'OPSP1234' is not a code that kisq knows; nearest are OPSP"),
        ("approval=EGW99999", "'EGW99999' is not a code that kisq knows; nearest are EGW"),
        ("approval=403", "'403' is not a code that kisq knows; nearest are EGW"),
        ("handshake=99", "'99' is not a valid STATUS"),
    ],
)
def test_wrong_faults_are_said(text: str, said: str) -> None:
    """A fault that does not exist or has a wrong value names what would do."""
    with pytest.raises(WrongUsage) as error:
        parse_faults([text])
    assert said in str(error.value)


def test_faults_of_the_layout() -> None:
    """surplus appends, short and shifted leave 70 fields, crossed swaps the best prices."""
    (surplus,) = spoilt("surplus=2")
    assert isinstance(surplus, OrderBook)
    assert surplus.extra == ["1", "2"]
    for fault in ("short", "shifted"):
        (record,) = spoilt(fault)
        assert isinstance(record, Malformed)
        assert "70 fields" in record.reason
    (crossed,) = spoilt("crossed")
    assert isinstance(crossed, OrderBook)
    assert [odd.kind for odd in crossed.faults()] == ["crossed"]
