"""The keys of order notices: AES-256-CBC, PKCS#7, base64 (protocol.md section 3)."""

import base64
import binascii
from collections import deque
from contextlib import suppress
from typing import NamedTuple

from kisq.locale.sentence import Sentence
from kisq.wire.decode import Message, decode, opened
from kisq.wire.messages import Answer, EncryptedNotice, Malformed, parse

_KEY_BYTES = 32
_IV_BYTES = 16
_BLOCK = 16
_MOST_KEYS = 64  # one per session; no run reconnects more often
_NO_KEY = Sentence("it came before the key of its session")
_ALTERED = Sentence("an encrypted notice that is cut, altered, or encrypted with another key")
_NOT_INSTALLED = Sentence(
    "the package cryptography is needed for that: install kisq with its extra, "
    "pip install '.[notices]' in its folder"
)


class NotDecrypted(Exception):
    """A notice cannot be decrypted, though nothing is wrong with it; ``reason`` says why."""

    def __init__(self, reason: Sentence) -> None:
        self.reason = reason
        super().__init__(reason)


class _SessionKey(NamedTuple):
    tick: float  # when it came (monotonic seconds)
    key: bytes
    iv: bytes


class NoticeKeys:
    """The keys that a feed's sessions sent, each with the time when it came.

    A notice is decrypted with the newest key that came before it: each new session has a new key.
    """

    def __init__(self) -> None:
        self._keys: deque[_SessionKey] = deque(maxlen=_MOST_KEYS)

    def learn(self, data: bytes, tick: float) -> None:
        """Take the key from a control message that came at ``tick`` (monotonic seconds)."""
        answer = parse(data.decode("utf-8", "replace"))
        if not isinstance(answer, Answer):
            return
        key = answer.key.encode()
        iv = answer.iv.encode()
        if len(key) == _KEY_BYTES and len(iv) == _IV_BYTES:
            self._keys.append(_SessionKey(tick, key, iv))

    def open(self, notice: EncryptedNotice, tick: float, at: float) -> list[Message]:
        """The records in a notice that came at ``tick``, which is ``at`` in epoch seconds.

        Malformed if the key does not fit. Raises NotDecrypted.
        """
        known = [each for each in self._keys if each.tick <= tick]
        if not known:
            raise NotDecrypted(_NO_KEY)
        try:
            encrypted = base64.b64decode(notice.data.payload, validate=True)
            plaintext = _unpadded(_decrypted(encrypted, known[-1])).decode()
        except ImportError:
            raise NotDecrypted(_NOT_INSTALLED) from None
        except (binascii.Error, ValueError):  # UnicodeDecodeError is one
            return [Malformed(notice.text, _ALTERED)]
        return opened(notice, plaintext, at)


def decoded_with(keys: NoticeKeys | None, text: str, tick: float, at: float) -> list[Message]:
    """Like ``decode``; a notice is decrypted with ``keys`` if possible."""
    records = decode(text, at)
    if keys and isinstance(records[0], EncryptedNotice):
        with suppress(NotDecrypted):
            return keys.open(records[0], tick, at)
    return records


def _decrypted(encrypted: bytes, session: _SessionKey) -> bytes:
    """``encrypted`` decrypted. Raises ValueError if it is not whole blocks."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    decryptor = Cipher(algorithms.AES(session.key), modes.CBC(session.iv)).decryptor()
    return decryptor.update(encrypted) + decryptor.finalize()


def _unpadded(padded: bytes) -> bytes:
    """``padded`` without its PKCS#7 padding. Raises ValueError if it has none."""
    from cryptography.hazmat.primitives.padding import PKCS7

    unpadder = PKCS7(_BLOCK * 8).unpadder()
    return unpadder.update(padded) + unpadder.finalize()
