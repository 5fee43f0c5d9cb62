"""Hides what nobody may see of a program's session: its secrets and its user's HTS ID."""

import re

from kisq.locale.sentence import Sentence, verbatim, with_fields
from kisq.spec.notices import is_notice
from kisq.wire.escape import MASK, Redactor, without_secrets
from kisq.wire.messages import Answer, parse
from kisq.wire.request_form import APPROVAL_KEY, read_request

# As long as app keys and approval keys, or longer, and of the characters in these and in secrets.
_LIKE_A_SECRET = re.compile(rb"[A-Za-z0-9+/=_-]{36,}")
_QUERY = re.compile(r"((?:key|secret|token)[^=&]*=)[^&]*", re.IGNORECASE)


class Mask:
    """Hides secrets and HTS IDs in the messages of a session; learns them from its requests.

    ``redact`` knows the secrets of the settings; those of the program are added to it.
    """

    def __init__(self, redact: Redactor) -> None:
        self._redact = redact
        self._personal: set[str] = set()

    def url(self, data: bytes) -> bytes:
        """Hide secrets in the URL of a session."""
        path, mark, query = data.decode("utf-8", "replace").partition("?")
        return self._redact(path + mark + _QUERY.sub(rf"\1{MASK}", query)).encode()

    def data(self, data: bytes) -> bytes:
        """Hide secrets in a data message, or in a message that is not text."""
        return self._redact.clean(data)

    def control(self, data: bytes) -> bytes:
        """Hide secrets and HTS IDs in a text of KIS that is not a data message."""
        message = parse(data.decode("utf-8", "replace"))
        if isinstance(message, Answer):
            self._learn_personal(message.tr_id, message.tr_key)
        return self._without_personal(without_secrets(self._redact.clean(data), self._redact))

    def request(self, data: bytes) -> bytes:
        """Learn the secrets of a text that the program sent, and hide them in it."""
        form = read_request(data)
        texts = {name: value for name, value in form.sent.items() if isinstance(value, str)}
        self._redact.add(texts.get(APPROVAL_KEY))
        self._learn_personal(texts.get("tr_id", ""), texts.get("tr_key", ""))
        masked = without_secrets(self._redact.clean(data), self._redact)
        if form.value is None:  # nobody knows what stands where
            masked = _LIKE_A_SECRET.sub(MASK.encode(), masked)
        return self._without_personal(masked)

    def sentence(self, sentence: Sentence) -> Sentence:
        """Hide secrets and HTS IDs in a sentence that quotes a message."""
        masked = with_fields(sentence, self._field)
        text = self._text(masked)
        if text != masked:  # it also stands in what no field holds
            return verbatim(text)
        return masked

    def tr_key(self, tr_id: str, tr_key: str) -> str:
        """The key of a registration as it may be shown."""
        return MASK if is_notice(tr_id) else tr_key

    def _field(self, text: str) -> str:
        return MASK if text in self._personal else self._text(text)

    def _text(self, text: str) -> str:
        return self._without_personal(self._redact(text).encode()).decode()

    def _learn_personal(self, tr_id: str, tr_key: str) -> None:
        """Learn the key of a TR of order notices, an HTS ID, even if key and TR were swapped."""
        if is_notice(tr_id.strip().upper()) and tr_key:
            self._personal.add(tr_key)
        elif is_notice(tr_key.strip().upper()) and tr_id:
            self._personal.add(tr_id)

    def _without_personal(self, data: bytes) -> bytes:
        """``data`` without the HTS ID, if that stands between quotation marks as a value does.

        It may be as short as a word, so it is not looked for elsewhere.
        """
        for text in self._personal:
            for mark in (b'"', b"'"):
                quoted = mark + text.encode("utf-8", "replace") + mark
                data = data.replace(quoted, mark + MASK.encode() + mark)
        return data
