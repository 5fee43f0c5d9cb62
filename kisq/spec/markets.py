"""The markets of a tr_key: exchange, zone, currency, and which prefix goes with which TR.

Sources: protocol.md section 4 and KIS's pages 실시간-021 and 실시간-008.
"""

from dataclasses import dataclass, field, replace
from datetime import date, time
from typing import NamedTuple

from kisq.locale.sentence import Name, Sentence
from kisq.spec import derivative_hours, korean_hours, overseas_hours
from kisq.spec.timetable import Timetable

KST_ZONE = "Asia/Seoul"
_NEW_YORK = "America/New_York"
_CHICAGO = "America/Chicago"
_TOKYO_NAME = Name("Tokyo", "도쿄")
_HONG_KONG_NAME = Name("Hong Kong", "홍콩")
# What people call the time of a zone.
PLACES = {
    _NEW_YORK: Name("New York", "뉴욕"),
    _CHICAGO: Name("Chicago", "시카고"),
    "Asia/Tokyo": _TOKYO_NAME,
    "Asia/Hong_Kong": _HONG_KONG_NAME,
    "Asia/Shanghai": Name("China", "중국"),
    "Asia/Ho_Chi_Minh": Name("Vietnam", "베트남"),
    KST_ZONE: Name("Korea", "한국"),
}


class HolidaySource(NamedTuple):
    """Where the package `holidays` has the closed days of an exchange, and how far to trust them.

    ``market`` or ``country`` is its name there. Holidays are officially announced up to
    ``announced_until``; later ones the package works out by rule, without saying so. ``half_day``
    is when the exchange closes on its half days.
    """

    announced_until: date
    market: str = ""
    country: str = ""
    half_day: time | None = None


# NYSE announced 2028 on 2025-12-23; the others, or their governments, announce a year late in the
# year before. After an announcement, only the date here needs to change.
_NYSE = HolidaySource(date(2028, 12, 31), market="XNYS", half_day=time(13))
_END_OF_2026 = date(2026, 12, 31)
_TOKYO = HolidaySource(_END_OF_2026, market="XJPX")
_HONG_KONG = HolidaySource(_END_OF_2026, market="XHKG", half_day=time(12))
_SHANGHAI = HolidaySource(_END_OF_2026, market="XSHG")
_SHENZHEN = HolidaySource(_END_OF_2026, market="XSHE")
_VIETNAM = HolidaySource(_END_OF_2026, country="VN")
_KOREA = HolidaySource(_END_OF_2026, market="XKRX")


_SYMBOL = r"[A-Z0-9/]+"
_SYMBOL_SAYS = Sentence("capital letters, digits and / for a share class (BRK/B)")
_TOKYO_SYMBOL = Sentence("4 characters, the first a digit (preferreds: 5)")
_HONG_KONG_SYMBOL = Sentence("5 digits, padded with zeros")
_CHINA_SYMBOL = Sentence("6 digits")
_KOREAN_SYMBOL = Sentence("6 characters, the first a digit (ETN: Q before)")
_DERIVATIVE_SYMBOL = Sentence("6 to 9 characters (A01612, B01601300)")
_BOND_SYMBOL = Sentence("the ISIN of a bond, 12 characters")
_SERIES = Sentence("the series, of an option with a space in it")
_FEW_ON_NXT = Sentence("some 640 stocks trade on NXT, and no ETFs")
_FEW_UNIFIED = Sentence(
    "the unified feed is silent for stocks that do not trade on NXT, and some 640 do"
)


@dataclass(frozen=True, slots=True)
class Market:
    """One market code.

    ``trs`` maps the prefix of a tr_key to the TR of its order books; a Korean key has no prefix,
    and ``venue`` tells its markets apart. ``session`` is what traders call it; of its
    ``timetables`` the last one that fits a day applies. ``sibling`` is the market code of the same
    exchange's other US session. ``symbol`` is the pattern of its symbols, ``symbol_says`` the same
    in words. ``lunch`` tells whether the break between two sessions is for lunch. ``holidays`` is
    None if no source has them. ``few`` says that not every stock of the exchange trades there.
    """

    code: str
    english: Name
    korean: str
    session: Sentence
    zone: str
    currency: str
    timetables: tuple[Timetable, ...]
    holidays: HolidaySource | None
    trs: dict[str, str] = field(hash=False)
    sibling: str = ""
    symbol: str = _SYMBOL
    symbol_says: Sentence = _SYMBOL_SAYS
    venue: str = ""
    lunch: bool = True
    few: Sentence | None = None

    @property
    def for_stocks_alone(self) -> bool:
        """Whether all its sessions are for stocks only, so that no ETF, ETN or ELW trades in it."""
        return all(one.stocks_only for table in self.timetables for one in table.sessions)

    def for_others(self) -> "Market":
        """The same market for an ETF, ETN or ELW: without the sessions for stocks only."""
        tables = tuple(
            table._replace(sessions=tuple(one for one in table.sessions if not one.stocks_only))
            for table in self.timetables
        )
        return replace(self, timetables=tables)


_US_NIGHT = {"D": "HDFSASP0"}
_US_DAY = {"R": "HDFSASP0"}
_ASIA = {"D": "HDFSASP1", "R": "HDFSASP0"}
_US_SESSION = Sentence("US night")
_US_DAY_SESSION = Sentence("US daytime")
ASIA_SESSION = Sentence("Asia")
_KOREAN_SESSION = Sentence("Korea")
_NASDAQ = Name("Nasdaq", "나스닥")
_NYSE_NAME = Name("NYSE", "뉴욕")
_AMEX = Name("Amex", "아멕스")


