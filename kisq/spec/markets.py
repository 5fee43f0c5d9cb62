"""The markets of a tr_key: exchange, zone, currency, and which prefix goes with which TR.

Sources: protocol.md section 4 and KIS's pages 실시간-021 and 실시간-008.
"""

from dataclasses import dataclass, field, replace
from datetime import date, time

from kisq.spec import derivative_hours, korean_hours, overseas_hours
from kisq.spec.timetable import Timetable

KST_ZONE = "Asia/Seoul"
_NEW_YORK = "America/New_York"
_CHICAGO = "America/Chicago"
# What people call the time of a zone.
PLACES = {
    _NEW_YORK: "New York",
    _CHICAGO: "Chicago",
    "Asia/Tokyo": "Tokyo",
    "Asia/Hong_Kong": "Hong Kong",
    "Asia/Shanghai": "China",
    "Asia/Ho_Chi_Minh": "Vietnam",
    KST_ZONE: "Korea",
}


@dataclass(frozen=True, slots=True)
class HolidaySource:
    """Where the package `holidays` has the closed days of an exchange, and how much they are worth.

    ``market`` or ``country`` is its name there. ``announced_until`` is the last day for which
    those who decide have announced them; the package works later ones out by rule, without saying
    so. ``half_day`` is when the exchange closes on its half days.
    """

    announced_until: date
    market: str = ""
    country: str = ""
    half_day: time | None = None


# NYSE announced 2028 on 2025-12-23; the others announce the next year late in the year before, or
# their government does. A later date here is all that an announcement needs.
_NYSE = HolidaySource(date(2028, 12, 31), market="XNYS", half_day=time(13))
_END_OF_2026 = date(2026, 12, 31)
_TOKYO = HolidaySource(_END_OF_2026, market="XJPX")
_HONG_KONG = HolidaySource(_END_OF_2026, market="XHKG", half_day=time(12))
_SHANGHAI = HolidaySource(_END_OF_2026, market="XSHG")
_SHENZHEN = HolidaySource(_END_OF_2026, market="XSHE")
_VIETNAM = HolidaySource(_END_OF_2026, country="VN")
_KOREA = HolidaySource(_END_OF_2026, market="XKRX")


@dataclass(frozen=True, slots=True)
class Market:
    """One market code.

    ``trs`` maps the prefix of a tr_key to the TR of its order books; a Korean key has none,
    and ``venue`` tells its markets apart. ``session`` is what a trader calls it, ``timetables``
    are its sessions, of which the last that fits a day counts. ``sibling`` is the market code of
    the same exchange's other US session. ``symbol`` is the pattern of its symbols. ``lunch``
    says whether a break between two sessions is for lunch. ``holidays`` is None where no source
    has them. ``few`` says that not every stock of
    the exchange trades there.
    """

    code: str
    english: str
    korean: str
    session: str
    zone: str
    currency: str
    timetables: tuple[Timetable, ...]
    holidays: HolidaySource | None
    trs: dict[str, str] = field(hash=False)
    sibling: str = ""
    symbol: str = r"[A-Z0-9/]+"
    symbol_says: str = "capital letters, digits and / for a share class (BRK/B)"
    venue: str = ""
    lunch: bool = True
    few: str = ""

    @property
    def for_stocks_alone(self) -> bool:
        """Whether all its sessions are, so that no ETF, ETN or ELW ever trades in it."""
        return all(one.stocks_only for table in self.timetables for one in table.sessions)

    def for_others(self) -> "Market":
        """The same market as an ETF, ETN or ELW has it: without the sessions for stocks only."""
        tables = tuple(
            replace(table, sessions=tuple(one for one in table.sessions if not one.stocks_only))
            for table in self.timetables
        )
        return replace(self, timetables=tables)


_US_NIGHT = {"D": "HDFSASP0"}
_US_DAY = {"R": "HDFSASP0"}
_ASIA = {"D": "HDFSASP1", "R": "HDFSASP0"}
_CHINA_SYMBOL = (r"[0-9]{6}", "6 digits")


def _us(code: str, english: str, korean: str, sibling: str, *, day: bool) -> Market:
    return Market(
        code,
        english,
        f"{korean}(주간)" if day else korean,
        "US daytime" if day else "US night",
        _NEW_YORK,
        "USD",
        overseas_hours.US_DAYTIME if day else overseas_hours.US_NIGHT,
        _NYSE,
        _US_DAY if day else _US_NIGHT,
        sibling,
    )


