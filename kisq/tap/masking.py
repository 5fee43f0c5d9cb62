"""What of a program's session may be seen: neither its secrets nor its user's HTS ID."""

import re

from kisq.spec.notices import is_notice
from kisq.wire.escape import MASK, Redactor, without_secrets
from kisq.wire.messages import Answer, parse
from kisq.wire.request_form import APPROVAL_KEY, read_request

# As long as app keys and approval keys are, or longer, in the characters of these and of secrets.
_LIKE_A_SECRET = re.compile(rb"[A-Za-z0-9+/=_-]{36,}")
_QUERY = re.compile(r"((?:key|secret|token)[^=&]*=)[^&]*", re.IGNORECASE)


class Mask:
    """Hides what the messages of a session hold that nobody may see; learns it from requests.

    ``redact`` knows the secrets of the settings, and from here on those of the program as well.
    """

    def __init__(self, redact: Redactor) -> None:
        self._redact = redact
        self._personal: set[str] = set()

    def url(self, data: bytes) -> bytes:
        """The URL of a session."""
        path, mark, query = data.decode("utf-8", "replace").partition("?")
        return self._redact(path + mark + _QUERY.sub(rf"\1{MASK}", query)).encode()

    def data(self, data: bytes) -> bytes:
        """A data message, or what no text is."""
        return self._redact.clean(data)

    def control(self, data: bytes) -> bytes:
        """A message of KIS that is no data."""
        message = parse(data.decode("utf-8", "replace"))
        if isinstance(message, Answer):
            self._learn_personal(message.tr_id, message.tr_key)
        return self._without_personal(without_secrets(self._redact.clean(data), self._redact))

    def request(self, data: bytes) -> bytes:
        """A text that the program sent."""
        form = read_request(data)
        texts = {name: value for name, value in form.sent.items() if isinstance(value, str)}
        self._redact.add(texts.get(APPROVAL_KEY))
        self._learn_personal(texts.get("tr_id", ""), texts.get("tr_key", ""))
        masked = without_secrets(self._redact.clean(data), self._redact)
        if form.value is None:  # nobody knows what stands where
            masked = _LIKE_A_SECRET.sub(MASK.encode(), masked)
        return self._without_personal(masked)

    def sentence(self, text: str) -> str:
        """A sentence that quotes a message."""
        return self._without_personal(self._redact(text).encode()).decode()

    def tr_key(self, tr_id: str, tr_key: str) -> str:
        """The key of a registration as it may be shown."""
        return MASK if is_notice(tr_id) else tr_key

    def _learn_personal(self, tr_id: str, tr_key: str) -> None:
        """The key of a TR of order notices is an HTS ID, also where the two were swapped."""
        if is_notice(tr_id.strip().upper()) and tr_key:
            self._personal.add(tr_key)
        elif is_notice(tr_key.strip().upper()) and tr_id:
            self._personal.add(tr_id)

    def _without_personal(self, data: bytes) -> bytes:
        """``data`` without the HTS ID, where that stands between quotation marks as a value does.

        It may be as short as a word, so it is not looked for elsewhere.
        """
        for text in self._personal:
            for mark in (b'"', b"'"):
                quoted = mark + text.encode("utf-8", "replace") + mark
                data = data.replace(quoted, mark + MASK.encode() + mark)
        return data
