"""Which of the requested keys a record belongs to (protocol.md section 3)."""

from collections.abc import Collection, Iterable, Iterator

from kisq.errors import WrongKey
from kisq.wire.layout import Layout
from kisq.wire.layouts import LAYOUTS
from kisq.wire.messages import Data, Key, parse
from kisq.wire.trkey import names_key, parse_tr_key


class Asked:
    """The keys that were asked for, in ``keys``.

    A record belongs to the key that it names; otherwise to the only key of its TR with its symbol;
    otherwise, if it has neither, to the only key of its TR. With ``strict``, a record that names a
    well-formed key never belongs to another key, whatever its symbol.
    """

    def __init__(self, keys: Iterable[Key] = (), *, strict: bool = False) -> None:
        self._strict = strict
        self.keys: set[Key] = set()
        self._by_tr: dict[str, list[Key]] = {}
        self._by_symbol: dict[tuple[str, str], list[Key]] = {}
        for key in keys:
            self.add(key)

    def add(self, key: Key) -> None:
        """Ask for ``key`` as well."""
        if key in self.keys:
            return
        tr_id, tr_key = key
        self.keys.add(key)
        self._by_tr.setdefault(tr_id, []).append(key)
        self._by_symbol.setdefault((tr_id, _symbol_of(tr_id, tr_key)), []).append(key)

    def key_of(self, tr_id: str, tr_key: str, symbol: str) -> Key | None:
        """The key that a record with this TR, key and symbol belongs to; None if there is none."""
        if (tr_id, tr_key) in self.keys:
            return tr_id, tr_key
        if not tr_key and not symbol:
            candidates = self._by_tr.get(tr_id, [])
        elif self._strict and names_key(tr_id, tr_key):
            candidates = []
        else:
            candidates = self._by_symbol.get((tr_id, symbol), [])
        if len(candidates) != 1:
            return None
        return candidates[0]


class AskedOfAnyTr(Asked):
    """Like Asked, for tr_keys of any TR, or only of the ``tr_ids`` if there are any."""

    def __init__(self, tr_keys: Collection[str], tr_ids: Collection[str]) -> None:
        super().__init__(strict=True)
        self._tr_keys = tr_keys
        self._tr_ids = tr_ids

    def key_of(self, tr_id: str, tr_key: str, symbol: str) -> Key | None:
        """Like above; without any ``tr_keys`` each record belongs to the key that it names."""
        if self._tr_ids and tr_id not in self._tr_ids:
            return None
        if not self._tr_keys:
            return tr_id, tr_key
        if tr_id not in self._by_tr:
            for text in self._tr_keys:
                self.add((tr_id, text))
        return super().key_of(tr_id, tr_key, symbol)


def identities(text: str) -> Iterator[tuple[str, str, str]]:
    """The TR, the tr_key and the symbol of each record in a data message.

    For a message that cannot be split, the TR and the first field; for any other message, nothing.
    """
    message = parse(text)
    if not isinstance(message, Data):
        return
    fields = message.payload.split("^")
    stride, left = divmod(len(fields), message.records)
    layouts = LAYOUTS[message.tr_id]
    layout = None
    if layouts and not message.encrypted and not left:
        layout = layouts.choose(fields, stride)
    if layout is None:
        yield message.tr_id, fields[0], ""
        return
    for start in range(0, len(fields), stride):
        values = fields[start : start + stride]
        tr_key = _value_of(layout, "tr_key", values)
        symbol = _value_of(layout, "symbol", values)
        yield message.tr_id, tr_key, symbol


def _value_of(layout: Layout, role: str, values: list[str]) -> str:
    if role not in layout.places:
        return ""
    return values[layout.places[role]]


def _symbol_of(tr_id: str, tr_key: str) -> str:
    try:
        return parse_tr_key(tr_key, tr_id).symbol
    except WrongKey:
        return tr_key
