"""What the simulator sends has the form of what was captured, field by field."""

import re
from datetime import date, datetime

import pytest
from conftest import ALL_FRAMES, FRAMES

from kisq.simulator.faults import NO_FAULTS
from kisq.simulator.makers import Makers
from kisq.spec.fields import Field, Kind
from kisq.spec.tables import TRS
from kisq.wire.clocks import KST
from kisq.wire.decode import decode
from kisq.wire.record import Record
from kisq.wire.request_keys import example_key
from kisq.wire.trkey import parse_tr_key

NOON = datetime(2026, 9, 22, 14, 6, 10, tzinfo=KST)
CAPTURED = [frame for frame in ALL_FRAMES if frame[1] == "|"] + [
    line
    for name in ("official_examples.txt", "captured.txt")
    for line in (FRAMES / "trs" / name).read_text("utf-8").splitlines()
    if not line.startswith("#")
]
PLAIN = [tr_id for tr_id, tr in TRS.items() if not tr.is_notice]
WITH_CAPTURES = sorted({frame.split("|")[1] for frame in CAPTURED})


def sent(tr_id: str, count: int = 40, as_of: date = date.max) -> list[Record]:
    """Records as the simulator sends them, all of which decode."""
    makers, key = Makers(1, as_of), parse_tr_key(example_key(tr_id), tr_id)
    texts = [makers.of(tr_id, key).message(NOON, NO_FAULTS) for _ in range(count)]
    records = [record for text in texts for record in decode(text, NOON.timestamp())]
    assert all(isinstance(record, Record) for record in records)
    return [record for record in records if isinstance(record, Record)]


def form(field: Field, text: str) -> str:
    """The form of a value: empty, a number with so many decimals, or a code of that length."""
    if not text:
        return "empty"
    if field.kind in (Kind.INTEGER, Kind.DECIMAL):
        return "number" + "".join(re.findall(r"\.[0-9]+$", re.sub(r"[0-9]", "0", text)))
    if {"tr_key", "symbol"} & set(field.roles):
        return "key"
    return re.sub(r"[0-9]", "0", text) if text.isascii() else "name"


def forms(records: list[Record]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for record in records:
        for field, text in zip(record.layout.fields, record.values, strict=True):
            found.setdefault(field.name, set()).add(form(field, text))
    return found


@pytest.mark.parametrize("tr_id", PLAIN)
def test_each_tr_is_sent_in_its_newest_layout_and_sound(tr_id: str) -> None:
    """Nothing is surplus, and nothing is odd about any record."""
    for record in sent(tr_id):
        assert record.layout.width == len(TRS[tr_id].fields)
        assert (record.extra, record.faults()) == ([], [])


@pytest.mark.parametrize("tr_id", WITH_CAPTURES)
def test_fields_have_the_form_of_those_captured(tr_id: str) -> None:
    """Where a field was seen, the simulator sends no other form than those seen, but for zeros."""
    seen = forms([r for text in CAPTURED if f"|{tr_id}|" in text for r in decode(text)])
    made = forms(sent(tr_id))
    odd = {
        name: (made[name], seen[name])
        for name in made.keys() & seen.keys()
        if not made[name] <= seen[name]
    }
    assert odd == {}


def test_a_layout_of_the_past() -> None:
    """As of a day before a change, the simulator sends the layout of that day."""
    widths = {
        day: sent("H0STASP0", 1, date.fromisoformat(day))[0].layout.width
        for day in ("2026-06-01", "2026-09-01", "2026-09-14")
    }
    assert widths == {"2026-06-01": 59, "2026-09-01": 62, "2026-09-14": 63}


def test_one_stock_has_one_price_on_all_venues() -> None:
    """KRX, NXT and both together show prices of one stock within one percent."""
    prices = [float(sent(tr_id, 1)[0]["BIDP1"]) for tr_id in ("H0STASP0", "H0NXASP0", "H0UNASP0")]
    assert max(prices) / min(prices) < 1.01


@pytest.mark.parametrize("tr_id", ["H0STCNT0", "H0IFCNT0", "HDFSCNT0", "H0EWCNT0"])
def test_the_day_follows_from_the_trades(tr_id: str) -> None:
    """High, low and volume are those of the trades so far."""
    high, low, volume = 0.0, float("inf"), 0
    for trade in sent(tr_id):
        price = float(trade.get("price"))
        high, low = max(high, price), min(low, price)
        volume += trade.integer("size") or 0
        assert (float(trade.get("high")), float(trade.get("low"))) == (high, low)
        assert trade.integer("volume") == volume
