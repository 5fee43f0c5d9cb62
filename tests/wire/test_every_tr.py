"""Every TR of KIS: real messages decode by the layout of their width, each value under its name."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ALL_FRAMES, FRAMES, clean_environment
from helpers.patience import PATIENCE

import kisq
from kisq.spec.fields import Kind, Shape
from kisq.spec.key_forms import FORMS
from kisq.spec.markets import MARKETS
from kisq.spec.table_text import parse_table
from kisq.spec.tables import TRS, codes_of, field_codes
from kisq.wire.book import OrderBook
from kisq.wire.decode import decode
from kisq.wire.layout import OTHER, Layout
from kisq.wire.layouts import Layouts
from kisq.wire.messages import Malformed
from kisq.wire.record import Record
from kisq.wire.trade import Side, Trade
from kisq.wire.trkey import names_key, parse_tr_key

DATA_FRAMES = [frame for frame in ALL_FRAMES if frame[1] == "|"]
TR_FRAMES = [
    line
    for path in sorted((FRAMES / "trs").glob("*.txt"))
    for line in path.read_text("utf-8").splitlines()
    if not line.startswith("#")
]
# Values of a message of each TR, and the mnemonics that KIS's lists give their places.
VALUES = {
    "H0UPANC0": {"PRPR_NMIX": "2607.71", "PCAS_TR_PBMN": "192338", "PRDY_CTRT": "0.61"},
    "H0STOAC0": {"STCK_PRPR": "77700", "ACML_TR_PBMN": "6371400", "VOL_TNRT": "0.00"},
    "H0STOAA0": {
        "ASKP3": "78000", "ASKP10": "0", "BIDP1": "77700", "BIDP_RSQN2": "16654",
        "TOTAL_BIDP_RSQN": "30955", "ANTC_CNPR": "77700", "ACML_VOL": "13069425",
    },
    "H0STPGM0": {"SELN_CNQN": "1413444", "NTBY_CNQN": "-224036", "WHOL_NTBY_QTY": "-49558"},
    "H0STMKO0": {"TRHT_YN": "N", "ANTC_MKOP_CLS_CODE": "311", "ISCD_STAT_CLS_CODE": "55"},
    "H0STCNT0": {"STCK_PRPR": "71900", "CCLD_DVSN": "1", "VI_STND_PRC": "72100"},
    "H0UPPGM0": {"BSTP_CLS_CODE": "0001", "NABT_SHNU_ENTM_CNQN": "1"},
    "H0UPCNT0": {"PRPR_NMIX": "2624.54", "NMIX_HGPR": "2624.82", "TICK_VRSS": "19"},
    "H0STANC0": {"STCK_PRPR": "77600", "HOUR_CLS_CODE": "B", "MRKT_TRTM_CLS_CODE": ""},
    "H0EWASP0": {"ASKP10": "315", "BIDP1": "265", "TOTAL_BIDP_RSQN": "1562460"},
    "H0STASP0": {"BIDP10": "70900", "TOTAL_ASKP_RSQN": "1159362", "STCK_DEAL_CLS_CODE": "0"},
    "H0EWCNT0": {"STCK_PRPR": "265", "PRIT": "98.62", "HTS_THPR": "293.24"},
    "H0STMBC0": {
        "SELN2_MBCR_NAME5": "키움증권", "SHNU_MBCR_NO5": "00003", "GLOB_SHNU_RLIM": "14.38",
    },
    "H0STNAV0": {"NAV": "37235.46", "LPRC_NAV": "37202.10"},
    "H0STOUP0": {"CNTG_VOL": "1034", "CNTG_CLS_CODE": "5", "BSOP_DATE": "20240503"},
    "H0ZOASP0": {"OPTN_ASKP1": "1140.00", "OPTN_ASKP8": "1700.00", "TOTAL_ASKP_CSNU": "9"},
    "H0MFCNT0": {"FUTS_PRPR": "367.30", "HTS_OTST_STPL_QTY": "268223", "CTTR": "96.31"},
    "H0MFASP0": {"FUTS_ASKP3": "367.45", "ASKP_RSQN1": "24", "BIDP_RSQN3": "20"},
    "H0EUCNT0": {"OPTN_PRPR": "2.98", "DELTA": "-nan", "HTS_INTS_VLTL": "84.55"},
    "H0EUASP0": {"OPTN_BIDP3": "2.95", "ASKP_RSQN3": "12", "TOTAL_BIDP_RSQN": "46"},
    "H0ZFASP0": {"ASKP10": "85900", "BIDP_CSNU10": "3", "TOTAL_BIDP_RSQN": "16509"},
    "H0ZOCNT0": {"OPTN_PRPR": "1060.00", "DELTA": "1.00", "CTTR": "74.84"},
    "H0ZFCNT0": {"STCK_PRPR": "77900", "HTS_OTST_STPL_QTY": "32053", "CTTR": "58.23"},
    "H0BJASP0": {"ASKP_ERT1": "3.012", "BIDP5": "10550.00", "BIDP_RSQN53": "379920"},
    "HDFSASP0": {"SYMB": "AAPL", "PBID3": "182.8300", "DASK10": "0"},
    "H0IFCNT0": {"FUTS_PRPR": "1080.30", "CTTR": "94.95", "DYNM_MXPR": "1091.10"},
    "H0UNMKO0": {"MKSC_SHRN_ISCD": "100840", "MKOP_CLS_CODE": "AB1", "OVTM_VI_CLS_CODE": ""},
    "H0STCNI0": {"ODER_NO": "0000003190", "CNTG_ISNM": "하림", "CNTG_ISNM40": "하림"},
    "H0STCNI9": {"ORD_EXG_GB+POPUP_YN": "1Y", "CNTG_ISNM40": "KODEX200", "ODER_PRC": "000044000"},
    "H0GSCNI0": {"CNTG_UNPR": "000032200", "ODER_COND": "D", "DEBT_GB": "10"},
    "H0IFCNI0": {"CNTG_UNPR": "007840000", "CNTG_ISNM": "삼성전자   F 2", "ORDER_PRC": "000000000"},
    "H0EUCNI0": {"ODER_KIND2": "L", "ODER_COND": "0"},
}  # fmt: skip


def record(text: str) -> Record:
    (only,) = decode(text)
    assert isinstance(only, Record)
    return only


@pytest.mark.parametrize("text", [*DATA_FRAMES, *TR_FRAMES])
def test_every_real_message_decodes(text: str) -> None:
    """Real messages and official examples have a layout with just as many fields."""
    for one in decode(text):
        assert isinstance(one, Record)
        assert one.extra == []
        assert "^".join(one.values) in text


@pytest.mark.parametrize("tr_id", VALUES)
def test_each_value_stands_under_its_name(tr_id: str) -> None:
    """The values of a real message are those of the fields in KIS's lists."""
    one = record(next(text for text in TR_FRAMES if f"|{tr_id}|" in text))
    assert {name: one[name] for name in VALUES[tr_id]} == VALUES[tr_id]


