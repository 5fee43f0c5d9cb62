"""Compressed captures by the ending of their name: ``.gz`` and ``.zst``; bytes to bytes, pure.

Packing is done by the file objects of gzip and zstandard. Unpacking is not, because these cannot
keep what a recording promises. That of zstandard ends quietly where a file was cut, and hands over
nothing of a block whose checksum is wrong; that of gzip drops what it unpacked in the call that
comes to a damage; both read from their file until they have something, so that a recording from a
pipe could neither be waited for in slices nor be interrupted.
"""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, Any, cast

from kisq.locale.sentence import Sentence
from kisq.packages import importing

_GZIP = ".gz"
_ZSTD = ".zst"
_GZIP_LEVEL = 6  # the default of zlib, much faster than that of gzip
_GZIP_HEADER = 31  # for zlib: data with a header of gzip, and the largest window
# Bytes that are unpacked at once, so that a hostile file cannot fill the memory: they may become a
# thousand times as many in .gz, and 32 thousand times in .zst.
_GZIP_PIECE = 4096
_ZSTD_PIECE = 64
_MOST = 256 * 1024  # bytes that are given at once
# What to say if its package is missing, or fails.
_MISSING = (
    Sentence("{file} needs zstandard"),
    Sentence("install kisq with its extra: pip install '.[zst]' in its folder; or use .gz"),
)
_BROKEN = (
    Sentence("{file} needs zstandard, which cannot be imported ({kind}: {error})"),
    Sentence("install it again: pip install --force-reinstall zstandard; or use .gz"),
)
_CUT_SHORT = Sentence("the compressed file is cut short")
_DAMAGED = Sentence("the compressed file is damaged ({error})")
_CHECKSUM = 8  # bytes at the end of a file, at most


def is_compressed(name: str) -> bool:
    """Whether the file called ``name`` is compressed."""
    return name.endswith((_GZIP, _ZSTD))


class _Packed:
    """A file that keeps what is written to it until it is taken.

    It is not a class of ``io``: the finaliser of those closes a file that a packer may still want
    to write to, if nobody ended it.
    """

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing, as there is nothing behind it."""

    def take(self) -> bytes:
        packed = b"".join(self._pieces)
        self._pieces.clear()
        return packed


class Packer:
    """Packs bytes for the compressed file called ``name``.

    Raises WrongUsage if that needs a package that is not installed.
    """

    def __init__(self, name: str) -> None:
        self._packed = _Packed()
        self._file: Any
        if name.endswith(_GZIP):
            self._file = gzip.GzipFile(None, "wb", _GZIP_LEVEL, cast("IO[bytes]", self._packed))
        else:
            self._file = _zstandard(name).open(self._packed, "wb")

    def add(self, data: bytes) -> bytes:
        """The packed bytes that are ready after ``data``."""
        self._file.write(data)
        return self._packed.take()

    def pause(self) -> bytes:
        """The rest of what was added, so that it can be unpacked although more may follow."""
        self._file.flush()
        return self._packed.take()

    def end(self) -> bytes:
        """The rest, and the end of the file."""
        self._file.close()
        return self._packed.take()


class Unpacker:
    """Unpacks the bytes of a file called ``name``, piece by piece.

    ``taken`` is how many of them it has unpacked so far. ``fault`` says why it cannot go on, and is
    empty until then. Raises WrongUsage if ``name`` needs a package that is not installed.
    """

    def __init__(self, name: str) -> None:
        self._new: Any = None  # makes an unpacker of a library
        self._piece = 0  # bytes
        if name.endswith(_GZIP):
            self._new = _new_gzip
            self._piece = _GZIP_PIECE
        elif name.endswith(_ZSTD):
            self._new = _zstandard(name).ZstdDecompressor().decompressobj
            self._piece = _ZSTD_PIECE
        self._unpacker: Any = None
        self.taken = 0
        self.fault = ""

    def add(self, data: bytes) -> Iterator[bytes]:
        """What ``data`` unpacks to, in pieces that are no larger than 256 KiB or ``data``."""
        if self._new is None:
            self.taken += len(data)
            yield data
            return
        for piece in self._pieces(data):
            self.taken += len(piece)
            for unpacked in self._add(piece):
                for start in range(0, len(unpacked), _MOST):
                    yield unpacked[start : start + _MOST]

    def end(self) -> None:
        """Nothing follows: note it if the file was cut."""
        if self._unpacker and not self.fault:
            self.fault = _CUT_SHORT

    def _pieces(self, data: bytes) -> Iterator[bytes]:
        """``data`` in pieces, the last bytes alone: a wrong checksum spoils the piece it is in."""
        end = max(0, len(data) - _CHECKSUM)
        for start in range(0, end, self._piece):
            yield data[start : min(start + self._piece, end)]
        for start in range(end, len(data)):
            yield data[start : start + 1]

    def _add(self, piece: bytes) -> Iterator[bytes]:
        while piece and not self.fault:
            if self._unpacker is None:
                if not piece.strip(b"\0"):
                    return  # a block device or a tape pads a file with these
                self._unpacker = self._new()
            before = _copy(self._unpacker)
            try:
                unpacked = self._unpacker.decompress(piece)
            except Exception as error:  # noqa: BLE001 - each library has errors of its own
                self.fault = _DAMAGED.format(error=error)
                yield b"".join(_until_it_fails(before, piece))
                return
            yield unpacked
            if not self._unpacker.eof:
                return
            piece = self._unpacker.unused_data  # another one may follow, if files were joined
            self._unpacker = None


def _copy(unpacker: Any) -> Any:
    """A copy of an unpacker of zlib; None of one of zstandard, which cannot be copied."""
    if hasattr(unpacker, "copy"):
        return unpacker.copy()
    return None


def _until_it_fails(unpacker: Any, piece: bytes) -> Iterator[bytes]:
    """What ``piece`` unpacks to, byte by byte: a call of zlib that fails drops all it had."""
    if unpacker is None:
        return
    with suppress(zlib.error):
        for start in range(len(piece)):
            yield unpacker.decompress(piece[start : start + 1])


def _new_gzip() -> Any:
    return zlib.decompressobj(wbits=_GZIP_HEADER)


def _zstandard(name: str) -> Any:
    with importing(_MISSING, _BROKEN, file=repr(name)):
        import zstandard
    return zstandard
