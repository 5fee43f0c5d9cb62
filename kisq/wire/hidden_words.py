"""Words that no output may show: an HTS ID is too short to be masked inside longer words."""

import re
from collections.abc import Callable

from kisq.wire.escape import MASK

Hide = Callable[[bytes], bytes]  # masks words in output


class HiddenWords:
    """Replaces the words it knows by ``***``, where they stand alone."""

    def __init__(self) -> None:
        self._words: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self._bytes: re.Pattern[bytes] | None = None

    def add(self, word: str) -> None:
        """Hide ``word`` from now on."""
        self._words.add(word)
        longest_first = sorted(self._words, key=len, reverse=True)
        alone = rf"(?<![0-9A-Za-z_])(?:{'|'.join(map(re.escape, longest_first))})(?![0-9A-Za-z_])"
        self._pattern = re.compile(alone)
        self._bytes = re.compile(alone.encode())

    def __call__(self, text: str) -> str:
        """``text`` without any of the words."""
        if self._pattern is None:
            return text
        return self._pattern.sub(MASK, text)

    def clean(self, data: bytes) -> bytes:
        """``data`` without any of the words."""
        if self._bytes is None:
            return data
        return self._bytes.sub(MASK.encode(), data)