def test_all_63_ids_are_known() -> None:
    """KIS has 60 TRs, and three ids of the mock server alone."""
    assert len(TRS) == 63
    assert [tr_id for tr_id in TRS if not TRS[tr_id].on_real] == [
        "H0GSCNI9",
        "H0IFCNI9",
        "H0STCNI9",
    ]
    assert sum(tr.is_notice for tr in TRS.values()) == 10


@pytest.mark.parametrize("tr_id", TRS)
def test_a_table_is_whole(tr_id: str) -> None:
    """Each field has its names, each mnemonic and role stands once, and the key is in a record."""
    tr = TRS[tr_id]
    assert tr.market in MARKETS or not tr.market
    assert tr.trades in TRS or not tr.trades
    for width in tr.widths:
        names = [field.name.lower() for field in width.fields]
        roles = [role for field in width.fields for role in field.roles if role != "personal"]
        assert len(set(names)) == len(names)
        assert len(set(roles)) == len(roles)
        named = width.fields[: len(width.fields) - width.unnamed]
        assert all(field.korean and field.english for field in named)
        assert width.roles.get("tr_key") or (tr_id, width) == ("H0UNMKO0", tr.widths[0])


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("0|H0UNMKO0|001|100840^N^(null)^AB1^112^^^55^N^", "TRHT_YN", "N"),
        ("0|H0UNMKO0|001|N^(null)^AB1^112^^^55^N^^1", "EXCH_CLS_CODE", "1"),
        ("0|H0STCNI9|001|" + "^".join([*"abcdefghijklmnopqr", "1Y", "10", "", "x", "1"]),
         "ORD_EXG_GB+POPUP_YN", "1Y"),
        ("0|H0STCNI9|001|" + "^".join([*"abcdefghijklmnopqr", "하림", "10", "", "x", "1"]),
         "CNTG_ISNM", "하림"),
    ],
)  # fmt: skip
def test_of_two_layouts_with_one_width_a_field_decides(text: str, name: str, value: str) -> None:
    """Where sources disagree on the order of the fields, the form of one of them tells it."""
    assert record(text)[name] == value


