"""The grammar of a tr_key, and what a wrong one is told."""

from pathlib import Path

import pytest

from kisq.errors import WrongKey
from kisq.spec.markets import MARKETS
from kisq.spec.tables import TRS, Tables
from kisq.wire import trkey
from kisq.wire.trkey import delay_minutes, parse_tr_key

AAPL = "DNASAAPL (Nasdaq, US night) or RBAQAAPL (Nasdaq, US daytime)"
AAPL_ANYWHERE = (
    "DNASAAPL (Nasdaq), DNYSAAPL (NYSE) or DAMSAAPL (Amex, most ETFs) at night, and RBAQAAPL "
    "(Nasdaq), RBAYAAPL (NYSE) or RBAAAAPL (Amex) in the US daytime session"
)


@pytest.mark.parametrize(
    ("text", "tr_id", "what"),
    [
        ("DNASAAPL", "HDFSASP0", "Nasdaq, US night"),
        ("DNYSBRK/B", "HDFSASP0", "NYSE, US night"),
        ("DAMSSPY", "HDFSASP0", "Amex, US night"),
        ("RBAQAAPL", "HDFSASP0", "Nasdaq, US daytime"),
        ("RHKS00003", "HDFSASP0", "Hong Kong, real time, paid"),
        ("DHKS00003", "HDFSASP1", "Hong Kong, 15 minutes late, free"),
        ("DTSE7203", "HDFSASP1", "Tokyo, 15 minutes late, free"),
        ("RSHS600519", "HDFSASP0", "Shanghai, real time, free after applying"),
        ("DHSXVNM", "HDFSASP1", "Ho Chi Minh, 15 minutes late, free"),
    ],
)
def test_keys_that_work(text: str, tr_id: str, what: str) -> None:
    """A key gives its TR and what it stands for."""
    key = parse_tr_key(text)
    assert (key.text, key.tr_id, key.what) == (text, tr_id, what)
    assert parse_tr_key(text, tr_id) == key


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("AAPL", f"'AAPL': a tr_key needs session and market: {AAPL_ANYWHERE}"),
        ("brk.b", "a tr_key needs session and market: DNASBRK/B"),
        (
            "00003",
            "a tr_key needs session and market: DHKS00003 (Hong Kong, 15 minutes late, free)",
        ),
        ("7203", "needs session and market: DTSE7203"),
        ("7203", "(Hong Kong, real time, paid); Korean stocks have six characters: 007203 (KRX"),
        ("35720", "(Hong Kong, real time, paid); Korean stocks have six characters: 035720 (KRX"),
        ("660", "Korean stocks have six characters: 000660 (KRX, free)"),
        ("005930.KS", "a Korean key is just the code: 005930 (KRX, free)"),
        ("A005930", "a Korean key is just the code: 005930 (KRX, free)"),
        ("H0STCNT0", "'H0STCNT0' is a TR: pass it with --tr H0STCNT0, followed by a key"),
        ("0001a0", "a tr_key is upper case without spaces: 0001A0"),
        ("DNXT005930", "a Korean key has no prefix and no market: 005930 --venue nxt (NXT"),
        ("", "needs session and market: DNASAAPL"),
        ("dnasaapl", "'dnasaapl': a tr_key is upper case without spaces: DNASAAPL"),
        (" DNASAAPL", "a tr_key is upper case without spaces: DNASAAPL"),
        ("DNASaapl", "symbol 'aapl': Nasdaq symbols are capital letters"),
        ("DNAS", "market NAS needs a prefix and a symbol: DNASAAPL"),
        ("NASAAPL", "market NAS needs a prefix and a symbol: DNASAAPL"),
        ("XNASAAPL", "market NAS needs a prefix and a symbol: DNASAAPL"),
        ("DXXXAAPL", "unknown market XXX (known: NAS NYS AMS BAQ"),
        ("DNSDAAPL", "unknown market NSD, perhaps DNYSAAPL (NYSE, US night)"),
        ("RNASAAPL", f"NAS goes with the prefix D: {AAPL}"),
        ("DBAQAAPL", "BAQ goes with the prefix R: RBAQAAPL (Nasdaq, US daytime)"),
        ("DHKS3", "Hong Kong symbols are 5 digits, padded with zeros: DHKS00003"),
        ("DNYSBRK.B", "symbol 'BRK.B': NYSE symbols are"),
        ("DNYSBRK.B", "DNYSBRK/B (NYSE, US night)"),
        ("DNAS\x1b[31m", "Nasdaq symbols are capital letters"),
    ],
)
def test_wrong_keys_name_the_fault_and_the_likely_key(text: str, said: str) -> None:
    """The error says what is wrong and offers what was probably meant."""
    with pytest.raises(WrongKey) as error:
        parse_tr_key(text)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("text", "tr_id", "said"),
    [
        ("DHKS00003", "HDFSASP0", "HDFSASP0 wants RHKS00003 (Hong Kong, real time, paid)"),
        ("RHKS00003", "HDFSASP1", "HDFSASP1 wants DHKS00003 (Hong Kong, 15 minutes late, free)"),
        (
            "DNASAAPL",
            "HDFSASP1",
            "DNASAAPL (Nasdaq, US night) goes with HDFSASP0 and HDFSCNT0, not HDFSASP1",
        ),
        ("a01612", "H0IFASP0", "'a01612': send A01612 instead: a tr_key is upper case"),
    ],
)
def test_key_of_another_tr(text: str, tr_id: str, said: str) -> None:
    """A key that does not go with the TR is told which one does."""
    with pytest.raises(WrongKey) as error:
        parse_tr_key(text, tr_id)
    assert said in str(error.value)


