"""What is odd in the shape of data messages; each shape is looked at once."""

from collections.abc import Iterator

from kisq.tap import sentences as texts
from kisq.tap.notes import Note
from kisq.wire.decode import decode
from kisq.wire.record import Record

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
