"""What a tap is going to say of a program, each thing once, also of the shape of its data."""

from collections.abc import Hashable, Iterable, Iterator
from typing import NamedTuple

from kisq.locale.sentence import Sentence
from kisq.tap import sentences as texts
from kisq.wire.decode import decode
from kisq.wire.record import Record

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


_MOST_SHAPES = 1000  # a server may invent more


class Shapes:
    """The shapes that were seen: TR, records in a message, fields."""

    def __init__(self) -> None:
        self._seen: set[tuple[str, int]] = set()

    def see(self, text: str) -> Iterator[Note]:
        """What is odd about the data message ``text``, if its shape is new."""
        shape = (text[:16], text.count("^"))  # its head: the TR and the number of records
        if shape in self._seen or len(self._seen) >= _MOST_SHAPES:
            return
        self._seen.add(shape)
        records = [record for record in decode(text) if isinstance(record, Record)]
        if not records:
            return
        first = records[0]
        tr_id = first.tr_id
        width = first.layout.width
        surplus = len(first.extra)
        fields = width + surplus
        if len(records) > 1:
            several = texts.SEVERAL_RECORDS.format(tr_id=tr_id, records=len(records), fields=fields)
            yield Note(("several", tr_id), several)
        if surplus:
            sentence = texts.SURPLUS.of(surplus, tr_id=tr_id, fields=fields, width=width)
            yield Note(("surplus", tr_id, surplus), sentence)
