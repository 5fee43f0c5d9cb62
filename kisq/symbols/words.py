"""How names are compared: in half-width capital letters, with or without spaces; pure."""

import unicodedata


def normal(text: str) -> str:
    """``text`` in half-width capital letters, with single spaces between its words."""
    return " ".join(unicodedata.normalize("NFKC", text).upper().split())


def squeezed(text: str) -> str:
    """``text`` as above, but only its letters and digits."""
    return "".join(filter(str.isalnum, normal(text)))
