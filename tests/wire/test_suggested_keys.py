"""Every key that a sentence offers works, and can be copied out of it."""

import re
from collections.abc import Iterator
from itertools import product

import pytest

from kisq.cli.keys import keys_to_watch
from kisq.errors import WrongKey, WrongUsage
from kisq.spec.codes import OPSP
from kisq.spec.elsewhere import EXCHANGES, SUFFIXES
from kisq.spec.key_forms import FORMS
from kisq.spec.markets import MARKETS
from kisq.spec.tables import TRS
from kisq.wire.pasted import has_check_digit
from kisq.wire.refusal import next_step
from kisq.wire.trkey import parse_tr_key

SYMBOLS = (
    "AAPL BRK.B BRK-B BRK/B brk.b SPY A T KO TSEM AMSC NYSE ABCDEFGHIJ 005930 A005930 Q500001 "
    "0001A0 660 35720 7203 130A 25935 00003 3 700 9988 600519 000001 VNM E1VFVN30 애플 삼성전자 "
    "? * [ \x1b[31m 1 12345678 KBPR01 0001 OESH23 A01612 B01601300 KR103502GD31 KR7005930003 "
    "KR7005931001 KR70000D0009 KR7005930004 US0378331005 J0036221D F70100030"
).split()
SYMBOLS += ["", " ", "KODEX 200", "OESH23 C3900", "\uff21\uff21\uff30\uff2c", "AAPL\u200b"]
_MARKETS = "|".join(code for code, market in MARKETS.items() if market.trs)
OFFERED = re.compile(
    rf"(?<![\w'])(?P<key>[DR](?:{_MARKETS})[\w/]+|Q?[0-9][0-9A-Z]{{5}}\b)"
    r"(?: --venue (?P<venue>\w+))?(?P<after>.?)"
)


def inputs() -> Iterator[str]:
    """What people may type: symbols by themselves, and with anything in front or behind."""
    yield from SYMBOLS
    for symbol in SYMBOLS:
        yield from (f"{prefix}{code}{symbol}" for prefix in "DRX " for code in MARKETS)
        yield from (f"{code}{symbol}" for code in ("NSD", "DXXX", "DNSD", "RHKG", *MARKETS))
        yield from (f"{name}:{symbol}" for name in [*EXCHANGES, *MARKETS, "X"])
        yield from (f"{symbol}:{name}" for name in EXCHANGES)
        yield from (f"{symbol}.{suffix}" for suffix in [*SUFFIXES, "X"])
        yield from (f"{symbol} {suffix} Equity" for suffix in SUFFIXES)
    yield from (f"{one},{other}" for one, other in product(SYMBOLS[:4], repeat=2))


def fault_of(text: str, tr_id: str | None = None, venue: str | None = None) -> str:
    try:
        parse_tr_key(text, tr_id, venue)
    except WrongKey as fault:
        return str(fault).replace(repr(text), "")
    return ""


def offers_of(sentence: str) -> list[tuple[str, str | None, str]]:
    return [(one["key"], one["venue"], one["after"]) for one in OFFERED.finditer(sentence)]


@pytest.mark.long
def test_every_suggested_key_is_one_that_kisq_takes() -> None:
    """Whatever is typed, what is offered in its place goes through the check of a command."""
    offered = 0
    for text in inputs():
        for key, venue, after in offers_of(fault_of(text)):
            assert keys_to_watch({key: ""}, None, venue), text
            assert after in " ,.", (text, key, after)
            offered += 1
    assert offered > 10_000


@pytest.mark.parametrize("tr_id", TRS)
def test_keys_that_are_suggested_for_a_tr_go_with_it(tr_id: str) -> None:
    """Of each TR, what is offered after it wants a key goes with that TR."""
    keys = [f"{prefix}{code}{s}" for prefix in "DR" for code in MARKETS for s in ("AAPL", "00003")]
    for text in [*keys, *SYMBOLS]:
        sentence = fault_of(text, tr_id)
        for key, _, after in offers_of(sentence.partition(" wants ")[2]):
            assert parse_tr_key(key, tr_id).text == key
            assert after in " ,.", (text, key, after)
    if not TRS[tr_id].is_notice and TRS[tr_id].keys[0] in FORMS:
        assert FORMS[TRS[tr_id].keys[0]].example + "," in fault_of("?", tr_id) or (
            "stock" in TRS[tr_id].keys
        )


