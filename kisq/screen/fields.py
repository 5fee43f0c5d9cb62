"""The fields of a record that is neither book nor trade, as a pure function from data to rich."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from rich.cells import cell_len, set_cell_size
from rich.console import Group, RenderableType
from rich.text import Text

from kisq.output.figures import NOTHING
from kisq.screen import labels
from kisq.spec.markets import MARKETS
from kisq.spec.tables import codes_of
from kisq.wire.escape import printable
from kisq.wire.record import Record

FRAME_LINES = 3  # head 2, foot 1
_GAP = 2
_COLUMN = 44  # cells in which a name and a value have room
_NAMED = 64  # from here on there is room for KIS's Korean name
_NAME_SHARE = 0.62  # of a column
_CHANGED = "*"


@dataclass(slots=True)
class FieldsView:
    """What a table of fields shows: the last record, and the places of what changed in it.

    ``rate`` is updates a second, ``age`` the seconds since the last update, ``marker`` what is to
    be known of the source, ``name`` that of the listing.
    """

    record: Record
    changed: frozenset[int] = frozenset()
    updates: int = 1
    rate: float = 0.0
    age: float = 0.0
    pingpongs: int = 0
    marker: str = ""
    name: str = ""
    notes: list[str] = field(default_factory=list)

    def update(self, record: Record) -> None:
        """Take the next record of the same key."""
        before, after = self.record.values, record.values
        if record.layout is self.record.layout:
            pairs = enumerate(zip(before, after, strict=True))
            self.changed = frozenset(place for place, (old, new) in pairs if old != new)
        self.record = record
        self.updates += 1


def wanted_lines(view: FieldsView) -> int:
    """How many lines show every field below each other."""
    return FRAME_LINES + len(view.record.values) + bool(view.notes)


def fields_table(view: FieldsView, width: int, height: int) -> RenderableType:
    """The fields of ``view`` in a place of ``width`` by ``height`` cells; never wraps.

    Those that changed last are marked. Fields stand in columns; where there is no room for all,
    empty ones are left out first.
    """
    record = view.record
    notes = [*view.notes, *(fault.text for fault in record.faults())]
    notes += [f"surplus: {record.surplus}"] if record.extra else []
    lines = max(1, height - FRAME_LINES - bool(notes))
    columns = max(1, min(width // _COLUMN, -(-len(record.values) // lines)))
    places = _places(record, lines * columns)
    left = len(record.values) - len(places)
    cells = (width - _GAP * (columns - 1)) // columns
    shown = [_cell(view, place, cells) for place in places]
    rows = -(-len(shown) // columns)
    parts: list[RenderableType] = [*_head(view)]
    parts += [_row(shown[n::rows]) for n in range(rows)]
    parts.append(labels.live(view, labels.FIELDS_NOT_SHOWN.format(number=left) if left else ""))
    parts += [labels.line((f"! {printable('; '.join(notes))}", "yellow"))] if notes else []
    return Group(*parts)


def _places(record: Record, room: int) -> list[int]:
    """The places of the fields that there is room for."""
    places = list(range(len(record.values)))
    if len(places) > room:
        places = [place for place in places if record.values[place].strip()]
    return places[:room]


def _cell(view: FieldsView, place: int, cells: int) -> Text:
    """Name and value of a field in just so many cells."""
    record = view.record
    spec, value = record.layout.fields[place], printable(record.values[place])
    words = codes_of(record.tr_id, spec.name).get(record.values[place])
    name = f"{spec.name} {spec.korean}" if cells >= _NAMED else spec.name
    changed = place in view.changed
    before = _sized(name, round(cells * _NAME_SHARE))
    shown = f"{value} {words.korean} {words.english}" if words else value or NOTHING
    after = _sized(f" {_CHANGED if changed else ' '}{shown}", cells - cell_len(before))
    return Text.assemble((before, "dim"), (after, "bold reverse" if changed else "bold"))


def _sized(text: str, cells: int) -> str:
    """``text`` in just so many cells; what is longer ends with …."""
    if cell_len(text) > cells:
        return set_cell_size(text, max(0, cells - 1)) + "…"
    return set_cell_size(text, cells)


def _row(cells: list[Text]) -> Text:
    line = Text(" " * _GAP).join(cells)
    line.no_wrap = True
    return line


def _head(view: FieldsView) -> Iterator[Text]:
    record, tr = view.record, view.record.layout.tr
    market = MARKETS.get(record.market or "")
    name = labels.MARKET.format(korean=market.korean, english=market.english) if market else ""
    yield labels.line(
        (printable(record.symbol or record.tr_key or "?"), "bold"),
        f"  {name}  " if name else "  ",
        f"{tr.id}  {tr.korean}",
        (f"  {view.marker}" if view.marker else "", "bold magenta"),
        (f"  {printable(view.name)}" if view.name else "", "bold"),
    )
    clock = labels.korean_clock(record.kst_time)
    yield labels.line(clock, labels.BETWEEN, labels.lag(record.lag, tr.delay_minutes))
