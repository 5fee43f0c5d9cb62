"""What a tap is going to say of a program, each thing once."""

from collections.abc import Hashable, Iterable
from typing import NamedTuple

from kisq.locale.sentence import Sentence

_MOST = 2000  # that are remembered; a program may invent keys without end


class Note(NamedTuple):
    """A sentence, and what it is about: it is said once about the same."""

    about: Hashable
    sentence: Sentence


class Notes:
    """Notes that are to be said, and what they were about so far."""

    def __init__(self) -> None:
        self._due: list[Sentence] = []
        self._abouts: set[Hashable] = set()

    def add(self, notes: Iterable[Note]) -> None:
        """Keep those of ``notes`` that are about something new."""
        for about, sentence in notes:
            if self.is_new(about):
                self._abouts.add(about)
                self._due.append(sentence)

    def is_new(self, about: Hashable) -> bool:
        """Whether a note about this would be kept."""
        return about not in self._abouts and len(self._abouts) < _MOST

    def take(self) -> list[Sentence]:
        """The sentences to be said now."""
        due = self._due
        self._due = []
        return due