def _us_night(code: str, exchange: Name, sibling: str) -> Market:
    return Market(
        code, exchange, exchange.korean, _US_SESSION, _NEW_YORK, "USD",
        overseas_hours.US_NIGHT, _NYSE, _US_NIGHT, sibling,
    )  # fmt: skip


def _us_day(code: str, exchange: Name, sibling: str) -> Market:
    return Market(
        code, exchange, f"{exchange.korean}(주간)", _US_DAY_SESSION, _NEW_YORK, "USD",
        overseas_hours.US_DAYTIME, _NYSE, _US_DAY, sibling,
    )  # fmt: skip


def _asia(
    code: str,
    exchange: Name,
    zone: str,
    currency: str,
    timetables: tuple[Timetable, ...],
    holidays: HolidaySource,
    symbol: str = _SYMBOL,
    symbol_says: Sentence = _SYMBOL_SAYS,
) -> Market:
    return Market(
        code, exchange, exchange.korean, ASIA_SESSION, zone, currency, timetables, holidays,
        _ASIA, symbol=symbol, symbol_says=symbol_says,
    )  # fmt: skip


def _korea(
    venue: Name,
    tr_id: str,
    timetables: tuple[Timetable, ...],
    code: str = "",
    sibling: str = "",
    few: Sentence | None = None,
) -> Market:
    code = code or str(venue)
    return Market(
        code, venue, venue.korean, _KOREAN_SESSION, KST_ZONE, "KRW", timetables, _KOREA,
        {"": tr_id}, sibling, symbol=r"Q?[0-9][0-9A-Z]{5}", symbol_says=_KOREAN_SYMBOL,
        venue=code.lower(), lunch=False, few=few,
    )  # fmt: skip


def _derivatives(
    code: str,
    english: Name,
    timetables: tuple[Timetable, ...],
    symbol: str = r"[0-9A-Z]{6,9}",
    symbol_says: Sentence = _DERIVATIVE_SYMBOL,
) -> Market:
    return Market(
        code, english, english.korean, _KOREAN_SESSION, KST_ZONE, "KRW", timetables, _KOREA, {},
        symbol=symbol, symbol_says=symbol_says, lunch=False,
    )  # fmt: skip


MARKETS = {
    market.code: market
    for market in (
        _us_night("NAS", _NASDAQ, "BAQ"),
        _us_night("NYS", _NYSE_NAME, "BAY"),
        _us_night("AMS", _AMEX, "BAA"),
        _us_day("BAQ", _NASDAQ, "NAS"),
        _us_day("BAY", _NYSE_NAME, "NYS"),
        _us_day("BAA", _AMEX, "AMS"),
        _asia(
            "TSE", _TOKYO_NAME, "Asia/Tokyo", "JPY", overseas_hours.TOKYO, _TOKYO,
            r"[0-9][0-9A-Z]{3}[0-9]?", _TOKYO_SYMBOL,
        ),
        _asia(
            "HKS", _HONG_KONG_NAME, "Asia/Hong_Kong", "HKD", overseas_hours.HONG_KONG, _HONG_KONG,
            r"[0-9]{5}", _HONG_KONG_SYMBOL,
        ),
        _asia(
            "SHS", Name("Shanghai", "상해"), "Asia/Shanghai", "CNY", overseas_hours.CHINA,
            _SHANGHAI, r"[0-9]{6}", _CHINA_SYMBOL,
        ),
        _asia(
            "SZS", Name("Shenzhen", "심천"), "Asia/Shanghai", "CNY", overseas_hours.CHINA,
            _SHENZHEN, r"[0-9]{6}", _CHINA_SYMBOL,
        ),
        _asia(
            "HSX", Name("Ho Chi Minh", "호치민"), "Asia/Ho_Chi_Minh", "VND",
            overseas_hours.HO_CHI_MINH, _VIETNAM,
        ),
        _asia(
            "HNX", Name("Hanoi", "하노이"), "Asia/Ho_Chi_Minh", "VND", overseas_hours.HANOI,
            _VIETNAM,
        ),
        _korea(Name("KRX", "한국거래소"), "H0STASP0", korean_hours.KRX, sibling="NXT"),
        _korea(
            Name("NXT", "넥스트레이드"), "H0NXASP0", korean_hours.NXT, sibling="KRX",
            few=_FEW_ON_NXT,
        ),
        _korea(
            Name("KRX+NXT", "통합"), "H0UNASP0", korean_hours.UNIFIED, "UNIFIED", few=_FEW_UNIFIED
        ),
        _derivatives(
            "KRXDERIV", Name("KRX derivatives", "한국거래소 파생"), derivative_hours.KRX_DAY
        ),
        _derivatives(
            "KRXNIGHT",
            Name("KRX night derivatives", "한국거래소 야간 파생"),
            derivative_hours.KRX_NIGHT,
        ),
        _derivatives(
            "KRXBOND", Name("KRX bonds", "한국거래소 채권"), derivative_hours.KRX_BOND,
            r"[0-9A-Z]{6,12}", _BOND_SYMBOL,
        ),
        Market(
            "FUTURES", Name("Overseas futures", "해외선물옵션"), "해외선물옵션",
            Sentence("futures and options"), _CHICAGO, "", derivative_hours.OVERSEAS, None, {},
            symbol=r"[0-9A-Z .]{2,24}", symbol_says=_SERIES, lunch=False,
        ),
    )
}  # fmt: skip
# Of the notices of one's own orders, whose key is an HTS ID and names no market.
NOTICES = Market(
    "", Name("Order notices", "체결통보"), "체결통보", Sentence("notices"), KST_ZONE, "",
    derivative_hours.OVERSEAS, None, {},
)  # fmt: skip
VENUES = {market.venue: market for market in MARKETS.values() if market.venue}
