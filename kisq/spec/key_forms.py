"""The forms of a tr_key that has neither prefix nor market (protocol.md section 4, trs/trs.tsv).

The keys of overseas stocks, with a prefix and a market, follow from ``markets``.
"""

from typing import NamedTuple

from kisq.locale.sentence import Sentence


class KeyForm(NamedTuple):
    """One form: the pattern of such keys, what they are, and one of them.

    ``alone`` is the pattern that recognizes such a key without a TR, empty if other kinds of keys
    may look the same. ``is_stock`` tells whether such a key may be a stock.
    """

    pattern: str
    says: Sentence
    example: str
    alone: str = ""
    is_stock: bool = False


FORMS = {
    "stock": KeyForm(
        r"[0-9][0-9A-Z]{5}", Sentence("6 characters, the first a digit"), "005930", is_stock=True
    ),
    "etn": KeyForm(r"Q[0-9][0-9A-Z]{5}", Sentence("Q and 6 characters of an ETN"), "Q500001"),
    "fund": KeyForm(r"F[0-9]{8}", Sentence("F and 8 digits of a fund"), "F70100030"),
    "right": KeyForm(r"J[0-9][0-9A-Z]{7}", Sentence("J and 8 characters of a right"), "J0036221D"),
    "etf": KeyForm(r"[0-9][0-9A-Z]{5}", Sentence("the 6 characters of an ETF"), "069500"),
    "elw": KeyForm(r"[0-9][0-9A-Z]{5}", Sentence("the 6 characters of an ELW"), "57JN53"),
    "index": KeyForm(r"[0-9]{4}", Sentence("the 4 digits of an index"), "0001"),
    "bond": KeyForm(
        r"KR[0-9A-Z]{10}",
        Sentence("the 12 characters of a bond's ISIN"),
        "KR103502GD31",
        alone=r"KR[0-9A-Z]{9}[0-9]",
    ),
    "bond-index": KeyForm(
        r"[A-Z]{4}[0-9]{2}", Sentence("4 letters and 2 digits of a bond index"), "KBPR01"
    ),
    # A and D (futures, spreads) since 2025, 1 and 4 before; B and C (call, put), 2 and 3 before.
    "future": KeyForm(
        r"[14AD][0-9A-Z]{5}(?:[0-9A-Z]{2,3})?",
        Sentence("the 6 characters of a future, or 8 or 9 of a spread"),
        "A01612",
        alone=r"A[0-9]{2}[0-9A-Z]{3}",
    ),
    "option": KeyForm(
        r"[23BC][0-9A-Z]{7,8}",
        Sentence("the 9 characters of an option"),
        "B01601300",
        alone=r"[BC][0-9A-Z]{2}[0-9A-Z]{3}[0-9]{3}",
    ),
    "overseas-future": KeyForm(
        r"[0-9A-Z]{2,12}(?: [CP][0-9.]{1,10})?",
        Sentence("the series of a future, of an option with a space in it (OESH23 C3900)"),
        "FCAZ22",
        alone=r"[0-9A-Z]{3,8} [CP][0-9.]{1,10}",
    ),
    "hts-id": KeyForm(r"[!-~]{1,40}", Sentence("your own HTS ID"), "abcd1234"),
}
# What a key of a Korean stock may look like: its code, that of an ETN, a fund or a right.
KOREAN = "|".join(FORMS[name].pattern for name in ("stock", "etn", "fund", "right"))
