"""What makes text from the network fit to be seen: no control characters, no secrets."""

import json
import re
from collections.abc import Iterable

_AES = re.compile(rb'("(?:iv|key)"\s*+:\s*+")[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL | re.IGNORECASE)
_SHORTEST_SECRET = 8
# Characters that are printable by name, but have no width of their own, or one that terminals and
# tables do not agree on: fillers, joiners, variation selectors, flags, skin tones.
_ODD = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufe00-\ufe0f"
    "\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff\U000e0100-\U000e01ef]"
)


def printable(text: str) -> str:
    r"""``text`` with every character that is not printable written as an escape (``\x1b``).

    That covers control characters, line breaks, direction overrides, zero-width characters and
    broken surrogates, so that the result is one line and cannot steer a terminal.
    """
    if text.isascii() and text.isprintable():
        return text
    shown = (c if c.isprintable() else _escaped(c) for c in text)
    return _ODD.sub(lambda odd: _escaped(odd[0]), "".join(shown))


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def json_text(text: str) -> str:
    """``text`` as a JSON string on one line that holds nothing unprintable."""
    quoted = json.dumps(text, ensure_ascii=False)
    if quoted.isprintable():
        return quoted
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in quoted)


def mask(secret: str) -> str:
    """The first four characters of a secret and dots, enough to tell two secrets apart."""
    return f"{secret[:4]}…" if len(secret) >= _SHORTEST_SECRET else "…"


def mask_session_key(data: bytes) -> bytes:
    """A control message with the values of ``output.iv`` and ``output.key`` replaced by ``***``.

    They are the session's AES key, sent even for plain TRs (protocol.md section 2).
    """
    return _AES.sub(rb"\1***", data)


class Redactor:
    """Replaces the secrets it was told of by ``***`` wherever they stand in a text."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: set[str] = set()
        self._bytes: tuple[bytes, ...] = ()
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str | None) -> None:
        """Hide ``secret`` from now on; one too short to be a secret is not worth hiding."""
        if secret and len(secret) >= _SHORTEST_SECRET:
            self._secrets.add(secret)
            self._bytes = tuple(s.encode() for s in self._secrets)

    def __call__(self, text: str) -> str:
        """``text`` without any of the secrets."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text

    def clean(self, data: bytes) -> bytes:
        """``data``, the bytes of a message, without any of the secrets."""
        for secret in self._bytes:
            if secret in data:
                data = data.replace(secret, b"***")
        return data
