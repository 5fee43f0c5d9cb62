"""What KIS's symbol files tell of the keys of a run or of a program, as far as they are kept."""

from typing import TYPE_CHECKING

from kisq.cli.context import warn
from kisq.cli.symbol_store import kept_store
from kisq.locale.sentence import translated
from kisq.output.notices import Notices
from kisq.symbols.listing import Listing
from kisq.wire.messages import Key

if TYPE_CHECKING:
    from kisq.symbols.facts import SymbolFacts

_NAMED = "{name} {currency}"


class ListingNames:
    """The listings of keys, from KIS's files that are kept."""

    def __init__(self, notices: Notices) -> None:
        self._notices = notices
        self._listings: dict[Key, Listing | None] = {}

    def listing(self, key: Key) -> Listing | None:
        """The listing of a key; None where it is not known."""
        if key not in self._listings:
            self._listings[key] = self._look_up(key)
        return self._listings[key]

    def name(self, key: Key) -> str:
        """Its name with its currency; empty where they are not known."""
        listing = self.listing(key)
        if listing is None:
            return ""
        return _NAMED.format(name=translated(listing.name), currency=listing.currency)

    def _look_up(self, key: Key) -> Listing | None:
        store = kept_store(self._notices)
        if store is None:
            return None
        from kisq.symbols.facts import facts_of
        from kisq.symbols.store import StoreFault

        with store:
            try:
                facts = facts_of(store, *key)
            except StoreFault:  # already reported, if it was broken when it was opened
                return None
        if facts is None:
            return None
        return facts.listing


_MOST_KEYS = 1000  # whose facts are remembered; a program may invent more


class KeptFacts:
    """Looks keys up in the symbols that are kept, each once; nothing is downloaded."""

    def __init__(self, notices: Notices) -> None:
        self._notices = notices
        self._facts: dict[Key, SymbolFacts | None] = {}

    def of(self, key: Key) -> "SymbolFacts | None":
        """What the files tell of ``key``; None where they do not hold it, or cannot be read."""
        if key not in self._facts and len(self._facts) < _MOST_KEYS:
            self._facts[key] = self._look_up(key)
        return self._facts.get(key)

    def likely_keys(self, key: Key) -> str:
        """The keys under which the files have the symbol of one that they lack; else empty."""
        facts = self.of(key)
        if facts is None or facts.listing is not None or not facts.elsewhere:
            return ""
        from kisq.symbols.listing import shown

        return shown(facts.elsewhere)

    def _look_up(self, key: Key) -> "SymbolFacts | None":
        store = kept_store(self._notices)
        if store is None:
            return None
        from kisq.symbols.facts import facts_of
        from kisq.symbols.store import StoreFault

        try:
            with store:
                return facts_of(store, *key)
        except StoreFault as fault:  # it could only have told more
            warn(self._notices, fault.text)
            return None
