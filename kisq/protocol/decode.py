"""Text → everything that it holds: order books, control messages, what is malformed."""

import re

from kisq.protocol.book import LAYOUTS, Layout, OrderBook
from kisq.protocol.messages import Answer, Data, Malformed, PingPong, parse
from kisq.spec.trs import Kind

# Anything else that still is a number; text and clocks may hold anything.
_NUMBER = {
    Kind.INTEGER: re.compile(r" *[+-]?[0-9]{1,18} *"),
    Kind.DECIMAL: re.compile(r" *[+-]?[0-9]{1,18}(?:\.[0-9]{0,12})? *"),
}

Message = OrderBook | Malformed | PingPong | Answer


def decode(text: str) -> list[Message]:
    """Everything that a message holds; never raises, whatever the text.

    A data message gives one OrderBook or Malformed a record, anything else gives itself.
    """
    message = parse(text)
    return books(message, text) if isinstance(message, Data) else [message]


def books(data: Data, text: str) -> list[Message]:
    """The records of ``data``, which came in the message ``text``.

    The stride is fields ÷ count; fields beyond the known width are kept as surplus.
    """
    layout = LAYOUTS.get(data.tr_id)
    if layout is None:
        return [Malformed(text, f"{data.tr_id!r} is no order book that kisq knows")]
    if data.encrypted:
        return [Malformed(text, "an encrypted message, which an order book never is")]
    fields = data.payload.split("^")
    stride, left = divmod(len(fields), data.records)
    if left or stride < layout.width:
        return [Malformed(text, _wrong_width(layout, len(fields), data.records))]
    if data.records == 1 and stride == layout.width and layout.json_ready(data.payload):
        return [OrderBook(layout, fields, [], True, text)]
    return [_record(layout, fields[i : i + stride], text) for i in range(0, len(fields), stride)]


def _wrong_width(layout: Layout, fields: int, count: int) -> str:
    records = "1 record" if count == 1 else f"{count} records"
    return f"{fields} fields in {records}; a {layout.tr.id} record has {layout.width} or more"


def _record(layout: Layout, fields: list[str], text: str) -> OrderBook | Malformed:
    values, extra = fields[: layout.width], fields[layout.width :]
    ready = bool(layout.json_ready("^".join(values)))
    if not ready:
        for field, value in zip(layout.tr.fields, values, strict=True):
            number = _NUMBER.get(field.kind)
            if number and value.strip(" ") and not number.fullmatch(value):
                return Malformed(text, f"{field.name} is {value[:40]!r}, no {field.kind.value}")
    return OrderBook(layout, values, extra, ready, text)
