"""How other services write an exchange, and the market codes that it may be at KIS.

In front of a symbol with a colon (``NASDAQ:AAPL``), as TradingView, Google and Bloomberg do, or
behind it with a full stop or a space (``AAPL.US``, ``9988.HK``), as Yahoo, Reuters and others do.
Known by experience, for KIS documents none of it; protocol.md section 4 has KIS's own codes.
"""

US = ("NAS", "NYS", "AMS")
_AMEX = ("AMS",)
_VIETNAM = ("HSX", "HNX")

EXCHANGES = {
    "NASDAQ": ("NAS",),
    "NSDQ": ("NAS",),
    "NYSE": ("NYS",),
    "AMEX": _AMEX,
    "ARCA": _AMEX,
    "BATS": _AMEX,
    "CBOE": _AMEX,
    "NYSEAMERICAN": _AMEX,
    "NYSEARCA": _AMEX,
    "NYSEMKT": _AMEX,
    "US": US,
    "HK": ("HKS",),
    "HKEX": ("HKS",),
    "HKG": ("HKS",),
    "HKSE": ("HKS",),
    "JP": ("TSE",),
    "JPX": ("TSE",),
    "TYO": ("TSE",),
    "SHA": ("SHS",),
    "SSE": ("SHS",),
    "SHE": ("SZS",),
    "SZSE": ("SZS",),
    "HOSE": ("HSX",),
    "VN": _VIETNAM,
    "KOSDAQ": ("KRX",),
    "KOSPI": ("KRX",),
    "KR": ("KRX",),
}
SUFFIXES = {
    "US": US,
    "O": ("NAS",),
    "OQ": ("NAS",),
    "N": ("NYS",),
    "HK": ("HKS",),
    "JP": ("TSE",),
    "T": ("TSE",),
    "SH": ("SHS",),
    "SS": ("SHS",),
    "SZ": ("SZS",),
    "HM": ("HSX",),
    "HN": ("HNX",),
    "VN": _VIETNAM,
    "KQ": ("KRX",),
    "KR": ("KRX",),
    "KS": ("KRX",),
}
