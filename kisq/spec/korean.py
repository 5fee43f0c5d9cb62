"""The TRs of Korean stocks: KRX, NXT, and both together (unified).

Sources: protocol.md section 3 and KIS's pages 실시간-003 and 실시간-004; NXT and the unified feed
have no page number. The books of NXT and of the unified feed end in six fields on mid prices that
KRX is not documented to have; the mock server was seen to send only the first three of them.
"""

from kisq.spec.fields import Field, Kind, Tr, numbered, table

_HEAD = table("""
    MKSC_SHRN_ISCD | 유가증권 단축 종목코드 | tr_key | TEXT
    BSOP_HOUR | 영업 시간 | exchange time | TIME | KST
    HOUR_CLS_CODE | 시간 구분 코드 | kind of session | TEXT
""")
# Each stands ten times before the next one begins.
_COLUMNS = table("""
    ASKP | 매도호가 | ask price | DECIMAL | KRW
    BIDP | 매수호가 | bid price | DECIMAL | KRW
    ASKP_RSQN | 매도호가 잔량 | ask size | INTEGER | shares
    BIDP_RSQN | 매수호가 잔량 | bid size | INTEGER | shares
""")
_TAIL = table("""
    TOTAL_ASKP_RSQN | 총 매도호가 잔량 | ask total | INTEGER | shares
    TOTAL_BIDP_RSQN | 총 매수호가 잔량 | bid total | INTEGER | shares
    OVTM_TOTAL_ASKP_RSQN | 시간외 총 매도호가 잔량 | ask total after hours | INTEGER | shares
    OVTM_TOTAL_BIDP_RSQN | 시간외 총 매수호가 잔량 | bid total after hours | INTEGER | shares
    ANTC_CNPR | 예상 체결가 | expected price | DECIMAL | KRW
    ANTC_CNQN | 예상 체결량 | expected size | INTEGER | shares
    ANTC_VOL | 예상 거래량 | expected volume | INTEGER | shares
    ANTC_CNTG_VRSS | 예상 체결 대비 | change of the expected price | DECIMAL | KRW
    ANTC_CNTG_VRSS_SIGN | 예상 체결 대비 부호 | sign of that change | TEXT
    ANTC_CNTG_PRDY_CTRT | 예상 체결 전일 대비율 | that change in percent | DECIMAL | %
    ACML_VOL | 누적 거래량 | volume of the day | INTEGER | shares
    TOTAL_ASKP_RSQN_ICDC | 총 매도호가 잔량 증감 | ask total change | INTEGER | shares
    TOTAL_BIDP_RSQN_ICDC | 총 매수호가 잔량 증감 | bid total change | INTEGER | shares
    OVTM_TOTAL_ASKP_ICDC | 시간외 총 매도호가 증감 | ask total change after hours | INTEGER | shares
    OVTM_TOTAL_BIDP_ICDC | 시간외 총 매수호가 증감 | bid total change after hours | INTEGER | shares
    STCK_DEAL_CLS_CODE | 주식 매매 구분 코드 | kind of trading | TEXT
""")
_MIDS = table("""
    KMID_PRC | KRX 중간가 | mid price of KRX | DECIMAL | KRW
    KMID_TOTAL_RSQN | KRX 중간가잔량합계수량 | size at the mid price of KRX | INTEGER | shares
    KMID_CLS_CODE | KRX 중간가 매수매도 구분 | side at the mid price of KRX | TEXT
    NMID_PRC | NXT 중간가 | mid price of NXT | DECIMAL | KRW
    NMID_TOTAL_RSQN | NXT 중간가잔량합계수량 | size at the mid price of NXT | INTEGER | shares
    NMID_CLS_CODE | NXT 중간가 매수매도 구분 | side at the mid price of NXT | TEXT
""")
_TRADE = table("""
    MKSC_SHRN_ISCD | 유가증권 단축 종목코드 | tr_key | TEXT
    STCK_CNTG_HOUR | 주식 체결 시간 | time of the trade | TIME | KST
    STCK_PRPR | 주식 현재가 | price | DECIMAL | KRW
    PRDY_VRSS_SIGN | 전일 대비 부호 | 1 상한, 2 상승, 3 보합, 4 하한, 5 하락 | TEXT
    PRDY_VRSS | 전일 대비 | change since the day before | DECIMAL | KRW
    PRDY_CTRT | 전일 대비율 | change in percent | DECIMAL | %
    WGHN_AVRG_STCK_PRC | 가중 평균 주식 가격 | weighted average price | DECIMAL | KRW
    STCK_OPRC | 주식 시가 | open | DECIMAL | KRW
    STCK_HGPR | 주식 최고가 | high | DECIMAL | KRW
    STCK_LWPR | 주식 최저가 | low | DECIMAL | KRW
    ASKP1 | 매도호가1 | best ask price | DECIMAL | KRW
    BIDP1 | 매수호가1 | best bid price | DECIMAL | KRW
    CNTG_VOL | 체결 거래량 | size | INTEGER | shares
    ACML_VOL | 누적 거래량 | volume of the day | INTEGER | shares
    ACML_TR_PBMN | 누적 거래 대금 | turnover of the day | DECIMAL | KRW
    SELN_CNTG_CSNU | 매도 체결 건수 | number of trades at the bid | INTEGER
    SHNU_CNTG_CSNU | 매수 체결 건수 | number of trades at the ask | INTEGER
    NTBY_CNTG_CSNU | 순매수 체결 건수 | trades at the ask less those at the bid | INTEGER
    CTTR | 체결강도 | strength | DECIMAL | %
    SELN_CNTG_SMTN | 총 매도 수량 | volume at the bid | INTEGER | shares
    SHNU_CNTG_SMTN | 총 매수 수량 | volume at the ask | INTEGER | shares
    CCLD_DVSN | 체결구분 | side (1 매수, 3 장전, 5 매도) | TEXT
    SHNU_RATE | 매수비율 | share of the volume at the ask | DECIMAL
    PRDY_VOL_VRSS_ACML_VOL_RATE | 전일 거래량 대비 등락율 | volume against yesterday | DECIMAL | %
    OPRC_HOUR | 시가 시간 | time of the open | TIME | KST
    OPRC_VRSS_PRPR_SIGN | 시가대비구분 | sign of the change since the open | TEXT
    OPRC_VRSS_PRPR | 시가대비 | change since the open | DECIMAL | KRW
    HGPR_HOUR | 최고가 시간 | time of the high | TIME | KST
    HGPR_VRSS_PRPR_SIGN | 고가대비구분 | sign of the change since the high | TEXT
    HGPR_VRSS_PRPR | 고가대비 | change since the high | DECIMAL | KRW
    LWPR_HOUR | 최저가 시간 | time of the low | TIME | KST
    LWPR_VRSS_PRPR_SIGN | 저가대비구분 | sign of the change since the low | TEXT
    LWPR_VRSS_PRPR | 저가대비 | change since the low | DECIMAL | KRW
    BSOP_DATE | 영업 일자 | business date | DATE | KST
    NEW_MKOP_CLS_CODE | 신 장운영 구분 코드 | kind of market operation | TEXT
    TRHT_YN | 거래정지 여부 | trading halted (Y, N) | TEXT
    ASKP_RSQN1 | 매도호가 잔량1 | best ask size | INTEGER | shares
    BIDP_RSQN1 | 매수호가 잔량1 | best bid size | INTEGER | shares
    TOTAL_ASKP_RSQN | 총 매도호가 잔량 | ask total | INTEGER | shares
    TOTAL_BIDP_RSQN | 총 매수호가 잔량 | bid total | INTEGER | shares
    VOL_TNRT | 거래량 회전율 | share of all stocks traded | DECIMAL | %
    PRDY_SMNS_HOUR_ACML_VOL | 전일 동시간 누적 거래량 | volume by then yesterday | INTEGER | shares
    PRDY_SMNS_HOUR_ACML_VOL_RATE | 전일 동시간 누적 거래량 비율 | volume against that | DECIMAL | %
    HOUR_CLS_CODE | 시간 구분 코드 | kind of session | TEXT
    MRKT_TRTM_CLS_CODE | 임의종료구분코드 | kind of closing | TEXT
    VI_STND_PRC | 정적VI발동기준가 | reference price of the volatility interruption | DECIMAL | KRW
""")
_BOOK_ROLES = {
    "tr_key": "MKSC_SHRN_ISCD",
    "symbol": "MKSC_SHRN_ISCD",
    "exchange_time": "BSOP_HOUR",
    "korean_time": "BSOP_HOUR",
    "bid_total": "TOTAL_BIDP_RSQN",
    "ask_total": "TOTAL_ASKP_RSQN",
    "bid_total_change": "TOTAL_BIDP_RSQN_ICDC",
    "ask_total_change": "TOTAL_ASKP_RSQN_ICDC",
    "bid": "BIDP",
    "ask": "ASKP",
    "bid_size": "BIDP_RSQN",
    "ask_size": "ASKP_RSQN",
    "expected_price": "ANTC_CNPR",
    "expected_size": "ANTC_CNQN",
    "expected_rate": "ANTC_CNTG_PRDY_CTRT",
}
_TRADE_ROLES = {
    "tr_key": "MKSC_SHRN_ISCD",
    "symbol": "MKSC_SHRN_ISCD",
    "exchange_date": "BSOP_DATE",
    "exchange_time": "STCK_CNTG_HOUR",
    "korean_date": "BSOP_DATE",
    "korean_time": "STCK_CNTG_HOUR",
    "price": "STCK_PRPR",
    "size": "CNTG_VOL",
    "sign": "PRDY_VRSS_SIGN",
    "change": "PRDY_VRSS",
    "change_rate": "PRDY_CTRT",
    "bid": "BIDP1",
    "ask": "ASKP1",
    "bid_size": "BIDP_RSQN1",
    "ask_size": "ASKP_RSQN1",
    "volume": "ACML_VOL",
    "turnover": "ACML_TR_PBMN",
    "strength": "CTTR",
    "open": "STCK_OPRC",
    "high": "STCK_HGPR",
    "low": "STCK_LWPR",
    "bid_volume": "SELN_CNTG_SMTN",
    "ask_volume": "SHNU_CNTG_SMTN",
    "side": "CCLD_DVSN",
}


