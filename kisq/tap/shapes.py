"""What is odd in the shape of data messages, looked at once for each shape."""

from collections.abc import Hashable, Iterator
from typing import NamedTuple

from kisq.tap import sentences as texts
from kisq.wire.decode import decode
from kisq.wire.record import Record

_MOST_SHAPES = 1000  # a server may invent more


class Note(NamedTuple):
    """A sentence, and what it is about: of the same it is said once."""

    about: Hashable
    sentence: str


class Shapes:
    """The shapes that were seen: TR, records in a message, fields."""

    def __init__(self) -> None:
        self._seen: set[tuple[str, int]] = set()

    def see(self, text: str) -> Iterator[Note]:
        """What is odd about the data message ``text``, if it has a shape that is new."""
        shape = (text[:16], text.count("^"))  # its head: the TR and the number of records
        if shape in self._seen or len(self._seen) >= _MOST_SHAPES:
            return
        self._seen.add(shape)
        records = [record for record in decode(text) if isinstance(record, Record)]
        if not records:
            return
        record, tr_id = records[0], records[0].tr_id
        width, surplus = record.layout.width, len(record.extra)
        if len(records) > 1:
            names = {"tr_id": tr_id, "records": len(records), "fields": width + surplus}
            yield Note(("several", tr_id), texts.SEVERAL_RECORDS.format(**names))
        if surplus:
            names = {"tr_id": tr_id, "fields": width + surplus, "width": width}
            yield Note(("surplus", tr_id, surplus), texts.SURPLUS.of(surplus, **names))
