"""Liquid symbols: of one of them data come whenever its session broadcasts. Chosen by turnover."""

_US_NIGHT = (("NAS", "NVDA"), ("NAS", "AAPL"))
_US_DAY = (("BAQ", "NVDA"), ("BAQ", "AAPL"))
_KOREAN = ("005930", "000660")

# For each market code those of the same session, as market code and symbol: two, so that one is
# left where the other is asked for.
CONTROL_SYMBOLS = {
    "NAS": _US_NIGHT,
    "NYS": _US_NIGHT,
    "AMS": _US_NIGHT,
    "BAQ": _US_DAY,
    "BAY": _US_DAY,
    "BAA": _US_DAY,
    "TSE": (("TSE", "7203"), ("TSE", "6758")),
    "HKS": (("HKS", "00700"), ("HKS", "09988")),
    "SHS": (("SHS", "600519"), ("SHS", "601318")),
    "SZS": (("SZS", "300750"), ("SZS", "000001")),
    "HSX": (("HSX", "FPT"), ("HSX", "VNM")),
    "HNX": (("HNX", "SHS"), ("HNX", "PVS")),
    **{venue: tuple((venue, code) for code in _KOREAN) for venue in ("KRX", "NXT", "UNIFIED")},
}
