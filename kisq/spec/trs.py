"""The TRs that kisq decodes: every field in wire order, under KIS's own mnemonic.

Sources: protocol.md section 3 (confirmed by the official workbook, the official example, a
capture and a measured count) and KIS's pages 실시간-021 and 실시간-008. The page 실시간-021
prints level 3 twice, which would make 77 fields; level 3 exists once and there are 71.
"""

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple


class Kind(Enum):
    """What the text of a field must look like; an empty field is always allowed."""

    TEXT = "text"
    DATE = "YYYYMMDD"
    TIME = "HHMMSS"
    INTEGER = "integer"
    DECIMAL = "decimal"


@dataclass(frozen=True, slots=True)
class Field:
    """One field: KIS's mnemonic, KIS's Korean name, an English name, its kind and its unit."""

    name: str
    korean: str
    english: str
    kind: Kind
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Tr:
    """One TR: where it is offered, how late it is and the fields of a record in wire order.

    ``totals_add_up`` says whether the totals are known to equal the sums of the levels, ``live``
    what real frames are known to have beyond the documented fields.
    """

    id: str
    korean: str
    english: str
    page: str
    levels: int
    delay_minutes: int
    on_mock: bool
    totals_add_up: bool
    fields: tuple[Field, ...]
    live: str = ""


_HEAD = (
    Field("RSYM", "실시간종목코드", "tr_key", Kind.TEXT),
    Field("SYMB", "종목코드", "symbol", Kind.TEXT),
    Field("ZDIV", "소숫점자리수", "decimals of a price", Kind.INTEGER),
    Field("XYMD", "현지일자", "exchange date", Kind.DATE, "exchange-local"),
    Field("XHMS", "현지시간", "exchange time", Kind.TIME, "exchange-local"),
    Field("KYMD", "한국일자", "Korean date", Kind.DATE, "KST"),
    Field("KHMS", "한국시간", "Korean time", Kind.TIME, "KST"),
    Field("BVOL", "매수총잔량", "bid total", Kind.INTEGER, "shares"),
    Field("AVOL", "매도총잔량", "ask total", Kind.INTEGER, "shares"),
    Field("BDVL", "매수총잔량대비", "bid total change", Kind.INTEGER, "shares"),
    Field("ADVL", "매도총잔량대비", "ask total change", Kind.INTEGER, "shares"),
)

_LEVEL = (
    Field("PBID", "매수호가", "bid price", Kind.DECIMAL, "currency"),
    Field("PASK", "매도호가", "ask price", Kind.DECIMAL, "currency"),
    Field("VBID", "매수잔량", "bid size", Kind.INTEGER, "shares"),
    Field("VASK", "매도잔량", "ask size", Kind.INTEGER, "shares"),
    Field("DBID", "매수잔량대비", "bid size change", Kind.INTEGER, "shares"),
    Field("DASK", "매도잔량대비", "ask size change", Kind.INTEGER, "shares"),
)


def _book_fields(levels: int) -> tuple[Field, ...]:
    numbered = (
        Field(f"{f.name}{n}", f"{f.korean}{n}", f"{f.english} {n}", f.kind, f.unit)
        for n in range(1, levels + 1)
        for f in _LEVEL
    )
    return (*_HEAD, *numbered)


BOOKS = {
    tr.id: tr
    for tr in (
        Tr(
            "HDFSASP0",
            "해외주식 실시간호가",
            "overseas order book, US (free) and Asia (paid)",
            page="실시간-021",
            levels=10,
            delay_minutes=0,
            on_mock=False,
            totals_add_up=True,
            fields=_book_fields(10),
            live="71 fields and one record in every frame seen, nothing appended so far",
        ),
        Tr(
            "HDFSASP1",
            "해외주식 지연호가(아시아)",
            "overseas order book, Asia, delayed (free)",
            page="실시간-008",
            levels=1,
            delay_minutes=15,
            on_mock=False,
            totals_add_up=False,
            fields=_book_fields(1),
            live="no public capture exists, so nothing is known",
        ),
    )
}


class OtherTr(NamedTuple):
    """A TR that kisq has no field table for: what it is, its documented fields a record, its keys.

    ``documented`` is None where that number is not known; ``live`` is as in ``Tr``.
    """

    english: str
    documented: int | None
    keys: str
    live: str = ""


_OVERSEAS_KEYS = "D or R, market, symbol (DNASAAPL)"
_KOREAN_KEYS = "6 characters (005930)"
# protocol.md section 3.
OTHERS = {
    "HDFSCNT0": OtherTr(
        "overseas trades", 26, _OVERSEAS_KEYS,
        "26 fields in every frame seen; a message may hold several records (2 seen)",
    ),
    "H0STASP0": OtherTr(
        "Korean order book, KRX", 59, _KOREAN_KEYS,
        "62 fields, then 63 (2026-09-14): KIS appended 3, then 1 more",
    ),
    "H0STCNT0": OtherTr(
        "Korean trades, KRX", 46, _KOREAN_KEYS,
        "47 fields since 2026-09-14: KIS appended 1; a message may hold up to 20 records",
    ),
    "H0NXASP0": OtherTr("Korean order book, NXT", None, _KOREAN_KEYS),
    "H0NXCNT0": OtherTr("Korean trades, NXT", None, _KOREAN_KEYS),
    "H0UNASP0": OtherTr(
        "Korean order book, KRX and NXT together", None, _KOREAN_KEYS, "65 or 66 fields"
    ),
    "H0UNCNT0": OtherTr("Korean trades, KRX and NXT together", None, _KOREAN_KEYS),
}  # fmt: skip
