"""Text → everything that it holds: order books, trades, control messages, what is malformed."""

import math

from kisq.locale.sentence import Plural
from kisq.spec.fields import Shape
from kisq.spec.notices import is_notice
from kisq.wire.book import OrderBook
from kisq.wire.layout import Form, Layout
from kisq.wire.layouts import LAYOUTS, Layouts
from kisq.wire.messages import Answer, Data, EncryptedNotice, Malformed, PingPong, parse
from kisq.wire.order_notice import OrderNotice
from kisq.wire.record import Record
from kisq.wire.trade import Trade

_FIELDS = Plural("{number} field", "{number} fields")
_RECORDS = Plural("{number} record", "{number} records")
_WRONG_WIDTH = "{held} in {records}; a {tr_id} record has {least} or more"
Message = Record | Malformed | EncryptedNotice | PingPong | Answer
_CLASSES: dict[Shape, type[Record]] = {Shape.BOOK: OrderBook, Shape.TRADE: Trade}


def decode(text: str, at: float = math.nan) -> list[Message]:
    """Everything that a message holds which came ``at`` (epoch seconds, NaN where unknown).

    Never raises, whatever the text. A data message gives one OrderBook, Trade, Record of another
    TR or Malformed a record, anything else gives itself.
    """
    message = parse(text)
    return records(message, text, at) if isinstance(message, Data) else [message]


def opened(notice: EncryptedNotice, plaintext: str, at: float) -> list[Message]:
    """The records of an encrypted notice, of which ``plaintext`` is what was encrypted."""
    message = parse(notice.text)
    if not isinstance(message, Data):
        return [message]
    return records(message._replace(encrypted=False, payload=plaintext), notice.text, at)


def records(data: Data, text: str, at: float) -> list[Message]:
    """The records of ``data``, which came in the message ``text``.

    The stride is fields ÷ count; fields beyond the known width are kept as surplus.
    """
    if data.encrypted and is_notice(data.tr_id):
        return [EncryptedNotice(text, data.tr_id)]
    layouts = LAYOUTS[data.tr_id]
    if layouts is None:
        return [Malformed(text, f"{data.tr_id!r} is no TR that kisq knows")]
    if data.encrypted:
        return [Malformed(text, "an encrypted message, which market data never are")]
    fields = data.payload.split("^")
    stride, left = divmod(len(fields), data.records)
    layout = layouts.exact.get(stride) or layouts.choose(fields, stride)
    if left or layout is None:
        return [Malformed(text, _wrong_width(layouts, len(fields), data.records))]
    alone = data.records == 1 and stride == layout.width
    if alone and layout.is_book and layout.even(fields)(data.payload):
        return [OrderBook(layout, fields, [], Form.EVEN, True, text, at)]
    strides = (fields[i : i + stride] for i in range(0, len(fields), stride))
    return [_record(layout, values, text, at) for values in strides]


def _wrong_width(layouts: Layouts, fields: int, count: int) -> str:
    held, records = _FIELDS.of(fields), _RECORDS.of(count)
    tr_id, least = layouts.tr.id, layouts.least
    return _WRONG_WIDTH.format(held=held, records=records, tr_id=tr_id, least=least)


def _record(layout: Layout, fields: list[str], text: str, at: float) -> Record | Malformed:
    values, extra = fields[: layout.width], fields[layout.width :]
    joined = "^".join(values)
    if layout.shape is Shape.RECORD:
        if layout.valid(joined):
            record = OrderNotice if layout.tr.is_notice else Record
            return record(layout, values, extra, Form.OTHER, False, text, at)
        return Malformed(text, _no_number(layout, values))
    form, is_book = layout.form(values, joined), layout.is_book
    ready = (form is not Form.OTHER and is_book) or bool(layout.json_ready(joined))
    if form is Form.OTHER and not ready and not layout.valid(joined):
        return Malformed(text, _no_number(layout, values))
    return _CLASSES[layout.shape](layout, values, extra, form, ready, text, at)


def _no_number(layout: Layout, values: list[str]) -> str:
    i, field = next((i, f) for i, f, fits in layout.numbers if not fits(values[i]))
    return f"{field.name} is {values[i][:40]!r}, no {field.kind.value}"
