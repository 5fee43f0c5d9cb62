"""stdin, while a signal may come."""

import os
import sys
from collections.abc import Iterator

from kisq.signals import SIGNALS

_CHUNK = 64 * 1024  # bytes


def stdin_chunks() -> Iterator[bytes]:
    """What comes from stdin, as it comes.

    Raises OSError where it cannot be read, ValueError or AttributeError where there is none, and
    Interrupted where a signal comes first.
    """
    # Not through sys.stdin.buffer: a thread that waits in there keeps Python from its end.
    descriptor = sys.stdin.fileno()
    while data := SIGNALS.wait_for(lambda: os.read(descriptor, _CHUNK)):
        yield data


def stdin_lines(most: int) -> Iterator[bytes]:
    """The lines of stdin without their ends; raises what ``stdin_chunks`` does.

    Of one that is longer than ``most`` bytes the beginning comes, which is longer too.
    """
    rest = b""
    for data in stdin_chunks():
        *lines, rest = (rest + data).split(b"\n")
        yield from lines
        if len(rest) > most:
            yield rest
            return
    if rest:
        yield rest
