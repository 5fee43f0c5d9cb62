"""The keys of order notices: AES-256-CBC, PKCS#7, base64 (protocol.md section 3)."""

import base64
import binascii
from collections import deque
from contextlib import suppress
from typing import NamedTuple

from kisq.wire.decode import Message, decode, opened
from kisq.wire.messages import Answer, Data, EncryptedNotice, Malformed, parse

_KEY_BYTES, _IV_BYTES, _BLOCK = 32, 16, 16
_MOST_KEYS = 64  # sessions and their keys; more than are reconnected to in a run
_NO_KEY = "it came before the key of its session"
_ALTERED = "an encrypted notice that is cut, altered, or of another key"
_NOT_INSTALLED = (
    "the package cryptography is needed for that: install kisq with its extra, "
    "pip install '.[notices]' in its folder"
)


class NotDecrypted(Exception):
    """Why a notice stays as it came, though nothing is wrong with it."""


class _SessionKey(NamedTuple):
    tick: float  # when it came (monotonic seconds)
    key: bytes
    iv: bytes


class NoticeKeys:
    """The keys that a feed's sessions sent, each with the moment when it came.

    A notice is decrypted with the newest one that came before it: a new session has a new key.
    """

    def __init__(self) -> None:
        self._keys: deque[_SessionKey] = deque(maxlen=_MOST_KEYS)

    def learn(self, data: bytes, tick: float) -> None:
        """Take the key from a control message that came at ``tick`` (monotonic seconds)."""
        answer = parse(data.decode("utf-8", "replace"))
        if not isinstance(answer, Answer):
            return
        key, iv = answer.key.encode(), answer.iv.encode()
        if (len(key), len(iv)) == (_KEY_BYTES, _IV_BYTES):
            self._keys.append(_SessionKey(tick, key, iv))

    def open(self, notice: EncryptedNotice, tick: float, at: float) -> list[Message]:
        """The records in a notice that came at ``tick``, which is ``at`` in epoch seconds.

        Malformed where it is not what the key encrypts. Raises NotDecrypted.
        """
        known = [each for each in self._keys if each.tick <= tick]
        if not known:
            raise NotDecrypted(_NO_KEY)
        message = parse(notice.text)
        payload = message.payload if isinstance(message, Data) else ""
        try:
            encrypted = base64.b64decode(payload, validate=True)
            plaintext = _unpadded(_decrypted(encrypted, known[-1])).decode()
        except ImportError:
            raise NotDecrypted(_NOT_INSTALLED) from None
        except (binascii.Error, ValueError):  # UnicodeDecodeError is one
            return [Malformed(notice.text, _ALTERED)]
        return opened(notice, plaintext, at)


def decoded_with(keys: NoticeKeys | None, text: str, tick: float, at: float) -> list[Message]:
    """As ``decode``; a notice is opened with ``keys`` where that can be."""
    records = decode(text, at)
    if keys and isinstance(records[0], EncryptedNotice):
        with suppress(NotDecrypted):
            return keys.open(records[0], tick, at)
    return records


def _decrypted(encrypted: bytes, session: _SessionKey) -> bytes:
    """Raises ValueError where it is not whole blocks."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    decryptor = Cipher(algorithms.AES(session.key), modes.CBC(session.iv)).decryptor()
    return decryptor.update(encrypted) + decryptor.finalize()


def _unpadded(padded: bytes) -> bytes:
    """Without the padding of PKCS#7. Raises ValueError where there is none."""
    from cryptography.hazmat.primitives.padding import PKCS7

    unpadder = PKCS7(_BLOCK * 8).unpadder()
    return unpadder.update(padded) + unpadder.finalize()
