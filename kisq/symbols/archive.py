"""What a symbol file comes in: a zip with one member, of which no more is unpacked than fits."""

import io
import zipfile
import zlib

from kisq.symbols.parse import UnusableFile

MOST_PACKED = 8 * 1024 * 1024  # bytes; KIS's largest has less than 1 MiB
MOST_UNPACKED = 16 * 1024 * 1024
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

TOO_LARGE = "it is larger than {most} MiB, which none of KIS's is"
_NO_ZIP = "it is no zip file, or only a part of one"
_MEMBERS = "its zip holds {number} files and not one"
_PATH = "the file in its zip has a path in its name"
_BROKEN = "its zip is broken"


def mebibytes(size: int) -> int:
    """``size`` in MiB, for a sentence."""
    return size // (1024 * 1024)


def unpacked(data: bytes) -> bytes:
    """The one file in the zip ``data``. Raises UnusableFile where it is anything else."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            return _member(opened)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, OSError):
        raise UnusableFile(_NO_ZIP if data[:2] != b"PK" else _half(data)) from None


def _half(data: bytes) -> str:
    """What is wrong with what begins like a zip."""
    return _BROKEN if zipfile.is_zipfile(io.BytesIO(data)) else _NO_ZIP


def _member(opened: zipfile.ZipFile) -> bytes:
    members = opened.infolist()
    if len(members) != 1:
        raise UnusableFile(_MEMBERS.format(number=len(members)))
    member = members[0]
    if set(member.filename) & set("/\\:") or member.filename.startswith("."):
        raise UnusableFile(_PATH)
    if member.compress_type not in _METHODS:
        raise UnusableFile(_BROKEN)
    with opened.open(member) as stream:
        content = stream.read(MOST_UNPACKED + 1)  # whatever size it says it has
    if len(content) > MOST_UNPACKED:
        raise UnusableFile(TOO_LARGE.format(most=mebibytes(MOST_UNPACKED)))
    return content
