"""What the feed of a key costs and how late it is (protocol.md section 4)."""

from kisq.locale.sentence import Sentence

_FREE = Sentence("free")
_DELAYED = Sentence("15 minutes late, free")
_PAID = Sentence("real time, paid")
_APPLIED_FOR = Sentence("real time, free after applying")
NOT_DOCUMENTED = Sentence("not documented")

# By market code and prefix of the key.
ACCESS = {
    **dict.fromkeys([("NAS", "D"), ("NYS", "D"), ("AMS", "D")], _FREE),
    **dict.fromkeys([("BAQ", "R"), ("BAY", "R"), ("BAA", "R")], _FREE),
    **{(code, "D"): _DELAYED for code in ("TSE", "HKS", "SHS", "SZS", "HSX", "HNX")},
    **{(code, "R"): _PAID for code in ("TSE", "HKS", "HSX", "HNX")},
    **{(code, "R"): _APPLIED_FOR for code in ("SHS", "SZS")},
    **dict.fromkeys([("KRX", ""), ("NXT", ""), ("UNIFIED", "")], _FREE),
}
