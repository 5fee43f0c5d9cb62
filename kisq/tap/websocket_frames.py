"""WebSocket frames in a stream of bytes, only read: what they are, and whether they are any; pure.

Source: RFC 6455 section 5.
"""

from typing import NamedTuple

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
MOST_BYTES = 4 * 1024 * 1024  # of a message: many times the longest one of KIS
_OPCODES = {CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG}
_FINAL, _RESERVED, _OPCODE = 0x80, 0x70, 0x0F
_MASKED, _LENGTH = 0x80, 0x7F
_LONGEST_CONTROL = 125
_MASK_BYTES = 4
_EXTENDED = {126: 2, 127: 8}  # bytes of the length, where it does not fit into the second byte


class Message(NamedTuple):
    """A whole message, or a control frame: its opcode and its payload, unmasked."""

    opcode: int
    payload: bytes


class NotWebSocket(Exception):
    """The bytes are no WebSocket frames, or of a message that is too long; the text says why."""


class FrameReader:
    """Reads the frames of one direction, which are those of a client if ``masked``.

    A message of more than ``most`` bytes is refused as soon as its length is known.
    """

    def __init__(self, *, masked: bool, most: int = MOST_BYTES) -> None:
        self._masked, self._most = masked, most
        self._buffer = bytearray()
        self._opcode: int | None = None  # of the message whose fragments are being collected
        self._collected = bytearray()

    @property
    def between_frames(self) -> bool:
        """Whether no frame is half read."""
        return not self._buffer

    def feed(self, data: bytes) -> list[Message]:
        """The messages that end in ``data``. Raises NotWebSocket, and is of no use after that."""
        self._buffer += data
        messages: list[Message] = []
        position = 0
        while (end := self._end_of_frame(position)) is not None:
            message = self._frame(position, end)
            position = end
            if message:
                messages.append(message)
        del self._buffer[:position]
        return messages

    def _end_of_frame(self, start: int) -> int | None:
        """Where the frame ends that begins at ``start``; None where it is not all there."""
        buffer = self._buffer
        if len(buffer) < start + 2:
            return None
        self._check_first(buffer[start], buffer[start + 1])
        length, header = buffer[start + 1] & _LENGTH, start + 2
        if extended := _EXTENDED.get(length, 0):
            if len(buffer) < header + extended:
                return None
            length = int.from_bytes(buffer[header : header + extended], "big")
        size = len(self._collected) + length
        if size > self._most:
            raise NotWebSocket(f"a message of {size} bytes, more than {self._most}")
        end = header + extended + (_MASK_BYTES if self._masked else 0) + length
        return end if len(buffer) >= end else None

    def _check_first(self, first: int, second: int) -> None:
        """Raises NotWebSocket where the first two bytes of a frame cannot be."""
        opcode = first & _OPCODE
        if opcode not in _OPCODES or first & _RESERVED:
            raise NotWebSocket(f"a frame that begins with the byte 0x{first:02x}")
        if bool(second & _MASKED) != self._masked:
            raise NotWebSocket("a frame without a mask" if self._masked else "a frame with a mask")
        if opcode >= CLOSE:
            if not first & _FINAL or second & _LENGTH > _LONGEST_CONTROL:
                raise NotWebSocket("a control frame that is too long or in parts")
        elif (opcode == CONTINUATION) != (self._opcode is not None):
            raise NotWebSocket("a part of a message out of turn")

    def _frame(self, start: int, end: int) -> Message | None:
        """The message that the frame between the two ends; None where more of it is to come."""
        first, length = self._buffer[start], self._buffer[start + 1] & _LENGTH
        header = start + 2 + _EXTENDED.get(length, 0)
        payload = bytes(self._buffer[header:end])
        if self._masked:
            payload = _unmasked(payload[_MASK_BYTES:], payload[:_MASK_BYTES])
        opcode = first & _OPCODE
        if opcode >= CLOSE or (first & _FINAL and self._opcode is None):
            return Message(opcode, payload)
        self._opcode = opcode if self._opcode is None else self._opcode
        self._collected += payload
        if not first & _FINAL:
            return None
        message = Message(self._opcode, bytes(self._collected))
        self._opcode = None
        self._collected.clear()
        return message


def _unmasked(payload: bytes, mask: bytes) -> bytes:
    length = len(payload)
    repeated = (mask * (length // _MASK_BYTES + 1))[:length]
    number = int.from_bytes(payload, "big") ^ int.from_bytes(repeated, "big")
    return number.to_bytes(length, "big")


def close_frame(code: int, reason: str) -> bytes:
    """A close frame as a server sends it, unmasked; ``reason`` has at most 123 bytes."""
    payload = code.to_bytes(2, "big") + reason.encode()
    return bytes((_FINAL | CLOSE, len(payload))) + payload