def _columns(levels: int) -> list[Field]:
    return [field for column in zip(*numbered(_COLUMNS, levels), strict=True) for field in column]


_KRX_BOOK = (*_HEAD, *_columns(10), *_TAIL)
_NXT_BOOK = (*_KRX_BOOK, *_MIDS)
_NXT_LEAST = len(_KRX_BOOK) + 3
# The same place has another mnemonic at NXT and in the unified feed.
_NXT_SIDE = Field("CNTG_CLS_CODE", "체결구분", "side (1 매수, 3 장전, 5 매도)", Kind.TEXT)
_NXT_TRADE = tuple(_NXT_SIDE if field.name == "CCLD_DVSN" else field for field in _TRADE)
_NXT_TRADE_ROLES = _TRADE_ROLES | {"side": _NXT_SIDE.name}
_SEVERAL = "46 fields, then 47 (2026-09-14): KIS appended 1; a message may hold up to 20 records"

H0STASP0 = Tr(
    "H0STASP0", "국내주식 실시간호가(KRX)", "Korean order book, KRX (free)", "실시간-004",
    _KRX_BOOK, _BOOK_ROLES, levels=10, on_mock=True, totals_add_up=True,
    trades="H0STCNT0", market="KRX",
    live="62 fields, then 63 (2026-09-14): KIS appended 3, then 1 more",
)  # fmt: skip
H0NXASP0 = Tr(
    "H0NXASP0", "국내주식 실시간호가(NXT)", "Korean order book, NXT (free)", "",
    _NXT_BOOK, _BOOK_ROLES, levels=10, trades="H0NXCNT0", market="NXT",
    least=_NXT_LEAST, live="65 or 66 fields, on the mock server 62",
)  # fmt: skip
H0UNASP0 = Tr(
    "H0UNASP0", "국내주식 실시간호가(통합)", "Korean order book, KRX and NXT together (free)", "",
    _NXT_BOOK, _BOOK_ROLES, levels=10, trades="H0UNCNT0", market="UNIFIED",
    least=_NXT_LEAST, live="65 or 66 fields",
)  # fmt: skip
H0STCNT0 = Tr(
    "H0STCNT0", "국내주식 실시간체결가(KRX)", "Korean trades, KRX (free)", "실시간-003",
    _TRADE, _TRADE_ROLES, on_mock=True, market="KRX", live=_SEVERAL,
)  # fmt: skip
H0NXCNT0 = Tr(
    "H0NXCNT0", "국내주식 실시간체결가(NXT)", "Korean trades, NXT (free)", "",
    _NXT_TRADE, _NXT_TRADE_ROLES, market="NXT",
)  # fmt: skip
H0UNCNT0 = Tr(
    "H0UNCNT0", "국내주식 실시간체결가(통합)", "Korean trades, KRX and NXT together (free)", "",
    _NXT_TRADE, _NXT_TRADE_ROLES, market="UNIFIED",
)  # fmt: skip
