"""WebSocket frames as bytes, for what a library refuses to send (RFC 6455 section 5)."""

from math import ceil

_CONTINUATION = 0x0
_TEXT = 0x1
_FINAL = 0x80
_SHORT = 125  # the longest length that fits into the second byte
_TWO_BYTES = 126  # in that byte: the length is in the next two, or eight
_EIGHT_BYTES = 127
_BROKEN = b"\xb0\xa1\x00"  # a Hangul syllable of cp949, which is not valid UTF-8, and a NUL


def text_frames(payload: bytes, fragments: int = 1) -> bytes:
    """A text message of ``payload`` in at most ``fragments`` frames, unmasked as a server's are.

    ``payload`` may be anything, even invalid UTF-8.
    """
    size = max(1, ceil(len(payload) / fragments))
    pieces = [payload[start : start + size] for start in range(0, len(payload), size)] or [b""]
    frames = [bytearray(_frame(_CONTINUATION, piece)) for piece in pieces]
    frames[0][0] |= _TEXT
    frames[-1][0] |= _FINAL
    return b"".join(frames)


def _frame(opcode: int, payload: bytes) -> bytes:
    length = len(payload)
    if length <= _SHORT:
        return bytes([opcode, length]) + payload
    if length < 1 << 16:
        return bytes([opcode, _TWO_BYTES]) + length.to_bytes(2, "big") + payload
    return bytes([opcode, _EIGHT_BYTES]) + length.to_bytes(8, "big") + payload


def broken(text: str) -> bytes:
    """``text`` with broken bytes in its last field (protocol.md section 3: they were seen)."""
    return text.encode("utf-8", "replace") + _BROKEN
