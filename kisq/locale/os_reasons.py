"""What the operating system says went wrong, as a sentence that can be translated."""

import errno

from kisq.locale.sentence import Sentence, verbatim

# The errors that users meet, in the words of the operating system.
_REASONS = {
    errno.ENOENT: Sentence("No such file or directory"),
    errno.EACCES: Sentence("Permission denied"),
    errno.EPERM: Sentence("Operation not permitted"),
    errno.EISDIR: Sentence("Is a directory"),
    errno.ENOTDIR: Sentence("Not a directory"),
    errno.EROFS: Sentence("Read-only file system"),
    errno.ENOSPC: Sentence("No space left on device"),
    errno.EDQUOT: Sentence("Disk quota exceeded"),
    errno.EFBIG: Sentence("File too large"),
    errno.EIO: Sentence("Input/output error"),
    errno.EMFILE: Sentence("Too many open files"),
    errno.ENAMETOOLONG: Sentence("File name too long"),
    errno.ELOOP: Sentence("Too many levels of symbolic links"),
    errno.EADDRINUSE: Sentence("Address already in use"),
    errno.ECONNRESET: Sentence("Connection reset by peer"),
    errno.ENETUNREACH: Sentence("Network is unreachable"),
    errno.EHOSTUNREACH: Sentence("No route to host"),
    errno.EPIPE: Sentence("Broken pipe"),
}

_NOT_UTF8 = Sentence("it is not valid UTF-8")


def reason_of(error: Exception) -> Sentence:
    """Why ``error`` happened: the operating system's words, else those of ``error`` itself."""
    if isinstance(error, UnicodeDecodeError):
        return _NOT_UTF8
    if isinstance(error, OSError) and error.errno in _REASONS:
        return _REASONS[error.errno]
    if isinstance(error, OSError) and error.strerror:
        return verbatim(error.strerror)
    return verbatim(str(error) or type(error).__name__)
