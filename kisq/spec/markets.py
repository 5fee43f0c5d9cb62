"""The markets of a tr_key: exchange, zone, currency, and which prefix goes with which TR.

Sources: protocol.md section 4 and KIS's pages 실시간-021 and 실시간-008.
"""

from dataclasses import dataclass, field

KST_ZONE = "Asia/Seoul"
_NEW_YORK = "America/New_York"


@dataclass(frozen=True, slots=True)
class Market:
    """One market code.

    ``trs`` maps the prefix of a tr_key to the TR that carries it. ``session`` is what a trader
    calls it, ``hours`` its sessions in exchange-local time as text. ``sibling`` is the market
    code of the same exchange's other US session. ``symbol`` is the pattern of its symbols.
    """

    code: str
    english: str
    korean: str
    session: str
    zone: str
    currency: str
    hours: str
    trs: dict[str, str] = field(hash=False)
    sibling: str = ""
    symbol: str = r"[A-Z0-9/]+"
    symbol_says: str = "capital letters, digits and / for a share class (BRK/B)"


_US_NIGHT = {"D": "HDFSASP0"}
_US_DAY = {"R": "HDFSASP0"}
_ASIA = {"D": "HDFSASP1", "R": "HDFSASP0"}
_US_NIGHT_HOURS = "04:00-20:00 New York, pre-market and after-hours included"
_US_DAY_HOURS = "20:00-04:00 New York, Sunday to Thursday nights"
_CHINA_HOURS = "09:30-11:30, 13:00-15:00 local time"
_VIETNAM_HOURS = "09:00-11:30, 13:00-14:45 local time"
_CHINA_SYMBOL = (r"[0-9]{6}", "6 digits")


def _us(code: str, english: str, korean: str, sibling: str, *, day: bool) -> Market:
    return Market(
        code,
        english,
        f"{korean}(주간)" if day else korean,
        "US daytime" if day else "US night",
        _NEW_YORK,
        "USD",
        _US_DAY_HOURS if day else _US_NIGHT_HOURS,
        _US_DAY if day else _US_NIGHT,
        sibling,
    )


MARKETS = {
    market.code: market
    for market in (
        _us("NAS", "Nasdaq", "나스닥", "BAQ", day=False),
        _us("NYS", "NYSE", "뉴욕", "BAY", day=False),
        _us("AMS", "Amex", "아멕스", "BAA", day=False),
        _us("BAQ", "Nasdaq", "나스닥", "NAS", day=True),
        _us("BAY", "NYSE", "뉴욕", "NYS", day=True),
        _us("BAA", "Amex", "아멕스", "AMS", day=True),
        Market(
            "TSE", "Tokyo", "도쿄", "Asia", "Asia/Tokyo", "JPY",
            "09:00-11:30, 12:30-15:30 local time", _ASIA,
            symbol=r"[0-9][0-9A-Z]{3}", symbol_says="4 characters, the first a digit",
        ),
        Market(
            "HKS", "Hong Kong", "홍콩", "Asia", "Asia/Hong_Kong", "HKD",
            "09:30-12:00, 13:00-16:00 local time", _ASIA,
            symbol=r"[0-9]{5}", symbol_says="5 digits, padded with zeros",
        ),
        Market(
            "SHS", "Shanghai", "상해", "Asia", "Asia/Shanghai", "CNY",
            _CHINA_HOURS, _ASIA, "", *_CHINA_SYMBOL,
        ),
        Market(
            "SZS", "Shenzhen", "심천", "Asia", "Asia/Shanghai", "CNY",
            _CHINA_HOURS, _ASIA, "", *_CHINA_SYMBOL,
        ),
        Market(
            "HSX", "Ho Chi Minh", "호치민", "Asia", "Asia/Ho_Chi_Minh", "VND",
            _VIETNAM_HOURS, _ASIA,
        ),
        Market(
            "HNX", "Hanoi", "하노이", "Asia", "Asia/Ho_Chi_Minh", "VND",
            _VIETNAM_HOURS, _ASIA,
        ),
    )
}  # fmt: skip