def test_the_exact_width_decides_then_the_newest_with_surplus() -> None:
    """A record of a known width has no surplus; any other is the newest that fits, and the rest."""
    layouts = Layouts("H0STASP0")
    fields = ["005930"] * 70
    chosen = {width: layouts.choose(fields, width) for width in (58, 59, 60, 61, 62, 63, 64, 70)}
    widths = {width: layout and layout.width for width, layout in chosen.items()}
    assert widths == {58: None, 59: 59, 60: 59, 61: 59, 62: 62, 63: 63, 64: 63, 70: 63}
    nxt = Layouts("H0NXASP0")
    assert [nxt.choose(fields, width).width for width in (62, 63, 65, 66)] == [62, 62, 65, 62]


def test_fields_without_a_name_are_numbered() -> None:
    """Where a width has a list of its first fields only, the others have numbers."""
    one = record(next(text for text in TR_FRAMES if "|H0UPANC0|" in text))
    assert (one.layout.unnamed, one["FIELD_11"], one["FIELD_15"]) == (5, "0", "201")


def test_what_is_no_number_is_nothing() -> None:
    """nan and -nan are no numbers, and no fault of the message."""
    one = record(next(text for text in TR_FRAMES if "|H0EUCNT0|" in text))
    assert isinstance(one, Trade)
    assert (one.decimal("price"), one["DELTA"]) == (one.price, "-nan")
    (malformed,) = decode("0|H0STPGM0|001|005930^092237^x^1^1^1^1^1^1^1^1")
    assert isinstance(malformed, Malformed)
    assert malformed.reason == "SELN_CNQN is 'x', which is not an integer"


@pytest.mark.parametrize(
    ("tr_id", "levels"),
    [
        ("HDFSASP0", 10),
        ("HDFSASP1", 1),
        ("H0IFASP0", 5),
        ("H0ZOASP0", 10),
        ("H0BJASP0", 5),
        ("H0EWASP0", 10),
        ("HDFFF010", 5),
        ("H0STOAA0", 10),
        ("H0MFASP0", 5),
    ],
)
def test_books_have_their_own_number_of_levels(tr_id: str, levels: int) -> None:
    """Books of every market are order books with as many levels as KIS sends."""
    assert (TRS[tr_id].shape, TRS[tr_id].levels) == (Shape.BOOK, levels)


def test_books_of_derivatives_and_bonds() -> None:
    """Levels far apart in a record are in order, best first."""
    option = record(next(text for text in TR_FRAMES if "|H0ZOASP0|" in text))
    assert isinstance(option, OrderBook)
    assert [str(level.price) for level in option.asks][4:8] == [
        "1400.00",
        "1500.00",
        "1520.00",
        "1700.00",
    ]
    assert option.faults() == []
    bond = record(next(text for text in TR_FRAMES if "|H0BJASP0|" in text))
    assert isinstance(bond, OrderBook)
    assert (str(bond.bids[4].price), bond.bids[4].size) == ("10550.00", 379920)


