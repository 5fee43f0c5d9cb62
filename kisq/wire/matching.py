"""Which of the keys that were asked for a record belongs to (protocol.md section 3)."""

from collections.abc import Collection, Iterable, Iterator

from kisq.errors import WrongKey
from kisq.wire.layouts import LAYOUTS
from kisq.wire.messages import Data, Key, parse
from kisq.wire.trkey import names_key, parse_tr_key


class Asked:
    """The keys that were asked for.

    A record belongs to the key that it names; else to the only key of its TR with its symbol; else,
    where it bears neither, to the only key of its TR. With ``strict`` a record that names a
    well-formed key is never another key's, whatever its symbol. ``keys`` are all that were asked
    for.
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
        """The key that a record of ``tr_id`` with these two belongs to, None where it is none."""
        if (tr_id, tr_key) in self.keys:
            return tr_id, tr_key
        if not tr_key and not symbol:
            candidates = self._by_tr.get(tr_id, [])
        elif self._strict and names_key(tr_id, tr_key):
            candidates = []
        else:
            candidates = self._by_symbol.get((tr_id, symbol), [])
        return candidates[0] if len(candidates) == 1 else None


class AskedOfAnyTr(Asked):
    """As Asked, for tr_keys that are asked for whatever the TR, or those of ``tr_ids`` only."""

    def __init__(self, tr_keys: Collection[str], tr_ids: Collection[str]) -> None:
        super().__init__(strict=True)
        self._tr_keys, self._tr_ids = tr_keys, tr_ids

    def key_of(self, tr_id: str, tr_key: str, symbol: str) -> Key | None:
        """As above; without any ``tr_keys`` each record belongs to the key that it names."""
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

    Of one that cannot be split it is the TR and the first field; of anything else there is none.
    """
    message = parse(text)
    if not isinstance(message, Data):
        return
    layouts, fields = LAYOUTS[message.tr_id], message.payload.split("^")
    stride, left = divmod(len(fields), message.records)
    plain = layouts if layouts and not message.encrypted and not left else None
    layout = plain.choose(fields, stride) if plain else None
    if layout is None:
        yield message.tr_id, fields[0], ""
        return
    tr_key, symbol = layout.places.get("tr_key"), layout.places.get("symbol")
    for start in range(0, len(fields), stride):
        yield (
            message.tr_id,
            "" if tr_key is None else fields[start + tr_key],
            "" if symbol is None else fields[start + symbol],
        )


def _symbol_of(tr_id: str, tr_key: str) -> str:
    try:
        return parse_tr_key(tr_key, tr_id).symbol
    except WrongKey:
        return tr_key
