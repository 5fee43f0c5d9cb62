"""The keys that an error message offers, in words (protocol.md section 4)."""

from kisq.locale.sentence import Sentence, joined
from kisq.spec.markets import MARKETS
from kisq.wire import pasted
from kisq.wire.key_parts import TrKey

# For markets that do not have AAPL.
_EXAMPLE_SYMBOLS = {
    "NYS": "KO",
    "BAY": "KO",
    "AMS": "SPY",
    "BAA": "SPY",
    "TSE": "7203",
    "HKS": "00700",
    "SHS": "600519",
    "SZS": "000001",
    "HSX": "VNM",
    "HNX": "SHS",
}
_US = Sentence(
    "{nas} (Nasdaq), {nys} (NYSE) or {ams} (Amex, most ETFs) at night, and {baq} (Nasdaq), {bay} "
    "(NYSE) or {baa} (Amex) in the US daytime session"
)
_OFFER = Sentence("{key} ({kind})")
_ANOTHER_OFFER = Sentence("{offers} or {key}")

EXAMPLES = [TrKey("D", MARKETS["NAS"], "AAPL"), TrKey("", MARKETS["KRX"], "005930")]


def example_symbol(code: str) -> str:
    """A symbol that exists on a market abroad."""
    return _EXAMPLE_SYMBOLS.get(code, "AAPL")


def offer(keys: list[TrKey]) -> Sentence:
    """The well-formed ones of ``keys`` and what they are; empty if there are none."""
    offers = [_OFFER.format(key=key.argument, kind=key.what) for key in keys if key.is_well_formed]
    if not offers:
        return joined("", ())
    sentence = offers[0]
    for other in offers[1:]:
        sentence = _ANOTHER_OFFER.format(offers=sentence, key=other)
    return sentence


def offer_us(symbol: str) -> Sentence:
    """All the keys that a US symbol may have if its market is not known."""
    codes = ("NAS", "NYS", "AMS", "BAQ", "BAY", "BAA")
    keys = {key.market.code.lower(): key.text for key in pasted.keys_on(codes, symbol)}
    return _US.format(**keys)