@pytest.mark.parametrize(
    ("tr_id", "code", "side"),
    [
        ("HDFFF020", "2", Side.BUY),
        ("HDFFF020", "5", Side.SELL),
        ("HDFFF020", "1", Side.UNKNOWN),
        ("H0NXCNT0", "1", Side.BUY),
        ("H0NXCNT0", "3", Side.UNKNOWN),
    ],
)
def test_side_by_the_codes_of_the_tr(tr_id: str, code: str, side: Side) -> None:
    """What a code says of the side of a trade is that of its own TR."""
    tr = TRS[tr_id]
    values = {field.name: "0" for field in tr.fields} | {tr.roles["side"]: code}
    (one,) = decode(f"0|{tr_id}|001|{'^'.join(values.values())}")
    assert isinstance(one, Trade)
    assert one.told_side is side


def test_a_price_of_a_future_may_be_below_zero() -> None:
    """A spread of futures has negative prices, which are odd for a stock only."""
    example = {field.name: field.example for field in TRS["H0IFASP0"].fields}
    text = "^".join((example | {"FUTS_BIDP5": "-1.00"}).values())
    assert [fault.text for fault in record(f"0|H0IFASP0|001|{text}").faults()] == []


@pytest.mark.parametrize(
    ("text", "tr_id"),
    [
        ("005930", "H0STMBC0"),
        ("Q500001", "H0STASP0"),
        ("F70100030", "H0STCNT0"),
        ("J0036221D", "H0STASP0"),
        ("069500", "H0STNAV0"),
        ("57LA24", "H0EWASP0"),
        ("0001", "H0UPCNT0"),
        ("KR103502GA34", "H0BJASP0"),
        ("KBPR01", "H0BICNT0"),
        ("A01612", "H0IFASP0"),
        ("101S12", "H0IFASP0"),
        ("101W9000", "H0MFASP0"),
        ("B01601300", "H0IOASP0"),
        ("201S11305", "H0IOCNT0"),
        ("211V05059", "H0ZOASP0"),
        ("OESH23 C3900", "HDFFF010"),
        ("1OZQ25", "HDFFF020"),
        ("abcd1234", "H0STCNI0"),
        ("DTSE25935", "HDFSASP1"),
        ("DHSXFUEVFVND", "HDFSASP1"),
        ("DNYSAAM/UN", "HDFSASP0"),
    ],
)
def test_keys_of_each_form(text: str, tr_id: str) -> None:
    """A key of the form that its TR has is one, and says which TR it goes with."""
    key = parse_tr_key(text, tr_id)
    assert (key.text, tr_id in key.tr_ids) == (text, True)


@pytest.mark.parametrize(
    ("text", "tr_id"),
    [
        ("005930", "H0UPCNT0"),
        ("DNASAAPL", "H0STMBC0"),
        ("0001", "H0STMBC0"),
        ("A01612", "H0EUASP0"),
        ("FCAZ22  C1", "HDFFF010"),
        ("KR103502GA3", "H0BJASP0"),
        ("", "H0STCNI0"),
    ],
)
def test_keys_of_another_form(text: str, tr_id: str) -> None:
    """A key of another form is none of the TR."""
    assert not names_key(tr_id, text)


@pytest.mark.parametrize("name", FORMS)
def test_every_form_has_an_example_of_its_own(name: str) -> None:
    """The example of a form has that form, and goes with each TR that has it."""
    for tr in TRS.values():
        if name in tr.keys:
            assert names_key(tr.id, FORMS[name].example)


def test_codes_are_of_fields_that_exist() -> None:
    """Each code in words belongs to a text field of a table."""
    texts = {f.name for tr in TRS.values() for f in tr.fields if f.kind is Kind.TEXT}
    texts |= {f.name for tr in TRS.values() for w in tr.widths for f in w.fields}
    of_trs = {f"{tr.id}.{field.name}" for tr in TRS.values() for field in tr.fields}
    assert {name for name in field_codes() if name not in texts | of_trs} == set()


