"""Makes text safe to show: no control characters, no secrets, no words to be hidden."""

import json
import re
from collections.abc import Callable, Iterable
from typing import Any

# In answers of KIS (protocol.md section 2), in requests, and as other programs call them.
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
_UNESCAPED = ("_.-~", "_.-~/")  # in a URL, besides letters and digits: in a query, in a path
_SHORTEST_SECRET = 8
# Characters that count as printable but have no width, or a width on which terminals and tables
# disagree: fillers, joiners, variation selectors, flags, skin tones.
_ODD = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufe00-\ufe0f"
    "\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff\U000e0100-\U000e01ef]"
)


def printable(text: str) -> str:
    r"""``text`` with every character that is not printable written as an escape (``\x1b``).

    That covers control characters, line breaks, direction overrides, zero-width characters and
    broken surrogates, so the result is one line and cannot control a terminal.
    """
    if text.isascii() and text.isprintable():
        return text
    if not text.isprintable():
        text = "".join(_visible(character) for character in text)
    return _ODD.sub(lambda odd: _escaped(odd[0]), text)


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    return _escaped(character)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def json_text(text: str) -> str:
    """``text`` as a JSON string on one line that holds nothing unprintable."""
    return unprintable_escaped(json.dumps(text, ensure_ascii=False))


def unprintable_escaped(encoded: str) -> str:
    """JSON with the unprintable characters of its texts as JSON escapes."""
    if encoded.isprintable():
        return encoded
    return "".join(_json_escaped(character) for character in encoded)


def _json_escaped(character: str) -> str:
    if character.isprintable():
        return character
    return json.dumps(character)[1:-1]


def mask(secret: str) -> str:
    """The first four characters of a secret and dots, enough to tell two secrets apart."""
    if len(secret) < _SHORTEST_SECRET:
        return "…"
    return f"{secret[:4]}…"


def without_secrets(data: bytes, redact: Callable[[str], str] = str) -> bytes:
    """A control message with every value that is named like a secret replaced by ``***``.

    Among these are ``output.iv`` and ``output.key``, the session's AES key, which are sent even for
    plain TRs (protocol.md section 2). ``redact`` hides secrets in other places. The bytes stay as
    they are, unless a name or value is written with escapes: then the JSON is written again.
    """
    if _is_plain(data) and redact(data.decode()) == data.decode():
        return data  # like most messages
    data = _SECRET.sub(rb"\1***", data)
    text = data.decode("utf-8-sig", "replace")
    masking = _Masking(redact)
    try:
        message = masking.value(json.loads(text, strict=False, object_pairs_hook=masking.members))
        if masking.changed:
            data = json.dumps(message, ensure_ascii=False).encode("utf-8", "replace")
    except (ValueError, RecursionError):  # not JSON, or endlessly nested brackets
        pass
    return data


def _is_plain(data: bytes) -> bool:
    """Whether certainly nothing in a message is named like a secret, not even with escapes."""
    return data.isascii() and b"\\" not in data and not _SECRET_NAME.search(data)


class _Masking:
    """Masks the secrets in a JSON document; ``changed`` tells whether there were any."""

    def __init__(self, redact: Callable[[str], str]) -> None:
        self._redact = redact
        self.changed = False

    def value(self, value: Any) -> Any:
        """A value, its texts without secrets; its objects went through ``members`` before."""
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if isinstance(value, str):
            return self._text(value)
        return value

    def members(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """The members of an object, those named like a secret masked."""
        members = {}
        for name, value in pairs:
            if name.casefold() in SECRET_NAMES and value not in ("", MASK):
                self.changed = True
                members[self._text(name)] = MASK
            else:
                members[self._text(name)] = self.value(value)
        return members

    def _text(self, text: str) -> str:
        hidden = self._redact(text)
        if hidden != text:
            self.changed = True
        return hidden


class Redactor:
    """Replaces the secrets it knows by ``***`` wherever they occur in a text.

    Mask a text first, then encode or escape it. A secret that others encoded before (a server's
    JSON, a repr, a URL) is found as well, in the forms that those give it.
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
            # The longest first, because one secret may be part of another.
            self._forms = tuple(sorted(forms, key=len, reverse=True))
            self._bytes = tuple(form.encode() for form in self._forms)

    def __call__(self, text: str) -> str:
        """``text`` without any of the secrets."""
        for form in self._forms:
            text = text.replace(form, MASK)
        return text

    def clean(self, data: bytes) -> bytes:
        """The bytes of a message without any of the secrets."""
        for form in self._bytes:
            if form in data:
                data = data.replace(form, b"***")
        return data

    def clean_all(self, messages: list[bytes]) -> list[bytes]:
        """``clean`` of each; they are searched together, as hardly any holds a secret."""
        together = b"\n".join(messages)
        if self.clean(together) == together:
            return messages
        return [self.clean(message) for message in messages]


def _forms(secret: str) -> set[str]:
    """``secret`` as it is, and as JSON, a repr and URLs write it; usually these are all equal."""
    quoted = json.dumps(secret)[1:-1]
    texts = {quoted, quoted.replace("/", "\\/"), json.dumps(quoted)[1:-1]}
    reprs = {repr(secret)[1:-1], secret.replace("\\", "\\\\")}
    urls = {_in_url(secret, safe) for safe in _UNESCAPED}
    return {secret, *texts, *reprs, *urls, *map(_lower_escapes, urls)}


def _in_url(secret: str, safe: str) -> str:
    written = []
    for character in secret:
        if character.isalnum() or character in safe:
            written.append(character)
        else:
            written += [f"%{byte:02X}" for byte in character.encode("utf-8", "replace")]
    return "".join(written)


def _lower_escapes(url: str) -> str:
    return _ESCAPED_BYTE.sub(lambda escape: escape[0].lower(), url)


Hide = Callable[[bytes], bytes]  # masks words in output


class HiddenWords:
    """Replaces the words it knows by ``***``, where they stand alone."""

    def __init__(self) -> None:
        self._words: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self._bytes: re.Pattern[bytes] | None = None

    def add(self, word: str) -> None:
        """Hide ``word`` from now on."""
        self._words.add(word)
        longest_first = sorted(self._words, key=len, reverse=True)
        alone = rf"(?<![0-9A-Za-z_])(?:{'|'.join(map(re.escape, longest_first))})(?![0-9A-Za-z_])"
        self._pattern = re.compile(alone)
        self._bytes = re.compile(alone.encode())

    def __call__(self, text: str) -> str:
        """``text`` without any of the words."""
        if self._pattern is None:
            return text
        return self._pattern.sub(MASK, text)

    def clean(self, data: bytes) -> bytes:
        """``data`` without any of the words."""
        if self._bytes is None:
            return data
        return self._bytes.sub(MASK.encode(), data)
