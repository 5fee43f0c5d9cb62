"""Every captured message through the command line, each field compared with the wire."""

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

from conftest import ALL_FRAMES, FRAMES, Run
from terminal import Terminal

from kisq.spec.tables import TRS

# What each key of a line is on the wire, by TR; the level's number follows.
OVERSEAS = {"decimals": "ZDIV", "bid_total": "BVOL", "ask_total": "AVOL"} | {
    "bid_total_change": "BDVL", "ask_total_change": "ADVL", "symbol": "SYMB", "tr_key": "RSYM",
}  # fmt: skip
KOREAN = {"bid_total": "TOTAL_BIDP_RSQN", "ask_total": "TOTAL_ASKP_RSQN"} | {
    "bid_total_change": "TOTAL_BIDP_RSQN_ICDC", "ask_total_change": "TOTAL_ASKP_RSQN_ICDC",
    "symbol": "MKSC_SHRN_ISCD", "tr_key": "MKSC_SHRN_ISCD",
}  # fmt: skip
LEVELS = {
    "HDFSASP0": {"price": "P{}{}", "size": "V{}{}", "change": "D{}{}"},
    "H0STASP0": {"price": "{}P{}", "size": "{}P_RSQN{}"},
}
TRADES = {
    "HDFSCNT0": {
        "tr_key": "RSYM", "symbol": "SYMB", "price": "LAST", "size": "EVOL", "change": "DIFF",
        "change_rate": "RATE", "bid": "PBID", "ask": "PASK", "bid_size": "VBID",
        "ask_size": "VASK", "volume": "TVOL", "turnover": "TAMT", "strength": "STRN",
    },
    "H0STCNT0": {
        "tr_key": "MKSC_SHRN_ISCD", "symbol": "MKSC_SHRN_ISCD", "price": "STCK_PRPR",
        "size": "CNTG_VOL", "change": "PRDY_VRSS", "change_rate": "PRDY_CTRT", "bid": "BIDP1",
        "ask": "ASKP1", "bid_size": "BIDP_RSQN1", "ask_size": "ASKP_RSQN1",
        "volume": "ACML_VOL", "turnover": "ACML_TR_PBMN", "strength": "CTTR",
    },
}  # fmt: skip
FALLEN = "5"


def records(frame: str) -> list[tuple[str, dict[str, str], list[str]]]:
    """The TR, the fields by mnemonic and the surplus of each record, straight from the wire."""
    _, tr_id, count, payload = frame.split("|")
    fields = payload.split("^")
    stride = len(fields) // int(count)
    names = [field.name for field in TRS[tr_id].fields]
    parts = [fields[i : i + stride] for i in range(0, len(fields), stride)]
    return [(tr_id, dict(zip(names, part, strict=False)), part[len(names) :]) for part in parts]


def expected(tr_id: str, wire: dict[str, str]) -> dict[str, str | None]:
    """The values of a line by the path of their keys."""
    if tr_id in TRADES:
        found: dict[str, str | None] = {key: wire[name] for key, name in TRADES[tr_id].items()}
        if tr_id == "HDFSCNT0" and wire["SIGN"] == FALLEN:
            found["change"] = f"-{wire['DIFF']}"
        return {key: value.removeprefix("+") for key, value in found.items() if value}
    found = {key: wire[name] for key, name in (OVERSEAS if "RSYM" in wire else KOREAN).items()}
    for side in ("BID", "ASK"):
        for n in range(1, 11):
            for key in ("price", "size", "change"):
                name = LEVELS[tr_id].get(key)
                value = wire[name.format(side, n)] if name else None
                found[f"{side.lower()}s {n} {key}"] = value
    return found


def flat(record: dict[str, Any]) -> dict[str, str | None]:
    """A line as the same paths; every number as its text."""
    found = {}
    for key, value in record.items():
        if key in ("bids", "asks"):
            for n, level in enumerate(value, 1):
                found |= {f"{key} {n} {k}": None if v is None else str(v) for k, v in level.items()}
        else:
            found[key] = None if value is None else str(value)
    return found


def test_every_captured_record_field_by_field(kisq, tmp_path: Path) -> None:
    """Each line of tests/frames, replayed: 13 records, every value under its key, to the digit."""
    capture = tmp_path / "frames.txt"
    capture.write_text("\n".join(p.read_text("utf-8") for p in sorted(FRAMES.glob("*.txt"))))
    run: Run = kisq("watch", "--json", "-r", str(capture))
    assert run.returncode == 0
    found = [json.loads(line, parse_float=Decimal) for line in run.stdout.splitlines()]
    wire = [record for frame in ALL_FRAMES if frame[1] == "|" for record in records(frame)]
    assert len(found) == len(wire) == 13
    surplus = []
    for record, (tr_id, fields, extra) in zip(found, wire, strict=True):
        assert (record["tr_id"], record.get("extra", [])) == (tr_id, extra)
        shown = flat(record)
        assert {key: shown[key] for key in expected(tr_id, fields)} == expected(tr_id, fields)
        surplus.append((tr_id, len(fields) + len(extra)))
    assert {("H0STASP0", 62), ("H0STASP0", 63), ("H0STCNT0", 46), ("H0STCNT0", 47)} <= set(surplus)


NASDAQ_SYMBOLS = (
    "AAPL MSFT NVDA AMD AMZN ARM ASML AVGO COIN COST CMCSA FOX FOXA GOOG GOOGL INTC META MSTR NFLX "
    "PDD PLTR QQQ SMCI TLT TSLA TQQQ"
).split()
KOREAN_CODES = (
    "005930 000660 005935 035420 005380 069500 114800 122630 252670 051910 207940 247540 086520 "
    "263750 028300"
).split()


def test_41_keys_are_a_live_board_and_lose_nothing(tmp_path: Path) -> None:
    """As many keys as KIS allows, all in view; each message is shown, none is lost."""
    (tmp_path / "keys.txt").write_text("\n".join(f"DNAS{symbol}" for symbol in NASDAQ_SYMBOLS))
    arguments = ["--keys", "keys.txt", "--sim", "--rate", "5"]
    with Terminal(tmp_path, "watch", *KOREAN_CODES, *arguments, columns=120, lines=50) as terminal:
        live = terminal.until(lambda text: "41 keys" in text and "no data" not in text)
        assert len(re.findall(r"^..(DNAS[A-Z]+|[012]\d{5}) ", live, re.MULTILINE)) == 41
        terminal.press("q")
        assert terminal.end() == 0
        books, messages = re.findall(r"(\d+) order books, (\d+) data messages", terminal.text)[0]
        assert books == messages
        assert int(books) > 41
        assert "LOST" not in terminal.text
