"""How names are compared: in capital letters of the usual width, with or without spaces; pure."""

import unicodedata


def normal(text: str) -> str:
    """``text`` in capital letters of the usual width, with single spaces between its words."""
    return " ".join(unicodedata.normalize("NFKC", text).upper().split())


def squeezed(text: str) -> str:
    """``text`` as above, but nothing of it than letters and digits."""
    return "".join(filter(str.isalnum, normal(text)))
