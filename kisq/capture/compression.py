"""Compressed captures by the ending of their name: ``.gz`` and ``.zst``; bytes to bytes, pure."""

import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from kisq.packages import importing

_GZIP = 31  # zlib's word for: a gzip header, the largest window
# Bytes that are unpacked at once, so that a hostile file cannot fill the memory: at most they
# become a thousand times as many in .gz, and 32 thousand times in .zst.
_GZIP_PIECE, _ZSTD_PIECE = 4096, 64
_MOST = 256 * 1024  # bytes that are given at once
# What is said where its package is missing, or fails.
_ZSTANDARD = (
    (
        "{file} needs zstandard",
        "install kisq with its extra: pip install '.[zst]' in its folder; or use .gz",
    ),
    (
        "{file} needs zstandard, which cannot be imported ({kind}: {error})",
        "install it again: pip install --force-reinstall zstandard; or use .gz",
    ),
)
_CHECKSUM = 8  # bytes at the end of a file, at most


class Packer:
    """Packs bytes for a file called ``name``. Raises WrongUsage where that cannot be done here."""

    def __init__(self, name: str) -> None:
        self._packer: Any = None
        self._whole = 0
        if name.endswith(".gz"):
            self._packer, self._whole = zlib.compressobj(wbits=_GZIP), zlib.Z_SYNC_FLUSH
        elif name.endswith(".zst"):
            zstandard = _zstandard(name)
            self._packer = zstandard.ZstdCompressor().compressobj()
            self._whole = zstandard.COMPRESSOBJ_FLUSH_BLOCK

    @property
    def packs(self) -> bool:
        """Whether the bytes become others at all."""
        return self._packer is not None

    def add(self, data: bytes) -> bytes:
        """What of the packed bytes is ready after ``data``."""
        packed: bytes = self._packer.compress(data) if self._packer else data
        return packed

    def pause(self) -> bytes:
        """The rest of what was added, so that it can be unpacked although more may follow."""
        packed: bytes = self._packer.flush(self._whole) if self._packer else b""
        return packed

    def end(self) -> bytes:
        """The rest, and the end of the file."""
        packed: bytes = self._packer.flush() if self._packer else b""
        return packed


class Unpacker:
    """Unpacks the bytes of a file called ``name``, piece by piece.

    ``taken`` is how many of them it unpacked so far, ``fault`` says why it can unpack no more, once
    that is so. Raises WrongUsage where ``name`` needs a package that is not installed.
    """

    def __init__(self, name: str) -> None:
        self._new, self._piece = _unpacker_of(name)
        self._unpacker: Any = None
        self.taken = 0
        self.fault = ""

    @property
    def packed(self) -> bool:
        """Whether the bytes are others than those they unpack to."""
        return self._new is not None

    def add(self, data: bytes) -> Iterator[bytes]:
        """What ``data`` unpacks to, in pieces that are no larger than 256 KiB or ``data``."""
        if self._new is None:
            self.taken += len(data)
            yield data
            return
        for piece in self._pieces(data):
            self.taken += len(piece)
            for unpacked in self._add(piece):
                yield from (unpacked[i : i + _MOST] for i in range(0, len(unpacked), _MOST))

    def end(self) -> None:
        """Nothing follows: note it if the file was cut."""
        if self._unpacker and not self.fault:
            self.fault = "the compressed file is cut short"

    def _pieces(self, data: bytes) -> Iterator[bytes]:
        """``data`` in pieces, the last bytes alone: a wrong checksum spoils the piece it is in."""
        end = max(0, len(data) - _CHECKSUM)
        for start in range(0, end, self._piece):
            yield data[start : min(start + self._piece, end)]
        yield from (data[i : i + 1] for i in range(end, len(data)))

    def _add(self, piece: bytes) -> Iterator[bytes]:
        while piece and not self.fault:
            if self._unpacker is None and not piece.strip(b"\0"):
                return  # a block device or a tape pads a file with these
            self._unpacker = self._unpacker or self._new()
            copy = getattr(self._unpacker, "copy", None)  # which zstandard does not have
            before = copy() if copy else None
            try:
                yield self._unpacker.decompress(piece)
            except Exception as error:  # noqa: BLE001 - each library has errors of its own
                self.fault = f"the compressed file is damaged ({error})"
                yield b"".join(_until_it_fails(before, piece) if before else ())
                return
            piece = b""
            if self._unpacker.eof:  # another one may follow, as where files were joined
                piece, self._unpacker = self._unpacker.unused_data, None


def _until_it_fails(unpacker: Any, piece: bytes) -> Iterator[bytes]:
    """What ``piece`` unpacks to, byte by byte: a call of zlib that fails drops all it had."""
    with suppress(zlib.error):
        for n in range(len(piece)):
            yield unpacker.decompress(piece[n : n + 1])


def _unpacker_of(name: str) -> tuple[Any, int]:
    """What makes unpackers, None where there is nothing to unpack, and how much they may take."""
    if name.endswith(".gz"):
        return lambda: zlib.decompressobj(wbits=_GZIP), _GZIP_PIECE
    if name.endswith(".zst"):
        return _zstandard(name).ZstdDecompressor().decompressobj, _ZSTD_PIECE
    return None, 0


def _zstandard(name: str) -> Any:
    with importing(*_ZSTANDARD, file=repr(name)):
        import zstandard
    return zstandard