def test_siblings_are_the_other_session_or_feed_of_the_symbol() -> None:
    """DNAS and RBAQ are siblings, so are the D and R keys of an Asian symbol, both ways."""
    pairs = [("DNASAAPL", "RBAQAAPL"), ("DNYSKO", "RBAYKO"), ("DAMSSPY", "RBAASPY")]
    pairs += [("DHKS00003", "RHKS00003")]
    for one, other in pairs:
        assert [key.text for key in parse_tr_key(one).siblings] == [other]
        assert [key.text for key in parse_tr_key(other).siblings] == [one]


def test_every_market_has_a_key() -> None:
    """Each market of stocks goes with at least one prefix and one TR, the others with their TRs."""
    assert len(MARKETS) == 19
    of_forms = {tr.market for tr in TRS.values()}
    for market in MARKETS.values():
        assert market.trs or market.code in of_forms
        assert set(market.trs.values()) <= set(TRS)


@pytest.mark.parametrize(
    ("text", "tr_id", "argument", "what"),
    [
        ("0001", "H0UPCNT0", "0001 --tr H0UPCNT0", "KRX"),
        ("57JN53", "H0EWASP0", "57JN53 --tr H0EWASP0", "KRX"),
        ("005930", "H0STMKO0", "005930 --tr H0STMKO0", "KRX, free"),
        ("Q500001", "H0STMKO0", "Q500001 --tr H0STMKO0", "KRX, free"),
        ("005930", "H0NXASP0", "005930 --venue nxt", "NXT, free"),
        ("OESH23 C3900", "HDFFF010", "'OESH23 C3900' --tr HDFFF010", None),
    ],
)
def test_what_to_type_for_a_key(text: str, tr_id: str, argument: str, what: str | None) -> None:
    """A key that does not tell its TR or venue is offered with them, one with a space quoted."""
    key = parse_tr_key(text, tr_id)
    assert key.argument == argument
    assert what in (None, key.what)


@pytest.mark.parametrize(
    ("text", "tr_id", "venue", "fault"),
    [
        ("DNASAAPL", None, "nxt", "'DNASAAPL' is not a Korean stock, so it has no venue: leave"),
        ("005930", "H0STASP0", "nxt", "H0STASP0 has no venue nxt: leave --venue or --tr out"),
    ],
)
def test_venue_that_does_not_go_with_the_key(
    text: str, tr_id: str | None, venue: str, fault: str
) -> None:
    """A venue is of Korean stocks, and that of the TR."""
    with pytest.raises(WrongKey) as error:
        parse_tr_key(text, tr_id, venue)
    assert fault in str(error.value)
    assert parse_tr_key("005930", "H0STASP0", "krx").tr_id == "H0STASP0"


def test_delay_of_a_key_that_is_none() -> None:
    """What kisq does not know as a key is taken for real time."""
    assert delay_minutes("HDFSASP1", "DHKS00003") == 15
    assert delay_minutes("HDFSASP1", "nonsense") == 0


def test_a_new_tr_may_have_keys_with_a_market(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keys of a TR with prefixes and markets are those of its table, of a new one too."""
    table = "korean\tㄱ\nenglish\te\nkeys\tD+NAS,NYS R+TSE\n\nK\tㄱ\tkey\ttext\t\ttr_key\n"
    (tmp_path / "ZZMADEUP.tsv").write_text(table, "utf-8")
    monkeypatch.setattr(trkey, "TRS", Tables(tmp_path))
    key = parse_tr_key("DNASAAPL", "ZZMADEUP")
    assert (key.tr_id, key.argument) == ("ZZMADEUP", "DNASAAPL --tr ZZMADEUP")
    assert parse_tr_key("RTSE7203", "ZZMADEUP").tr_id == "ZZMADEUP"
    for text in ("DTSE7203", "DAMSSPY"):
        with pytest.raises(WrongKey, match="not ZZMADEUP"):
            parse_tr_key(text, "ZZMADEUP")
