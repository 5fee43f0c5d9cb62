"""Words that no output may show: an HTS ID is too short to be looked for inside others."""

import re
from collections.abc import Callable

from kisq.wire.escape import MASK

Hide = Callable[[bytes], bytes]  # what takes words out of what is written


class HiddenWords:
    """Replaces the words it was told of by ``***``, where they stand alone."""

    def __init__(self) -> None:
        self._words: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self._bytes: re.Pattern[bytes] | None = None

    def add(self, word: str) -> None:
        """Hide ``word`` from now on."""
        self._words.add(word)
        longest_first = sorted(self._words, key=len, reverse=True)
        alone = rf"(?<![0-9A-Za-z_])(?:{'|'.join(map(re.escape, longest_first))})(?![0-9A-Za-z_])"
        self._pattern, self._bytes = re.compile(alone), re.compile(alone.encode())

    def __call__(self, text: str) -> str:
        """``text`` without any of the words."""
        return self._pattern.sub(MASK, text) if self._pattern else text

    def clean(self, data: bytes) -> bytes:
        """``data`` without any of the words."""
        return self._bytes.sub(MASK.encode(), data) if self._bytes else data
