"""Codes of KIS that mean something else for each kind of key (protocol.md section 2)."""

from typing import NamedTuple


class KeyAdvice(NamedTuple):
    """What a code means for one kind of key, and the next step.

    ``keys`` says which kind it is and ``example`` is one of them, with its TR. ``better`` maps the
    beginning of such a key to that of the key to use in its place, ``trs`` the TR to that one's;
    both stand in ``next_step`` as {better} and {tr}.
    """

    keys: str
    example: tuple[str, str]
    better: dict[str, str]
    trs: dict[str, str]
    meaning: str
    next_step: str


# Codes that mean something else for each kind of key (protocol.md section 2). The first row that
# fits counts, the last one is for what no other fits.
BY_KEY = {
    "OPSP0009": (
        KeyAdvice(
            "R + TSE HKS SHS SZS HSX HNX",
            ("HDFSASP0", "RHKS00003"),
            {f"R{code}": f"D{code}" for code in ("TSE", "HKS", "SHS", "SZS", "HSX", "HNX")},
            {"HDFSASP0": "HDFSASP1", "HDFSCNT0": "HDFSCNT0"},
            "a feed of Asia in real time that was not applied for",
            "use the D key {better} with {tr}, which is 15 minutes late and free, or apply for "
            "the feed on HTS [7781], issue an access token after that and wait up to 2 hours",
        ),
        KeyAdvice(
            "R + BAQ BAY BAA",
            ("HDFSASP0", "RBAQAAPL"),
            {"RBAQ": "DNAS", "RBAY": "DNYS", "RBAA": "DAMS"},
            {"HDFSASP0": "HDFSASP0", "HDFSCNT0": "HDFSCNT0"},
            "this stock is not offered in the US daytime session",
            "use its D key {better} at night",
        ),
        KeyAdvice(
            "R + NAS NYS AMS",
            ("HDFSASP0", "RNASAAPL"),
            {"RNAS": "DNAS", "RNYS": "DNYS", "RAMS": "DAMS"},
            {"HDFSASP0": "HDFSASP0", "HDFSCNT0": "HDFSCNT0"},
            "there is no such feed: the markets of the US night go with D",
            "use the D key {better} instead",
        ),
        KeyAdvice(
            "any other",
            ("HDFSASP0", "DNASSPY"),
            {},
            {},
            "a wrong market or symbol",
            "check market code and symbol",
        ),
    ),
}
