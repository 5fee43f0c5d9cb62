"""The TRs of overseas stocks.

Sources: protocol.md section 3 (confirmed by the official workbook, the official example, a
capture and a measured count) and KIS's pages 실시간-021, 실시간-008 and 실시간-007. The page
실시간-021 prints level 3 twice, which would make 77 fields; level 3 exists once and there are 71.
"""

from kisq.spec.fields import Field, Tr, numbered, table

_HEAD = table("""
    RSYM | 실시간종목코드 | tr_key | TEXT
    SYMB | 종목코드 | symbol | TEXT
    ZDIV | 소숫점자리수 | decimals of a price | INTEGER
    XYMD | 현지일자 | exchange date | DATE | exchange-local
    XHMS | 현지시간 | exchange time | TIME | exchange-local
    KYMD | 한국일자 | Korean date | DATE | KST
    KHMS | 한국시간 | Korean time | TIME | KST
    BVOL | 매수총잔량 | bid total | INTEGER | shares
    AVOL | 매도총잔량 | ask total | INTEGER | shares
    BDVL | 매수총잔량대비 | bid total change | INTEGER | shares
    ADVL | 매도총잔량대비 | ask total change | INTEGER | shares
""")
_LEVEL = table("""
    PBID | 매수호가 | bid price | DECIMAL | currency
    PASK | 매도호가 | ask price | DECIMAL | currency
    VBID | 매수잔량 | bid size | INTEGER | shares
    VASK | 매도잔량 | ask size | INTEGER | shares
    DBID | 매수잔량대비 | bid size change | INTEGER | shares
    DASK | 매도잔량대비 | ask size change | INTEGER | shares
""")
_TRADE = table("""
    RSYM | 실시간종목코드 | tr_key | TEXT
    SYMB | 종목코드 | symbol | TEXT
    ZDIV | 소수점자리수 | decimals of a price | INTEGER
    TYMD | 현지영업일자 | exchange business date | DATE | exchange-local
    XYMD | 현지일자 | exchange date | DATE | exchange-local
    XHMS | 현지시간 | exchange time | TIME | exchange-local
    KYMD | 한국일자 | Korean date | DATE | KST
    KHMS | 한국시간 | Korean time | TIME | KST
    OPEN | 시가 | open | DECIMAL | currency
    HIGH | 고가 | high | DECIMAL | currency
    LOW | 저가 | low | DECIMAL | currency
    LAST | 현재가 | price | DECIMAL | currency
    SIGN | 대비구분 | 1 상한, 2 상승, 3 보합, 4 하한, 5 하락 | TEXT
    DIFF | 전일대비 | change since the day before, unsigned | DECIMAL | currency
    RATE | 등락율 | change in percent | DECIMAL | %
    PBID | 매수호가 | best bid price | DECIMAL | currency
    PASK | 매도호가 | best ask price | DECIMAL | currency
    VBID | 매수잔량 | best bid size | INTEGER | shares
    VASK | 매도잔량 | best ask size | INTEGER | shares
    EVOL | 체결량 | size | INTEGER | shares
    TVOL | 거래량 | volume of the day | INTEGER | shares
    TAMT | 거래대금 | turnover of the day | DECIMAL | currency
    BIVL | 매도체결량 | volume at the bid | INTEGER | shares
    ASVL | 매수체결량 | volume at the ask | INTEGER | shares
    STRN | 체결강도 | strength | DECIMAL | %
    MTYP | 시장구분 | documented meaning disagrees with captures | TEXT
""")
_IDENTITY = {
    "tr_key": "RSYM",
    "symbol": "SYMB",
    "decimals": "ZDIV",
    "exchange_date": "XYMD",
    "exchange_time": "XHMS",
    "korean_date": "KYMD",
    "korean_time": "KHMS",
}
_BOOK_ROLES = _IDENTITY | {
    "bid_total": "BVOL",
    "ask_total": "AVOL",
    "bid_total_change": "BDVL",
    "ask_total_change": "ADVL",
    "bid": "PBID",
    "ask": "PASK",
    "bid_size": "VBID",
    "ask_size": "VASK",
    "bid_size_change": "DBID",
    "ask_size_change": "DASK",
}
_TRADE_ROLES = _IDENTITY | {
    "price": "LAST",
    "size": "EVOL",
    "sign": "SIGN",
    "change": "DIFF",
    "change_rate": "RATE",
    "bid": "PBID",
    "ask": "PASK",
    "bid_size": "VBID",
    "ask_size": "VASK",
    "volume": "TVOL",
    "turnover": "TAMT",
    "strength": "STRN",
    "open": "OPEN",
    "high": "HIGH",
    "low": "LOW",
    "bid_volume": "BIVL",
    "ask_volume": "ASVL",
}


def _book_fields(levels: int) -> tuple[Field, ...]:
    return (*_HEAD, *(field for level in numbered(_LEVEL, levels) for field in level))


HDFSASP0 = Tr(
    "HDFSASP0",
    "해외주식 실시간호가",
    "overseas order book, US (free) and Asia (paid)",
    "실시간-021",
    _book_fields(10),
    _BOOK_ROLES,
    levels=10,
    totals_add_up=True,
    trades="HDFSCNT0",
    live="71 fields and one record in every frame seen, nothing appended so far",
)
HDFSASP1 = Tr(
    "HDFSASP1",
    "해외주식 지연호가(아시아)",
    "overseas order book, Asia, delayed (free)",
    "실시간-008",
    _book_fields(1),
    _BOOK_ROLES,
    levels=1,
    delay_minutes=15,
    trades="HDFSCNT0",
    live="no public capture exists, so nothing is known",
)
HDFSCNT0 = Tr(
    "HDFSCNT0",
    "해외주식 실시간지연체결가",
    "overseas trades, as late as the order book of the same key",
    "실시간-007",
    _TRADE,
    _TRADE_ROLES,
    live="26 fields in every frame seen; a message may hold several records (2 seen)",
)
