"""Text → everything that it holds: order books, trades, control messages, what is malformed."""

import math

from kisq.spec.notices import is_notice
from kisq.wire.book import OrderBook
from kisq.wire.layout import LAYOUTS, Form, Layout
from kisq.wire.messages import Answer, Data, EncryptedNotice, Malformed, PingPong, parse
from kisq.wire.plural import Plural
from kisq.wire.trade import Trade

_FIELDS = Plural("{number} field", "{number} fields")
_RECORDS = Plural("{number} record", "{number} records")
_WRONG_WIDTH = "{held} in {records}; a {tr_id} record has {least} or more"
Message = OrderBook | Trade | Malformed | EncryptedNotice | PingPong | Answer


def decode(text: str, at: float = math.nan) -> list[Message]:
    """Everything that a message holds which came ``at`` (epoch seconds, NaN where unknown).

    Never raises, whatever the text. A data message gives one OrderBook, Trade or Malformed a
    record, anything else gives itself.
    """
    message = parse(text)
    return records(message, text, at) if isinstance(message, Data) else [message]


def records(data: Data, text: str, at: float) -> list[Message]:
    """The records of ``data``, which came in the message ``text``.

    The stride is fields ÷ count; fields beyond the known width are kept as surplus.
    """
    if data.encrypted and is_notice(data.tr_id):
        return [EncryptedNotice(text, data.tr_id)]
    layout = LAYOUTS.get(data.tr_id)
    if layout is None:
        return [Malformed(text, f"{data.tr_id!r} is no order book or trade that kisq knows")]
    if data.encrypted:
        return [Malformed(text, "an encrypted message, which market data never are")]
    fields = data.payload.split("^")
    stride, left = divmod(len(fields), data.records)
    if left or stride < layout.least:
        return [Malformed(text, _wrong_width(layout, len(fields), data.records))]
    alone = data.records == 1 and stride == layout.width
    if alone and layout.tr.levels and layout.even(fields)(data.payload):
        return [OrderBook(layout, fields, [], Form.EVEN, True, text, at)]
    strides = (fields[i : i + stride] for i in range(0, len(fields), stride))
    return [_record(layout, values, text, at) for values in strides]


def _wrong_width(layout: Layout, fields: int, count: int) -> str:
    held = _FIELDS.of(fields)
    records = _RECORDS.of(count)
    return _WRONG_WIDTH.format(held=held, records=records, tr_id=layout.tr.id, least=layout.least)


def _record(
    layout: Layout, fields: list[str], text: str, at: float
) -> OrderBook | Trade | Malformed:
    values, extra = fields[: layout.width], fields[layout.width :]
    values += [""] * (layout.width - len(values))  # what was left out is empty
    joined = "^".join(values)
    form = layout.form(values, joined)
    made: type[OrderBook] | type[Trade] = OrderBook if layout.tr.levels else Trade
    ready = (form is not Form.OTHER and made is OrderBook) or bool(layout.json_ready(joined))
    if form is Form.OTHER and not ready and not layout.valid(joined):
        return Malformed(text, _no_number(layout, values))
    return made(layout, values, extra, form, ready, text, at)


def _no_number(layout: Layout, values: list[str]) -> str:
    i, field = next((i, f) for i, f, fits in layout.numbers if not fits(values[i]))
    return f"{field.name} is {values[i][:40]!r}, no {field.kind.value}"
