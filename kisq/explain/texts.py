"""KIS's own texts, whole or in part, and the codes that come with them."""

import re

from kisq.explain.code import CODES, explain_code
from kisq.explain.explanation import Column, Explanation, Fact, Row, Table
from kisq.locale.sentence import Sentence
from kisq.spec.codes import OPSP

_COLUMNS = (
    Column("code", Sentence("code")),
    Column("text", Sentence("KIS's text")),
    Column("meaning", Sentence("meaning")),
    Column("next_step", Sentence("next step")),
)
_EACH = Sentence("each of them")
_CODE = re.compile(r"\b(?:OPSP[0-9]{4}|EGW[0-9]{5})\b", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{4}")
_TOKYO = Sentence(
    "If you mean the Tokyo stock {symbol}, its keys are DTSE{symbol} and RTSE{symbol}."
)
_SHORTEST_PART = 6  # characters of one word; a shorter one is rather a symbol


def codes_meant(word: str) -> list[str]:
    """The codes that ``word`` stands for; may be empty.

    It may be a code's number, KIS's text, part of one, or a line that contains a code or a text.
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
    if whole or within:
        return whole or within
    if not _may_be_part(asked):
        return []
    return [code for code, text in texts.items() if asked in text]


def explain_codes(names: list[str], word: str) -> Explanation:
    """The codes that ``word`` stands for; a single one as if it had been asked for by its name."""
    if len(names) == 1:
        explanation = explain_code(names[0])
        if _NUMBER.fullmatch(word.strip()):
            explanation.notes.append(_TOKYO.format(symbol=word.strip()))
        return explanation
    rows: list[Row] = [
        (name, CODES[name].text, CODES[name].meaning, CODES[name].next_step) for name in names
    ]
    facts = [Fact("codes", Sentence("codes"), names, ", ".join(names))]
    return Explanation("codes", facts, [Table("meanings", _EACH, _COLUMNS, rows)])


def _plain(text: str) -> str:
    return " ".join(text.lower().split())


def _holds(line: str, text: str) -> bool:
    """Whether ``text`` stands in ``line``, and not as a part of other words."""
    return re.search(rf"(?<!\w){re.escape(text)}(?!\w)", line) is not None


def _may_be_part(asked: str) -> bool:
    """Whether a text is long enough to be part of one of KIS's."""
    is_korean = bool(asked) and not asked.isascii()
    return is_korean or " " in asked or len(asked) >= _SHORTEST_PART