def test_a_code_means_what_it_means_in_its_tr() -> None:
    """One mnemonic has other codes in another TR, and none where nobody says what they mean."""
    condition = "ODER_COND"
    assert codes_of("H0STCNI0", condition)["1"].english == "IOC"
    assert codes_of("H0GSCNI0", condition)["4"].english == "Hong Kong (HKD)"
    assert "4" not in codes_of("H0STCNI0", condition)
    assert codes_of("HDFSASP0", condition) == {}
    assert codes_of("H0STCNT0", "PRDY_VRSS_SIGN")["5"].korean == "하락"


MADE_UP = """korean	지어낸 TR
english	a TR that a test made up
keys	index
market	KRX
examples	made up
layout	3	3
layout	4	4	2026-09-14

CODE	코드	tr_key	text		tr_key symbol		0001
AT	시각	time	time	KST	exchange_time korean_time		090000
COUNT	수	a number	integer				7
NEW_FIELD	새 필드	appended	text			4	x
"""


# One process for all commands, which each end as in one of their own.
_EACH_COMMAND = """
import sys
from kisq.cli.main import run_command_line
for command in sys.argv[1:]:
    sys.argv[1:] = command.split()
    print("exit code", run_command_line(), flush=True)
"""


def test_a_new_tr_is_a_new_file_and_nothing_more(tmp_path: Path) -> None:
    """With one more file, explain knows the TR, the simulator sends it and watch shows it."""
    package = tmp_path / "kisq"
    shutil.copytree(Path(kisq.__file__).parent, package)
    (package / "spec" / "trs" / "ZZMADEUP.tsv").write_text(MADE_UP, "utf-8")
    commands = {
        "explain ZZMADEUP": "a TR that a test made up",
        "watch --sim --tr ZZMADEUP 0001 -n 1 --json": '"new_field":"x"',
        "watch --sim --tr ZZMADEUP 0001 -n 1 --json --as-of 2026-09-01": '"count":"7"}',
        "check --sim --tr ZZMADEUP 0001 --for 300ms": "broadcasting: 0001 is broadcasting",
    }
    done = subprocess.run(
        [sys.executable, "-c", _EACH_COMMAND, *commands],
        cwd=tmp_path,
        env=clean_environment(PYTHONPATH=str(tmp_path)),
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done
    outputs = done.stdout.decode().split("exit code 0\n")
    for expected, output in zip(commands.values(), outputs[:-1], strict=True):
        assert expected in output, output


def test_trades_of_a_tr_without_a_change_stay_as_they_came() -> None:
    """A TR of trades may tell neither the change since the day before nor its rate."""
    text = "korean\tㄱ\nenglish\te\nkeys\tindex\nlayout\ta\t2\n\n"
    text += "P\tㄱ\tp\tdecimal\tKRW\tprice\nS\tㄱ\ts\tinteger\tshares\tsize\n"
    tr = parse_table("T", text)
    trade = Trade(Layout(tr, tr.newest), ["+1.0", "2"], [], OTHER, False, "", 0.0)
    assert trade.signed_values == ["+1.0", "2"]


def test_a_table_reads_levels_and_layouts() -> None:
    """Fields between repeat and end come for each number, and layouts choose among the fields."""
    text = "korean\tㄱ\nenglish\te\nkeys\tindex\nlayout\ta\t3\nlayout\tb\t6\t2026-09-14\n\n"
    text += (
        "K\tㄱ\tkey\ttext\t\ttr_key\nrepeat\t2\t3\nP#_X\tㄱ#\tprice #\tdecimal\tKRW\tbid\t\t1 2\n"
    )
    text += "end\nQ\tㄱ\tq\ttext\t\t\tb\n"
    tr = parse_table("T", text)
    names = [[field.name for field in width.fields] for width in tr.widths]
    assert names == [["K", "P2_X", "P3_X"], ["K", "P2_X", "P3_X", "Q", "FIELD_5", "FIELD_6"]]
    field = tr.fields[2]
    assert (field.korean, field.english, field.roles, field.example) == (
        "ㄱ3",
        "price 3",
        ("bid.3",),
        "2",
    )
    assert (tr.newest.unnamed, str(tr.newest.since)) == (2, "2026-09-14")
