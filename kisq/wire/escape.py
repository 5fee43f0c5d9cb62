"""What makes text from the network fit to be seen: no control characters, no secrets."""

import json
import re
from collections.abc import Callable, Iterable
from typing import Any

# Of the session (protocol.md section 2), of requests, and of what others call these.
SECRET_NAMES = (
    "iv", "key", "approval_key", "appkey", "app_key", "appsecret", "app_secret", "secretkey",
    "personalseckey",
)  # fmt: skip
_SECRET = re.compile(
    rf'("(?:{"|".join(SECRET_NAMES)})"\s*+:\s*+")[^"\\]*+(?:\\.[^"\\]*+)*+'.encode(),
    re.DOTALL | re.IGNORECASE,
)
_SECRET_NAME = re.compile(rf'"\s*(?:{"|".join(SECRET_NAMES)})\s*"'.encode(), re.IGNORECASE)
MASK = "***"
_ESCAPED_BYTE = re.compile("%[0-9A-F]{2}")
_UNESCAPED = ("_.-~", "_.-~/")  # in a URL, beside letters and digits: in a query, in a path
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
    return unprintable_escaped(json.dumps(text, ensure_ascii=False))


def unprintable_escaped(encoded: str) -> str:
    """JSON with what is not printable in its texts as escapes of JSON."""
    if encoded.isprintable():
        return encoded
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in encoded)


def mask(secret: str) -> str:
    """The first four characters of a secret and dots, enough to tell two secrets apart."""
    return f"{secret[:4]}…" if len(secret) >= _SHORTEST_SECRET else "…"


def without_secrets(data: bytes, redact: Callable[[str], str] = str) -> bytes:
    """A control message with what is named like a secret replaced by ``***``.

    Of these, ``output.iv`` and ``output.key``, the session's AES key, come even for plain TRs
    (protocol.md section 2). ``redact`` hides secrets that stand elsewhere. Bytes are kept, but
    where names or values are written with escapes: such a message is written anew.
    """
    if _is_plain(data) and redact(data.decode()) == data.decode():
        return data  # as most are
    data, anew = _SECRET.sub(rb"\1***", data), False

    def shown(value: Any) -> Any:
        nonlocal anew
        if isinstance(value, list):
            return [shown(item) for item in value]
        if isinstance(value, str) and (hidden := redact(value)) != value:
            anew, value = True, hidden
        return value

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal anew
        members_shown = {}
        for name, value in pairs:
            secret = name.casefold() in SECRET_NAMES and value not in ("", MASK)
            anew |= secret
            members_shown[shown(name)] = MASK if secret else shown(value)
        return members_shown

    text = data.decode("utf-8-sig", "replace")
    try:
        message = shown(json.loads(text, strict=False, object_pairs_hook=members))
        return json.dumps(message, ensure_ascii=False).encode("utf-8", "replace") if anew else data
    except (ValueError, RecursionError):  # no JSON, or brackets without end
        return data


def _is_plain(data: bytes) -> bool:
    """Whether certainly nothing in a message is named like a secret: it has no escapes either."""
    return data.isascii() and b"\\" not in data and not _SECRET_NAME.search(data)


class Redactor:
    """Replaces the secrets it was told of by ``***`` wherever they stand in a text.

    Whoever writes a text masks it first and encodes or escapes it then. What others encoded before
    (a server's JSON, a repr, a URL) is found as well, in the forms that those give to a secret.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: set[str] = set()
        self._forms: tuple[str, ...] = ()
        self._bytes: tuple[bytes, ...] = ()
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str | None) -> None:
        """Hide ``secret`` from now on; one too short to be a secret is not worth hiding."""
        if secret and len(secret) >= _SHORTEST_SECRET:
            self._secrets.add(secret)
            forms = {form for known in self._secrets for form in _forms(known)}
            # The longest first, for one secret may be a part of another.
            self._forms = tuple(sorted(forms, key=len, reverse=True))
            self._bytes = tuple(form.encode() for form in self._forms)

    def __call__(self, text: str) -> str:
        """``text`` without any of the secrets."""
        for form in self._forms:
            text = text.replace(form, MASK)
        return text

    def clean(self, data: bytes) -> bytes:
        """``data``, the bytes of a message, without any of the secrets."""
        for form in self._bytes:
            if form in data:
                data = data.replace(form, b"***")
        return data


def _forms(secret: str) -> set[str]:
    """``secret`` as it is, and as JSON, a repr and URLs write it; mostly these are all the same."""
    quoted = json.dumps(secret)[1:-1]
    texts = {quoted, quoted.replace("/", "\\/"), json.dumps(quoted)[1:-1]}
    reprs = {repr(secret)[1:-1], secret.replace("\\", "\\\\")}
    urls = {_in_url(secret, safe) for safe in _UNESCAPED}
    return {secret, *texts, *reprs, *urls, *map(_lower_escapes, urls)}


def _in_url(secret: str, safe: str) -> str:
    bytes_of = (char.encode("utf-8", "replace") for char in secret)
    escaped = ("".join(f"%{byte:02X}" for byte in encoded) for encoded in bytes_of)
    return "".join(
        char if char.isalnum() or char in safe else hidden
        for char, hidden in zip(secret, escaped, strict=True)
    )


def _lower_escapes(url: str) -> str:
    return _ESCAPED_BYTE.sub(lambda escape: escape[0].lower(), url)
