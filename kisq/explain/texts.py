"""KIS's own texts, whole or in part: the codes that come with them."""

import re

from kisq.explain.explanation import Explanation, Fact, Table, Value
from kisq.explain.spec import CODES, explain_code
from kisq.spec.codes import OPSP

_COLUMNS = (
    ("code", "code"),
    ("text", "KIS's text"),
    ("meaning", "meaning"),
    ("next_step", "next step"),
)
_CODE = re.compile(r"\b(?:OPSP[0-9]{4}|EGW[0-9]{5})\b", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{4}")
_TOKYO = "If you mean the Tokyo stock {symbol}, its keys are DTSE{symbol} and RTSE{symbol}."
_SHORTEST_PART = 6  # characters of one word; a shorter one is rather a symbol


def codes_meant(word: str) -> list[str]:
    """The codes that ``word`` stands for; empty where it stands for none.

    It may be a code's number, KIS's text, a part of one, or a line that holds a code or a text.
    Case and white space do not matter.
    """
    named = [code.upper() for code in _CODE.findall(word) if code.upper() in CODES]
    if named:
        return list(dict.fromkeys(named))
    if _NUMBER.fullmatch(word.strip()):
        return [code for code in OPSP if code == f"OPSP{word.strip()}"]
    asked = _plain(word)
    texts = {code: _plain(CODES[code].text) for code in CODES}
    whole = [code for code, text in texts.items() if text == asked]
    within = [code for code, text in texts.items() if _holds(asked, text)]
    parts = [code for code, text in texts.items() if _may_be_part(asked) and asked in text]
    return whole or within or parts


def explain_codes(names: list[str], word: str) -> Explanation:
    """The codes that ``word`` stands for; one alone as if it had been asked for by its name."""
    if len(names) == 1:
        explanation = explain_code(names[0])
        if _NUMBER.fullmatch(word.strip()):
            explanation.notes.append(_TOKYO.format(symbol=word.strip()))
        return explanation
    rows: list[tuple[Value, ...]] = [
        (name, CODES[name].text, CODES[name].meaning, CODES[name].next_step) for name in names
    ]
    facts = [Fact("codes", "codes", names, ", ".join(names))]
    return Explanation("codes", facts, [Table("meanings", "each of them", _COLUMNS, rows)])


def _plain(text: str) -> str:
    return " ".join(text.lower().split())


def _holds(line: str, text: str) -> bool:
    """Whether ``text`` stands in ``line``, and not as a part of other words."""
    return re.search(rf"(?<!\w){re.escape(text)}(?!\w)", line) is not None


def _may_be_part(asked: str) -> bool:
    """Whether a text is long enough to be a part of one of KIS's."""
    return " " in asked or len(asked) >= _SHORTEST_PART or (bool(asked) and not asked.isascii())
