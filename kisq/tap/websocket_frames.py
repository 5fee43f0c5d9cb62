"""Reads WebSocket frames in a stream of bytes, and checks that they are WebSocket at all; pure.

Source: RFC 6455 section 5.
"""

from typing import NamedTuple

from kisq.locale.sentence import Sentence

CONTINUATION = 0x0
TEXT = 0x1
BINARY = 0x2
CLOSE = 0x8
PING = 0x9
PONG = 0xA
MOST_BYTES = 4 * 1024 * 1024  # of a message: many times the longest one of KIS
_OPCODES = {CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG}
# Bits of the first byte of a frame.
_FINAL = 0x80
_RESERVED = 0x70
_OPCODE = 0x0F
# Bits of the second byte.
_MASKED = 0x80
_LENGTH = 0x7F
_LONGEST_CONTROL = 125
_MASK_BYTES = 4
_EXTENDED = {126: 2, 127: 8}  # bytes of the length, if it does not fit into the second byte
_TOO_LONG = Sentence("a message of {size} bytes, more than {most}")
_BAD_BYTE = Sentence("a frame that begins with the byte 0x{byte:02x}")
_NOT_MASKED = Sentence("a frame without a mask")
_IS_MASKED = Sentence("a frame with a mask")
_BAD_CONTROL = Sentence("a control frame that is too long or fragmented")
_OUT_OF_TURN = Sentence("a fragment of a message out of turn")


class Message(NamedTuple):
    """A whole message, or a control frame: its opcode and its payload, unmasked."""

    opcode: int
    payload: bytes


class NotWebSocket(Exception):
    """The bytes are not WebSocket, or a message is too long; ``sentence`` says which."""

    def __init__(self, sentence: Sentence) -> None:
        self.sentence = sentence
        super().__init__(sentence)


class FrameReader:
    """Reads the frames of one direction, that of the client if ``masked``.

    A message of more than ``most`` bytes is refused as soon as its length is known.
    """

    def __init__(self, *, masked: bool, most: int = MOST_BYTES) -> None:
        self._masked = masked
        self._mask_bytes = _MASK_BYTES if masked else 0
        self._most = most
        self._buffer = bytearray()
        self._opcode: int | None = None  # of the message whose fragments are being collected
        self._collected = bytearray()

    @property
    def between_frames(self) -> bool:
        """Whether the bytes so far end with a frame."""
        return not self._buffer

    def feed(self, data: bytes) -> list[Message]:
        """The messages that end in ``data``. Raises NotWebSocket, and cannot be used after that."""
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
        """Where the frame that begins at ``start`` ends; None if some of it is still to come."""
        buffer = self._buffer
        if len(buffer) < start + 2:
            return None
        self._check_first(buffer[start], buffer[start + 1])
        length = buffer[start + 1] & _LENGTH
        header = start + 2
        extended = _EXTENDED.get(length, 0)
        if extended:
            if len(buffer) < header + extended:
                return None
            length = int.from_bytes(buffer[header : header + extended], "big")
        size = len(self._collected) + length
        if size > self._most:
            raise NotWebSocket(_TOO_LONG.format(size=size, most=self._most))
        end = header + extended + self._mask_bytes + length
        if len(buffer) < end:
            return None
        return end

    def _check_first(self, first: int, second: int) -> None:
        """Raise NotWebSocket if no frame can begin with these two bytes."""
        opcode = first & _OPCODE
        is_masked = bool(second & _MASKED)
        if opcode not in _OPCODES or first & _RESERVED:
            raise NotWebSocket(_BAD_BYTE.format(byte=first))
        if self._masked and not is_masked:
            raise NotWebSocket(_NOT_MASKED)
        if is_masked and not self._masked:
            raise NotWebSocket(_IS_MASKED)
        if opcode >= CLOSE:
            if not first & _FINAL or second & _LENGTH > _LONGEST_CONTROL:
                raise NotWebSocket(_BAD_CONTROL)
        elif (opcode == CONTINUATION) != (self._opcode is not None):
            raise NotWebSocket(_OUT_OF_TURN)

    def _frame(self, start: int, end: int) -> Message | None:
        """The message that this frame completes; None if more of the message is to come."""
        first = self._buffer[start]
        length = self._buffer[start + 1] & _LENGTH
        header = start + 2 + _EXTENDED.get(length, 0)
        payload = bytes(self._buffer[header:end])
        if self._masked:
            payload = _unmasked(payload[_MASK_BYTES:], payload[:_MASK_BYTES])
        opcode = first & _OPCODE
        if opcode >= CLOSE or (first & _FINAL and self._opcode is None):
            return Message(opcode, payload)
        if self._opcode is None:
            self._opcode = opcode
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
    """A close frame as a server sends it, unmasked; ``reason`` is at most 123 bytes long."""
    payload = code.to_bytes(2, "big") + reason.encode()
    return bytes((_FINAL | CLOSE, len(payload))) + payload
