"""The table of the fields of a record that is neither order book nor trade."""

import pytest
from helpers.screens import in_language, plain
from rich.cells import cell_len

from kisq.screen.display import Display
from kisq.screen.fields import FieldsView, fields_table, wanted_lines
from kisq.screen.stats import KeyStats
from kisq.wire.decode import decode
from kisq.wire.frames import DATA, IN, Frame
from kisq.wire.record import Record

OPERATION = "0|H0UNMKO0|001|100840^N^(null)^AB1^112^^^55^N^"
HALTED = "0|H0UNMKO0|001|100840^Y^(null)^AB1^112^^^55^N^"
NAV = (
    "0|H0STNAV0|001|069500^37235.46^5^-381.26^-1.01^37646.25^37646.25^37202.10^surplus one^\x1b[2J"
)
LONG = "0.0/s · 0.0 s ago · PINGPONG 0 · 2 updates"


def record(text: str) -> Record:
    (only,) = decode(text, 1783695214.5)
    assert isinstance(only, Record)
    return only


def screen(view: FieldsView, width: int, height: int) -> list[str]:
    """The lines of the table in a place of this size."""
    return plain(fields_table(view, width, height, Display()), width)


def halted() -> FieldsView:
    """A stock whose trading was halted with the newest record."""
    view = FieldsView(record(OPERATION))
    view.update(record(HALTED))
    return view


def test_each_field_has_a_line_with_its_name_value_and_meaning() -> None:
    """What is empty is a dash, what changed last is marked, what is too long ends with …."""
    assert screen(halted(), 50, 22) == [
        "100840  KRX+NXT  H0UNMKO0",
        "- · lag -",
        "MKSC_SHRN_ISCD                   100840",
        "TRHT_YN                         *Y halted",
        "TR_SUSP_REAS_CNTT                (null)",
        "MKOP_CLS_CODE                    AB1",
        "ANTC_MKOP_CLS_CODE               112 the expected…",
        "MRKT_TRTM_CLS_CODE               -",
        "DIVI_APP_CLS_CODE                -",
        "ISCD_STAT_CLS_CODE               55 credit possib…",
        "VI_CLS_CODE                      N no volatility…",
        "OVTM_VI_CLS_CODE                 -",
        LONG,
    ]


def test_fields_stand_in_columns_and_empty_ones_go_first() -> None:
    """Where there is no room for each below the other; how many are left out is said."""
    assert screen(halted(), 100, 6) == [
        "100840  KRX+NXT  H0UNMKO0  Korean market operation of a stock, KRX and NXT together",
        "- · lag -",
        "MKSC_SHRN_ISCD                  100840             MKOP_CLS_CODE                   AB1",
        "TRHT_YN                        *Y halted           ANTC_MKOP_CLS_CODE"
        "              112 the expected…",
        "TR_SUSP_REAS_CNTT               (null)             ISCD_STAT_CLS_CODE"
        "              55 credit possib…",
        f"{LONG} · 4 fields not shown",
    ]
    assert len(screen(halted(), 87, 6)) == 6  # one column: two are 44 cells each
    assert "MKOP_CLS_CODE" not in " ".join(screen(halted(), 87, 6))


@pytest.mark.parametrize(("width", "named"), [(63, False), (64, True), (120, True)])
def test_names_of_fields_stand_where_there_is_room(width: int, named: bool) -> None:
    """From 64 cells a column on, in the language of the run, as what a code means is."""
    assert any("trading halted" in line for line in screen(halted(), width, 30)) is named
    with in_language("ko"):
        lines = screen(halted(), width, 30)
    assert any("거래정지 여부" in line for line in lines) is named
    assert any("Y 정지" in line for line in lines)


def test_surplus_and_what_is_odd_stand_below() -> None:
    """Surplus fields are said in a note, without what could steer the terminal."""
    view = FieldsView(record(NAV), notes=["a note"])
    lines = screen(view, 100, 30)
    assert lines[-1] == r"! a note; surplus: surplus one, \x1b[2J"
    assert wanted_lines(view) == len(lines) == 3 + 8 + 1


@pytest.mark.parametrize("width", [20, 43, 88, 250])
@pytest.mark.parametrize("height", [1, 4, 12])
def test_it_never_wraps(width: int, height: int) -> None:
    """Whatever the size of the window, no line is longer than it is wide."""
    assert all(cell_len(line) <= width for line in screen(halted(), width, height))
    assert len(screen(halted(), width, 4)) <= 4


def test_a_key_keeps_its_newest_record() -> None:
    """Rate, age and what changed are those of the newest record; an equal one changes nothing."""
    stats = KeyStats(("H0UNMKO0", "100840"))
    for tick, text in enumerate((OPERATION, HALTED, HALTED)):
        stats.update(Frame(tick, IN, DATA, text.encode(), float(tick)), record(text))
        stats.measure(float(tick))
        assert isinstance(stats.view, FieldsView)
        assert stats.view.places == ({1} if tick == 1 else set())
    assert (stats.view.updates, stats.view.rate, stats.view.age) == (3, 1.0, 0.0)
    assert stats.row("").quote is not None
    assert stats.row("").quote.name == "100840"
