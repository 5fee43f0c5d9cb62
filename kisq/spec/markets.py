"""The markets of a tr_key: exchange, zone, currency, and which prefix goes with which TR.

Sources: protocol.md section 4 and KIS's pages 실시간-021 and 실시간-008.
"""

from dataclasses import dataclass, field
from datetime import time

KST_ZONE = "Asia/Seoul"
_NEW_YORK = "America/New_York"
# What people call the time of a zone.
PLACES = {
    _NEW_YORK: "New York",
    "Asia/Tokyo": "Tokyo",
    "Asia/Hong_Kong": "Hong Kong",
    "Asia/Shanghai": "China",
    "Asia/Ho_Chi_Minh": "Vietnam",
    KST_ZONE: "Korea",
}

_MONDAY_TO_FRIDAY = (0, 1, 2, 3, 4)
_SUNDAY_TO_THURSDAY = (6, 0, 1, 2, 3)


@dataclass(frozen=True, slots=True)
class Session:
    """One session of a trading day in exchange-local time, open in ``[opens, closes)``.

    One that closes at an earlier hour than it opens ends on the next date. ``weekdays`` are those
    on which it opens, in order, 0 is Monday. ``follows_close`` marks one that begins when the
    regular session ends, on a half day too, and keeps its length.
    """

    english: str
    korean: str
    opens: time
    closes: time
    weekdays: tuple[int, ...] = _MONDAY_TO_FRIDAY
    follows_close: bool = False


@dataclass(frozen=True, slots=True)
class Market:
    """One market code.

    ``trs`` maps the prefix of a tr_key to the TR of its order books; a Korean key has none,
    and ``venue`` tells its markets apart. ``session`` is what a trader calls it, ``sessions``
    are those of a trading day in their order. ``sibling`` is the market code of the same
    exchange's other US session. ``symbol`` is the pattern of its symbols. ``calendar`` is the
    exchange's MIC in exchange_calendars, empty where that knows no such one.
    """

    code: str
    english: str
    korean: str
    session: str
    zone: str
    currency: str
    sessions: tuple[Session, ...]
    trs: dict[str, str] = field(hash=False)
    sibling: str = ""
    symbol: str = r"[A-Z0-9/]+"
    symbol_says: str = "capital letters, digits and / for a share class (BRK/B)"
    calendar: str = ""
    venue: str = ""


_US_NIGHT = {"D": "HDFSASP0"}
_US_DAY = {"R": "HDFSASP0"}
_ASIA = {"D": "HDFSASP1", "R": "HDFSASP0"}
_US_NIGHT_SESSIONS = (
    Session("pre-market", "프리마켓", time(4), time(9, 30)),
    Session("regular", "정규장", time(9, 30), time(16)),
    Session("after-hours", "애프터마켓", time(16), time(20), follows_close=True),
)
# protocol.md section 4; KIS's page says 10:00-16:00 Korean time, but its own example came at
# 09:22 KST in May: the session moves with US daylight saving.
_US_DAY_SESSIONS = (Session("daytime", "주간거래", time(20), time(4), _SUNDAY_TO_THURSDAY),)


def _halves(opens: time, lunch: time, again: time, closes: time) -> tuple[Session, Session]:
    return (
        Session("morning", "오전장", opens, lunch),
        Session("afternoon", "오후장", again, closes),
    )


_TOKYO = _halves(time(9), time(11, 30), time(12, 30), time(15, 30))
_HONG_KONG = _halves(time(9, 30), time(12), time(13), time(16))
_CHINA = _halves(time(9, 30), time(11, 30), time(13), time(15))
_VIETNAM = _halves(time(9), time(11, 30), time(13), time(14, 45))
_KRX = (Session("regular", "정규장", time(9), time(15, 30)),)
_NXT = (Session("NXT", "넥스트레이드", time(8), time(20)),)
_CHINA_SYMBOL = (r"[0-9]{6}", "6 digits")


def _us(code: str, english: str, korean: str, sibling: str, *, day: bool) -> Market:
    return Market(
        code,
        english,
        f"{korean}(주간)" if day else korean,
        "US daytime" if day else "US night",
        _NEW_YORK,
        "USD",
        _US_DAY_SESSIONS if day else _US_NIGHT_SESSIONS,
        _US_DAY if day else _US_NIGHT,
        sibling,
        calendar="XNYS",
    )


def _korea(
    code: str,
    english: str,
    korean: str,
    venue: str,
    tr_id: str,
    sessions: tuple[Session, ...],
    sibling: str,
) -> Market:
    return Market(
        code, english, korean, "Korea", KST_ZONE, "KRW", sessions, {"": tr_id}, sibling,
        symbol=r"Q?[0-9][0-9A-Z]{5}", symbol_says="6 characters, the first a digit (ETN: Q before)",
        calendar="XKRX", venue=venue,
    )  # fmt: skip


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
            _TOKYO, _ASIA,
            symbol=r"[0-9][0-9A-Z]{3}", symbol_says="4 characters, the first a digit",
            calendar="XTKS",
        ),
        Market(
            "HKS", "Hong Kong", "홍콩", "Asia", "Asia/Hong_Kong", "HKD",
            _HONG_KONG, _ASIA,
            symbol=r"[0-9]{5}", symbol_says="5 digits, padded with zeros",
            calendar="XHKG",
        ),
        Market(
            "SHS", "Shanghai", "상해", "Asia", "Asia/Shanghai", "CNY",
            _CHINA, _ASIA, "", *_CHINA_SYMBOL, calendar="XSHG",
        ),
        Market(
            "SZS", "Shenzhen", "심천", "Asia", "Asia/Shanghai", "CNY",
            _CHINA, _ASIA, "", *_CHINA_SYMBOL, calendar="XSHG",
        ),
        Market(
            "HSX", "Ho Chi Minh", "호치민", "Asia", "Asia/Ho_Chi_Minh", "VND",
            _VIETNAM, _ASIA,
        ),
        Market(
            "HNX", "Hanoi", "하노이", "Asia", "Asia/Ho_Chi_Minh", "VND",
            _VIETNAM, _ASIA,
        ),
        _korea("KRX", "KRX", "한국거래소", "krx", "H0STASP0", _KRX, "NXT"),
        _korea("NXT", "NXT", "넥스트레이드", "nxt", "H0NXASP0", _NXT, "KRX"),
        _korea("UNIFIED", "KRX+NXT", "통합", "unified", "H0UNASP0", _NXT, ""),
    )
}  # fmt: skip
VENUES = {market.venue: market for market in MARKETS.values() if market.venue}

_ASIA_DELAYED = "15 minutes late, free"
_ASIA_PAID = "real time, paid"
_CHINA_APPLIED = "real time, free after applying"
# Which access a key gives, by market and prefix.
ACCESS = (
    {(code, "D"): "free" for code in ("NAS", "NYS", "AMS")}
    | {(code, "R"): "free" for code in ("BAQ", "BAY", "BAA")}
    | {(code, "D"): _ASIA_DELAYED for code in ("TSE", "HKS", "SHS", "SZS", "HSX", "HNX")}
    | {(code, "R"): _ASIA_PAID for code in ("TSE", "HKS", "HSX", "HNX")}
    | {(code, "R"): _CHINA_APPLIED for code in ("SHS", "SZS")}
    | {(code, ""): "free" for code in ("KRX", "NXT", "UNIFIED")}
)
