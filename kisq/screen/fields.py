"""The fields of a record that is neither book nor trade, as a pure function from data to rich."""

from dataclasses import dataclass

from rich.text import Text

from kisq.locale.sentence import Plural, Sentence, translated
from kisq.output.styles import WARNING
from kisq.screen.display import NOTHING, Display, Segment, cut, fitted, left_aligned, whole
from kisq.screen.view import View, clock_text, counts, lag_text, market_name, recording_text
from kisq.spec.tables import codes_of
from kisq.wire.escape import printable
from kisq.wire.record import Record

_FRAME_LINES = 3  # head 2, foot 1
_GAP = 2
_COLUMN = 44  # cells in which a name and a value have room
_NAMED = 64  # from here on there is room for KIS's name beside the mnemonic
_NAME_SHARE = 0.62  # of a column
_CHANGED = "*"
_NOT_SHOWN = Plural("{number} field not shown", "{number} fields not shown")
_SURPLUS = Sentence("surplus: {surplus}")


@dataclass(slots=True)
class FieldsView(View):
    """What a table of fields shows; ``places`` are those of the fields that changed last."""

    places: frozenset[int] = frozenset()

    def update(self, record: Record) -> None:
        """Take the next record of the same key."""
        before = self.record.values
        after = record.values
        if record.layout is self.record.layout:
            pairs = enumerate(zip(before, after, strict=True))
            self.places = frozenset(place for place, (old, new) in pairs if old != new)
        self.record = record
        self.updates += 1


def wanted_lines(view: FieldsView) -> int:
    """How many lines show every field below each other."""
    return _FRAME_LINES + len(view.record.values) + bool(_notes(view))


def fields_table(view: FieldsView, width: int, height: int, display: Display) -> list[Text]:
    """The fields of ``view`` in ``width`` by ``height`` cells; no line ever wraps.

    Those that changed last are marked. Fields stand in columns; where there is no room for all,
    empty ones are left out first.
    """
    record = view.record
    notes = _notes(view)
    lines = max(1, height - _FRAME_LINES - bool(notes))
    columns = max(1, min(width // _COLUMN, -(-len(record.values) // lines)))
    places = _places(record, lines * columns)
    cells = (width - _GAP * (columns - 1)) // columns
    shown = [_cell(view, place, cells, display) for place in places]
    rows = -(-len(shown) // columns)
    table = _head(view, width, display)
    for row in range(rows):
        table.append(Text(" " * _GAP).join(shown[row::rows]))
    table.append(_foot(view, len(record.values) - len(places), width, display))
    if notes:
        note = f"! {printable('; '.join(notes))}"
        table.append(whole(note, WARNING, width, display.glyphs))
    for line in table:
        line.no_wrap = True
        line.truncate(width)
    return table


def _notes(view: FieldsView) -> list[str]:
    record = view.record
    notes = [*view.notes, *(fault.text for fault in record.faults())]
    if record.extra:
        notes.append(_SURPLUS.format(surplus=record.surplus))
    return [translated(note) for note in notes]


def _places(record: Record, room: int) -> list[int]:
    """The places of the fields that there is room for."""
    places = list(range(len(record.values)))
    if len(places) > room:
        places = [place for place in places if record.values[place].strip()]
    return places[:room]


def _cell(view: FieldsView, place: int, cells: int, display: Display) -> Text:
    """Name and value of a field in just so many cells."""
    record = view.record
    spec = record.layout.fields[place]
    name = spec.name
    if cells >= _NAMED:
        name = f"{spec.name} {translated(spec.english)}"
    before = cut(name, round(cells * _NAME_SHARE), display.glyphs)
    before = left_aligned(before, round(cells * _NAME_SHARE))
    mark = " "
    style = "bold"
    if place in view.places:
        mark = _CHANGED
        style = "bold reverse"
    room = cells - round(cells * _NAME_SHARE)
    after = left_aligned(cut(f" {mark}{_value(record, place)}", room, display.glyphs), room)
    return Text.assemble((before, "dim"), (after, style))


def _value(record: Record, place: int) -> str:
    """The value of a field, and what it means where it is a code."""
    value = printable(record.values[place])
    spec = record.layout.fields[place]
    words = codes_of(record.tr_id, spec.name).get(record.values[place])
    if words:
        return f"{value} {translated(words.english)}"
    return value or NOTHING


def _head(view: FieldsView, width: int, display: Display) -> list[Text]:
    record = view.record
    tr = record.layout.tr
    glyphs = display.glyphs
    identity = (
        Segment(printable(view.name), "bold", 4),
        Segment(printable(record.symbol or record.tr_key or "?"), "bold"),
        Segment(market_name(record), rank=3),
        Segment(tr.id, rank=2),
        Segment(translated(tr.english), rank=5),
        Segment(translated(view.marker), WARNING, 1),
        Segment(recording_text(view.recording, glyphs), WARNING, 1),
    )
    clocks = (
        Segment(translated(view.standing), WARNING),
        Segment(clock_text(record.kst_time)),
        Segment(lag_text(record.lag, tr.delay_minutes)),
    )
    return [
        fitted(identity, width, "  ", glyphs),
        fitted(clocks, width, glyphs.between, glyphs),
    ]


def _foot(view: FieldsView, hidden: int, width: int, display: Display) -> Text:
    segments = counts(view.rate, view.age, view.pingpongs, view.updates)
    if hidden:
        segments.append(Segment(translated(_NOT_SHOWN.of(hidden)), WARNING))
    return fitted(segments, width, display.glyphs.between, display.glyphs)
