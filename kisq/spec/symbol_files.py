"""KIS's symbol files (종목 마스터): where they are, and what their columns mean.

Sources: protocol.md section 6, KIS's header files and real rows of each file.
"""

from typing import NamedTuple

from kisq.locale.sentence import Sentence

MASTER_URL = "https://new.real.download.dws.co.kr/common/master"
MASTER_PATH = "/common/master"
ENCODING = "cp949"


class Columns(NamedTuple):
    """How a row of a file is divided.

    With a ``separator``, it has ``size`` columns and each place is a range of columns; otherwise it
    has ``size`` bytes and each place is a range of bytes. ``places`` are by the names of
    ``symbols.listing``: symbol, korean, english, kind, currency, isin, halted; besides, market and
    rsym (market and symbol together), which serve to check a row.
    """

    size: int
    places: dict[str, tuple[int, int]]
    separator: bytes = b""


class SymbolFile(NamedTuple):
    """One file: ``name`` and ``suffix`` as KIS has them, and the market code of its listings.

    ``kinds`` has the kind of a listing by its code in the file, ``kind`` is that of all others.
    ``forms`` are the forms of ``spec.key_forms`` that its symbols may have, each with the TR of
    such keys if that does not follow from the market.
    """

    name: str
    suffix: str
    market: str
    columns: Columns
    kinds: dict[str, str]
    kind: str = ""
    forms: dict[str, str] = {}  # noqa: RUF012 - nobody changes it
    currency: str = ""

    @property
    def path(self) -> str:
        """The path of the file behind the base URL of all files."""
        return f"/{self.name}.{self.suffix}.zip"


def _at(number: int) -> tuple[int, int]:
    return number, number + 1


_OVERSEAS = Columns(
    24,
    {
        "market": _at(2),
        "symbol": _at(4),
        "rsym": _at(5),
        "korean": _at(6),
        "english": _at(7),
        "kind": _at(8),
        "currency": _at(9),
    },
    b"\t",
)
# The kinds of listings, in words.
KINDS: dict[str, Sentence] = {
    kind: kind
    for kind in (
        Sentence("stock"),
        Sentence("foreign stock"),
        Sentence("depositary receipt"),
        Sentence("ETF"),
        Sentence("foreign ETF"),
        Sentence("ETN"),
        Sentence("ELW"),
        Sentence("REIT"),
        Sentence("fund"),
        Sentence("ship fund"),
        Sentence("infrastructure fund"),
        Sentence("beneficiary certificate"),
        Sentence("warrant"),
        Sentence("right"),
        Sentence("index"),
        Sentence("future"),
        Sentence("option"),
        Sentence("derivative"),
    )
}
_OVERSEAS_KINDS = {"1": "index", "2": "stock", "3": "ETF", "4": "warrant"}
_KOREAN_NAMES = {"symbol": (0, 9), "isin": (9, 21), "korean": (21, 61), "kind": (61, 63)}
_KOSPI = Columns(288, _KOREAN_NAMES | {"halted": (121, 122)})
_KOSDAQ = Columns(282, _KOREAN_NAMES | {"halted": (116, 117)})
_KONEX = Columns(245, _KOREAN_NAMES | {"halted": (82, 83)})
_KOREAN_KINDS = {
    "ST": "stock",
    "KN": "stock",
    "FS": "foreign stock",
    "DR": "depositary receipt",
    "EF": "ETF",
    "FE": "foreign ETF",
    "EN": "ETN",
    "EW": "ELW",
    "RT": "REIT",
    "MF": "fund",
    "SC": "ship fund",
    "IF": "infrastructure fund",
    "BC": "beneficiary certificate",
    "SW": "warrant",
    "SR": "right",
}
_INDEX = Columns(45, {"symbol": (1, 5), "korean": (5, 45)})
_DERIVATIVE = Columns(
    9, {"symbol": _at(1), "isin": _at(2), "korean": _at(3), "english": _at(8)}, b"|"
)
_NIGHT_OPTION = Columns(
    121, {"symbol": (1, 10), "isin": (10, 22), "korean": (22, 62), "english": (81, 121)}
)


def _overseas(code: str) -> SymbolFile:
    return SymbolFile(f"{code.lower()}mst", "cod", code, _OVERSEAS, _OVERSEAS_KINDS)


def _korean(name: str, market: str, columns: Columns) -> SymbolFile:
    return SymbolFile(name, "mst", market, columns, _KOREAN_KINDS, currency="KRW")


FILES = {
    file.name: file
    for file in (
        *map(_overseas, ("NAS", "NYS", "AMS", "TSE", "HKS", "SHS", "SZS", "HSX", "HNX")),
        _korean("kospi_code", "KRX", _KOSPI),
        _korean("kosdaq_code", "KRX", _KOSDAQ),
        _korean("konex_code", "KRX", _KONEX),
        _korean("nxt_kospi_code", "NXT", _KOSPI),
        _korean("nxt_kosdaq_code", "NXT", _KOSDAQ),
        SymbolFile("idxcode", "mst", "KRX", _INDEX, {}, "index", {"index": "H0UPCNT0"}, "KRW"),
        SymbolFile(
            "fo_idx_code_mts", "mst", "KRXDERIV", _DERIVATIVE, {}, "derivative",
            {"future": "H0IFASP0", "option": "H0IOASP0"}, "KRW",
        ),
        SymbolFile(
            "fo_eurex_code", "mst", "KRXNIGHT", _NIGHT_OPTION, {}, "derivative",
            {"option": "H0EUASP0"}, "KRW",
        ),
    )
}  # fmt: skip
# The market whose files list the stocks of another one: by day the same stocks trade.
LISTED = {"BAQ": "NAS", "BAY": "NYS", "BAA": "AMS", "UNIFIED": "NXT"}


def files_of(market: str) -> list[SymbolFile]:
    """The files with the stocks of a market code; empty if KIS has none for it."""
    code = LISTED.get(market, market)
    return [file for file in FILES.values() if file.market == code and not file.forms]