@pytest.mark.parametrize("code", OPSP)
def test_keys_in_a_next_step_can_be_copied(code: str) -> None:
    """After a refusal too, nothing stands at the end of an offered key."""
    for key in ("RHKS00003", "RBAQAAPL", "RNASAAPL", "RAMSSPY", "RTSE7203"):
        for offered, _, after in offers_of(next_step(code, [("HDFSASP0", key)])):
            assert parse_tr_key(offered).text == offered
            assert after in " ,."


US = "DNAS{0} (Nasdaq), DNYS{0} (NYSE) or DAMS{0} (Amex, most ETFs) at night, and RBAQ{0} (Nasdaq)"
PASTED = {
    "NASDAQ:AAPL": "DNASAAPL (Nasdaq, US night) or RBAQAAPL (Nasdaq, US daytime)",
    "nasdaq:aapl": "DNASAAPL (Nasdaq, US night) or RBAQAAPL",
    "AAPL:NASDAQ": "DNASAAPL (Nasdaq, US night)",
    "NYSE:BRK.B": "DNYSBRK/B (NYSE, US night) or RBAYBRK/B (NYSE, US daytime)",
    "AMEX:SPY": "DAMSSPY (Amex, US night)",
    "NYSEARCA:SPY": "DAMSSPY (Amex, US night)",
    "HKEX:700": "DHKS00700 (Hong Kong, 15 minutes late, free) or RHKS00700",
    "TSE:7203": "DTSE7203 (Tokyo, 15 minutes late, free)",
    "SSE:600519": "DSHS600519",
    "SZSE:000001": "DSZS000001",
    "KRX:005930": "005930 (KRX, free)",
    "KRX:5930": "005930 (KRX, free)",
    "NXT:005930": "005930 --venue nxt (NXT",
    "AAPL.US": US.format("AAPL"),
    "AAPL US Equity": US.format("AAPL"),
    "AAPL.O": "DNASAAPL (Nasdaq, US night) or RBAQAAPL",
    "KO.N": "DNYSKO (NYSE, US night) or RBAYKO",
    "9988.HK": "DHKS09988",
    "7203.T": "DTSE7203",
    "600519.SS": "DSHS600519",
    "000001.SZ": "DSZS000001",
    "005930.KS": "005930 (KRX",
    "035720.kq": "035720 (KRX",
    "A005930": "005930 (KRX",
    "KR7005930003": "the key is 005930 (KRX",
    "KR7069500007": "the key is 069500 (KRX",
    "KR70000D0009": "the key is 0000D0 (KRX",
    "KR7005930004": "its check digit does not fit",
    "KR7005931001": "find its key by symbol or name with `kisq find`",
    "US0378331005": "find its key by symbol or name with `kisq find`",
    "DNASAAPL,DAMSSPY": "separate keys with a space, not with a comma",
    "\uff24\uff2e\uff21\uff33\uff21\uff21\uff30\uff2c": "upper case without spaces: DNASAAPL (",
    "\uff21\uff21\uff30\uff2c": US.format("AAPL"),
    "\u200bDNASAAPL": "upper case without spaces: DNASAAPL (",
    "rnasaapl": "market NAS needs a prefix and a symbol: DNASAAPL (Nasdaq, US night)",
    "dhksaapl": "is not a tr_key such as DNASAAPL (Nasdaq, US night) or 005930 (KRX",
    "AAPL": US.format("AAPL"),
    "brk-b": US.format("BRK/B"),
    "AMSC": US.format("AMSC"),
    "9988": "RTSE9988 (Tokyo, real time, paid) or DHKS09988 (Hong Kong",
    "애플": "to search by name, use `kisq find`",
    "KODEX 200": "to search by name, use `kisq find`",
}


@pytest.mark.parametrize("text", PASTED)
def test_what_people_paste(text: str) -> None:
    """Each form of other services leads to KIS's key, or to the command that finds it."""
    assert PASTED[text] in fault_of(text)


def test_tr_in_lower_case() -> None:
    """--tr in small letters is told how KIS writes it."""
    with pytest.raises(WrongUsage, match="a tr_id is upper case without spaces, write --tr HDFSAS"):
        keys_to_watch({"DNASAAPL": ""}, "hdfsasp0")


@pytest.mark.parametrize("isin", ["KR7005930003", "KR7000660001", "US0378331005", "KR103502GD31"])
def test_check_digit_of_an_isin(isin: str) -> None:
    """Of a real ISIN it fits, and any other digit in its place does not."""
    fitting = [digit for digit in "0123456789" if has_check_digit(isin[:-1] + digit)]
    assert fitting == [isin[-1]] or isin.startswith("KR1")
