"""The zip around a symbol file: it has one member, which is unpacked up to a limit."""

import io
import zipfile
import zlib

from kisq.locale.sentence import Sentence
from kisq.symbols.parse import UnusableFile

MOST_PACKED = 8 * 1024 * 1024  # bytes; KIS's largest has less than 1 MiB
MOST_UNPACKED = 16 * 1024 * 1024
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

TOO_LARGE = Sentence("it is larger than {most} MiB, unlike any file of KIS")
_NO_ZIP = Sentence("it is not a zip file, or only a part of one")
_MEMBERS = Sentence("its zip holds {number} files instead of one")
_PATH = Sentence("the file in its zip has a path in its name")
_BROKEN = Sentence("its zip is broken")


def mebibytes(size: int) -> int:
    """``size`` in MiB, for a sentence."""
    return size // (1024 * 1024)


def unpacked(data: bytes) -> bytes:
    """The one file in the zip ``data``. Raises UnusableFile if it is anything else."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            return _member(opened)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, OSError):
        if data.startswith(b"PK") and zipfile.is_zipfile(io.BytesIO(data)):
            raise UnusableFile(_BROKEN) from None
        raise UnusableFile(_NO_ZIP) from None


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
        content = stream.read(MOST_UNPACKED + 1)  # whatever size it claims to have
    if len(content) > MOST_UNPACKED:
        raise UnusableFile(TOO_LARGE.format(most=mebibytes(MOST_UNPACKED)))
    return content
