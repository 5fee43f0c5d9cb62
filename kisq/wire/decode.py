"""Text → everything in it: order books, trades, control messages, malformed records."""

import math
import re

from kisq.locale.sentence import Plural, Sentence
from kisq.spec.fields import Kind, Shape
from kisq.spec.notices import is_notice
from kisq.wire.book import OrderBook
from kisq.wire.layout import (
    ANYTHING,
    EVEN,
    JSON_READY,
    NOT_NEGATIVE,
    NUMBER,
    OTHER,
    REGULAR,
    Form,
    Layout,
    Matches,
    joined_matcher,
)
from kisq.wire.layouts import LAYOUTS, Layouts
from kisq.wire.messages import Answer, Data, EncryptedNotice, Malformed, PingPong, parse
from kisq.wire.order_notice import OrderNotice
from kisq.wire.record import Record
from kisq.wire.trade import Trade

_FIELDS = Plural("{number} field", "{number} fields")
_RECORDS = Plural("{number} record", "{number} records")
_WRONG_WIDTH = Sentence("{fields} in {records}; an {tr_id} record has {least} or more")
_UNKNOWN_TR = Sentence("{tr_id!r} is not a TR that kisq knows")
_ENCRYPTED = Sentence("the message is encrypted, which market data never are")
_NO_NUMBER = {
    Kind.INTEGER: Sentence("{name} is {value!r}, which is not an integer"),
    Kind.DECIMAL: Sentence("{name} is {value!r}, which is not a number"),
}
_NOTHING = re.compile("(?!)").fullmatch
_MOST_DIGITS = 18
_DIGIT = "[0-9]"  # repeated in a pattern rather than counted with {n}, because that is faster
_MOST_SHOWN = 40  # characters of a field
Message = Record | Malformed | EncryptedNotice | PingPong | Answer
_CLASSES: dict[Shape, type[Record]] = {Shape.BOOK: OrderBook, Shape.TRADE: Trade}


def decode(text: str, at: float = math.nan) -> list[Message]:
    """Everything in a message that came ``at`` (epoch seconds, NaN if unknown).

    Never raises, whatever the text. Each record of a data message gives an OrderBook, a Trade, a
    Record of another TR or a Malformed; any other message gives itself.
    """
    message = parse(text)
    if isinstance(message, Data):
        return records(message, text, at)
    return [message]


def opened(notice: EncryptedNotice, plaintext: str, at: float) -> list[Message]:
    """The records of an encrypted notice, decrypted to ``plaintext``."""
    return records(notice.data._replace(encrypted=False, payload=plaintext), notice.text, at)


def records(data: Data, text: str, at: float) -> list[Message]:
    """The records of ``data``, which came in the message ``text``.

    The stride is fields ÷ count; fields beyond the known width are kept as surplus fields.
    """
    encrypted, tr_id, count, payload = data
    if encrypted and is_notice(tr_id):
        return [EncryptedNotice(text, data)]
    layouts = LAYOUTS[tr_id]
    if layouts is None:
        return [Malformed(text, _UNKNOWN_TR.format(tr_id=tr_id))]
    if encrypted:
        return [Malformed(text, _ENCRYPTED)]
    fields = payload.split("^")
    stride, left = divmod(len(fields), count)
    layout = layouts.exact.get(stride) or layouts.choose(fields, stride)
    if left or layout is None:
        return [Malformed(text, _wrong_width(layouts, len(fields), count))]
    alone = count == 1 and stride == layout.width
    if alone and layout.is_book and _even(layout, fields)(payload):
        return [OrderBook(layout, fields, [], EVEN, True, text, at)]
    starts = range(0, len(fields), stride)
    return [_record(layout, fields[start : start + stride], text, at) for start in starts]


def _wrong_width(layouts: Layouts, fields: int, count: int) -> Sentence:
    return _WRONG_WIDTH.format(
        fields=_FIELDS.of(fields),
        records=_RECORDS.of(count),
        tr_id=layouts.tr.id,
        least=layouts.least,
    )


def _record(layout: Layout, fields: list[str], text: str, at: float) -> Record | Malformed:
    values = fields[: layout.width]
    extra = fields[layout.width :]
    joined = "^".join(values)
    if layout.shape is Shape.RECORD:
        if not layout.valid(joined):
            return Malformed(text, _no_number(layout, values))
        if layout.tr.is_notice:
            return OrderNotice(layout, values, extra, OTHER, False, text, at)
        return Record(layout, values, extra, OTHER, False, text, at)
    form = _form(layout, values, joined)
    is_regular_book = layout.is_book and form is not OTHER
    ready = is_regular_book or bool(layout.json_ready(joined))
    if form is OTHER and not ready and not layout.valid(joined):
        return Malformed(text, _no_number(layout, values))
    return _CLASSES[layout.shape](layout, values, extra, form, ready, text, at)


def _form(layout: Layout, values: list[str], joined: str) -> Form:
    """The form of a record with these ``values``, which ``joined`` holds joined by ``^``."""
    if layout.is_book and _even(layout, values)(joined):
        return EVEN
    decimals = "0"
    if layout.decimals is not None:
        decimals = values[layout.decimals]
    is_regular = layout.patterns.get((decimals, 0)) or _pattern(layout, decimals, 0)
    if is_regular(joined):
        return REGULAR
    return OTHER


def _even(layout: Layout, values: list[str]) -> Matches:
    """What matches EVEN order books with the same decimals and price length as ``values``."""
    decimals = "0"
    if layout.decimals is not None:
        decimals = values[layout.decimals]
    length = len(values[layout.prices[0]])
    return layout.patterns.get((decimals, length)) or _pattern(layout, decimals, length)


def _pattern(layout: Layout, decimals: str, length: int) -> Matches:
    """What matches regular records with prices of that length (0: of any length)."""
    price = _regular_price(decimals, length)
    if not price or not layout.is_spaced:
        return _NOTHING
    of_kinds = NUMBER
    if layout.is_book:
        of_kinds = JSON_READY
    patterns = [of_kinds.get(field.kind, ANYTHING) for field in layout.fields]
    for place in layout.sizes:
        patterns[place] = NOT_NEGATIVE
    for place in layout.prices:
        patterns[place] = price
    matches = joined_matcher(patterns)
    layout.patterns[decimals, length] = matches
    return matches


def _regular_price(decimals: str, length: int) -> str:
    """The pattern of a price of that length (0: of any length); empty if no price can have it."""
    if len(decimals) != 1 or decimals not in "0123456789":
        return ""
    fraction = ""
    digits_before_point = length
    if decimals != "0":
        fraction = rf"\.{_DIGIT * int(decimals)}"
        digits_before_point = length - int(decimals) - len(".")
    if not length:
        return rf"(?:{NOT_NEGATIVE}{fraction}|0)"
    if not 1 <= digits_before_point <= _MOST_DIGITS:
        return ""
    if digits_before_point == 1:
        return f"{_DIGIT}{fraction}"
    return rf"[1-9]{_DIGIT * (digits_before_point - 1)}{fraction}"


def _no_number(layout: Layout, values: list[str]) -> Sentence:
    """Which is the first field that should be a number but is not."""
    wrong = [(place, field) for place, field, fits in layout.numbers if not fits(values[place])]
    place, field = wrong[0]
    return _NO_NUMBER[field.kind].format(name=field.name, value=values[place][:_MOST_SHOWN])