def _korea(
    code: str,
    english: str,
    korean: str,
    venue: str,
    tr_id: str,
    timetables: tuple[Timetable, ...],
    sibling: str,
    few: str = "",
) -> Market:
    return Market(
        code, english, korean, "Korea", KST_ZONE, "KRW", timetables, _KOREA, {"": tr_id}, sibling,
        symbol=r"Q?[0-9][0-9A-Z]{5}", symbol_says="6 characters, the first a digit (ETN: Q before)",
        venue=venue, lunch=False, few=few,
    )  # fmt: skip


def _derivatives(code: str, english: str, korean: str, timetables: tuple[Timetable, ...]) -> Market:
    return Market(
        code, english, korean, "Korea", KST_ZONE, "KRW", timetables, _KOREA, {},
        symbol=r"[0-9A-Z]{6,9}", symbol_says="6 to 9 characters (A01612, B01601300)",
        lunch=False,
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
            overseas_hours.TOKYO, _TOKYO, _ASIA,
            symbol=r"[0-9][0-9A-Z]{3}[0-9]?", symbol_says="4 characters, the first a digit "
            "(preferreds: 5)",
        ),
        Market(
            "HKS", "Hong Kong", "홍콩", "Asia", "Asia/Hong_Kong", "HKD",
            overseas_hours.HONG_KONG, _HONG_KONG, _ASIA,
            symbol=r"[0-9]{5}", symbol_says="5 digits, padded with zeros",
        ),
        Market(
            "SHS", "Shanghai", "상해", "Asia", "Asia/Shanghai", "CNY",
            overseas_hours.CHINA, _SHANGHAI, _ASIA, "", *_CHINA_SYMBOL,
        ),
        Market(
            "SZS", "Shenzhen", "심천", "Asia", "Asia/Shanghai", "CNY",
            overseas_hours.CHINA, _SHENZHEN, _ASIA, "", *_CHINA_SYMBOL,
        ),
        Market(
            "HSX", "Ho Chi Minh", "호치민", "Asia", "Asia/Ho_Chi_Minh", "VND",
            overseas_hours.HO_CHI_MINH, _VIETNAM, _ASIA,
        ),
        Market(
            "HNX", "Hanoi", "하노이", "Asia", "Asia/Ho_Chi_Minh", "VND",
            overseas_hours.HANOI, _VIETNAM, _ASIA,
        ),
        _korea("KRX", "KRX", "한국거래소", "krx", "H0STASP0", korean_hours.KRX, "NXT"),
        _korea(
            "NXT", "NXT", "넥스트레이드", "nxt", "H0NXASP0", korean_hours.NXT, "KRX",
            "some 640 stocks trade on NXT, and no ETFs",
        ),
        _korea(
            "UNIFIED", "KRX+NXT", "통합", "unified", "H0UNASP0", korean_hours.UNIFIED, "",
            "the unified feed is silent for stocks that do not trade on NXT, and some 640 do",
        ),
        _derivatives("KRXDERIV", "KRX derivatives", "한국거래소 파생", derivative_hours.KRX_DAY),
        _derivatives(
            "KRXNIGHT", "KRX night derivatives", "한국거래소 야간 파생", derivative_hours.KRX_NIGHT
        ),
        Market(
            "KRXBOND", "KRX bonds", "한국거래소 채권", "Korea", KST_ZONE, "KRW",
            derivative_hours.KRX_BOND, _KOREA, {},
            symbol=r"[0-9A-Z]{6,12}", symbol_says="the ISIN of a bond, 12 characters",
            lunch=False,
        ),
        Market(
            "FUTURES", "Overseas futures", "해외선물옵션", "futures and options", _CHICAGO, "",
            derivative_hours.OVERSEAS, None, {},
            symbol=r"[0-9A-Z .]{2,24}", symbol_says="the series, of an option with a space in it",
            lunch=False,
        ),
    )
}  # fmt: skip
# Of the notices of one's own orders, whose key is an HTS ID and names no market.
NOTICES = Market(
    "", "Order notices", "체결통보", "notices", KST_ZONE, "", derivative_hours.OVERSEAS, None, {}
)
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
