"""Patterns of the fields of a record, by their kind (protocol.md section 3)."""

from kisq.spec.fields import Kind

# Values that can go into JSON unchanged, texts between quotes (an empty one as null). KIS documents
# 12 digits at most; these patterns allow more.
# The possessive ++ and ?+ never backtrack, which halves the time.
JSON_READY = {
    Kind.TEXT: r"[0-9A-Za-z/._-]*+",
    Kind.DATE: r"[0-9]{8}",
    Kind.TIME: r"[0-9]{6}",
    Kind.INTEGER: r"-?+(?!0[0-9])[0-9]{1,18}+",
    Kind.DECIMAL: r"-?+(?!0[0-9])[0-9]{1,18}+(?:\.[0-9]{1,12}+)?+",
}
# Anything that is still a number, or empty; text and clocks may hold anything.
NUMBER = {
    Kind.INTEGER: r" *+(?:[+-]?+[0-9]{1,18}+ *+)?+",
    Kind.DECIMAL: r" *+(?:[+-]?+[0-9]{1,18}+(?:\.[0-9]{0,12}+)?+ *+)?+",
}
# KIS sends nan and -nan for numbers that it cannot compute (protocol.md section 3).
NUMBER_OR_NAN = {kind: rf"(?:-?+nan|{number})" for kind, number in NUMBER.items()}
ANYTHING = r"[^^]*+"
NOT_NEGATIVE = r"(?!0[0-9])[0-9]{1,18}+"
_MOST_DIGITS = 18
_DIGIT = "[0-9]"  # repeated in a pattern rather than counted with {n}, because that is faster


def regular_price(decimals: str, length: int) -> str:
    """The pattern of a price of that length (0: of any length); empty if no price can have it."""
    if len(decimals) != 1 or decimals not in "0123456789":
        return ""
    fraction = ""
    digits_before_point = length
    if decimals != "0":
        fraction = rf"\.{_DIGIT * int(decimals)}"
        digits_before_point = length - int(decimals) - len(".")
    if not length:
        return rf"(?:{NOT_NEGATIVE}{fraction}|0)"
    if not 1 <= digits_before_point <= _MOST_DIGITS:
        return ""
    if digits_before_point == 1:
        return f"{_DIGIT}{fraction}"
    return rf"[1-9]{_DIGIT * (digits_before_point - 1)}{fraction}"
