"""Bytes as rows for a person: place, hexadecimal digits, and what is printable of them."""

from collections.abc import Iterator

_BYTES_PER_ROW = 16
_ROW = "    {place:06x}  {digits:<47}  {text}"
_PRINTABLE = range(0x20, 0x7F)
_TEXT = bytes(byte if byte in _PRINTABLE else ord(".") for byte in range(256))


def hex_rows(data: bytes) -> Iterator[str]:
    """The rows of ``data``, of at most 77 characters."""
    for place in range(0, len(data), _BYTES_PER_ROW):
        row = data[place : place + _BYTES_PER_ROW]
        text = row.translate(_TEXT).decode("ascii")
        yield _ROW.format(place=place, digits=row.hex(" "), text=text)
