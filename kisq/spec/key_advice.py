"""Codes of KIS whose meaning depends on the kind of key (protocol.md section 2)."""

from typing import NamedTuple

from kisq.locale.sentence import Sentence

_ANY_OTHER = Sentence("any other")


class KeyAdvice(NamedTuple):
    """What a code means for one kind of key, and the next step.

    ``keys`` is the kind and ``example`` one such key, with its TR. ``better`` maps the beginning of
    such a key to that of the key to use instead, ``trs`` its TR to the TR of that key; both are
    fields of ``next_step``, {better} and {tr}.
    """

    keys: str
    example: tuple[str, str]
    better: dict[str, str]
    trs: dict[str, str]
    meaning: Sentence
    next_step: Sentence


# The first row that fits counts; the last one is for all other keys.
BY_KEY = {
    "OPSP0009": (
        KeyAdvice(
            "R + TSE HKS SHS SZS HSX HNX",
            ("HDFSASP0", "RHKS00003"),
            {f"R{code}": f"D{code}" for code in ("TSE", "HKS", "SHS", "SZS", "HSX", "HNX")},
            {"HDFSASP0": "HDFSASP1", "HDFSCNT0": "HDFSCNT0"},
            Sentence("a real-time feed of Asia that was not applied for"),
            Sentence(
                "use the D key {better} with {tr}, which is 15 minutes late and free, or apply for "
                "the feed on HTS [7781], issue an access token after that and wait up to 2 hours"
            ),
        ),
        KeyAdvice(
            "R + BAQ BAY BAA",
            ("HDFSASP0", "RBAQAAPL"),
            {"RBAQ": "DNAS", "RBAY": "DNYS", "RBAA": "DAMS"},
            {"HDFSASP0": "HDFSASP0", "HDFSCNT0": "HDFSCNT0"},
            Sentence("this stock is not offered in the US daytime session"),
            Sentence("use its D key {better} at night"),
        ),
        KeyAdvice(
            "R + NAS NYS AMS",
            ("HDFSASP0", "RNASAAPL"),
            {"RNAS": "DNAS", "RNYS": "DNYS", "RAMS": "DAMS"},
            {"HDFSASP0": "HDFSASP0", "HDFSCNT0": "HDFSCNT0"},
            Sentence("there is no such feed: US night keys begin with D"),
            Sentence("use the D key {better} instead"),
        ),
        KeyAdvice(
            _ANY_OTHER,
            ("HDFSASP0", "DNASSPY"),
            {},
            {},
            Sentence("a wrong market or symbol"),
            Sentence("check the market code and the symbol"),
        ),
    ),
}
