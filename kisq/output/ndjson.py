"""Records as NDJSON, in the form that the contract of the command line gives."""

from functools import lru_cache

from kisq.output.json_text import NULL, member, quoted_list, text_or_null
from kisq.output.line_form import LineForm
from kisq.output.record_head import record_head
from kisq.output.stream import Lines
from kisq.spec.fields import Shape
from kisq.wire.clocks import Clock
from kisq.wire.frames import Frame, is_known, received_at
from kisq.wire.layout import Layout
from kisq.wire.record import Record


class RecordJson:
    """Writes each record as one line; prices keep the very digits of the wire."""

    def __init__(self, out: Lines, depth: int) -> None:
        self._out = out
        self._depth = depth
        self._forms: dict[Layout, LineForm] = {}

    def write(self, frame: Frame, record: Record) -> None:
        at = frame.at
        layout = record.layout
        form = self._forms.get(layout)
        if form is None:
            if layout.shape is Shape.RECORD:
                self._out.write(_record_line(record, at).encode(), counted=True)
                return
            form = LineForm(layout, self._depth)
            self._forms[layout] = form
        values = record.values
        start = _start(layout, *form.identity(values), layout.clock(values, at), at)
        extra = ""
        if record.extra:
            extra = _extra_member(record)
        self._out.put(f"{start}{form.body(record)}{extra}}}\n".encode(), counted=True)

    def flush(self, now: float) -> None:
        self._out.flush()

    def close(self) -> None:
        self._out.flush()


@lru_cache(maxsize=256)
def _start(layout: Layout, tr_key: str, symbol: str, clock: Clock, at: float) -> str:
    """What a line begins with, up to the lag: the same for the records of a key in one chunk."""
    head, korean_seconds = _head(layout, tr_key, symbol, clock)
    received = NULL
    lag = NULL
    if is_known(at):
        received = f'"{received_at(at)}"'
        if korean_seconds is not None:
            lag = f"{at - korean_seconds:.3f}"
    kind = layout.shape.value
    return f'{{"type":"{kind}","received_at":{received},{head},"lag_seconds":{lag},'


@lru_cache(maxsize=256)
def _head(layout: Layout, tr_key: str, symbol: str, clock: Clock) -> tuple[str, float | None]:
    """The part of a line that changes once a second, and the Korean clock in epoch seconds."""
    head = record_head(layout, tr_key, clock)
    members = [
        member("tr_id", text_or_null(layout.tr.id)),
        member("tr_key", text_or_null(tr_key)),
        member("symbol", text_or_null(symbol)),
        member("market", text_or_null(head.market)),
        member("exchange_time", text_or_null(head.exchange_time)),
        member("kst_time", text_or_null(head.kst_time)),
    ]
    return ",".join(members), head.korean_seconds


def _record_line(record: Record, at: float) -> str:
    """A record that is neither order book nor trade; its values are as they came."""
    received = NULL
    if is_known(at):
        received = f'"{received_at(at)}"'
    notice = ""
    if record.layout.tr.is_notice:
        notice = ',"notice":true'
    extra = ""
    if record.extra:
        extra = _extra_member(record)
    fields = ",".join(
        member(field.name.lower(), text_or_null(value))
        for field, value in zip(record.layout.fields, record.values, strict=True)
    )
    return (
        f'{{"type":"record","received_at":{received},"tr_id":"{record.tr_id}",'
        f'"tr_key":{text_or_null(record.tr_key)}{notice},"fields":{{{fields}}}{extra}}}'
    )


def _extra_member(record: Record) -> str:
    """The surplus fields, with the comma before them."""
    return f',"extra":{quoted_list(record.extra)}'
