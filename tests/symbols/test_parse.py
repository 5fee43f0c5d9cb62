"""The text of KIS's symbol files, from real rows."""

import pytest

from kisq.simulator.symbols import rows
from kisq.spec.symbol_files import FILES, SymbolFile
from kisq.symbols.listing import Listing
from kisq.symbols.parse import UnusableFile, parse

ROWS = {name: b"\n".join(its) for name, its in rows().items()}
FIRST = {
    "nasmst": Listing("NAS", "AAPL", "애플", "APPLE INC", "stock", "USD"),
    "amsmst": Listing("AMS", "SPY", "SPDR S&P 500", "SPDR S&P500 ETF", "ETF", "USD"),
    "kospi_code": Listing("KRX", "005930", "삼성전자", "", "stock", "KRW", "KR7005930003", False),
    "nxt_kospi_code": Listing(
        "NXT", "005930", "삼성전자", "", "stock", "KRW", "KR7005930003", False
    ),
    "idxcode": Listing("KRX", "0001", "종합", "", "index", "KRW", "", None, "H0UPCNT0"),
    "fo_idx_code_mts": Listing(
        "KRXDERIV", "A01603", "F 202603", "KOSPI200", "future", "KRW", "KR4A01630008", None,
        "H0IFASP0",
    ),
}  # fmt: skip


@pytest.mark.parametrize("file", FILES.values(), ids=lambda file: file.name)
def test_every_real_row_is_a_listing(file: SymbolFile) -> None:
    """No row of any file is left out, and each listing has a key that goes with its TR."""
    parsed = parse(file, ROWS[file.name])
    assert parsed.unfit == 0
    assert len(parsed.listings) == len(rows()[file.name])
    for listing in parsed.listings:
        assert listing.korean
        assert all(key.text.endswith(listing.symbol) for key in listing.keys)
    if file.name in FIRST:
        assert FIRST[file.name] in parsed.listings


def test_currencies_are_those_of_the_listing() -> None:
    """Hong Kong has listings in HKD, CNY and USD."""
    listings = parse(FILES["hksmst"], ROWS["hksmst"]).listings
    assert {one.currency for one in listings} == {"HKD", "CNY", "USD"}


def test_halted_listings() -> None:
    """The flag stands where KIS's header has it: two of the rows are of halted listings."""
    listings = parse(FILES["kosdaq_code"], ROWS["kosdaq_code"]).listings
    assert [one.korean for one in listings if one.halted] == ["비덴트", "카이노스메드"]


def shifted(row: bytes) -> bytes:
    return row.replace(b"\t", b"\t\t", 1)


@pytest.mark.parametrize("name", ["nasmst", "kospi_code", "idxcode"])
def test_rows_that_do_not_fit_are_counted(name: str) -> None:
    """A few are left out; where they are more than a tenth, it is another file."""
    its = rows()[name]
    odd = [row + b"\t^" for row in its[:3]]
    parsed = parse(FILES[name], b"\n".join([*its[3:], *odd]))
    assert parsed.unfit == 3
    assert len(parsed.listings) == len(its) - 3
    with pytest.raises(UnusableFile, match="20 of its 40 rows do not have the form"):
        parse(FILES[name], b"\n".join([*its[:20], *(row + b"\t^" for row in its[:20])]))


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("nasmst", b"", "it holds no rows"),
        ("nasmst", b"\n \n", "it holds no rows"),
        ("nasmst", ROWS["nysmst"], "60 of its 60 rows do not have the form"),
        ("nasmst", b"\n".join(map(shifted, rows()["nasmst"])), "60 of its 60 rows"),
        ("nasmst", ROWS["nasmst"].decode("cp949").encode(), "encoded in UTF-8, not in cp949"),
        ("kospi_code", ROWS["kosdaq_code"], "rows do not have the form"),
        ("kospi_code", ROWS["kospi_code"].decode("cp949").encode(), "encoded in UTF-8"),
        ("kospi_code", b"<html>busy</html>", "1 of its 1 rows"),
    ],
)
def test_other_files_are_refused(name: str, data: bytes, reason: str) -> None:
    """A file of another market, form or encoding is none of ours, and the reason is said."""
    with pytest.raises(UnusableFile, match=reason):
        parse(FILES[name], data)
